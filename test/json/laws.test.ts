import deepDiff from "deep-diff";
import fc from "fast-check";
import jsonpatch from "fast-json-patch";
import { describe, expect, test } from "vitest";
import { compareJson, isJson } from "../../src/json/index.ts";
import { patchOf } from "./apply.ts";
import {
  anyNames,
  compareTexts,
  documents,
  type Json,
  LIMITS,
  names,
  pairs,
  rewritten,
  STRICT,
  structuredCopy,
} from "./documents.ts";

const RUNS = { numRuns: 1_500 };
const compare = (legacy: Json, candidate: Json) => compareTexts(JSON.stringify(legacy), JSON.stringify(candidate));

/** Equal or not, said by the simplest code there is. */
function same(a: Json, b: Json): boolean {
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((value, k) => same(value, b[k]!));
  }
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  const [left, right] = [Object.keys(a), Object.keys(b)];
  return left.length === right.length && left.every((name) => Object.hasOwn(b, name) && same(a[name]!, b[name]!));
}

describe("laws of JSON comparison", () => {
  test("a document equals itself, however it is written", () => {
    fc.assert(
      fc.property(documents(anyNames), fc.nat(), fc.nat(), (json, one, other) => {
        expect(compareTexts(rewritten(json, one), rewritten(json, other)).differences).toEqual([]);
      }),
      RUNS,
    );
  });

  test("it agrees with the simplest comparer on equal or not", () => {
    fc.assert(
      fc.property(pairs(anyNames), fc.nat(), ([legacy, candidate], seed) => {
        const found = compareTexts(JSON.stringify(legacy), rewritten(candidate, seed));
        expect(found.differences.length === 0).toBe(
          same(JSON.parse(JSON.stringify(legacy)), JSON.parse(JSON.stringify(candidate))),
        );
      }),
      RUNS,
    );
  });

  test("it agrees with deep-diff on equal or not", () => {
    fc.assert(
      // not with the empty name: deep-diff takes {} and {"": {}} for equal
      fc.property(pairs(names.filter((name) => name !== "")), ([legacy, candidate]) => {
        const [left, right] = [JSON.parse(JSON.stringify(legacy)), JSON.parse(JSON.stringify(candidate))];
        expect(compare(legacy, candidate).differences.length === 0).toBe(deepDiff.diff(left, right) === undefined);
      }),
      RUNS,
    );
  });

  test("the differences, applied to legacy, give the candidate", () => {
    fc.assert(
      fc.property(pairs(), ([legacy, candidate]) => {
        const { differences } = compare(legacy, candidate);
        const applied = jsonpatch.applyPatch(
          structuredCopy(legacy),
          patchOf(differences),
          false,
          true,
          false,
        ).newDocument;
        expect(same(JSON.parse(JSON.stringify(applied)), JSON.parse(JSON.stringify(candidate)))).toBe(true);
      }),
      { numRuns: 4_000 },
    );
  });

  test("swapping the sides mirrors what is found", () => {
    const mirrored: Record<string, string> = { missing: "extra", extra: "missing" };
    fc.assert(
      fc.property(pairs(anyNames), ([legacy, candidate]) => {
        const there = compare(legacy, candidate).differences;
        const back = compare(candidate, legacy).differences;
        const said = there.map(({ kind, legacy: l, candidate: c }) =>
          kind === "order" ? [kind] : [mirrored[kind] ?? kind, c, l],
        );
        const heard = back.map(({ kind, legacy: l, candidate: c }) => (kind === "order" ? [kind] : [kind, l, c]));
        expect(heard.map((d) => d.join(" ")).sort()).toEqual(said.map((d) => d.join(" ")).sort());
      }),
      RUNS,
    );
  });

  test("no budget and no time make it coarser, never wrong", () => {
    fc.assert(
      fc.property(pairs(anyNames), fc.nat(40), fc.boolean(), ([legacy, candidate], budget, overdue) => {
        const found = compareJson(JSON.stringify(legacy), JSON.stringify(candidate), STRICT, {
          budget,
          overdue: () => overdue,
        });
        expect(found.differences.length === 0).toBe(
          same(JSON.parse(JSON.stringify(legacy)), JSON.parse(JSON.stringify(candidate))),
        );
      }),
      RUNS,
    );
  });

  test("no bytes make it throw, and what JSON.parse refuses is never a match for what it takes", () => {
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc
        .string({ unit: fc.constantFrom(...'{}[]",:0123456789.eE+-tfn\\u '.split("")), maxLength: 20 })
        .map((text) => new TextEncoder().encode(text)),
    );
    fc.assert(
      fc.property(noise, noise, documents(), (left, right, json) => {
        const text = Buffer.from(left).toString();
        expect(isJson(left)).toBe(parses(text));
        expect(
          compareJson(left, right, STRICT, LIMITS).differences.length === 0 && !Buffer.from(left).equals(right),
        ).toBe(
          parses(text) &&
            parses(Buffer.from(right).toString()) &&
            compareJson(left, right, STRICT, LIMITS).differences.length === 0 &&
            !Buffer.from(left).equals(right),
        );
        if (!parses(text))
          expect(compareJson(left, JSON.stringify(json), STRICT, LIMITS).differences[0]?.kind).toBe("format");
      }),
      { numRuns: 5_000 },
    );
  });
});

function parses(text: string): boolean {
  try {
    JSON.parse(text.startsWith("\ufeff") ? text.slice(1) : text);
    return true;
  } catch {
    return false;
  }
}
