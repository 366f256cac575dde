// app/proxy.ts: opens the proxy and passes its events on to the other parts

import type { Evidence, RecentWrites } from "../evidence/index.ts";
import { type BreakerState, openProxy, type ProxyPorts, type RunningProxy } from "../proxy/index.ts";
import type { Verifier } from "../verify/index.ts";
import { type AppContext, logBug } from "./context.ts";
import type { InterferenceWatch } from "./interference.ts";
import type { OtherRoutes } from "./other.ts";
import type { Pending } from "./pending.ts";
import type { ShadowSwitch } from "./shadow-switch.ts";
import type { Troubles } from "./troubles.ts";

/** The state of the proxy for parts that are opened before it: until `attach` it has no routes, and its breaker is closed. */
export type ProxyState = {
  readonly attach: (proxy: RunningProxy) => void;
  /** Declared routes, and learned ones that are not forgotten. */
  readonly routes: () => ReadonlySet<string>;
  readonly breaker: () => BreakerState;
  /** How often a learned route was forgotten. */
  readonly forgottenRoutes: () => number;
};

/** The state before the proxy is opened. */
export function createProxyState(): ProxyState {
  let proxy: RunningProxy | undefined;
  const none: ReadonlySet<string> = new Set();
  return {
    attach: (running) => {
      proxy = running;
    },
    routes: () => proxy?.routes() ?? none,
    breaker: () => proxy?.gauges().breaker ?? "closed",
    forgottenRoutes: () => proxy?.gauges().forgottenRoutes ?? 0,
  };
}

/** What the proxy reports to, and what it asks. */
export type ProxyParts = {
  readonly shadowing: ShadowSwitch;
  readonly verifier: Verifier;
  readonly evidence: Evidence;
  readonly pending: Pending;
  readonly troubles: Troubles;
  readonly interference: InterferenceWatch;
  readonly other: OtherRoutes;
  readonly writes: RecentWrites;
  /** Called before the first request is shadowed: a report that was made without it is out of date. */
  readonly onFirstShadow: () => void;
};

/** Opens the proxy and attaches it to `state`. Rejects with a message for the user. */
export async function openProxyOf(context: AppContext, parts: ProxyParts, state: ProxyState): Promise<RunningProxy> {
  const proxy = await openProxy(context.live.inForce().proxy, proxyPorts(context, parts));
  state.attach(proxy);
  return proxy;
}

function proxyPorts({ effects, telemetry }: AppContext, parts: ProxyParts): ProxyPorts {
  const { now, newId } = effects;
  const { shadowing, verifier, evidence, pending, troubles, interference, other, writes } = parts;
  let isFirst = true;
  return {
    now,
    newId,
    control: shadowing.forProxy,
    hasCapacity: verifier.hasCapacity,
    routeOf: evidence.routeOf,
    offer: (route, begin, done) => {
      if (isFirst) parts.onFirstShadow();
      isFirst = false;
      const end = pending.begin(route);
      const ended = () => {
        end();
        done();
      };
      if (verifier.offer(route.name, begin, ended)) return true;
      end();
      return false;
    },
    settle: (settled) => {
      telemetry.count(settled.route, settled.outcome);
      evidence.settle(settled, now());
    },
    observe: (observation) => {
      telemetry.observe(observation);
      troubles.observed(observation);
    },
    failed: troubles.failed,
    breaker: troubles.breaker,
    overhead: (_, seconds) => telemetry.overhead(seconds),
    answered: interference.answered,
    unnamed: (template, legacy) => other.note(template, legacy.kind === "response" ? legacy.status : undefined),
    wrote: (_, target, at) => writes.note(target, at),
    refused: (reason) => {
      telemetry.event("refused_requests_total", reason);
      troubles.refused(reason);
    },
    fault: (port, error) => logBug(telemetry.log, `proxy: ${port}`)(error),
  };
}
