// model/outcome.ts: what became of one request; a closed list, and every request ends in exactly one

import type { FailureReason } from "./answer.ts";

/**
 * Why two answers cannot be compared without misleading.
 *
 * - `client_gone`: the client left before an answer was complete.
 * - `not_modified`: legacy answered the client's condition, which the candidate is not sent.
 * - `refused`: legacy said 429 or 503, or the candidate 429.
 * - `partial`: a range of the whole, or bodies of which it is not known whether they are equal.
 * - `unconfirmed`: they differ at a place that was never confirmed, and the recheck did not decide.
 * - `streaming`: a response that goes on without end, such as an event stream, and was not seen whole.
 */
export type NotComparableReason = "client_gone" | "not_modified" | "refused" | "partial" | "unconfirmed" | "streaming";

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

/** The outcome of one request, with its reason where there are several. */
export type Outcome =
  | { readonly outcome: "match" | "mismatch" | "accepted" | "noise" | "transient" }
  | { readonly outcome: "candidate_error" | "legacy_error"; readonly reason: FailureReason }
  | { readonly outcome: "not_comparable"; readonly reason: NotComparableReason }
  | { readonly outcome: "skipped"; readonly reason: SkippedReason };

/** The name of an outcome, as in metrics and reports. */
export type OutcomeName = Outcome["outcome"];

/** The outcomes in which both answers were compared: the denominator of every rate. */
export const COMPARED: readonly OutcomeName[] = ["match", "mismatch", "accepted", "noise", "transient"];

/** All names of outcomes. */
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
