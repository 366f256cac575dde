// evidence/traffic.ts: the requests of a route, each counted as often as it came: what was wrong, and what was not seen

import type { SkippedReason } from "../model/outcome.ts";
import type { RouteReport } from "../model/report.ts";
import { rates, type Tallied } from "./tally.ts";

/** Requests of a route by what readiness needs: eligible, compared, wrong and unseen. */
export type Traffic = {
  /** Requests that were compared or that the candidate did not answer, with what the breaker kept from it; the wrong ones. */
  readonly requests: number;
  readonly wrong: number;
  /** Requests that should have been compared, those that were not, and why most of these were not. */
  readonly eligible: number;
  readonly unseen: number;
  readonly unseenMostly: string;
};

/** Requests that are not shadowed by their nature, by choice or by a fair draw: they hide nothing of the others. */
const NOT_ASKED: readonly SkippedReason[] = ["method", "route", "sampled_out", "off", "upgrade", "loop"];
/** Requests that should have been shadowed and were not. */
const LOST: readonly SkippedReason[] = ["overload", "body_too_large", "breaker"];

/**
 * A request that the breaker kept from the candidate counts as wrong: the breaker opens because the candidate fails.
 * Unseen is what was lost, what could not be compared, and what legacy did not answer.
 * @param refused requests that the candidate alone refused: not comparable, and wrong
 */
export function trafficOf({ outcomes, reasons }: Tallied, refused: number): Traffic {
  const breaker = reasons["skipped/breaker"] ?? 0;
  const skipped = (names: readonly SkippedReason[]) => names.map((name) => `skipped/${name}`);
  const notAsked = sum(reasons, skipped(NOT_ASKED));
  const lost = skipped(LOST);
  const { requests, compared } = rates(outcomes);
  const hidden = Object.entries(reasons).filter(
    ([name]) => lost.includes(name) || name.startsWith("not_comparable/") || name.startsWith("legacy_error/"),
  );
  const [most] = hidden.toSorted(([x, a], [y, b]) => b - a || (x < y ? -1 : 1));
  return {
    requests: compared + outcomes.candidate_error + breaker + refused,
    wrong: outcomes.mismatch + outcomes.candidate_error + breaker + refused,
    eligible: requests - notAsked,
    unseen: hidden.reduce((all, [, times]) => all + times, 0),
    unseenMostly: most === undefined ? "none" : `mostly ${most[0]}${hintOf(most[0])}`,
  };
}

/**
 * Whether a route is part of the question. A route switched off at runtime is: nothing is known of it.
 * @param underWay shadowed requests that have no outcome yet
 */
export function partOf(
  { outcomes, reasons }: Tallied,
  excludedBy: string | undefined,
  underWay: number,
): RouteReport["part"] {
  if (excludedBy !== undefined) return "excluded";
  if (underWay > 0) return "counts";
  const never = sum(reasons, ["skipped/method", "skipped/route", "skipped/upgrade", "skipped/loop"]);
  return rates(outcomes).requests > never ? "counts" : "not_shadowed";
}

const HINTS: Readonly<Record<string, string>> = {
  "skipped/body_too_large": ": see shadow.maxRequestBody",
  "skipped/breaker": ": the candidate fails, see breaker",
  "skipped/overload": ": see candidate.maxInFlight, verify.queue and the runbook on shedding",
  "not_comparable/unconfirmed": ": see recheck.perSecond and recheck.queue",
  "not_comparable/streaming": ": see candidate.timeout",
};

const hintOf = (reason: string) => (Object.hasOwn(HINTS, reason) ? HINTS[reason] : "");

const sum = (reasons: Tallied["reasons"], names: readonly string[]) =>
  names.reduce((all, name) => all + (reasons[name] ?? 0), 0);
