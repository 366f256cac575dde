// test/faults/unreachable.ts: the ways in which a backend cannot be reached at all: its name, its port, its certificate

import dns from "node:dns";
import { once } from "node:events";
import { syncBuiltinESMExports } from "node:module";
import { connect, createServer as createPlainServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { Worker } from "node:worker_threads";
import { CERTIFICATES } from "../support/certificates.ts";
import type { Fault } from "./faults.ts";
import { type Backend, openBackend, sound } from "./house.ts";

/** A backend, and how it is to be asked. */
export type Reached = Backend & {
  /** In place of `http://127.0.0.1:PORT`. */
  readonly url?: string;
  /** The `tls` section of its side. */
  readonly tls?: string;
};

export type Unreachable = Pick<Fault, "name" | "client" | "legacy" | "candidate"> & {
  readonly open: () => Promise<Reached>;
};

const CA = JSON.stringify(join(import.meta.dirname, "../support/tls/ca.pem"));
const KNOWN = `{ ca: ${CA} }`;

/** A name server that is slow for `late.test`, and silent for `silent.test`. Every other name is looked up as ever. */
const system = dns.lookup;
const LATE_MS = 100;
dns.lookup = ((name: string, ...rest: Parameters<typeof system> extends [string, ...infer R] ? R : never) => {
  if (name === "silent.test") return;
  if (name === "late.test") setTimeout(() => system("127.0.0.1", ...rest), LATE_MS);
  else system(name, ...rest);
}) as typeof system;
syncBuiltinESMExports();

async function closedPort(): Promise<Reached> {
  const server = createPlainServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return { port, close: async () => {} };
}

/** Listens in a thread that stands still, so that nobody accepts; then takes all the places in its queue. */
async function fullBacklog(): Promise<Reached> {
  const thread = new Worker(
    `const { parentPort } = require("node:worker_threads");
     const server = require("node:net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
       parentPort.postMessage(server.address().port);
       setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
     });`,
    { eval: true },
  );
  const [port] = (await once(thread, "message")) as [number];
  const taking: Socket[] = [];
  for (;;) {
    const one = connect(port, "127.0.0.1").on("error", () => {});
    taking.push(one);
    const taken = await Promise.race([
      once(one, "connect").then(() => true),
      new Promise((done) => setTimeout(() => done(false), 300)),
    ]);
    if (!taken) break; // the next one hangs too
  }
  return {
    port,
    close: async () => {
      for (const one of taking) one.destroy();
      await thread.terminate();
    },
  };
}

/** A sound backend behind a name. */
async function named(name: string): Promise<Reached> {
  const backend = await openBackend(sound);
  return { ...backend, url: `http://${name}:${backend.port}` };
}

/** Answers soundly over TLS, if it comes to that. */
async function secure(options: TlsOptions, tls?: string): Promise<Reached> {
  const sockets = new Set<Socket>();
  const server: Server = createTlsServer({ key: CERTIFICATES.key, ...options }, (socket) => sound.accept!(socket));
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => {});
  });
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  };
  return { port, close, url: `https://127.0.0.1:${port}`, ...(tls && { tls }) };
}

/** Takes TLS connections, and does with them what a plain backend does. */
async function insecure(fault: Pick<Fault, "accept" | "answer">): Promise<Reached> {
  const backend = await openBackend(fault);
  return { ...backend, url: `https://127.0.0.1:${backend.port}`, tls: KNOWN };
}

const error = (client: number, reason: string) => ({
  client,
  legacy: `legacy_error ${reason}`,
  candidate: `candidate_error ${reason}`,
});
const fine = { client: "whole", legacy: "match", candidate: "match" } as const;

export const UNREACHABLE: readonly Unreachable[] = [
  { name: "refuses connections", ...error(502, "connect"), open: closedPort },
  { name: "hangs at connect", ...error(504, "timeout"), open: fullBacklog },
  {
    name: "has a name that cannot be resolved",
    ...error(502, "dns"),
    open: async () => ({ port: 0, url: "http://nobody.invalid:80", close: async () => {} }),
  },
  { name: "has a name server that never answers", ...error(504, "timeout"), open: () => named("silent.test") },
  { name: "has a slow name server", ...fine, open: () => named("late.test") },
  {
    name: "shows a certificate of another name",
    ...error(502, "tls"),
    open: () => secure({ cert: CERTIFICATES.other }, KNOWN),
  },
  {
    name: "shows an expired certificate",
    ...error(502, "tls"),
    open: () => secure({ cert: CERTIFICATES.expired }, KNOWN),
  },
  {
    name: "shows a certificate of an unknown authority",
    ...error(502, "tls"),
    open: () => secure({ cert: CERTIFICATES.server }),
  },
  {
    name: "requires a client certificate",
    ...error(502, "(tls|reset)"), // in TLS 1.3 it is told after the handshake
    open: () =>
      secure({ cert: CERTIFICATES.server, ca: CERTIFICATES.ca, requestCert: true, rejectUnauthorized: true }, KNOWN),
  },
  {
    name: "uses plain HTTP on an https URL",
    ...error(502, "tls"),
    open: () => insecure({ accept: (socket) => void socket.end("HTTP/1.1 400 Bad Request\r\n\r\n") }),
  },
  { name: "never answers the TLS hello", ...error(504, "timeout"), open: () => insecure({ accept: () => {} }) },
  { name: "has a valid certificate", ...fine, open: () => secure({ cert: CERTIFICATES.server }, KNOWN) },
];
