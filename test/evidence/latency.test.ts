import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createBounds } from "../../src/evidence/bounds.ts";
import { addInto, atRanks, createHistogram, observe } from "../../src/evidence/histogram.ts";
import { latencyRatios, quantile } from "../../src/evidence/latency.ts";
import {
  addLatencyPair,
  addLatencyPairs,
  createLatencyPairs,
  pairBucketOf,
  pairEdgeOf,
  restoreLatencyPairs,
  storeLatencyPairs,
} from "../../src/evidence/latency-pairs.ts";

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

/** Both sides' latencies to the same requests, as `latencyRatios` takes them. */
function ratiosOf(both: readonly (readonly [number, number])[], confidence = 0.95) {
  const pairs = createLatencyPairs();
  for (const [legacy, candidate] of both) addLatencyPair(pairs, legacy, candidate);
  return latencyRatios(
    pairs,
    of(both.map(([legacy]) => legacy)),
    of(both.map(([, candidate]) => candidate)),
    confidence,
  );
}

describe("latency of both sides", () => {
  test("a ratio has an interval that holds it, and is left out while too few answers say anything of it", () => {
    const both = Array.from({ length: 3000 }, (_, i) => [10 + (i % 100) / 10, 20 + (i % 100) / 5] as const);
    const ratios = ratiosOf(both);
    expect(ratios.map(({ quantile }) => quantile)).toEqual(["p50", "p95", "p99"]);
    for (const { ratio, low, high } of ratios) {
      expect(ratio).toBeCloseTo(2, 1);
      expect(low).toBeGreaterThan(1.8);
      expect(high).toBeLessThan(2.2);
      expect([low <= ratio, ratio <= high]).toEqual([true, true]);
    }
    const names = (n: number) =>
      ratiosOf(Array.from({ length: n }, () => [5, 5] as const)).map(({ quantile }) => quantile);
    expect(names(0)).toEqual([]);
    expect(names(3)).toEqual([]);
    expect(names(2000)).toEqual(["p50", "p95", "p99"]);
    expect(JSON.stringify(ratiosOf(both))).not.toContain("null");
  });

  test("the interval of equal sides is narrow where a request takes long on both sides or on neither", () => {
    // Three in ten requests stall for a time of their own, on both sides alike.
    let state = SEED;
    const uniform = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return (state + 0.5) / 2 ** 32;
    };
    const both = Array.from({ length: 1500 }, () => {
      const stall = uniform() < 0.3 ? 200 * uniform() : 0;
      return [5 + uniform() + stall, 5 + uniform() + stall] as const;
    });
    const p95 = ratiosOf(both).find(({ quantile }) => quantile === "p95")!;
    expect(p95.low).toBeGreaterThan(0.9);
    expect(p95.high).toBeLessThan(1.1);
  });

  test("by how many milliseconds the candidate is slower is bounded where the ratio says nothing", () => {
    const both = Array.from({ length: 1000 }, (_, i) => [0.1 + (i % 10) / 100, 0.3 + (i % 10) / 50] as const);
    const p95 = ratiosOf(both).find(({ quantile }) => quantile === "p95")!;
    expect(p95.ratio).toBeGreaterThan(2);
    expect(p95.slowerMs).toBeGreaterThan(0.25);
    expect(p95.slowerMs).toBeLessThan(0.4);
  });
});

describe("latencies counted together", () => {
  const latency = fc.double({ min: 0, max: 1e8, noNaN: true });
  const pairsOf = (both: readonly (readonly [number, number])[]) => {
    const pairs = createLatencyPairs();
    for (const [legacy, candidate] of both) addLatencyPair(pairs, legacy, candidate);
    return pairs;
  };
  const many = fc.array(fc.tuple(latency, latency), { maxLength: 4000, size: "max" });

  test("take bounded memory, and count every request", () => {
    fc.assert(
      fc.property(many, (both) => {
        const pairs = pairsOf(both);
        expect(pairs.cells.size).toBeLessThanOrEqual(2048);
        expect(pairs.total).toBe(both.length);
        expect([...pairs.cells.values()].reduce((sum, count) => sum + count, 0)).toBe(both.length);
        for (const [legacy, candidate] of both.slice(0, 20)) {
          for (const ms of [legacy, candidate]) {
            const bucket = pairBucketOf(pairs, ms);
            expect(ms).toBeGreaterThan(bucket === 0 ? -1 : pairEdgeOf(pairs, bucket - 1) * 0.999_999);
            // The last bucket, of more than three hours, has no upper edge.
            if (ms < 1e7) expect(ms).toBeLessThanOrEqual(pairEdgeOf(pairs, bucket) * 1.000_001);
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  test("are the same stored and restored; and added, those of both, at the coarser width", () => {
    fc.assert(
      fc.property(many, many, (a, b) => {
        const [one, other] = [pairsOf(a), pairsOf(b)];
        const stored = JSON.parse(JSON.stringify(storeLatencyPairs(one)));
        const restored = restoreLatencyPairs(stored);
        expect(storeLatencyPairs(restored)).toEqual(stored);
        expect(restored.total).toBe(one.total);
        addLatencyPairs(one, other);
        expect(one.total).toBe(a.length + b.length);
        const whole = pairsOf([...a, ...b]);
        if (whole.level === one.level) expect(storeLatencyPairs(one)).toEqual(storeLatencyPairs(whole));
      }),
      { numRuns: 20 },
    );
  });

  test("that are stored in another shape are refused", () => {
    for (const stored of [
      { level: 40, cells: [1, 1] },
      { level: 0, cells: [1.5, 1] },
      { level: 0, cells: [-1, 1] },
      { level: 0, cells: new Array(100_000).fill(1) },
    ]) {
      expect(() => restoreLatencyPairs(stored)).toThrow(/another shape/);
    }
  });
});
