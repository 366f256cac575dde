import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { describe, expect, test } from "vitest";

const SRC = resolve(import.meta.dirname, "../../src");
const FLOORS: Record<string, number> = {
  model: 0,
  compare: 1,
  explain: 1,
  evidence: 1,
  config: 1,
  proxy: 2,
  reconcile: 2,
  store: 2,
  telemetry: 2,
  console: 3,
  app: 3.5, // the parts of app.ts
  cli: 4,
};
/** Files beside the rooms; they may see every room. */
const ROOF = ["main.ts", "index.ts", "app.ts"];
const PURE = ["model", "compare", "explain", "evidence", "config"];
const PURE_MODULES = ["node:zlib", "node:buffer"];

type Import = { readonly from: string; readonly to: string; readonly bare: boolean };

const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));

function importsOf(file: string): Import[] {
  const text = readFileSync(join(SRC, file), "utf8");
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\b[^"';]*?\bfrom\s*["']([^"']+)["']|\bimport\s*\(\s*["']([^"']+)["']|(?:^|\n)\s*import\s+["']([^"']+)["']/g,
  );
  return [...found].map((match) => {
    const name = (match[1] ?? match[2] ?? match[3])!;
    if (!name.startsWith(".")) return { from: file, to: name, bare: true };
    return { from: file, to: relative(SRC, resolve(SRC, dirname(file), name)), bare: false };
  });
}

const roomOf = (file: string) => (file.includes(sep) ? file.split(sep)[0]! : "");

describe("the house", () => {
  test("every file under src is in a known room or on the roof", () => {
    expect(files.filter((file) => (roomOf(file) === "" ? !ROOF.includes(file) : !(roomOf(file) in FLOORS)))).toEqual(
      [],
    );
  });

  test("imports go down a floor only, and rooms on one floor never meet", () => {
    const wrong = files
      .filter((file) => roomOf(file) !== "")
      .flatMap(importsOf)
      .filter(({ from, to, bare }) => {
        if (bare) return false;
        const [here, there] = [roomOf(from), roomOf(to)];
        if (here === there) return false;
        if (there === "") return here !== "cli"; // a command may open the app
        return FLOORS[there]! >= FLOORS[here]!;
      });
    expect(wrong).toEqual([]);
  });

  test("the pure rooms use no clock, no randomness, no I/O and no process", () => {
    const modules = files
      .filter((file) => PURE.includes(roomOf(file)))
      .flatMap(importsOf)
      .filter(({ to, bare }) => bare && to.startsWith("node:") && !PURE_MODULES.includes(to));
    expect(modules).toEqual([]);
    const globals =
      /\b(?:Date\.now|new Date\(\)|Math\.random|performance\.now|setTimeout|setInterval|process\.|console\.|crypto\.)/;
    const users = files
      .filter((file) => PURE.includes(roomOf(file)))
      .filter((file) => globals.test(code(readFileSync(join(SRC, file), "utf8"))));
    expect(users).toEqual([]);
  });
});

/** A file without its comments and strings, roughly: enough to look for globals. */
function code(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, " ");
}
