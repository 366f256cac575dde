// model/comparison.ts: the result of verification, as telemetry, evidence and store receive it

import type { Side } from "./answer.ts";
import type { Difference, Masked } from "./difference.ts";
import type { Exchange } from "./exchange.ts";
import type { Outcome } from "./outcome.ts";

/** What one difference is classified as. `unconfirmed`: no recheck decided, and nothing is known of its place. */
export type Standing = "mismatch" | "noise" | "transient" | "accepted" | "unconfirmed";

/**
 * Why a difference was not confirmed: the recheck budget was spent (`recheck.perSecond`); the answers that waited for a
 * recheck were too large together (`recheck.queue`); each second answer had another
 * status class, or was not comparable; the proxy was stopping or shadowing was switched off; legacy's own body varies
 * and only its bytes or their hash are known (`capture.maxBody`); or legacy was seen to vary there, and too seldom asked to
 * say how often (`recheck.sample`).
 */
export type Undecided = "budget" | "room" | "second_answers" | "stopped" | "opaque" | "samples";

/** A difference with its classification. */
export type ClassifiedDifference = Difference & {
  readonly standing: Standing;
  /** For `unconfirmed`: what stood in the way. */
  readonly undecided?: Undecided;
  /** `unstable`: on recheck legacy gave its first answer again, and the candidate did not. */
  readonly hint?: "unstable";
};

/**
 * One request's end. For `skipped` there is no exchange, only the outcome is known. Immutable.
 */
export type Comparison = {
  readonly exchange: Exchange;
  readonly outcome: Outcome;
  readonly differences: readonly ClassifiedDifference[];
  readonly approximate: boolean;
  readonly masked: readonly Masked[];
  /** The outcome was decided without asking again, because the budget was spent or asking again failed. */
  readonly unconfirmed: boolean;
  /** For `transient`: how long it took until both sides agreed, in milliseconds, as far as it was measured. */
  readonly convergedMs?: number;
  /** Milliseconds spent reconciling, waiting included. */
  readonly tookMs: number;
};

/** A request that ended without an exchange: skipped, or legacy gave no answer and the candidate was not asked. */
export type Settled = { readonly id: string; readonly route: string; readonly outcome: Outcome };

/** One request to one side, as the metrics count it. `code` is a class (`2xx`) or the failure's reason. */
export type Observation = {
  readonly route: string;
  readonly side: Side;
  readonly code: string;
  readonly durationMs: number;
  readonly firstByteMs?: number;
};
