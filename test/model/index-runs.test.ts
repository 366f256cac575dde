import fc from "fast-check";
import { expect, test } from "vitest";
import { readIndexes, writeIndexes } from "../../src/model/index-runs.ts";

test("short lists are written out, long runs by their ends", () => {
  expect(writeIndexes([2, 0, 1])).toBe("[2,0,1]");
  const many = Array.from({ length: 120 }, (_, k) => k);
  expect(writeIndexes(many)).toBe('["0..119"]');
  expect(writeIndexes(many.toReversed())).toBe('["119..0"]');
  expect(writeIndexes([119, ...many.slice(0, 119)])).toBe('[119,"0..118"]');
});

test("a list without runs is shortened, and the rest is counted", () => {
  const shuffled = Array.from({ length: 1_000 }, (_, k) => (k * 377) % 1_000);
  const written = writeIndexes(shuffled);
  expect(written.length).toBeLessThan(300);
  expect(written).toMatch(/"and 960 more"\]$/);
  expect(readIndexes(JSON.parse(written))).toBeUndefined();
});

test("what was written whole is read back", () => {
  const runs = fc.array(fc.tuple(fc.nat(500), fc.nat(30), fc.boolean()), { maxLength: 12 });
  fc.assert(
    fc.property(runs, (all) => {
      const indexes = all.flatMap(([from, length, up]) =>
        Array.from({ length }, (_, k) => (up ? from + k : from + length - k)),
      );
      const read = readIndexes(JSON.parse(writeIndexes(indexes)));
      if (read !== undefined) expect(read).toEqual(indexes);
      else expect(indexes.length).toBeGreaterThan(16);
    }),
  );
});

test("what is no list of indexes is not read as one, however large its numbers", () => {
  for (const value of [null, "0..3", ["a", "b"], ["0..999999999"], [{}]]) expect(readIndexes(value)).toBeUndefined();
});
