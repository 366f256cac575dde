// proxy/options.ts: how a proxy is set up. Durations are milliseconds, sizes bytes, shares 0 to 1

import type { Rewrite } from "./shadow/path-mapping.ts";
import type { Lenient } from "./upstream/http1/lines.ts";

/** One side's server. */
export type UpstreamOptions = {
  /** Its origin, `http://host:port` or `https://host:port`. A path other than `/` is refused: targets go on as they came. */
  readonly url: string;
  readonly tls: UpstreamTls;
  /** Connections at once; further requests wait for one, at most `maxWaiting` of them. */
  readonly maxConnections: number;
  readonly maxWaiting: number;
  /** Name look-up, TCP and TLS together. */
  readonly connectTimeout: number;
  /** From the end of the request to the head of the answer. */
  readonly headTimeout: number;
  /** Between two pieces of a body, in either direction. */
  readonly idleTimeout: number;
  /** How long an unused connection is kept. Keep it below the server's own; what its `Keep-Alive` says is heeded. */
  readonly keepAlive: number;
  /** Bytes of a response's head. */
  readonly maxHead: number;
  /** Deviations from HTTP/1.1 in its responses that are accepted, each with one defined meaning. */
  readonly lenient: Lenient;
  /** Send the upstream's own authority as `Host` instead of the client's. */
  readonly rewriteHost: boolean;
};

/** TLS to a service. PEM. */
export type UpstreamTls = {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  /** The name to ask for and to check; the URL's host unless set. */
  readonly serverName?: string;
  /** Do not check the certificate. */
  readonly insecure: boolean;
};

/** The candidate: its connections, its limits, and how a request is changed for it. */
export type CandidateOptions = UpstreamOptions & {
  /** For a whole answer, from the moment it is asked. */
  readonly timeout: number;
  /** Requests at once; more are `skipped{overload}`. */
  readonly maxInFlight: number;
  /** How its copy of a request differs from the client's; not at all unless set. */
  readonly rewrite: Rewrite;
  /** Templates of what it answers already; everything unless set. */
  readonly serves?: readonly string[];
  /** Fewer at once while it slows down or says that it has too much, unless this is false. */
  readonly adaptive: boolean;
};

/** What a request is sampled by: its id, or something that stays the same for one user. */
export type StickyBy = { readonly field: string } | { readonly cookie: string };

/** From `from` to `sample` over so many milliseconds, since the process started or shadowing was switched on. */
export type RampOptions = { readonly from: number; readonly over: number };

/** Which requests are shadowed, where a route does not set its own. */
export type ShadowOptions = {
  /** Shadow only the routes that switch shadowing on themselves. */
  readonly off: boolean;
  readonly sample: number;
  readonly ramp?: RampOptions;
  /** At least this share is left unshadowed, by a draw for each request, to compare legacy with and without. */
  readonly holdout: number;
  /** Whether a route's `off` applies to its path in the written case only; otherwise it applies in any case. */
  readonly caseSensitive: boolean;
  /** Methods that are shadowed without a word from their route. Any but GET, HEAD and OPTIONS is passed over. */
  readonly methods: readonly string[];
  /** The largest request body a `readOnly` route is shadowed with. */
  readonly maxRequestBody: number;
  /** Shadow requests a second; no limit unless set. */
  readonly perSecond?: number;
  /** When our own event loop keeps running later than this (milliseconds), shadowing is shed. */
  readonly maxLag: number;
  /** Above this size of the process, in bytes of resident memory, shadowing is shed. */
  readonly maxMemory: number;
  readonly stickyBy?: StickyBy;
  /** Only those whose `stickyBy` value is one of these; empty is all. */
  readonly values?: ReadonlySet<string>;
  /** How long a finished candidate waits for a client that takes legacy's answer slowly. */
  readonly patience: number;
};

/** A declared route. */
export type RouteOptions = {
  /** `GET /orders/{id}`, `ANY /files/*`. */
  readonly match: string;
  readonly readOnly?: boolean;
  /** In place of the candidate's own. */
  readonly rewrite?: Rewrite;
  /** What differs from `ShadowOptions`. `perSecond` is a budget of its own, beside the one for all. */
  readonly shadow?: {
    readonly off?: boolean;
    readonly sample?: number;
    readonly by?: StickyBy | "id";
    readonly values?: readonly string[];
    readonly perSecond?: number;
    readonly maxRequestBody?: number;
  };
};

/** When the breaker opens and for how long. */
export type BreakerOptions = {
  /** Opens when this share of the answers in a window failed ... */
  readonly errorShare: number;
  /** ... and at least so many came. */
  readonly minRequests: number;
  readonly window: number;
  /** Also opens when more than half of the answers in a window took longer than this, in milliseconds. */
  readonly latency?: number;
  /** How long it stays open before probing; doubled after each failed probe, up to 16 times this. */
  readonly openFor: number;
  /** Probes that must succeed before it closes. */
  readonly probes: number;
};

/** The fields that name the client to the services, and the proxies whose own are believed. */
export type ForwardedOptions = {
  /** Add the client to `X-Forwarded-For`, set `X-Forwarded-Proto` and `X-Forwarded-Host`. */
  readonly xForwarded: boolean;
  /** Add an element to `Forwarded` (RFC 7239). */
  readonly forwarded: boolean;
  /** Addresses and CIDR networks of proxies in front of us, whose own forwarding fields are believed. */
  readonly trustedProxies: readonly string[];
};

/** Limits on clients and their requests. */
export type LimitOptions = {
  readonly maxConnections: number;
  /** Bytes of a request's head. */
  readonly maxHead: number;
  /** A client has this long to send a head. */
  readonly headTimeout: number;
  /** And this long for a whole request. */
  readonly requestTimeout: number;
  /** Requests on one connection, which is then closed; no limit unless set. */
  readonly maxRequests?: number;
  /** A client may stand still this long, in sending a body or in taking an answer. */
  readonly idleTimeout: number;
  /** How long an unused client connection is kept. */
  readonly keepAlive: number;
  /** Answer a client that shuts its write side after its request, unless this is false: then it counts as gone. */
  readonly halfClose: boolean;
};

/** TLS for clients. PEM. */
export type ListenTls = {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
  /** Ask clients for a certificate of this authority. */
  readonly clientCa?: string | Buffer;
};

/** Where the proxy listens. */
export type ListenOptions = { readonly host: string; readonly port: number; readonly tls?: ListenTls };

/** Everything that the proxy can be configured with. */
export type ProxyOptions = {
  readonly listen: ListenOptions;
  readonly legacy: UpstreamOptions;
  readonly candidate: CandidateOptions;
  readonly shadow: ShadowOptions;
  /** Bytes kept of one body, and of all bodies together while their exchanges are under way. */
  readonly capture: { readonly maxBody: number; readonly budget: number };
  readonly breaker: BreakerOptions;
  readonly routes: readonly RouteOptions[];
  /** Learned route templates; past them a request belongs to `other`. */
  readonly maxRoutes: number;
  readonly forwarded: ForwardedOptions;
  readonly limits: LimitOptions;
};
