import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createBounds, needed } from "../../src/evidence/bounds.ts";
import { boundsAt } from "../../src/evidence/readiness.ts";
import { READINESS } from "./comparisons.ts";

const counts = fc
  .integer({ min: 0, max: 20_000 })
  .chain((n) => fc.tuple(fc.constant(n), fc.integer({ min: 0, max: n })));

describe("bounds", () => {
  test("they enclose what was seen, rise with each wrong request and fall with each right one", () => {
    const bounds = createBounds(0.01, 0.05);
    fc.assert(
      fc.property(counts, ([n, k]) => {
        const [lower, upper] = [bounds.lower(n, k), bounds.upper(n, k)];
        expect(lower).toBeGreaterThanOrEqual(0);
        expect(upper).toBeLessThanOrEqual(1);
        if (n > 0) expect(lower).toBeLessThanOrEqual(k / n);
        if (n > 0) expect(upper).toBeGreaterThanOrEqual(k / n);
        if (k < n) expect(bounds.upper(n, k + 1)).toBeGreaterThanOrEqual(upper - 1e-12);
        if (k < n) expect(bounds.lower(n, k + 1)).toBeGreaterThanOrEqual(lower - 1e-12);
        expect(bounds.upper(n + 1, k)).toBeLessThanOrEqual(upper + 1e-12);
        expect(bounds.lower(n + 1, k)).toBeLessThanOrEqual(lower + 1e-12);
      }),
    );
  });

  test("whether they are past the tolerance is what the bounds themselves say", () => {
    fc.assert(
      fc.property(counts, fc.constantFrom(0.5, 0.1, 0.01, 0.001), ([n, k], tolerance) => {
        const bounds = createBounds(tolerance, 0.05);
        const [lower, upper] = [bounds.lower(n, k), bounds.upper(n, k)];
        if (Math.abs(upper - tolerance) > 1e-9) expect(bounds.under(n, k)).toBe(upper < tolerance);
        if (Math.abs(lower - tolerance) > 1e-9) expect(bounds.above(n, k)).toBe(lower > tolerance);
      }),
    );
  });

  test("what is needed is enough, and one less is not", () => {
    const bounds = createBounds(0.001, 0.05);
    for (const k of [0, 1, 2, 5, 40]) {
      const n = needed(bounds, 0, k)!;
      expect([bounds.under(n - 1, k), bounds.under(n, k)]).toEqual([false, true]);
    }
  });

  test("with nothing wrong at most 1.15 times as many are needed as by one look at a time chosen beforehand", () => {
    for (const tolerance of [0.001, 0.01, 0.05]) {
      const fixed = Math.ceil(Math.log(0.05) / Math.log1p(-tolerance));
      expect(needed(boundsAt(0, { ...READINESS, tolerance }), 0, 0)! / fixed).toBeLessThanOrEqual(1.15);
    }
  });
});
