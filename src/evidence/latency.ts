// evidence/latency.ts: how much slower the candidate is, with what is not known of it

import type { LatencyRatio } from "../model/report.ts";
import { type Histogram, normalQuantile, quantile } from "./histogram.ts";

const QUANTILES = [
  ["p50", 0.5],
  ["p95", 0.95],
  ["p99", 0.99],
] as const;

/**
 * The candidate's quantiles over legacy's, from requests that both answered. The interval joins the order-statistic
 * intervals of the two sides, each at half the error (Bonferroni): it holds whatever the distributions are and however
 * the two sides depend on each other, and is wider than one that trusted their pairing. A quantile of which too few
 * answers say anything is left out.
 * @param confidence such as 0.95
 */
export function latencyRatios(legacy: Histogram, candidate: Histogram, confidence: number): LatencyRatio[] {
  if (legacy.total === 0 || candidate.total === 0) return [];
  const z = normalQuantile(1 - (1 - confidence) / 4);
  return QUANTILES.flatMap(([name, q]) => {
    const ours = quantile(legacy, q, z);
    const theirs = quantile(candidate, q, z);
    if (!Number.isFinite(theirs.high) || !(ours.low > 0)) return [];
    const ratio = {
      quantile: name,
      legacyMs: ours.value,
      candidateMs: theirs.value,
      ratio: theirs.value / ours.value,
      low: theirs.low / ours.high,
      high: theirs.high / ours.low,
    };
    return [ratio];
  });
}
