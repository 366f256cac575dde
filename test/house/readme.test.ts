import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { COMMANDS } from "../../src/cli/commands.ts";
import { readConfig } from "../../src/config/index.ts";
import { OUTCOMES } from "../../src/model/outcome.ts";

const HOUSE = resolve(import.meta.dirname, "../..");
const read = (name: string) => readFileSync(join(HOUSE, name), "utf8");
/** The README and every page of docs/, with its path. */
const PAGES = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  ...readdirSync(join(HOUSE, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
];
const ALL = PAGES.map(read).join("\n");

const blocks = (language: string) =>
  [...ALL.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))].map((match) => match[1]!);

/** The rows of the table whose head begins with `first`, as cells without their backticks. */
function table(page: string, first: string): string[][] {
  const lines = read(page).split("\n");
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

describe("the README and docs/", () => {
  test("every relative link leads to a file", () => {
    const broken = PAGES.flatMap((page) =>
      [...read(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
        .map(([, target]) => target!)
        .filter((target) => !existsSync(join(HOUSE, dirname(page), target)))
        .map((target) => `${page}: ${target}`),
    );
    expect(broken).toEqual([]);
  });

  test("each config in them is one that starts", () => {
    for (const text of blocks("yaml")) {
      expect(readConfig(text, { file: "README.md", env: { CANDIDATE_TOKEN: "0123456789abcdef" } })).toEqual({
        config: expect.anything(),
        warnings: [],
      });
    }
  });

  test("its commands and scripts exist", () => {
    const shell = blocks("sh").join("\n");
    const commands = [...shell.matchAll(/(?:^|&& )parallel-run ([a-z]+)/gm)].map((match) => match[1]!);
    expect(commands.length).toBeGreaterThan(5);
    expect(commands.filter((name) => !COMMANDS.has(name))).toEqual([]);
    const { scripts } = JSON.parse(readFileSync(join(HOUSE, "package.json"), "utf8"));
    const used = [...ALL.matchAll(/npm run (?:-s )?([a-z:]+)/g)].map((match) => match[1]!);
    expect(used.filter((name) => !(name in scripts))).toEqual([]);
  });

  test("its outcomes are the outcomes", () => {
    expect(table("docs/operations.md", "outcome").map(([name]) => name)).toEqual(OUTCOMES);
  });
});
