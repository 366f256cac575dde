// model/outcome.ts: what became of one request; a closed list, and every request ends in exactly one

import type { FailureReason } from "./answer.ts";

/** Why two answers cannot be compared without misleading. */
export type NotComparableReason = "client_gone" | "not_modified" | "refused" | "partial";

/** Why a request was never shadowed. */
export type SkippedReason =
  | "method"
  | "route"
  | "sampled_out"
  | "off"
  | "breaker"
  | "overload"
  | "body_too_large"
  | "upgrade"
  | "loop";

export type Outcome =
  | { readonly outcome: "match" | "mismatch" | "accepted" | "noise" | "transient" }
  | { readonly outcome: "candidate_error" | "legacy_error"; readonly reason: FailureReason }
  | { readonly outcome: "not_comparable"; readonly reason: NotComparableReason }
  | { readonly outcome: "skipped"; readonly reason: SkippedReason };

export type OutcomeName = Outcome["outcome"];

/** The outcomes in which both answers were compared: the denominator of every rate. */
export const COMPARED: readonly OutcomeName[] = ["match", "mismatch", "accepted", "noise", "transient"];

export const OUTCOMES: readonly OutcomeName[] = [
  ...COMPARED,
  "candidate_error",
  "legacy_error",
  "not_comparable",
  "skipped",
];

/** The reason beside an outcome, or the empty string where the outcome has none: fit for a metric label. */
export function reasonOf(outcome: Outcome): string {
  return "reason" in outcome ? outcome.reason : "";
}
