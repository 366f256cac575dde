// test/support/proxy-options.ts: options and switches of a proxy in a test that is about something else

import type { ProxyOptions, ShadowControl, UpstreamOptions } from "../../src/proxy/index.ts";

const UPSTREAM: UpstreamOptions = {
  url: "",
  maxConnections: 1024,
  maxWaiting: 1024,
  connectTimeout: 5_000,
  headTimeout: 60_000,
  idleTimeout: 60_000,
  keepAlive: 4_000,
  maxHead: 64 * 1024,
  rewriteHost: false,
};

/** All but the URLs and the address to listen on. */
export const DEFAULTS = {
  legacy: UPSTREAM,
  candidate: { ...UPSTREAM, maxConnections: 256, maxWaiting: 0, timeout: 10_000, maxInFlight: 256 },
  shadow: {
    sample: 1,
    methods: ["GET", "HEAD"],
    maxRequestBody: 64 * 1024,
    patience: 10_000,
  },
  capture: { maxBody: 1024 * 1024, budget: 128 * 1024 * 1024 },
  breaker: { errorShare: 0.5, minRequests: 20, window: 10_000, openFor: 5_000, probes: 3 },
  routes: [],
  maxRoutes: 200,
  forwarded: { xForwarded: false, forwarded: false },
  limits: { maxConnections: 10_000, maxHead: 32 * 1024, headTimeout: 30_000, idleTimeout: 60_000, keepAlive: 5_000 },
} as const satisfies Omit<ProxyOptions, "listen">;

/** Shadowing is on, and no route has a switch of its own. */
export const FULL_CONTROL: ShadowControl = { on: true, routes: new Map() };
