import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareJson, isJson } from "../../src/json/index.ts";
import { scanDocument } from "../../src/json/scan.ts";
import { scanBeside, sharedEnds } from "../../src/json/shared.ts";
import { COUNT, END, NAME, newTape, START, STRIDE, type Tape } from "../../src/json/tape.ts";
import { cpuRatio } from "../support/growth.ts";
import { anyNames, LIMITS, pairs, rewritten, STRICT } from "./documents.ts";

const suite = suiteFolder("json-parsing/test_parsing");

describe("reading JSON", () => {
  test.skipIf(suite === undefined)("judges the JSON parsing suite as JSON.parse judges it", () => {
    const files = readdirSync(suite!);
    expect(files.length).toBeGreaterThan(300);
    const wrong = files.filter((file) => {
      const bytes = readFileSync(join(suite!, file));
      return isJson(bytes) !== parses(bytes.toString());
    });
    expect(wrong).toEqual([]);
    const refused = (file: string) => !isJson(readFileSync(join(suite!, file)));
    expect(files.filter((file) => file.startsWith("y_") && refused(file))).toEqual([]);
    expect(files.filter((file) => file.startsWith("n_") && !refused(file))).toEqual([]);
  });

  test("a text read beside another has the same nodes as read alone", () => {
    const texts = fc.oneof(
      fc.tuple(pairs(anyNames), fc.boolean()).map(([[a, b], pretty]) => {
        const space = pretty ? 1 : undefined;
        return [JSON.stringify(a, undefined, space), JSON.stringify(b, undefined, space)] as const;
      }),
      fc.tuple(pairs(), fc.nat()).map(([[a, b], seed]) => [rewritten(a, seed), rewritten(b, seed)] as const),
    );
    const cuts = fc.tuple(
      fc.nat(),
      fc.nat(6),
      fc.constantFrom("", ",", "]", "}", '"', "0", "[1,", ":", "\\", " ", '",'),
    );
    fc.assert(
      fc.property(texts, cuts, fc.boolean(), ([legacy, other], [where, length, put], broken) => {
        const at = where % (other.length + 1);
        const candidate = broken ? other.slice(0, at) + put + other.slice(at + length) : other;
        const [left, right] = [Buffer.from(legacy), Buffer.from(candidate)];
        const a = newTape(left, new Int32Array(STRIDE));
        expect(scanDocument(a)).toBe(true);
        const [beside, alone] = [newTape(right, new Int32Array(1024).fill(-7)), newTape(right, new Int32Array(STRIDE))];
        const sound = scanDocument(alone);
        expect(scanBeside(a, beside, sharedEnds(left, right))).toBe(sound);
        if (!sound) return;
        expect(nodesOf(beside)).toEqual(nodesOf(alone));
        // read with a guess at each leaf, whatever the ends have in common
        const guessed = newTape(right, new Int32Array(1024).fill(-7));
        expect(scanDocument(guessed, a)).toBe(true);
        expect(nodesOf(guessed)).toEqual(nodesOf(alone));
        for (const tape of [beside, guessed]) expect(falseTwins(a, tape)).toEqual([]);
      }),
      { numRuns: 10_000 },
    );
  });

  test("shared ends are as long as they can be, and never overlap", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 300 });
    fc.assert(
      fc.property(letters, letters, letters, letters, (head, tail, x, y) => {
        const [a, b] = [Buffer.from(head + x + tail), Buffer.from(head + y + tail)];
        const ends = sharedEnds(a, b);
        let wanted = 0;
        while (wanted < Math.min(a.length, b.length) && a[wanted] === b[wanted]) wanted += 1;
        expect(ends.head).toBe(wanted);
        let rest = 0;
        while (rest < Math.min(a.length, b.length) - wanted && a.at(-1 - rest) === b.at(-1 - rest)) rest += 1;
        expect(ends.tail).toBe(rest);
      }),
    );
  });

  test("a hundred thousand levels neither crash nor take more than linear time", () => {
    const nested = (levels: number, open: string, leaf: string, close: string) =>
      open.repeat(levels) + leaf + close.repeat(levels);
    const shapes: [string, string][] = [
      ["[", "]"],
      ['{"a":', "}"],
      ["[1,", ",2]"],
      ['[{"b":[0],"a":', "}]"],
    ];
    for (const [open, close] of shapes) {
      const comparing = (levels: number) => {
        const [legacy, candidate] = [nested(levels, open, "1", close), nested(levels, open, "2", close)];
        return () => {
          expect(compareJson(legacy, candidate, STRICT, LIMITS).differences).toHaveLength(1);
          expect(compareJson(legacy, `${legacy} `, STRICT, LIMITS).differences).toEqual([]);
        };
      };
      comparing(100_000)();
      // Eight times as deep: quadratic work takes 64 times as long.
      expect(cpuRatio(comparing(32_000), comparing(4_000), 40), open).toBeLessThanOrEqual(40);
    }
  });

  test("differences at every one of many levels are told without filling the memory with paths", () => {
    const nested = (leaf: string) => `[${leaf},`.repeat(50_000) + leaf + "]".repeat(50_000);
    const { differences } = compareJson(nested("1"), nested("2"), STRICT, LIMITS);
    expect(differences.reduce((sum, { path }) => sum + path.length, 0)).toBeLessThan(50_000_000);
    expect(differences.at(-1)?.note).toBe("what differs lies deeper than paths go");
  });
});

/** The nodes without what a leaf was found to be written as. */
function nodesOf({ nodes, used }: Tape): number[] {
  return [...nodes.subarray(0, used)].map((value, k) => (k % STRIDE === COUNT && value < 0 ? 0 : value));
}

/** Leaves that are said to be written as one of legacy's, and are not. */
function falseTwins(a: Tape, b: Tape): number[] {
  const written = ({ bytes, nodes }: Tape, at: number) =>
    bytes.toString("latin1", nodes[at + NAME] || nodes[at + START]!, nodes[at + END]!);
  const leaves = Array.from({ length: b.used / STRIDE }, (_, k) => k * STRIDE).filter((at) => b.nodes[at + COUNT]! < 0);
  return leaves.filter((at) => written(b, at) !== written(a, ~b.nodes[at + COUNT]!));
}

function parses(text: string): boolean {
  try {
    JSON.parse(text.startsWith("\ufeff") ? text.slice(1) : text);
    return true;
  } catch {
    return false;
  }
}

/** The shared suites beside the project, or beside the folder it was checked out in. */
function suiteFolder(path: string): string | undefined {
  const roots = [process.env["PARALLEL_RUN_SUITES"]];
  for (let at = import.meta.dirname; at !== dirname(at); at = dirname(at))
    roots.push(join(dirname(at), "shared/suites"));
  return roots
    .filter((root) => root !== undefined)
    .map((root) => join(root, path))
    .find((folder) => existsSync(folder));
}

test("a name with a backslash is another than one with an escape, whatever came before", () => {
  const said = (legacy: string, candidate: string) =>
    compareJson(legacy, candidate, STRICT, LIMITS).differences.map(({ path, kind }) => `${path} ${kind}`);
  const names = '[{"id":1,"\\\\":2},{"id":1,"\\u0048":3},{"id":1,"\\u005c":4}]';
  expect(said(names, '[{"id":1,"\\u005C":2},{"id":1,"H":3},{"id":1,"\\\\":4}]')).toEqual([]);
  expect(said('{"id":1,"\\\\":2}', '{"id":1,"\\u0048":2}')).toEqual(["$['\\\\'] missing", "$.H extra"]);
});
