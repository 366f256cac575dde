import fc from "fast-check";
import { expect, test } from "vitest";
import { type RankedSample, withSample } from "../../src/evidence/samples.ts";
import type { FindingSample } from "../../src/model/report.ts";

const sample = (pair: number, request: number, at: number): FindingSample => ({
  id: `${at}`,
  at,
  method: "GET",
  target: `/${request}`,
  path: "$.x",
  legacy: String(pair),
  candidate: "0",
});
const keep = (all: readonly FindingSample[], limit: number) =>
  all.reduce<readonly RankedSample[]>((kept, one) => withSample(kept, one, limit), []).map(({ sample }) => sample);

test("which samples are kept does not depend on the order of arrival", () => {
  const some = fc.array(fc.tuple(fc.nat(12), fc.nat(12), fc.nat(99)), { maxLength: 60, size: "max" });
  fc.assert(
    fc.property(some, fc.integer({ min: 1, max: 9 }), (tuples, limit) => {
      const all = tuples.map(([pair, request, at]) => sample(pair, request, at));
      const kept = keep(all, limit);
      expect(new Set(keep(all.toReversed(), limit))).toEqual(new Set(kept));
      expect(kept.length).toBeLessThanOrEqual(limit);
      // As many different pairs as there are, or as there is room for.
      const pairs = new Set(all.map(({ legacy }) => legacy)).size;
      expect(new Set(kept.map(({ legacy }) => legacy)).size).toBe(Math.min(limit, pairs));
    }),
  );
});

test("a request that shows the same pair again does not take up room", () => {
  expect(
    keep(
      Array.from({ length: 20 }, (_, i) => sample(1, 1, 20 - i)),
      8,
    ),
  ).toEqual([sample(1, 1, 1)]);
});
