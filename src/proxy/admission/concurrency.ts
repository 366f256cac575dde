// proxy/admission/concurrency.ts: how many requests the candidate may hold at once: fewer when it is overloaded, more as it recovers

import type { Answer } from "../../model/answer.ts";

/** How many candidate requests may be in flight. Follows what the candidate answers. */
export type Concurrency = {
  /** The number that is allowed now, from 1 to the configured maximum. */
  limit(): number;
  /** How a request ended. `now` is milliseconds of a steady clock; `late` is how late we ran ourselves, which is not its fault. */
  record(answer: Answer, now: number, late?: number): void;
};

/** A second's worth of answers tell the same overload: they are counted as one. */
const COOL_MS = 1_000;
const FALL = 0.7;
const RISE = 0.1;
/** To begin with: what waits for a candidate is held by the thread that serves clients. Enough for the connections of a few browsers. */
const START = 64;
/** Until it falls for the first time, an answer allows one more, so that the limit doubles in the time that answers take. */
const SLOW_START_RISE = 1;

/** The weight of an answer in what answers take of late, and in what they usually take. */
const LATELY = 1 / 32;
const USUALLY = 1 / 1024;
/** Slow is so many times the usual, and by so much that it cannot be the weather. */
const SLOWER = 2;
const AT_LEAST_MS = 50;

/** Always the maximum. */
export function fixedConcurrency(max: number): Concurrency {
  return { limit: () => max, record() {} };
}

/**
 * Additive increase, multiplicative decrease, after a slow start, as in TCP (RFC 5681). Overload is a time-out, an answer
 * of 429 or 503, or answers that take twice as long as they usually do. The usual follows, so a candidate that stays slow
 * is not starved for ever.
 */
export function createConcurrency(max: number): Concurrency {
  let limit = Math.min(max, START);
  let rise = SLOW_START_RISE;
  let fellAt = Number.NEGATIVE_INFINITY;
  let answers = 0;
  let lately = 0;
  let usually = 0;

  function slower(ms: number): boolean {
    answers++;
    // Plain means until there are enough for the weights.
    lately += (ms - lately) * Math.max(LATELY, 1 / answers);
    usually += (ms - usually) * Math.max(USUALLY, 1 / answers);
    return answers > 1 / LATELY && lately > usually * SLOWER && lately > usually + AT_LEAST_MS;
  }
  return {
    limit: () => Math.max(1, Math.floor(limit)),
    record(answer, now, late = 0) {
      if (answer.kind === "unseen") return;
      const slow = answer.kind === "response" && slower(Math.max(0, answer.durationMs - late));
      if (!slow && !overloaded(answer)) {
        if (answer.kind === "response") limit = Math.min(max, limit + rise);
      } else if (now - fellAt >= COOL_MS) {
        fellAt = now;
        rise = RISE;
        limit = Math.max(1, limit * FALL);
      }
    },
  };
}

function overloaded(answer: Answer): boolean {
  if (answer.kind === "failure") return answer.reason === "timeout";
  return answer.kind === "response" && (answer.status === 429 || answer.status === 503);
}
