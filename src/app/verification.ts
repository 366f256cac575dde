// app/verification.ts: opens the verifier with the rules, noise and recorder of this app

import { identical } from "../compare/index.ts";
import type { Config } from "../config/index.ts";
import { classify, type Evidence, type Identity, type NoiseBook, type RecentWrites } from "../evidence/index.ts";
import type { Comparison } from "../model/comparison.ts";
import type { Exchange } from "../model/exchange.ts";
import { comparable, requestSent } from "../proxy/index.ts";
import { type Comparer, createVerifier, type Verifier, type VerifyPorts } from "../verify/index.ts";
import { type AppContext, logBug } from "./context.ts";
import { verifyOptions } from "./live.ts";
import type { ShadowSwitch } from "./shadow-switch.ts";

/** What the verifier uses of the other parts. */
export type VerificationParts = {
  readonly comparer: Comparer;
  readonly evidence: Evidence;
  readonly identity: Identity;
  readonly noise: NoiseBook;
  readonly writes: RecentWrites;
  readonly shadowing: ShadowSwitch;
  /** Called with each comparison, once. */
  readonly record: (comparison: Comparison) => void;
};

/** The verifier of one app. The caller drains it. */
export function openVerifier({ effects, live, telemetry }: AppContext, parts: VerificationParts): Verifier {
  const { now, random } = effects;
  const { comparer, evidence, identity, noise, writes, shadowing } = parts;
  return createVerifier(verifyOptions(live.current), {
    now,
    random,
    comparer,
    comparable: ({ request, legacy, candidate }) => comparable(request, legacy, candidate),
    identical: (route, one, other) => identical(one, other, live.inForce().rules.compiledFor(route)),
    ask: (side, exchange, beside) =>
      live.inForce().asks[side].ask(requestSent(exchange, side), exchange.requestBody, beside),
    ...classifying({
      noise,
      now,
      written: ({ request, at }) => writes.wasWritten(request.target, at, now()),
      lagMs: lagOf(live.current),
      identity: (exchange) => identity.digest(exchange).lo,
    }),
    on: shadowing.isOnFor,
    accepted: (route, difference, all) => evidence.accepts(route, difference, all, now()),
    emit: parts.record,
    bug: logBug(telemetry.log, "verify"),
  });
}

type Classifying = {
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

/** How differences are classified, and what is noted in the noise book. */
export function classifying({ noise, now, written, lagMs, identity }: Classifying): Ports {
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
      noise.see(route, judged, { ...circumstances, askedAt: exchange.at, spanMs, resource: identity(exchange) });
    },
    // What was written a moment ago may have moved between two answers: that is no noise.
    sampled: (exchange, legacyTwice, first) => {
      if (!written(exchange)) noise.observe(exchange.route, legacyTwice, first, now());
    },
  };
}

/** `recheck.lag` of a route in force, or of all. */
function lagOf(config: () => Config): (route: string) => number {
  return (route) => (config().routes.find(({ match }) => match.text === route) ?? config()).recheck.lag;
}
