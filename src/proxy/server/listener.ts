// proxy/server/listener.ts: the listener: opens, hands each request to a relay, and closes without dropping any

import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createSecureServer, type Server as SecureServer } from "node:tls";
import { eligible, refuseShadow } from "../admission/admission.ts";
import type { BreakerState } from "../admission/breaker.ts";
import type { Shed } from "../admission/load-shedding.ts";
import { Label } from "../admission/route-label.ts";
import type { Route } from "../admission/routes.ts";
import { effectiveShare, type ShadowControl } from "../admission/share.ts";
import type { ListenTls, ProxyOptions } from "../options.ts";
import { guardPorts, type ProxyPorts } from "../ports.ts";
import { createSettings } from "../settings.ts";
import { createDeadlines } from "../upstream/http1/deadlines.ts";
import type { RawHead } from "../upstream/http1/request-head.ts";
import { peerOf } from "../upstream/request-heads.ts";
import { Client, type ClientOwner } from "./connection.ts";
import { Relay, type RelayContext } from "./relay.ts";
import { readIncoming } from "./request.ts";

/** A proxy that serves clients. */
export type RunningProxy = {
  readonly address: { readonly host: string; readonly port: number };
  /** Routes, shares, limits, upstreams: in force from the next request on. `listen` stays as it was. */
  update(options: ProxyOptions): void;
  /** A new certificate, for new connections. */
  setTls(tls: ListenTls): void;
  gauges(): ProxyGauges;
  /** The routes that have names now: those that are declared, and those learned and not forgotten. */
  routes(): ReadonlySet<string>;
  /** The share of each route's eligible requests that is shadowed now, 0 to 1, of the routes that were declared or learned. */
  shares(): Iterable<readonly [route: string, share: number]>;
  /** Accepts no more, asks clients to reconnect elsewhere, waits for what is under way, and cuts the rest after `graceMs`. */
  stop(graceMs: number): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** The state of the proxy at this moment. */
export type ProxyGauges = {
  readonly inFlight: number;
  readonly candidateInFlight: number;
  /** How many the candidate may hold at once, as its answers have it now. */
  readonly candidateLimit: number;
  readonly captureBytes: number;
  readonly breaker: BreakerState;
  readonly connections: number;
  /** How often a learned route was forgotten. */
  readonly forgottenRoutes: number;
  /** Requests so far that were not shadowed under load, by the limit that was reached. */
  readonly shed: Readonly<Shed>;
};

/** Opens the listener. Rejects with a message for the user when it cannot. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: one closure over the settings in force and the open connections
export async function openProxy(options: ProxyOptions, outside: ProxyPorts): Promise<RunningProxy> {
  const ports = guardPorts(outside);
  const deadlines = createDeadlines();
  let settings = createSettings(options, deadlines, ports);
  let stopping = false;
  const context: RelayContext = {
    ports,
    open: new Set(),
    last: (client) => {
      const { maxRequests = Number.POSITIVE_INFINITY } = settings.options.limits;
      return stopping || client.finishing || client.requests >= maxRequests;
    },
  };
  /** All that are open, also those that have not come as far as HTTP. */
  const connections = new Set<Socket>();
  const clients = new Set<Client>();
  const owner: ClientOwner = {
    deadlines,
    limits: () => settings.options.limits,
    request: relay,
    refused: ports.refused,
    closed: (client) => void clients.delete(client),
  };
  const server = createListener(options, connections, (socket) => void clients.add(new Client(socket, owner)));

  function relay(client: Client, head: RawHead): void {
    const now = settings;
    const incoming = readIncoming(head, now.legacy.authority, now.options.legacy.rewriteHost);
    if ("says" in incoming) {
      client.refuse(incoming.status, incoming.says);
      return;
    }
    const { length = 0, framing } = incoming;
    const found = now.routes.find(incoming.method, incoming.target);
    const { route, declared } = found;
    const label = declared ? new Label(route.name) : new Label(ports.routeOf(route.name), now.learned);
    const id = ports.newId();
    const peer = peerOf(client.socket, now.options.forwarded);
    const control = ports.control();
    const place = { route: switchedRoute(route, label, control), spelling: found.spelling };
    const skipped = incoming.upgrades ? "upgrade" : refuseShadow(id, incoming, place, control, now.admit);
    const relay = new Relay(context, now, client, { id, incoming, route, label, peer, skipped });
    client.serve(relay, framing === "chunked" ? framing : length);
    relay.start();
  }

  await listening(server, options);
  const { address, port } = server.address() as AddressInfo;

  async function stop(graceMs: number): Promise<void> {
    if (stopping) return;
    stopping = true;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    const until = performance.now() + graceMs;
    const lingers = performance.now() + Math.min(PARTING_MS, graceMs / 4);
    const quiet = () => context.open.size === 0 && settings.shadows.open.size === 0;
    const closeIdle = () => {
      for (const client of clients) if (client.idle) client.close();
    };
    for (;;) {
      const late = performance.now() >= lingers;
      if (late) closeIdle();
      if (performance.now() >= until || (quiet() && (late || connections.size === 0))) break;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    for (const relay of context.open) relay.cut();
    for (const shadow of settings.shadows.open) shadow.abandon();
    for (const client of clients) if (client.tunnelling) client.destroy();
    // Answers that are written and not yet taken have what is left of the grace.
    closeIdle();
    const late = setTimeout(
      () => {
        for (const socket of connections) socket.destroy(); // also those that never came as far as HTTP
      },
      Math.max(0, until - performance.now()),
    );
    await closed;
    clearTimeout(late);
    settings.legacy.destroy();
    settings.shadows.pool.destroy();
    deadlines[Symbol.dispose]();
  }

  return {
    address: { host: address, port },
    update(next) {
      settings = createSettings(next, deadlines, ports, settings);
      server.maxConnections = next.limits.maxConnections;
    },
    setTls(tls) {
      if ("setSecureContext" in server) server.setSecureContext(tlsOptions(tls));
    },
    gauges: () => ({
      inFlight: context.open.size,
      candidateInFlight: settings.shadows.open.size,
      candidateLimit: settings.shadows.concurrency.limit(),
      captureBytes: settings.shadows.budget.used,
      breaker: settings.shadows.breaker.state(performance.now()),
      connections: connections.size,
      forgottenRoutes: settings.learned.forgotten(),
      shed: settings.admit.shed,
    }),
    routes: () => new Set([...settings.routes.declared.map(({ name }) => name), ...settings.learned.names()]),
    *shares() {
      const control = ports.control();
      const { admit, routes, learned } = settings;
      const names = [...learned.names()].map((name): Route => ({ name, readOnly: false }));
      for (const route of [...routes.declared, ...names]) {
        if (!shadowable(route.name, (method) => eligible(method, route, admit.shadow))) continue;
        yield [route.name, effectiveShare(route, control, admit.shadow, admit.clock)];
      }
    },
    stop,
    [Symbol.asyncDispose]: () => stop(0),
  };
}

/**
 * The route by the name that a runtime switch has for it: its own template, the one that it was joined with, or `other` as
 * long as it is not learned.
 */
function switchedRoute(route: Route, { template, name }: Label, { routes }: ShadowControl): Route {
  if (name === route.name || routes.has(route.name)) return route;
  return { ...route, name: routes.has(template) ? template : name };
}

/** Whether any request of a route, by the method in its name, may be shadowed; those without one have all methods. */
function shadowable(name: string, eligible: (method: string) => boolean): boolean {
  const method = /^([A-Z-]+) /.exec(name)?.[1] ?? "ANY";
  return method === "ANY" || eligible(method);
}

/** Connections that are used again within this time after a stop began get `Connection: close` rather than a reset. */
const PARTING_MS = 1_000;

/** A listener, not yet bound. `connections` follows the open sockets; `take` gets each that has come as far as HTTP. */
function createListener(
  { listen: { tls }, limits }: ProxyOptions,
  connections: Set<Socket>,
  take: (socket: Socket) => void,
): Server | SecureServer {
  const common = { allowHalfOpen: true, noDelay: true };
  const opened = tls
    ? createSecureServer(
        { ...common, ...tlsOptions(tls), ALPNProtocols: ["http/1.1"], handshakeTimeout: limits.headTimeout },
        take,
      )
    : createServer(common, take);
  opened.maxConnections = limits.maxConnections;
  // After a failed handshake nothing can be said, and an orderly end would wait without limit.
  opened.on("tlsClientError", (_error: Error, socket: Socket) => socket.destroy());
  opened.on("connection", (socket: Socket) => {
    connections.add(socket);
    socket.on("close", () => connections.delete(socket));
  });
  return opened;
}

function tlsOptions({ cert, key, clientCa }: ListenTls) {
  return { cert, key, ...(clientCa && { ca: clientCa, requestCert: true, rejectUnauthorized: true }) };
}

function listening(server: Server | SecureServer, { listen: { host, port } }: ProxyOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const reason = NO_LISTEN[error.code ?? ""] ?? error.message;
      reject(new Error(`cannot listen on ${host}:${port}: ${reason}`, { cause: error }));
    });
    server.listen({ host, port }, () => {
      server.removeAllListeners("error");
      resolve();
    });
  });
}

const NO_LISTEN: Readonly<Record<string, string>> = {
  EADDRINUSE: "the address is in use by another process: stop it, or choose another with --listen",
  EACCES: "not allowed for this user",
  EADDRNOTAVAIL: "this machine has no such address",
  ENOTFOUND: "no such host name",
};
