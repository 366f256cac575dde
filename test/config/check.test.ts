// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how a config names the environment
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, describe, expect, test } from "vitest";
import { checkCommand } from "../../src/cli/check.ts";
import { UsageError } from "../../src/cli/command.ts";

const folder = mkdtempSync(join(tmpdir(), "parallel-run-check-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function check(positionals: string[], values = {}) {
  const out: string[] = [];
  const io = {
    stdin: Readable.from([]),
    stdout: (text: string) => void out.push(text),
    stderr: (text: string) => void out.push(`stderr: ${text}`),
    env: { URL: "http://legacy" },
    colour: false,
    stop: new AbortController().signal,
  };
  const code = await checkCommand.run({ values, positionals }, io);
  return { code, text: out.join("") };
}

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe("check", () => {
  test("prints one line a fault and nothing else, and exits 2", async () => {
    const path = file(
      "three.yaml",
      "legacy: { url: http://legacy }\ncandidate: { url: candidate:80, timeout: 10 }\nlisten2: x\n",
    );
    const { code, text } = await check([path]);
    expect(code).toBe(2);
    expect(text.split("\n")).toEqual([
      expect.stringMatching(/three\.yaml:2:19: candidate\.url: `candidate:80` has no scheme \(/),
      expect.stringMatching(/three\.yaml:2:42: candidate\.timeout: `10` is not a duration \(/),
      expect.stringMatching(/three\.yaml:3:1: unknown key listen2 \(did you mean listen\?\)$/),
      "",
    ]);
  });

  test("says ok of a sound config, after what was probably not meant, and exits 0", async () => {
    const path = file("sound.yaml", "legacy: ${URL}\ncandidate: http://candidate\ncompare: { ignore: [$..*] }\n");
    expect(await check([path])).toEqual({
      code: 0,
      text: `${path}:3:21: warning: ignore $..* hides whole bodies (name the places that may differ)\n${path}: ok\n`,
    });
  });

  test("prints the JSON Schema", async () => {
    const { code, text } = await check([], { schema: true });
    expect(code).toBe(0);
    expect(JSON.parse(text)).toMatchObject({ $schema: "http://json-schema.org/draft-07/schema#", type: "object" });
  });

  test("refuses what it cannot read as the user's mistake", async () => {
    await expect(check([])).rejects.toThrow(UsageError);
    await expect(check(["a", "b"])).rejects.toThrow("check takes one config");
    await expect(check([join(folder, "none.yaml")])).rejects.toThrow(/cannot read .*none\.yaml: there is no such file/);
    await expect(check([file("latin1.yaml", new Uint8Array([0x61, 0x3a, 0x20, 0xe9]))])).rejects.toThrow("not UTF-8");
  });
});
