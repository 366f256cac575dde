// evidence/latency.ts: how much slower the candidate is, with what is not known of it

import type { LatencyRatio } from "../model/report.ts";
import { type Bounds, createBounds } from "./bounds.ts";
import { atRanks, type Histogram } from "./histogram.ts";

const QUANTILES = [
  ["p50", 0.5],
  ["p95", 0.95],
  ["p99", 0.99],
] as const;

/**
 * The candidate's quantiles over legacy's, from requests that both answered. Each end of an interval holds at the given
 * confidence however often one looks: it joins the end of one side's interval with the opposite end of the other's, each
 * at half the error (Bonferroni). It holds whatever the distributions are and however the two sides depend on each
 * other. A quantile of which too few answers say anything is left out.
 * @param confidence such as 0.95
 */
export function latencyRatios(legacy: Histogram, candidate: Histogram, confidence: number): LatencyRatio[] {
  if (legacy.total === 0 || candidate.total === 0) return [];
  return QUANTILES.flatMap(([name, q]) => {
    const bounds = createBounds(1 - q, (1 - confidence) / 2);
    const ours = quantile(legacy, q, bounds);
    const theirs = quantile(candidate, q, bounds);
    if (!Number.isFinite(theirs.high) || !(ours.low > 0)) return [];
    const ratio = {
      quantile: name,
      legacyMs: ours.value,
      candidateMs: theirs.value,
      ratio: theirs.value / ours.value,
      low: theirs.low / ours.high,
      high: theirs.high / ours.low,
      slowerMs: theirs.high - ours.low,
    };
    return [ratio];
  });
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
