// app/live.ts: what rooms were given once and follows the config in force all the same

import type { Config } from "../config/index.ts";
import type { ReconcileOptions } from "../reconcile/index.ts";
import type { Redactor } from "../store/index.ts";

/** Exchanges that wait to be asked again, at most. */
const MAX_ASKING = 256;

/** Options of the reconciler, as the config says at the moment they are read. */
export function reconcileOptions(config: () => Config): ReconcileOptions {
  return {
    get maxPending() {
      return config().candidate.maxInFlight + 4096;
    },
    get queueBytes() {
      return config().reconcile.queue;
    },
    get share() {
      return config().reconcile.share;
    },
    again: {
      maxWaiting: MAX_ASKING,
      get delayMs() {
        return config().again.delay;
      },
      get tries() {
        return config().again.tries;
      },
      get maxBytes() {
        return config().reconcile.queue / 2;
      },
      get perSecond() {
        return config().again.perSecond;
      },
      get sample() {
        return config().again.sample;
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
    forRequest: (...args) => redactor().forRequest(...args),
  };
}
