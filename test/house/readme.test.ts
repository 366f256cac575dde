import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { COMMANDS } from "../../src/cli/commands.ts";
import { readConfig } from "../../src/config/index.ts";
import { OUTCOMES } from "../../src/model/outcome.ts";
import { METRICS } from "../../src/telemetry/table.ts";

const HOUSE = resolve(import.meta.dirname, "../..");
const README = readFileSync(join(HOUSE, "README.md"), "utf8");

const blocks = (language: string) =>
  [...README.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))].map((match) => match[1]!);

/** The rows of the table whose head begins with `first`, as cells without their backticks. */
function table(first: string): string[][] {
  const lines = README.split("\n");
  const head = lines.findIndex((line) => line.split("|")[1]?.trim() === first);
  if (head < 0) throw new Error(`no table of ${first}`);
  const end = lines.findIndex((line, n) => n > head && !line.startsWith("|"));
  return lines.slice(head + 2, end).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.replaceAll("`", "").trim()),
  );
}

describe("the README", () => {
  test("its config is one that starts", () => {
    for (const text of blocks("yaml")) {
      expect(readConfig(text, { file: "README.md", env: {} })).toEqual({ config: expect.anything(), warnings: [] });
    }
  });

  test("its commands and scripts exist", () => {
    const shell = blocks("sh").join("\n");
    const commands = [...shell.matchAll(/(?:^|&& )parallel-run ([a-z]+)/gm)].map((match) => match[1]!);
    expect(commands.length).toBeGreaterThan(5);
    expect(commands.filter((name) => !COMMANDS.has(name))).toEqual([]);
    const { scripts } = JSON.parse(readFileSync(join(HOUSE, "package.json"), "utf8"));
    const used = [...README.matchAll(/npm run (?:-s )?([a-z:]+)/g)].map((match) => match[1]!);
    expect(used.filter((name) => !(name in scripts))).toEqual([]);
  });

  test("its outcomes are the outcomes", () => {
    expect(table("outcome").map(([name]) => name)).toEqual(OUTCOMES);
  });

  test("its metrics are the metrics, with their types and labels", () => {
    const known = new Map(Object.entries(METRICS).map(([name, metric]) => [name, metric]));
    for (const [name, type, labels] of table("metric")) {
      expect([name, known.get(name!)?.type, known.get(name!)?.labels.join(" ")]).toEqual([name, type, labels]);
    }
  });
});
