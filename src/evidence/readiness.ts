// evidence/readiness.ts: is the evidence enough to switch over?

import type { LatencyRatio, Readiness, Tally, Verdict } from "../model/report.ts";
import { type Bounds, createBounds, needed } from "./bounds.ts";
import { normalQuantile } from "./histogram.ts";
import type { ReadinessSettings } from "./settings.ts";
import { rates } from "./tally.ts";

/** What a verdict rests on. */
export type Basis = {
  /** Distinct requests counted; those that mismatched even once; those that never agreed; the sampling level. */
  readonly distinct: number;
  readonly mismatched: number;
  readonly steadily: number;
  readonly level: number;
  /** How many distinct requests can be counted at all. */
  readonly capacity: number;
  readonly outcomes: Tally;
  readonly latency: readonly LatencyRatio[];
  /** Distinct requests a second, lately. */
  readonly pace: number;
};

/**
 * The bounds of a sampling level. Each level is a sequence of its own, so the error is shared out among them: nine
 * tenths to the whole, and of the last tenth a half to the first level, a quarter to the second, and so on.
 */
export function boundsAt(level: number, settings: ReadinessSettings): Bounds {
  const alpha = 1 - settings.confidence;
  return createBounds(settings.tolerance, level === 0 ? alpha * 0.9 : alpha * 0.1 * 2 ** -level);
}

/** Fewer wrong requests than this never reject: one in the first ten would do, and may well be a matter of that one. */
const LEAST_WRONG = 3;

/**
 * `ready`: the upper bound is under the tolerance, and nothing else stands in the way. `reject`: the lower bound is
 * above it. Else `hold`.
 *
 * Within an epoch the worst that a request did counts against `ready`: the upper bound takes all that mismatched even
 * once. `reject` takes only those that never agreed. Either count is on the safe side of that of first answers, for
 * which the bounds are proven, and neither depends on the order of arrival.
 */
export function judge(basis: Basis, settings: ReadinessSettings): Readiness {
  const bounds = boundsAt(basis.level, settings);
  const { distinct, mismatched, steadily } = basis;
  const lower = bounds.lower(distinct, steadily);
  const upper = bounds.upper(distinct, mismatched);
  const enough = bounds.under(distinct, mismatched);
  const rejected = steadily >= LEAST_WRONG && bounds.above(distinct, steadily);
  const goal = enough ? undefined : needed(bounds, distinct, mismatched);
  const missing = goal === undefined || goal > basis.capacity ? undefined : goal - distinct;

  const reasons: string[] = [];
  const held: string[] = [];
  if (rejected) {
    reasons.push(
      `At least ${percent(lower)} of distinct requests mismatch, more than the tolerated ${percent(settings.tolerance)}: ${mismatched} of ${distinct} did.`,
    );
  } else if (enough) {
    reasons.push(
      `At most ${percent(upper)} of distinct requests mismatch, under the tolerated ${percent(settings.tolerance)}: ${mismatched} of ${distinct} did.`,
    );
  } else if (distinct === 0) held.push("Nothing was compared yet.");
  else {
    held.push(
      `Up to ${percent(upper)} of distinct requests may mismatch, and ${percent(settings.tolerance)} is tolerated: ${mismatched} of ${distinct} did.`,
    );
    if (goal !== undefined && goal > basis.capacity) {
      held.push(
        `It would take ${goal} distinct requests, and only ${basis.capacity} can be told apart: raise the limit or the tolerance.`,
      );
    }
  }
  if (basis.level > 0) {
    reasons.push(`The bounds rest on one in ${2 ** basis.level} distinct requests, chosen by digest.`);
  }
  if (distinct > 0) held.push(...conditions(basis, settings));

  const verdict: Verdict = rejected ? "reject" : enough && held.length === 0 ? "ready" : "hold";
  return {
    verdict,
    reasons: [...held, ...reasons],
    distinct,
    mismatched,
    lower,
    upper,
    tolerance: settings.tolerance,
    ...(missing === undefined || rejected ? {} : { needed: missing }),
    ...(missing === undefined || rejected || basis.pace <= 0 ? {} : { etaSeconds: Math.ceil(missing / basis.pace) }),
  };
}

/** What stands in the way besides mismatches, a sentence each. */
function conditions(basis: Basis, settings: ReadinessSettings): string[] {
  const found: string[] = [];
  const { compared, comparableShare } = rates(basis.outcomes);
  if (comparableShare < settings.comparableShare) {
    found.push(
      `Only ${percent(comparableShare)} of the shadowed requests could be compared; ${percent(settings.comparableShare)} is the least.`,
    );
  }
  const failed = basis.outcomes.candidate_error;
  const asked = compared + failed;
  const most = wilsonUpper(failed, asked, normalQuantile(settings.confidence));
  if (most > settings.errorRate) {
    found.push(
      failed > settings.errorRate * asked
        ? `The candidate failed in ${failed} of ${asked} requests; ${percent(settings.errorRate)} is allowed.`
        : `The candidate may fail in up to ${percent(most)} of requests, ${failed} of ${asked} so far; ${percent(settings.errorRate)} is allowed.`,
    );
  }
  for (const name of ["p50", "p95", "p99"] as const) {
    const limit = settings.latency[name];
    if (limit === undefined) continue;
    const ratio = basis.latency.find((known) => known.quantile === name);
    if (ratio === undefined) {
      found.push(`Too few answers to know the ${name} of both sides.`);
      continue;
    }
    const slower = ratio.legacyMs * (ratio.high - 1);
    if (ratio.high <= limit || slower <= settings.latencySlackMs) continue;
    const facts = `${name} is ${times(ratio.ratio)} times legacy's (between ${times(ratio.low)} and ${times(ratio.high)}); ${times(limit)} is allowed.`;
    found.push(ratio.low > limit ? `The candidate is too slow: ${facts}` : `The candidate may be too slow: ${facts}`);
  }
  return found;
}

/** The upper end of Wilson's score interval (1927), one-sided. 1 where nothing was asked. */
function wilsonUpper(k: number, n: number, z: number): number {
  if (n === 0) return 1;
  const p = k / n;
  const centre = p + (z * z) / (2 * n);
  const spread = z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return Math.min(1, (centre + spread) / (1 + (z * z) / n));
}

/** The lower end. 0 where nothing was asked. */
export function wilsonLower(k: number, n: number, z: number): number {
  return n === 0 ? 0 : Math.max(0, 1 - wilsonUpper(n - k, n, z));
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

function times(ratio: number): string {
  return `${ratio.toFixed(2)}`;
}
