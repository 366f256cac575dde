// proxy/settings.ts: everything that follows from the options; a reload makes a new one, and each request keeps its own

import type { AdmitState } from "./admission/admission.ts";
import { createBreaker } from "./admission/breaker.ts";
import { createConcurrency, fixedConcurrency } from "./admission/concurrency.ts";
import { createLearnedRoutes, type LearnedRoutes } from "./admission/learned-routes.ts";
import { createShed } from "./admission/load-shedding.ts";
import { createRoutes, createServed, type Routes } from "./admission/routes.ts";
import { createRate } from "./admission/token-bucket.ts";
import type { CandidateOptions, ProxyOptions, UpstreamOptions } from "./options.ts";
import type { ProxyPorts } from "./ports.ts";
import type { Budget } from "./shadow/body-recorder.ts";
import { type BufferPool, createBufferPool } from "./shadow/buffer-pool.ts";
import type { Shadow, ShadowContext } from "./shadow/shadow.ts";
import type { Deadlines } from "./upstream/http1/deadlines.ts";
import { createPool } from "./upstream/http1/pool.ts";
import type { Upstream } from "./upstream/upstream.ts";

/** What one set of options needs at runtime. A request keeps the settings with which it began. */
export type Settings = {
  readonly options: ProxyOptions;
  readonly deadlines: Deadlines;
  readonly routes: Routes;
  readonly learned: LearnedRoutes;
  readonly legacy: Upstream;
  readonly shadows: ShadowContext;
  readonly buffers: BufferPool;
  readonly admit: AdmitState;
  /** The `Host` the candidate is sent, where it is not the client's. */
  readonly candidateHost: string | undefined;
};

/** Makes settings. What the options leave as it was (connections, breaker, counts) is taken over from `before`. */
export function createSettings(
  options: ProxyOptions,
  deadlines: Deadlines,
  ports: Required<ProxyPorts>,
  before?: Settings,
): Settings {
  const legacy = poolFor(options.legacy, deadlines, before?.options.legacy, before?.legacy);
  const pool = poolFor(
    connectionOf(options.candidate),
    deadlines,
    before && connectionOf(before.options.candidate),
    before?.shadows.pool,
  );
  const breaker =
    before && same(options.breaker, before.options.breaker) && pool === before.shadows.pool
      ? before.shadows.breaker
      : createBreaker(options.breaker, ports.breaker);
  const { maxInFlight, adaptive } = options.candidate;
  const concurrency =
    before && pool === before.shadows.pool // which it is not if anything about the candidate changed
      ? before.shadows.concurrency
      : adaptive
        ? createConcurrency(maxInFlight)
        : fixedConcurrency(maxInFlight);
  const perSecond = options.shadow.perSecond ?? Number.POSITIVE_INFINITY;
  const open = before?.shadows.open ?? new Set<Shadow>();
  const used = before?.shadows.budget;
  const buffers = before?.buffers ?? createBufferPool();
  const budget: Budget =
    used?.limit === options.capture.budget ? used : { used: 0, limit: options.capture.budget, buffers };
  const { timeout } = options.candidate;
  const { patience } = options.shadow;
  const { maxBody } = options.capture;
  const routes =
    before &&
    same(options.routes, before.options.routes) &&
    options.shadow.caseSensitive === before.options.shadow.caseSensitive
      ? before.routes
      : createRoutes(options.routes, options.shadow.caseSensitive);
  return {
    options,
    deadlines,
    buffers,
    routes,
    learned:
      before && routes === before.routes && options.maxRoutes === before.options.maxRoutes
        ? before.learned
        : createLearnedRoutes(
            options.maxRoutes,
            undeclared(routes, before?.learned.names() ?? []),
            before?.learned.forgotten(),
          ),
    legacy,
    shadows: {
      pool,
      breaker,
      concurrency,
      budget,
      deadlines,
      maxBody,
      timeout,
      patience,
      observe: ports.observe,
      failed: ports.failed,
      open,
    },
    admit: {
      shadow: options.shadow,
      serves: options.candidate.serves && createServed(options.candidate.serves),
      forbids: routes.forbids,
      clock: before?.admit.clock ?? { started: ports.now(), now: ports.now },
      breaker,
      concurrency,
      rate:
        before && before.options.shadow.perSecond === options.shadow.perSecond
          ? before.admit.rate
          : createRate(perSecond),
      lag: deadlines.standingLag,
      memory: before?.admit.memory ?? ports.memory,
      hasCapacity: ports.hasCapacity,
      shed: before?.admit.shed ?? createShed(),
      budget,
      candidateInFlight: () => open.size,
    },
    candidateHost: options.candidate.rewriteHost ? pool.authority : undefined,
  };
}

/** Learned names without those that belong to a declared route now. */
function undeclared(routes: Routes, names: Iterable<string>): string[] {
  return [...names].filter((name) => {
    const [method = "", path = ""] = name.split(" ");
    return !routes.find(method, path).declared;
  });
}

/** What of the candidate's options its connections depend on. */
function connectionOf({ rewrite: _, serves: __, ...upstream }: CandidateOptions): Omit<CandidateOptions, "rewrite"> {
  return upstream;
}

/** The pool of before, if nothing about the upstream changed; else a new one, and the old one ends with its last call. */
function poolFor(options: UpstreamOptions, deadlines: Deadlines, before?: UpstreamOptions, pool?: Upstream): Upstream {
  if (before && pool && same(options, before)) return pool;
  const next = createPool(options, deadlines);
  pool?.retire();
  return next;
}

function same(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
