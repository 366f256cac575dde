import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { describe, expect, test } from "vitest";

const SRC = resolve(import.meta.dirname, "../../src");
/** Rooms on one floor do not import each other; a room imports from lower floors only. */
const FLOORS: Record<string, number> = {
  lib: 0,
  jsonpath: 1,
  model: 2,
  json: 3,
  bodies: 4,
  compare: 5,
  redact: 5,
  explain: 5,
  evidence: 5,
  config: 5,
  proxy: 6,
  verify: 6,
  store: 6,
  telemetry: 6,
  report: 7,
  admin: 8,
  app: 9,
  cli: 10,
};
/** Files beside the rooms: the process and the library. They may import from every room. */
const ENTRIES = ["main.ts", "index.ts"];
const PURE = ["jsonpath", "model", "json", "bodies", "compare", "explain", "evidence", "config"];
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
  test("every file under src is in a known room or is an entry", () => {
    expect(files.filter((file) => (roomOf(file) === "" ? !ENTRIES.includes(file) : !(roomOf(file) in FLOORS)))).toEqual(
      [],
    );
  });

  test("a room imports from lower floors only", () => {
    const wrong = files
      .filter((file) => roomOf(file) !== "")
      .flatMap(importsOf)
      .filter(({ from, to, bare }) => {
        if (bare) return false;
        const [here, there] = [roomOf(from), roomOf(to)];
        if (here === there) return false;
        if (there === "") return true;
        return FLOORS[there]! >= FLOORS[here]!;
      });
    expect(wrong).toEqual([]);
  });

  test("no file imports itself by way of others, not even for types", () => {
    const imports = new Map(files.map((file) => [file, importsOf(file).flatMap(({ to, bare }) => (bare ? [] : [to]))]));
    expect(cyclesIn(imports)).toEqual([]);
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

/** The groups of files that import each other in a circle (strongly connected components, Tarjan 1972). */
function cyclesIn(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (file: string) => {
    index.set(file, index.size);
    low.set(file, index.get(file)!);
    stack.push(file);
    for (const next of imports.get(file) ?? []) {
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(file, Math.min(low.get(file)!, low.get(next)!));
    }
    if (low.get(file) !== index.get(file)) return;
    const group = stack.splice(stack.indexOf(file));
    if (group.length > 1) found.push(group.sort());
  };
  for (const file of imports.keys()) if (!index.has(file)) visit(file);
  return found;
}
