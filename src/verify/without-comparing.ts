// verify/without-comparing.ts: what can be said of an exchange without comparing bodies

import type { Response } from "../model/answer.ts";
import type { Exchange } from "../model/exchange.ts";
import type { NotComparableReason, Outcome } from "../model/outcome.ts";

/** An exchange in which both sides gave a whole response. */
export type Answered = Exchange & { readonly legacy: Response; readonly candidate: Response };

/** An exchange in which legacy gave a whole response; the candidate may have failed. */
export type LegacyAnswered = Exchange & { readonly legacy: Response };

/** The cheap checks that can settle an exchange before its bodies are compared. */
export type OutcomePorts = {
  /** Why two responses to this request cannot be compared without misleading, if so. */
  readonly comparable: (exchange: Answered) => NotComparableReason | undefined;
  /** Equal where it matters, cheaply: never true for different answers, may be false for equal ones. */
  readonly identical: (route: string, legacy: Response, candidate: Response) => boolean;
};

/** The outcome of an exchange that needs no comparison, or the answered exchange that does. */
export function outcomeWithoutComparing(
  exchange: Exchange,
  { comparable, identical }: OutcomePorts,
): Outcome | Answered {
  const { legacy, candidate } = exchange;
  // An answer that was not seen to its end comes first: neither side is at fault.
  if (candidate.kind === "unseen") return { outcome: "not_comparable", reason: candidate.reason };
  if (legacy.kind === "unseen") return { outcome: "not_comparable", reason: legacy.reason };
  if (legacy.kind === "failure") return { outcome: "legacy_error", reason: legacy.reason };
  if (candidate.kind === "failure") return { outcome: "candidate_error", reason: candidate.reason };
  const answered = exchange as Answered;
  const reason = comparable(answered);
  if (reason) return { outcome: "not_comparable", reason };
  return identical(exchange.route, legacy, candidate) ? { outcome: "match" } : answered;
}
