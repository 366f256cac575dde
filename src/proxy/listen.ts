// proxy/listen.ts: the listener: opens, hands each request to a relay, and closes without dropping any

import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import { createServer as createSecureServer, type Server as SecureServer } from "node:https";
import { type AddressInfo, Server as PlainServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { eligible, refuseShadow } from "./admit.ts";
import type { BreakerState } from "./breaker.ts";
import { readIncoming } from "./incoming.ts";
import type { ListenTls, ProxyOptions } from "./options.ts";
import { fenced, type ProxyPorts } from "./ports.ts";
import { Relay, type RelayRoom } from "./relay.ts";
import { createSettings } from "./settings.ts";
import { effectiveShare } from "./share.ts";
import type { Shed } from "./shed.ts";
import { createTunnel } from "./tunnel.ts";
import { createSweeper } from "./wire/sweeper.ts";

export type RunningProxy = {
  readonly address: { readonly host: string; readonly port: number };
  /** Routes, shares, limits, upstreams: in force from the next request on. `listen` stays as it was. */
  update(options: ProxyOptions): void;
  /** A new certificate, for new connections. */
  setTls(tls: ListenTls): void;
  /** Whether a client waits for an answer right now. */
  serving(): boolean;
  gauges(): ProxyGauges;
  /** The share of each route's eligible requests that is shadowed now, 0 to 1, of the routes that were declared or seen. */
  shares(): Iterable<readonly [route: string, share: number]>;
  /** Accepts no more, asks clients to reconnect elsewhere, waits for what is under way, and cuts the rest after `graceMs`. */
  stop(graceMs: number): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

export type ProxyGauges = {
  readonly inFlight: number;
  readonly candidateInFlight: number;
  /** How many the candidate may hold at once, as its answers have it now. */
  readonly candidateLimit: number;
  readonly captureBytes: number;
  readonly breaker: BreakerState;
  readonly connections: number;
  /** Requests so far that were not shadowed for want of room, by what there was too much of. */
  readonly shed: Readonly<Shed>;
};

/** Opens the listener. Rejects with words for a person when it cannot. */
export async function openProxy(options: ProxyOptions, outside: ProxyPorts): Promise<RunningProxy> {
  const ports = fenced(outside);
  const sweeper = createSweeper();
  let settings = createSettings(options, sweeper, ports);
  const tunnels = new Set<Socket>();
  let tunnel = createTunnel(options.legacy, options.forwarded, tunnels);
  let stopping = false;
  /** Requests that came on each connection, where their number is limited. */
  const taken = new WeakMap<Socket, number>();
  const room: RelayRoom = {
    ports,
    open: new Set(),
    last: (socket) => stopping || (taken.get(socket) ?? 0) >= (settings.options.limits.maxRequests ?? Infinity),
  };
  const connections = new Set<Socket>();
  const server = serve(options);

  function take(request: IncomingMessage, response: ServerResponse): void {
    // A pipelined request waits for its turn: what it asks may depend on what the one before it did.
    if (response.socket === null) response.once("socket", () => relay(request, response));
    else relay(request, response);
  }

  function relay(request: IncomingMessage, response: ServerResponse): void {
    const now = settings;
    const { socket } = request;
    if (now.options.limits.maxRequests !== undefined) taken.set(socket, (taken.get(socket) ?? 0) + 1);
    const incoming = readIncoming(request, now.legacy.origin.authority, now.options.legacy.rewriteHost);
    if ("says" in incoming) {
      refuse(response, incoming.status, incoming.says);
      return;
    }
    const route = now.routes.find(incoming.method, incoming.target);
    const id = ports.newId();
    const skipped = refuseShadow(id, incoming, route, ports.control(), now.admit);
    new Relay(room, now, request, response, incoming, route, id, skipped).start();
  }

  function refuse(response: ServerResponse, status: number, says: string): void {
    ports.refused(says);
    const text = `parallel-run: ${says}\n`;
    response.writeHead(status, [
      ...["Content-Type", "text/plain; charset=utf-8", "Content-Length", String(text.length), "Connection", "close"],
    ]);
    response.end(text);
  }

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const incoming = readIncoming(request, settings.legacy.origin.authority, false);
    if ("says" in incoming) {
      ports.refused(incoming.says);
      lastWords(socket, incoming.status);
      return;
    }
    const route = settings.routes.find(incoming.method, incoming.target).name;
    const id = ports.newId();
    tunnel.open(request, socket as Socket, head, (trouble) => {
      const outcome = trouble
        ? ({ outcome: "legacy_error", reason: trouble.reason } as const)
        : ({ outcome: "skipped", reason: "upgrade" } as const);
      ports.settle({ id, route, outcome });
    });
  }

  /** A request that node's parser refused. Whatever came before it on the connection is not to be mixed with our answer. */
  function broken(error: NodeJS.ErrnoException, socket: Duplex): void {
    const status = BROKEN[error.code ?? ""] ?? 400;
    const begun = (socket as Socket & { _httpMessage?: ServerResponse | null })._httpMessage?.headersSent === true;
    if (error.code === "ECONNRESET" || error.code === "EPIPE" || !socket.writable || begun)
      return void socket.destroy();
    ports.refused(error.code ?? "unreadable");
    lastWords(socket, status);
  }

  function serve({ listen, limits }: ProxyOptions): Server | SecureServer {
    const serverOptions: ServerOptions = {
      insecureHTTPParser: false,
      requireHostHeader: false, // checked by `readIncoming`, which also sees repeated ones
      maxHeaderSize: limits.maxHead,
      headersTimeout: limits.headTimeout,
      requestTimeout: limits.requestTimeout ?? 0, // one that stands still is let go much sooner, by its relay
      connectionsCheckingInterval: Math.min(1000, limits.headTimeout),
      keepAliveTimeout: limits.keepAlive,
      noDelay: true,
      shouldUpgradeCallback: (request) =>
        request.method === "GET" && request.headers.upgrade?.toLowerCase() === "websocket",
    };
    const { tls } = listen;
    const opened = tls
      ? createSecureServer({ ...serverOptions, handshakeTimeout: limits.headTimeout, ...tlsOptions(tls) }, take)
      : createServer(serverOptions, take);
    opened.maxConnections = limits.maxConnections;
    opened.maxHeadersCount = 0; // past a count node drops fields in silence; their bytes are bounded anyway
    opened.on("checkContinue", take);
    opened.on("checkExpectation", take);
    opened.on("upgrade", upgrade);
    opened.on("connect", (_request: IncomingMessage, socket: Duplex) => {
      ports.refused("CONNECT");
      lastWords(socket, 405);
    });
    opened.on("clientError", broken);
    // A handshake that came to nothing: there is no way to say anything, and an orderly end would wait for ever.
    opened.prependListener("tlsClientError", (_error: Error, socket: Duplex) => socket.destroy());
    opened.on("connection", (socket: Socket) => {
      connections.add(socket);
      socket.on("close", () => connections.delete(socket));
    });
    return opened;
  }

  await listening(server, options);
  const { address, port } = server.address() as AddressInfo;

  async function stop(graceMs: number): Promise<void> {
    if (stopping) return;
    stopping = true;
    // Not `server.close`: that one cuts idle connections at once, on which a client may be sending its next request.
    const closed = new Promise<void>((resolve) => PlainServer.prototype.close.call(server, () => resolve()));
    const until = performance.now() + graceMs;
    const lingers = performance.now() + Math.min(PARTING_MS, graceMs / 4);
    const quiet = () => room.open.size === 0 && settings.shadows.open.size === 0;
    for (;;) {
      const late = performance.now() >= lingers;
      if (late) server.closeIdleConnections();
      if (performance.now() >= until || (quiet() && (late || connections.size === 0))) break;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    for (const relay of room.open) relay.cut();
    for (const shadow of settings.shadows.open) shadow.abandon();
    for (const socket of tunnels) socket.destroy();
    // Answers that are written and not yet taken have what is left of the grace.
    server.closeIdleConnections();
    const late = setTimeout(
      () => {
        for (const socket of connections) socket.destroy(); // also those that never came as far as HTTP
      },
      Math.max(0, until - performance.now()),
    );
    await closed;
    clearTimeout(late);
    server.close(); // of its timers
    settings.legacy.destroy();
    settings.shadows.pool.destroy();
    sweeper[Symbol.dispose]();
  }

  return {
    address: { host: address, port },
    update(next) {
      const before = settings.options;
      settings = createSettings(next, sweeper, ports, settings);
      server.maxConnections = next.limits.maxConnections;
      server.requestTimeout = next.limits.requestTimeout ?? 0;
      server.headersTimeout = next.limits.headTimeout;
      server.keepAliveTimeout = next.limits.keepAlive;
      const told = ({ legacy, forwarded }: ProxyOptions) => JSON.stringify([legacy, forwarded]);
      if (told(before) !== told(next)) {
        tunnel = createTunnel(next.legacy, next.forwarded, tunnels);
      }
    },
    setTls(tls) {
      if ("setSecureContext" in server) server.setSecureContext(tlsOptions(tls));
    },
    serving: () => room.open.size > 0,
    gauges: () => ({
      inFlight: room.open.size,
      candidateInFlight: settings.shadows.open.size,
      candidateLimit: settings.shadows.concurrency.limit(),
      captureBytes: settings.shadows.budget.used,
      breaker: settings.shadows.breaker.state(performance.now()),
      connections: connections.size,
      shed: settings.admit.shed,
    }),
    *shares() {
      const control = ports.control();
      const { admit, routes } = settings;
      for (const route of routes.all()) {
        if (!shadowable(route.name, (method) => eligible(method, route, admit.shadow))) continue;
        yield [route.name, effectiveShare(route, control, admit.shadow, admit.clock)];
      }
    },
    stop,
    [Symbol.asyncDispose]: () => stop(0),
  };
}

/** Whether any request of a route, by the method in its name, may be shadowed; those without one have all methods. */
function shadowable(name: string, eligible: (method: string) => boolean): boolean {
  const method = /^([A-Z-]+) /.exec(name)?.[1] ?? "ANY";
  return method === "ANY" || eligible(method);
}

/** Ends a connection with a status. What still comes is read away, lest a reset take the status with it; not for long. */
function lastWords(socket: Duplex, status: number): void {
  socket.on("error", () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  socket.resume();
  const late = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.on("close", () => clearTimeout(late));
}

const LINGER_MS = 500;

/** Connections that are used again within this time after a stop began hear `Connection: close` rather than a reset. */
const PARTING_MS = 1_000;

/** What a client is told when node's parser gave up, by its error's code. */
const BROKEN: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
};

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
