import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createBounds } from "../../src/evidence/bounds.ts";
import { addInto, atRanks, createHistogram, observe } from "../../src/evidence/histogram.ts";
import { latencyRatios, quantile } from "../../src/evidence/latency.ts";

const SEED = 7;
function of(values: readonly number[]) {
  const histogram = createHistogram();
  for (const value of values) observe(histogram, value);
  return histogram;
}
const durations = fc.array(fc.double({ min: 0.02, max: 1e6, noNaN: true }), {
  minLength: 1,
  maxLength: 300,
  size: "max",
});

describe("durations", () => {
  test("a value at a rank is known within 2 %", () => {
    fc.assert(
      fc.property(durations, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
        const sorted = values.toSorted((a, b) => a - b);
        const rank = Math.max(1, Math.ceil(share * values.length));
        const [found] = atRanks(of(values), [rank]);
        expect(found! / sorted[rank - 1]!).toBeGreaterThan(0.979);
        expect(found! / sorted[rank - 1]!).toBeLessThan(1.021);
      }),
    );
  });

  test("two histograms added are the histogram of both", () => {
    fc.assert(
      fc.property(durations, durations, (a, b) => {
        const sum = of(a);
        addInto(sum, of(b));
        const whole = of([...a, ...b]);
        expect(new Map([...sum.counts].sort())).toEqual(new Map([...whole.counts].sort()));
        expect([sum.total, sum.max]).toEqual([whole.total, whole.max]);
      }),
    );
  });

  test("what is no duration is not counted", () => {
    expect(of([Number.NaN, -1]).total).toBe(0);
    expect(atRanks(createHistogram(), [1])).toEqual([Number.NaN]);
  });

  test(`the interval of a quantile holds it at every look as often as it says (seed ${SEED})`, () => {
    let state = SEED;
    const uniform = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return (state + 0.5) / 2 ** 32;
    };
    const bounds = createBounds(0.05, 0.025);
    const truth = 20 * Math.log(20); // exponential: the 95 % quantile is 20 ln 20
    let held = 0;
    const runs = 200;
    for (let run = 0; run < runs; run++) {
      const histogram = createHistogram();
      let isHeld = true;
      for (let n = 1; n <= 1000; n++) {
        observe(histogram, -20 * Math.log(uniform()));
        if (n % 10 !== 0) continue;
        const { low, high } = quantile(histogram, 0.95, bounds);
        isHeld &&= low * 0.98 <= truth && truth <= high * 1.02;
      }
      if (isHeld) held += 1;
    }
    expect(held / runs).toBeGreaterThan(0.95);
  });
});

describe("latency of both sides", () => {
  test("a ratio has an interval that holds it, and is left out while too few answers say anything of it", () => {
    const legacy = of(Array.from({ length: 1000 }, (_, i) => 10 + i / 100));
    const candidate = of(Array.from({ length: 1000 }, (_, i) => 20 + i / 50));
    for (const { ratio, low, high } of latencyRatios(legacy, candidate, 0.95)) {
      expect(ratio).toBeCloseTo(2, 1);
      expect([low <= ratio, ratio <= high]).toEqual([true, true]);
    }
    const names = (n: number) =>
      latencyRatios(of(new Array(n).fill(5)), of(new Array(n).fill(5)), 0.95).map(({ quantile }) => quantile);
    expect(names(0)).toEqual([]);
    expect(names(3)).toEqual([]);
    expect(names(60)).toEqual(["p50"]);
    expect(names(2000)).toEqual(["p50", "p95", "p99"]);
    expect(JSON.stringify(latencyRatios(legacy, candidate, 0.95))).not.toContain("null");
  });
});
