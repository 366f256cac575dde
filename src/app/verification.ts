// app/verification.ts: what verification needs to know of noise, writes and lag

import type { Config } from "../config/index.ts";
import { classify, type NoiseBook } from "../evidence/index.ts";
import type { Exchange } from "../model/exchange.ts";
import type { VerifyPorts } from "../verify/index.ts";

type Wanted = {
  readonly noise: NoiseBook;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Whether the resource was written through the proxy a moment before it was asked. */
  readonly written: (exchange: Exchange) => boolean;
  /** How long the candidate may be behind legacy on this route, in milliseconds. */
  readonly lagMs: (route: string) => number;
  /** Which request it is, with who asks, as a number of 32 bits. */
  readonly identity: (exchange: Exchange) => number;
};

type Ports = Pick<
  VerifyPorts,
  "written" | "lagMs" | "identity" | "need" | "wantsSample" | "classify" | "classified" | "sampled"
>;

/** How verification classifies, and what it teaches the noise book. */
export function classifying({ noise, now, written, lagMs, identity }: Wanted): Ports {
  return {
    written,
    lagMs,
    identity,
    need: ({ route }, differences) => noise.need(route, differences, now()),
    wantsSample: noise.wantsSample,
    classify: (exchange, differences, recheck) => {
      const { route } = exchange;
      return classify(differences, recheck, noise, {
        route,
        at: now(),
        written: written(exchange),
        lagMs: lagMs(route),
      });
    },
    classified: (exchange, judged, recheck) => {
      const { route, legacy, candidate } = exchange;
      const circumstances = { at: now(), written: written(exchange) };
      noise.learn(route, judged, recheck, circumstances);
      const spanMs = legacy.durationMs + candidate.durationMs;
      noise.see(route, judged, { ...circumstances, spanMs, resource: identity(exchange) });
    },
    // What was written a moment ago may have moved between two answers: that is no noise.
    sampled: (exchange, legacyTwice, first) => {
      if (!written(exchange)) noise.observe(exchange.route, legacyTwice, first, now());
    },
  };
}

/** `recheck.lag` of a route in force, or of all. */
export function lagOf(config: () => Config): (route: string) => number {
  return (route) => (config().routes.find(({ match }) => match.text === route) ?? config()).recheck.lag;
}
