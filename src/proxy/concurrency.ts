// proxy/concurrency.ts: how many requests the candidate may hold at once: fewer when it is overloaded, more as it recovers

import type { Answer } from "../model/answer.ts";

export type Concurrency = {
  /** The number that is allowed now, from 1 to the configured maximum. */
  limit(): number;
  /** How a request ended. `now` is milliseconds of a steady clock. */
  record(answer: Answer, now: number): void;
};

/** A second's worth of answers tell the same overload: they are counted as one. */
const COOL_MS = 1_000;
const FALL = 0.7;
const RISE = 0.1;

/** Additive increase, multiplicative decrease, as in TCP. Overload is a time-out, or an answer of 429 or 503. */
export function createConcurrency(max: number): Concurrency {
  let limit = max;
  let fellAt = Number.NEGATIVE_INFINITY;
  return {
    limit: () => Math.max(1, Math.floor(limit)),
    record(answer, now) {
      if (!overloaded(answer)) {
        if (answer.kind === "response") limit = Math.min(max, limit + RISE);
      } else if (now - fellAt >= COOL_MS) {
        fellAt = now;
        limit = Math.max(1, limit * FALL);
      }
    },
  };
}

function overloaded(answer: Answer): boolean {
  if (answer.kind === "failure") return answer.reason === "timeout";
  return answer.kind === "response" && (answer.status === 429 || answer.status === 503);
}
