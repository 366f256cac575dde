// proxy/index.ts: what others may use of the proxy

export type { Ask, AskOptions } from "./ask.ts";
export { askOverWire, requestSent } from "./ask-over-wire.ts";
export type { BreakerChange, BreakerState } from "./breaker.ts";
export { comparable } from "./comparable.ts";
export { proxyOptionsOf, type ReadFile, upstreamOf } from "./configure.ts";
export type { Trouble } from "./failure.ts";
export { openProxy, type ProxyGauges, type RunningProxy } from "./listen.ts";
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
export { createServed } from "./routes.ts";
export type { ShadowControl } from "./share.ts";
export type { Shed } from "./shed.ts";
export { shadowControlOf } from "./switches.ts";
