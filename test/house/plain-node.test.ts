import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";

const HOUSE = resolve(import.meta.dirname, "../..");

function node(
  args: readonly string[],
): Promise<{ readonly code: unknown; readonly out: string; readonly err: string }> {
  return new Promise((done) => {
    execFile(process.execPath, [...args], { cwd: HOUSE, timeout: 110_000, env: {} }, (error, out, err) => {
      done({ code: error?.code ?? 0, out, err });
    });
  });
}

// Vitest compiles what it runs. Node removes types and nothing else, so that an enum or a parameter property stops it.
test("the command starts from its source with nothing but Node", async () => {
  const { code, out, err } = await node(["src/main.ts", "--help"]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toContain("parallel-run serve");
});

test("every module under src is one that Node can load from its source", async () => {
  const files = readdirSync(join(HOUSE, "src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && name !== "main.ts")
    .map((name) => join(HOUSE, "src", name));
  expect(files.length).toBeGreaterThan(300);
  expect(await unloadable(files)).toEqual([]);
}, 120_000);

test("a module that Node cannot load is found", async () => {
  const dir = mkdtempSync(join(tmpdir(), "plain-node-"));
  try {
    const texts = {
      sound: "export const a: number = 1;",
      enum: "export enum A { B }",
      property: "export class A { constructor(readonly b: number) {} }",
      syntax: "export const a = ;",
      missing: 'import { a } from "./sound.ts"; import { b } from "./sound.ts"; export const c = [a, b];',
      throws: "throw new TypeError('at work, not while it is read');",
    };
    const files = Object.entries(texts).map(([name, text]) => {
      const file = join(dir, `${name}.ts`);
      writeFileSync(file, text);
      return file;
    });
    const found = (await unloadable(files)).map((line) => /(\w+)\.ts: /.exec(line)![1]);
    expect(found).toEqual(["enum", "property", "syntax", "missing"]);
  } finally {
    rmSync(dir, { recursive: true });
  }
});

/**
 * Imports the files in one process of their own, and says which cannot be read. Errors that a module throws at work do not
 * count: what is made for a thread of its own finds no one to talk to here.
 */
async function unloadable(files: readonly string[]): Promise<string[]> {
  const script = `
    for (const url of JSON.parse(process.argv[1])) {
      try {
        await import(url);
      } catch (error) {
        if (error instanceof SyntaxError || /TYPESCRIPT|MODULE_NOT_FOUND/.test(error?.code)) {
          process.stdout.write(url + ": " + String(error.message).split("\\n")[0] + "\\n");
        }
      }
    }
    process.stdout.write("all\\n");
    process.exit(0);`;
  const urls = JSON.stringify(files.map((file) => pathToFileURL(file).href));
  const { out, err } = await node(["--input-type=module", "-e", script, urls]);
  const lines = out.trimEnd().split("\n");
  if (lines.pop() !== "all") throw new Error(`it did not come to its end: ${out}${err}`);
  return lines;
}
