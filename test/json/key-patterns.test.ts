import fc from "fast-check";
import { expect, test } from "vitest";
import { fitsPattern, keyPattern, patternText } from "../../src/json/key-patterns.ts";

const stems = ["item", "day", "hour", "message", "user.name", "a-b"];
const named = (end: string) => stems.map((stem) => `${stem}${end}`);

test("a suffix that became another one, though there are several new ones", () => {
  const pattern = keyPattern(named("_plural"), [...named("_one"), ...named("_other")].slice(0, 11));
  expect(pattern).toMatchObject({ part: "suffix", from: "_plural" });
  expect(keyPattern(named("_plural"), named("_other"))).toEqual({ part: "suffix", from: "_plural", to: "_other" });
  expect(patternText({ part: "suffix", from: "_plural", to: "_other" })).toBe(
    'names that end in "_plural" end in "_other" instead',
  );
});

test("a prefix that became another one, was added, or is gone", () => {
  const from = (start: string) => ["alpha", "bravo", "charlie", "delta", "echo"].map((name) => `${start}${name}`);
  expect(keyPattern(from("old."), from("new."))).toEqual({ part: "prefix", from: "old.", to: "new." });
  expect(patternText(keyPattern(from("x."), from(""))!)).toBe('names do not begin with "x." any more');
});

test("names that are unlike each other have no pattern", () => {
  expect(keyPattern(["a", "b", "c", "d", "e"], ["v", "w", "x", "y", "z"])).toBeUndefined();
  expect(keyPattern(named("_plural").slice(0, 3), [])).toBeUndefined();
  expect(keyPattern(named("_plural"), [])).toEqual({ part: "suffix", from: "_plural" });
});

test("whatever the names are, a pattern fits most of those that are gone, and it never throws", () => {
  const name = fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom("__proto__", "constructor", "", "a_b", "a_c"));
  fc.assert(
    fc.property(fc.uniqueArray(name, { maxLength: 30 }), fc.uniqueArray(name, { maxLength: 30 }), (gone, other) => {
      const pattern = keyPattern(
        gone,
        other.filter((one) => !gone.includes(one)),
      );
      if (pattern === undefined) return;
      expect(patternText(pattern)).not.toBe("");
      expect(gone.filter((one) => fitsPattern(pattern, one, "legacy")).length).toBeGreaterThanOrEqual(gone.length / 2);
    }),
  );
});
