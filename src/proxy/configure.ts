// proxy/configure.ts: what a config means for the proxy

import type { Config } from "../config/index.ts";
import type { ListenTls, ProxyOptions, StickyBy, UpstreamOptions, UpstreamTls } from "./options.ts";
import type { Rewrite } from "./shadow/path-mapping.ts";

/** Reads a file that the config names. Throws with words for a person when it cannot. */
export type ReadFile = (file: string) => Buffer;

type Upstream = Config["legacy"] | Config["candidate"] | NonNullable<Config["legacyReplica"]>;

/** The options of the proxy that a config asks for. Throws when a file that it names cannot be read. */
export function proxyOptionsOf(config: Config, read: ReadFile): ProxyOptions {
  const { shadow, limits } = config;
  const stickyBy = stickyOf(shadow.by);
  const tls = listenTlsOf(config, read);
  return {
    listen: { host: config.listen.host, port: config.listen.port, ...(tls && { tls }) },
    legacy: upstreamOf(config.legacy, config.legacy.timeout, read),
    candidate: {
      ...upstreamOf(config.candidate, config.candidate.timeout, read),
      maxWaiting: 0,
      rewrite: rewriteOf(config.candidate.url, config.candidate, read),
      ...(config.candidate.serves.length > 0 && { serves: config.candidate.serves.map(({ text }) => text) }),
      timeout: config.candidate.timeout,
      maxInFlight: config.candidate.maxInFlight,
      adaptive: config.candidate.adaptive,
    },
    shadow: {
      off: !shadow.enabled,
      sample: shadow.sample,
      holdout: config.interference.holdout,
      maxLag: config.overload.eventLoopDelay,
      maxMemory: config.overload.memory,
      methods: shadow.methods,
      caseSensitive: shadow.caseSensitive,
      maxRequestBody: shadow.maxRequestBody,
      patience: config.candidate.timeout,
      ...(stickyBy && { stickyBy }),
      ...(shadow.values.length > 0 && { values: new Set(shadow.values) }),
      ...(shadow.ramp && { ramp: shadow.ramp }),
      ...(shadow.perSecond !== undefined && { perSecond: shadow.perSecond }),
    },
    capture: config.capture,
    breaker: {
      errorShare: config.breaker.errors,
      minRequests: config.breaker.minimum,
      window: config.breaker.window,
      openFor: config.breaker.open,
      probes: 3,
      ...(config.breaker.latency !== undefined && { latency: config.breaker.latency }),
    },
    routes: config.routes.map((route) => ({
      match: route.match.text,
      readOnly: route.readOnly,
      rewrite: rewriteOf(config.candidate.url, route.candidate, read),
      shadow: {
        off: !route.shadow.enabled,
        sample: route.shadow.sample,
        by: stickyOf(route.shadow.by) ?? "id",
        values: route.shadow.values,
        maxRequestBody: route.shadow.maxRequestBody,
        ...(route.shadow.perSecond !== undefined && { perSecond: route.shadow.perSecond }),
      },
    })),
    maxRoutes: limits.maxRoutes,
    forwarded: config.forwarded,
    limits: {
      maxConnections: limits.maxConnections,
      maxHead: limits.maxHeaderSize,
      headTimeout: limits.headersTimeout,
      requestTimeout: limits.requestTimeout,
      ...(limits.maxRequestsPerSocket !== undefined && { maxRequests: limits.maxRequestsPerSocket }),
      idleTimeout: limits.idleTimeout,
      keepAlive: limits.keepAliveTimeout,
      halfClose: limits.halfClose,
    },
  };
}

/** One side's server, with the time it has for the head of an answer. */
export function upstreamOf(side: Upstream, headTimeout: number, read: ReadFile): UpstreamOptions {
  return {
    url: new URL(side.url).origin,
    tls: upstreamTlsOf(side.tls, read),
    maxConnections: side.maxConnections,
    maxWaiting: side.maxConnections,
    connectTimeout: side.connectTimeout,
    headTimeout,
    idleTimeout: side.idleTimeout,
    keepAlive: side.keepAlive,
    maxHead: side.maxHeaderSize,
    lenient: {
      bareLf: side.lenient.includes("bare-lf"),
      folding: side.lenient.includes("folding"),
      spaceBeforeColon: side.lenient.includes("space-before-colon"),
      lengthAndChunks: side.lenient.includes("length-and-chunks"),
    },
    rewriteHost: side.host === "rewrite",
  };
}

/** How the candidate's copy of a request is written. Reads the files that hold values; throws where it cannot. */
function rewriteOf(url: string, { path, fields }: Config["routes"][number]["candidate"], read: ReadFile): Rewrite {
  const set = Object.entries(fields.set).map(
    ([name, value]) => [name, "file" in value ? read(value.file).toString("latin1").trim() : value.text] as const,
  );
  return {
    base: new URL(url).pathname.replace(/\/+$/, ""),
    path,
    set,
    remove: fields.remove,
  };
}

function upstreamTlsOf(tls: Upstream["tls"], read: ReadFile): UpstreamTls {
  return {
    ...(tls.ca !== undefined && { ca: read(tls.ca) }),
    ...(tls.cert !== undefined && { cert: read(tls.cert) }),
    ...(tls.key !== undefined && { key: read(tls.key) }),
    ...(tls.serverName !== undefined && { serverName: tls.serverName }),
    insecure: tls.insecure,
  };
}

/** The listener's certificate, if it has one. */
export function listenTlsOf({ tls }: Config, read: ReadFile): ListenTls | undefined {
  if (tls.cert === undefined || tls.key === undefined) return undefined;
  return {
    cert: read(tls.cert),
    key: read(tls.key),
    ...(tls.clientCa !== undefined && { clientCa: read(tls.clientCa) }),
  };
}

/** What keeps a client in or out of the shadowed share: the value of a field or a cookie, or nothing. */
export function stickyOf(by: Config["shadow"]["by"]): StickyBy | undefined {
  if (by.kind === "id") return undefined;
  return by.kind === "field" ? { field: by.name } : { cookie: by.name };
}
