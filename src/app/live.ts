// app/live.ts: options that other parts are given once and that follow the config in force

import type { Config } from "../config/index.ts";
import type { Redactor } from "../store/index.ts";
import type { VerifyOptions } from "../verify/index.ts";

/**
 * Exchanges that wait for a recheck, at most. While a new difference is confirmed, which takes a second or two and longer on a
 * busy machine, others like it wait for that: 4096 are four seconds of 1,000 requests. `recheck.queue` limits their bytes.
 */
const MAX_ASKING = 4096;
/** Exchanges that are asked for or wait to be compared, at most. `verify.queue` limits their bytes. */
const MAX_COMPARING = 4096;

/** Options of the verifier, as the config says at the moment they are read. */
export function verifyOptions(config: () => Config): VerifyOptions {
  return {
    get maxPending() {
      return config().candidate.maxInFlight + MAX_COMPARING + MAX_ASKING;
    },
    get queueBytes() {
      return config().verify.queue;
    },
    recheck: {
      maxCount: MAX_ASKING,
      get delayMs() {
        return config().recheck.delay;
      },
      get tries() {
        return config().recheck.tries;
      },
      get maxBytes() {
        return config().recheck.queue;
      },
      get perSecond() {
        return config().recheck.perSecond;
      },
      get sample() {
        return config().recheck.sample;
      },
    },
  };
}

/** The redactor of the config in force. */
export function liveRedactor(redactor: () => Redactor): Redactor {
  return {
    fields: (...args) => redactor().fields(...args),
    target: (...args) => redactor().target(...args),
    body: (...args) => redactor().body(...args),
    value: (...args) => redactor().value(...args),
    text: (...args) => redactor().text(...args),
    difference: (...args) => redactor().difference(...args),
    differences: (...args) => redactor().differences(...args),
    forRequest: (...args) => redactor().forRequest(...args),
  };
}
