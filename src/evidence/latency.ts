// evidence/latency.ts: how much slower the candidate is, with an interval

import type { LatencyRatio } from "../model/report.ts";
import { type Bounds, createBounds } from "./bounds.ts";
import { atRanks, type Histogram } from "./histogram.ts";
import { eachCell, type LatencyPairs, pairBucketOf, pairEdgeOf } from "./latency-pairs.ts";
import { logEvidence } from "./sign-test.ts";

const QUANTILES = [
  ["p50", 0.5],
  ["p95", 0.95],
  ["p99", 0.99],
] as const;

/** Of the error of an interval, the part for not knowing legacy's quantile; the rest is for the two tests by halves. */
const QUANTILE_SHARE = 0.2;

/**
 * The candidate's quantiles over legacy's, from requests that both answered. Each end of an interval holds at the given
 * confidence however often one looks. A quantile of which too few answers say anything is left out.
 *
 * Were t legacy's q-quantile and the candidate's not under r t, then the candidate would exceed r t in at least 1 - q of
 * the requests, and legacy t in at most 1 - q. Two anytime-valid tests may exclude that:
 * - the paired one, in which what slows both sides down at the same time cancels: of the requests in which only one of
 *   them exceeds its limit, at least half would be the candidate's (`logEvidence`);
 * - that of the candidate alone, which is the stronger one where legacy's latencies hardly differ: at least 1 - q of the
 *   candidate's latencies would exceed r t (`Bounds`).
 * Each is turned against every r. As t is not known, r is excluded only where it is for every t in an interval that holds
 * legacy's quantile (Howard and Ramdas 2022, see `quantile`). All of them share the error.
 *
 * Where the candidate takes r times as long as legacy in distribution, the paired test holds for any t: neither drift nor
 * requests that depend on each other widen its error then.
 * @param legacy the latencies of the same requests, for the quantiles themselves
 * @param confidence such as 0.95
 */
export function latencyRatios(
  pairs: LatencyPairs,
  legacy: Histogram,
  candidate: Histogram,
  confidence: number,
): LatencyRatio[] {
  if (pairs.total === 0 || legacy.total === 0 || candidate.total === 0) return [];
  const [forQuantile, forTest] = [QUANTILE_SHARE / 2, (1 - QUANTILE_SHARE) / 2].map(
    (share) => share * (1 - confidence),
  );
  return QUANTILES.flatMap(([name, q]) => {
    const ours = quantile(legacy, q, createBounds(1 - q, forQuantile!));
    if (!Number.isFinite(ours.high) || !(ours.low > 0)) return [];
    const [theirs = Number.NaN] = atRanks(candidate, [Math.max(1, Math.ceil(candidate.total * q))]);
    const range = rangeOf(pairs, [pairBucketOf(pairs, ours.low), pairBucketOf(pairs, ours.high)], {
      alone: createBounds(1 - q, forTest!),
      paired: -Math.log(forTest!),
    });
    if (range === undefined) return [];
    const ratio = theirs / ours.value;
    return [
      {
        quantile: name,
        legacyMs: ours.value,
        candidateMs: theirs,
        ratio,
        low: Math.min(range.low, ratio),
        high: Math.max(range.high, ratio),
        slowerMs: Math.max(range.slowerMs, theirs - ours.value),
      },
    ];
  });
}

/** The bounds of the candidate's own rate, and the evidence that the paired test must reach. */
type Tests = { readonly alone: Bounds; readonly paired: number };

type Range = { readonly low: number; readonly high: number; readonly slowerMs: number };

/**
 * Where the tests put the candidate's quantile, over legacy's, whichever value legacy's has in these buckets.
 * @returns undefined when for some of them it excludes no value as too large
 */
function rangeOf(pairs: LatencyPairs, [from, to]: readonly [number, number], tests: Tests): Range | undefined {
  const [first, last] = candidateBuckets(pairs);
  const counts = countsOf(pairs, [from, to], [first, last]);
  const { width, longer, shorter } = counts;
  /** The candidate exceeds the edge of bucket `first + i`; it alone does, where legacy does not exceed the value at hand. */
  const exceeding = (i: number) => pairs.total - longer[i]! - shorter[i]!;
  const candidateOnly = (i: number) => shorter[width - 1]! - shorter[i]!;
  const isSlower = (i: number) => logEvidence({ plus: candidateOnly(i), minus: longer[i]! }) >= tests.paired;
  const isFaster = (i: number) => logEvidence({ plus: longer[i]!, minus: candidateOnly(i) }) >= tests.paired;

  const surelySlower = fewest(width - 1, (i) => !tests.alone.above(pairs.total, exceeding(i))) - 1;
  const surelyFaster = fewest(width - 1, (i) => tests.alone.under(pairs.total, exceeding(i)));
  let [low, high, slowerMs] = [Number.POSITIVE_INFINITY, 0, Number.NEGATIVE_INFINITY];
  // Both only rise with the value at hand.
  let [notSlower, faster] = [0, 0];
  for (let bucket = from; bucket <= to; bucket++) {
    // Legacy's quantile is above this bucket's lower edge, and at most its upper one.
    const [least, most] = [pairEdgeOf(pairs, bucket - 1), pairEdgeOf(pairs, bucket)];
    while (notSlower < width && isSlower(notSlower)) notSlower += 1;
    const slower = Math.max(surelySlower, notSlower - 1);
    low = Math.min(low, slower < 0 ? 0 : pairEdgeOf(pairs, first + slower) / most);
    counts.toShorter(bucket);
    while (faster < Math.min(width, surelyFaster) && !isFaster(faster)) faster += 1;
    if (faster >= width || least === 0) return undefined;
    const edge = pairEdgeOf(pairs, first + faster);
    high = Math.max(high, edge / least);
    slowerMs = Math.max(slowerMs, edge - least);
  }
  return { low, high, slowerMs };
}

/** The first and the last of the candidate's buckets. */
function candidateBuckets(pairs: LatencyPairs): readonly [number, number] {
  let [first, last] = [Number.POSITIVE_INFINITY, 0];
  eachCell(pairs, (_, candidate) => {
    first = Math.min(first, candidate);
    last = Math.max(last, candidate);
  });
  return [first, last];
}

/**
 * How many requests took the candidate up to the edge of its bucket `first + i`: those for which legacy took longer than
 * a value, which is the lower edge of its bucket `from` at first, and those for which it did not.
 */
type Counts = {
  readonly width: number;
  readonly longer: Float64Array;
  readonly shorter: Float64Array;
  /** Moves the value to the upper edge of the next bucket of legacy's. */
  readonly toShorter: (bucket: number) => void;
};

function countsOf(
  pairs: LatencyPairs,
  [from, to]: readonly [number, number],
  [first, last]: readonly [number, number],
): Counts {
  const width = last - first + 1;
  const [longer, shorter] = [new Float64Array(width), new Float64Array(width)];
  const rows = new Map<number, Float64Array>();
  eachCell(pairs, (legacy, candidate, count) => {
    (legacy < from ? shorter : longer)[candidate - first]! += count;
    if (legacy < from || legacy > to) return;
    const row = rows.get(legacy) ?? new Float64Array(width);
    rows.set(legacy, row);
    row[candidate - first]! += count;
  });
  for (const row of [longer, shorter, ...rows.values()]) for (let i = 1; i < width; i++) row[i]! += row[i - 1]!;
  const toShorter = (bucket: number) => {
    const row = rows.get(bucket);
    if (row === undefined) return;
    for (let i = 0; i < width; i++) {
      longer[i]! -= row[i]!;
      shorter[i]! += row[i]!;
    }
  };
  return { width, longer, shorter, toShorter };
}

/** A quantile, and the ends of its interval in milliseconds; with too few values the upper one is infinite. */
export type Quantile = { readonly value: number; readonly low: number; readonly high: number };

/**
 * A quantile with a distribution-free interval from order statistics. Each value is above the q-quantile with a
 * probability of 1 - q, so a bound on that rate tells how many of the largest values are certain to be above it: at
 * least as many as could not be so few, at most as many as could not be so many (Howard and Ramdas, "Sequential
 * estimation of quantiles with applications to A/B testing and best-arm identification", 2022).
 * @param bounds for a rate of 1 - q
 */
export function quantile(histogram: Histogram, q: number, bounds: Bounds): Quantile {
  const n = histogram.total;
  const above = fewest(n, (k) => !bounds.under(n, k));
  const below = fewest(n, (k) => bounds.above(n, k));
  const [low, value, high] = atRanks(histogram, [
    Math.max(1, n - below + 1),
    Math.max(1, Math.ceil(n * q)),
    n - above + 1,
  ]);
  return { value: value!, low: below > n ? 0 : low!, high: above === 0 ? Number.POSITIVE_INFINITY : high! };
}

/** The smallest k from 0 to n for which something holds that, once it holds, holds for every larger one; else n + 1. */
function fewest(n: number, holds: (k: number) => boolean): number {
  let [low, high] = [0, n + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
