// proxy/index.ts: what others may use of the proxy

export { type Ask, type AskOptions, askOverWire } from "./ask.ts";
export { askOverUndici } from "./ask-undici.ts";
export type { BreakerChange, BreakerState } from "./breaker.ts";
export { comparable } from "./comparable.ts";
export { proxyOptionsOf, type ReadFile, upstreamOf } from "./configure.ts";
export type { Trouble } from "./failure.ts";
export { openProxy, type ProxyGauges, type RunningProxy } from "./listen.ts";
export {
  type BreakerOptions,
  type CandidateOptions,
  DEFAULTS,
  type ForwardedOptions,
  type LimitOptions,
  type ListenOptions,
  type ListenTls,
  type ProxyOptions,
  type RouteOptions,
  type ShadowOptions,
  type StickyBy,
  type UpstreamOptions,
  type UpstreamTls,
} from "./options.ts";
export type { ProxyPorts } from "./ports.ts";
export { FULL_CONTROL, type ShadowControl } from "./share.ts";
export type { Shed } from "./shed.ts";
export { shadowControlOf } from "./switches.ts";
