// proxy/index.ts: what others may use of the proxy

export type { BreakerChange, BreakerState } from "./admission/breaker.ts";
export type { Shed } from "./admission/load-shedding.ts";
export { createServed } from "./admission/routes.ts";
export type { ShadowControl } from "./admission/share.ts";
export { shadowControlOf } from "./admission/switches.ts";
export { proxyOptionsOf, type ReadFile, upstreamOf } from "./configure.ts";
export type {
  BreakerOptions,
  CandidateOptions,
  ForwardedOptions,
  LimitOptions,
  ListenOptions,
  ListenTls,
  ProxyOptions,
  RouteOptions,
  ShadowOptions,
  StickyBy,
  UpstreamOptions,
  UpstreamTls,
} from "./options.ts";
export type { ProxyPorts } from "./ports.ts";
export { openProxy, type ProxyGauges, type RunningProxy } from "./server/listener.ts";
export { comparable } from "./shadow/comparable.ts";
export type { Ask, AskOptions } from "./upstream/ask.ts";
export { askOverWire, requestSent } from "./upstream/ask-http1.ts";
export type { Trouble } from "./upstream/failure.ts";
