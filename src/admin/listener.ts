// admin/listener.ts: the admin listener; authenticates each request, bounds connections and times

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer, Server as TlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { refuseHost, refuseOrigin, roleOf, type Tokens, unsafeToOpen } from "./access.ts";
import type { BodyRead } from "./endpoint.ts";
import { find } from "./endpoints.ts";
import type { AdminPorts } from "./ports.ts";
import { type AdminResponse, GUARDS, problem } from "./response.ts";
import { createViews, type Views } from "./views.ts";

/** PEM. `ca` asks every caller for a certificate that it signed. */
export type AdminTls = {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
  readonly ca?: string | Buffer;
};

/** Where the admin listener listens, and who may use it. */
export type AdminOptions = {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly tls?: AdminTls;
  /** Read for each request, so that a changed token is in force at once. */
  readonly tokens: () => Tokens;
  /** Further names under which it answers, beside those of this machine. */
  readonly names?: () => readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A handler failed: a fault of this program. */
  readonly failed: (error: unknown) => void;
};

/** An open admin listener. */
export type AdminListener = {
  /** Where it listens: `http://127.0.0.1:9900`. */
  readonly url: string;
  readonly port: number;
  /** A new certificate, for new connections. Throws when it cannot be used. */
  readonly setTls: (tls: AdminTls) => void;
  /** Drops cached answers: they are out of date. */
  readonly forget: () => void;
  /** Stops accepting, lets answers under way finish within the given milliseconds, then cuts. */
  readonly close: (graceMs?: number) => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** Why it did not open: a sentence for the one who starts it, with what to do. */
export type Unopened = { readonly ok: false; readonly message: string };

const MAX_BODY = 64 * 1024;
const BODY_MS = 5_000;
const HANDLER_MS = 30_000;
const MAX_SOCKETS = 200;

/** Opens the listener, or says why not. Never rejects for the user's own mistake. */
export async function openAdminListener(
  options: AdminOptions,
  ports: AdminPorts,
): Promise<{ readonly ok: true; readonly listener: AdminListener } | Unopened> {
  const unsafe = unsafeToOpen(options.host, options.tokens());
  if (unsafe !== undefined) return { ok: false, message: unsafe };
  const limits = {
    headersTimeout: BODY_MS,
    requestTimeout: 2 * BODY_MS,
    keepAliveTimeout: 15_000,
    maxHeaderSize: 16_384,
    connectionsCheckingInterval: 1_000,
  };
  const { tls } = options;
  let server: Server;
  try {
    server =
      tls === undefined
        ? createServer(limits)
        : createTlsServer({ ...limits, handshakeTimeout: BODY_MS, ...secure(tls) });
  } catch (error) {
    return {
      ok: false,
      message: `the admin listener's certificate or key cannot be used: ${(error as Error).message}`,
    };
  }
  limitSockets(server);
  const views = createViews(ports);
  server.on("request", (request, response) => {
    void serve(request, response, options, { ports, views });
  });
  const fault = await listening(server, options);
  if (fault !== undefined) return { ok: false, message: fault };
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(":") ? `[${options.host}]` : options.host;
  const close = (graceMs = 1_000) => closing(server, graceMs);
  return {
    ok: true,
    listener: {
      url: `${tls === undefined ? "http" : "https"}://${host}:${port}`,
      port,
      setTls: (next) => {
        if (server instanceof TlsServer) server.setSecureContext(secure(next));
      },
      forget: views.forget,
      close,
      [Symbol.asyncDispose]: () => close(),
    },
  };
}

/**
 * Bounds the connections. Past the limit the one that has been idle for longest is closed, so that connections which ask
 * nothing cannot keep out a liveness probe or a switch; only if all are being answered the new one is refused.
 */
function limitSockets(server: Server): void {
  server.maxConnections = 2 * MAX_SOCKETS; // with those in the middle of a TLS handshake
  const open = new Set<Socket>();
  const idle = new Set<Socket>();
  server.on(server instanceof TlsServer ? "secureConnection" : "connection", (socket: Socket) => {
    open.add(socket);
    idle.add(socket);
    socket.on("close", () => {
      open.delete(socket);
      idle.delete(socket);
    });
    if (open.size <= MAX_SOCKETS) return;
    const [longest] = idle;
    (longest ?? socket).destroy();
  });
  server.on("request", ({ socket }: IncomingMessage, response: ServerResponse) => {
    idle.delete(socket);
    response.on("close", () => {
      if (open.has(socket)) idle.add(socket);
    });
  });
}

type Shown = { readonly ports: AdminPorts; readonly views: Views };

const secure = (tls: AdminTls) => ({ ...tls, ...(tls.ca === undefined ? {} : { requestCert: true }) });

function listening(server: Server, { host, port }: AdminOptions): Promise<string | undefined> {
  return new Promise((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const where = `${host}:${port}`;
      const known: Record<string, string> = {
        EADDRINUSE: `the admin address ${where} is in use by another process: stop it, or choose another with --admin`,
        EACCES: `this user may not listen on ${where}: choose a port above 1023 with --admin`,
        EADDRNOTAVAIL: `this machine has no address ${host}: choose another with --admin`,
      };
      resolve(known[error.code ?? ""] ?? `the admin listener cannot listen on ${where}: ${error.message}`);
    });
    server.listen({ host, port }, () => resolve(undefined));
  });
}

function closing(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  options: AdminOptions,
  shown: Shown,
): Promise<void> {
  request.on("error", () => undefined);
  response.on("error", () => undefined);
  let answer: AdminResponse;
  try {
    answer = await answerTo(request, options, shown);
  } catch (error) {
    options.failed(error);
    answer = problem(500, "Internal Server Error", "This could not be answered; the log says more.");
  }
  send(request, response, answer);
}

/** The checks in their order: name, path, method, token, role, origin; only then is anything done. */
async function answerTo(request: IncomingMessage, options: AdminOptions, shown: Shown): Promise<AdminResponse> {
  const { headers, method = "" } = request;
  const found = find(method, (request.url ?? "").split("?", 1)[0]!);
  const open = found.kind === "handler" && found.handler.role === "anyone";
  if (!open) {
    const asked = {
      host: headers.host,
      origin: headers.origin,
      fetchSite: headers["sec-fetch-site"] as string | undefined,
      authorization: headers.authorization,
    };
    const tokens = options.tokens();
    const refusal = refuseHost(asked, tokens, options.names?.() ?? []);
    if (refusal !== undefined) return problem(refusal.status, "Misdirected Request", refusal.detail);
    const role = roleOf(headers.authorization, tokens);
    if (role === undefined) {
      const fields = { "www-authenticate": 'Bearer realm="parallel-run", Basic realm="parallel-run", charset="UTF-8"' };
      return problem(401, "Unauthorized", "A token is needed: Authorization: Bearer TOKEN.", { fields });
    }
    if (found.kind === "handler" && found.handler.role === "control") {
      if (role !== "control") return problem(403, "Forbidden", "This token may read, not change.");
      const foreign = refuseOrigin(asked);
      if (foreign !== undefined) return problem(foreign.status, "Forbidden", foreign.detail);
    }
  }
  if (found.kind === "none") return problem(404, "Not Found", "Not found. The report is at /.");
  if (found.kind === "method") {
    return problem(405, "Method Not Allowed", `Allowed: ${found.allow}.`, { fields: { allow: found.allow } });
  }
  const call = { ...shown, id: found.id, now: options.now(), body: () => readBody(request) };
  return within(HANDLER_MS, Promise.resolve(found.handler.answer(call)));
}

/** Answers 503 when a handler takes too long. */
async function within(ms: number, work: Promise<AdminResponse>): Promise<AdminResponse> {
  const { promise, resolve } = Promise.withResolvers<AdminResponse>();
  const late = problem(503, "Service Unavailable", `No answer within ${ms / 1000} s.`);
  const timer = setTimeout(() => resolve(late), ms);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** JSON only: a page of another origin can send a form without asking, but not this. */
async function readBody(request: IncomingMessage): Promise<BodyRead> {
  const refuse = (answer: AdminResponse): BodyRead => ({ ok: false, answer });
  const chunks: Buffer[] = [];
  let length = 0;
  const timer = setTimeout(() => request.destroy(), BODY_MS);
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > MAX_BODY) return refuse(problem(413, "Content Too Large", `At most ${MAX_BODY} bytes.`));
      chunks.push(chunk);
    }
  } catch {
    return refuse(problem(408, "Request Timeout", "The body did not come whole."));
  } finally {
    clearTimeout(timer);
  }
  if (length === 0) return { ok: true, value: undefined };
  const type = (request.headers["content-type"] ?? "").split(";", 1)[0]!.trim().toLowerCase();
  if (type !== "application/json" && !type.endsWith("+json")) {
    return refuse(problem(415, "Unsupported Media Type", "Send Content-Type: application/json."));
  }
  try {
    return { ok: true, value: JSON.parse(Buffer.concat(chunks).toString("utf8")) };
  } catch {
    return refuse(problem(400, "Bad Request", "The body is not JSON."));
  }
}

function send(request: IncomingMessage, response: ServerResponse, answer: AdminResponse): void {
  if (response.destroyed) return;
  const body = Buffer.from(answer.body);
  response.writeHead(answer.status, {
    ...GUARDS,
    ...answer.fields,
    "content-type": answer.type,
    "content-length": body.length,
    // What was not read would be taken for the next request.
    ...(request.complete ? {} : { connection: "close" }),
  });
  response.end(request.method === "HEAD" ? undefined : body);
}
