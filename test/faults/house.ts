// test/faults/house.ts: the whole app between two raw backends, with short deadlines, and a raw client in front

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { type App, openApp } from "../../src/app/app.ts";
import { readConfig } from "../../src/config/index.ts";
import { type Fault, GOOD } from "./faults.ts";

export const GOOD_RESPONSE = Buffer.from(GOOD, "latin1");

export type Backend = { readonly port: number; readonly close: () => Promise<void> };

/**
 * A server that does what the fault says to each connection, once a request's head has come.
 * @param headRelayed resolves when the client has received the first byte of an answer
 */
export async function openBackend(
  fault: Pick<Fault, "accept" | "answer">,
  headRelayed: Promise<void> = Promise.resolve(),
): Promise<Backend> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    if (fault.accept) return fault.accept(socket);
    let head = "";
    let answered = false;
    socket.on("data", (bytes) => {
      if (answered) return;
      head += bytes.toString("latin1");
      if (!head.includes("\r\n\r\n")) return;
      answered = true;
      void fault.answer?.(socket, headRelayed);
    });
  });
  return listening(server, async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  });
}

async function listening(server: Server, close: () => Promise<void>): Promise<Backend> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as { port: number }).port, close };
}

/** Answers each request on a connection, keep-alive and all, as a sound backend does. */
export const sound: Pick<Fault, "accept" | "answer"> = {
  accept: (socket) => {
    let unread = "";
    socket.on("data", (bytes) => {
      unread += bytes.toString("latin1");
      for (let end = unread.indexOf("\r\n\r\n"); end >= 0; end = unread.indexOf("\r\n\r\n")) {
        const length = Number(/content-length: *(\d+)/i.exec(unread.slice(0, end))?.[1] ?? 0);
        if (unread.length < end + 4 + length) return;
        unread = unread.slice(end + 4 + length);
        socket.write(GOOD, "latin1");
      }
    });
  },
};

/** Deadlines that a test can wait for. */
export const DEADLINE_MS = 1500;

/** A side by its URL, or with the `tls` section of its config. */
export type Side = string | { readonly url: string; readonly tls?: string };

export async function openHouse(legacy: Side, candidate: Side, deadlineMs = DEADLINE_MS, more = ""): Promise<App> {
  const deadlines = `timeout: ${deadlineMs}ms, idleTimeout: ${deadlineMs}ms, connectTimeout: ${deadlineMs}ms`;
  const side = (one: Side) => {
    const { url, tls = "{}" } = typeof one === "string" ? { url: one } : one;
    return `{ url: "${url}", tls: ${tls}, ${deadlines} }`;
  };
  const text = `
listen: 127.0.0.1:0
admin: 127.0.0.1:0
legacy: ${side(legacy)}
candidate: ${side(candidate)}
recheck: { delay: 10ms, tries: 1, perSecond: 1000, sample: 0% }
log: { level: silent }
grace: 1s
${more}`;
  const read = readConfig(text, { file: "house.yaml", env: {} });
  if ("faults" in read) throw new Error(JSON.stringify(read.faults));
  let id = 0;
  return openApp(read.config, {
    now: Date.now,
    random: () => 0.5,
    newId: () => `r${++id}`,
    readFile: (file) => readFileSync(file),
    logTo: { write: () => {} },
    version: "test",
  });
}

export type Seen = {
  /** All that the client received, as latin1. */
  readonly text: string;
  readonly length: number;
  readonly status: number;
  /** How the connection ended: in order, or so that the client can tell that something is missing. */
  readonly end: "closed" | "reset";
};

/**
 * Sends raw bytes and reads until the other side closes, until nothing more has come for `quietMs`, or for `limitMs`.
 * Keeps the first 64 KiB. Calls `onFirstByte` when the first byte of the answer has come.
 */
export async function send(
  port: number,
  raw: string | Buffer,
  limitMs = 30_000,
  quietMs = limitMs,
  onFirstByte = () => {},
): Promise<Seen> {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  let length = 0;
  let end: Seen["end"] = "closed";
  socket.on("data", (bytes) => {
    if (length === 0) onFirstByte();
    length += bytes.length;
    clearTimeout(quiet);
    quiet = setTimeout(() => socket.destroy(), quietMs);
    if (text.length < 65_536) text += bytes.toString("latin1");
  });
  socket.on("error", () => {
    end = "reset";
  });
  socket.on("end", () => socket.end());
  const timer = setTimeout(() => socket.destroy(), limitMs);
  let quiet: NodeJS.Timeout | undefined;
  socket.write(raw);
  await new Promise((done) => socket.on("close", done));
  clearTimeout(timer);
  clearTimeout(quiet);
  // The first status that is an answer: those before it are informational.
  const status = Number(/^HTTP\/1\.1 ([2-9]\d\d)/m.exec(text)?.[1] ?? 0);
  return { text, length, status, end };
}

/** The outcomes that have been counted, `name reason`, with their numbers. */
export function outcomes(app: App): Record<string, number> {
  const { outcomes: counts, reasons } = app.report().total;
  const told: Record<string, number> = {};
  for (const [name, count] of Object.entries(counts)) {
    const own = Object.entries(reasons).filter(([reason]) => reason.startsWith(`${name}/`));
    for (const [reason, times] of own) told[reason.replace("/", " ")] = times;
    if (count > 0 && own.length === 0) told[name] = count;
  }
  return told;
}

/** Waits until the app has counted so many outcomes. */
export async function counted(app: App, requests: number, limitMs = 30_000): Promise<Record<string, number>> {
  const until = performance.now() + limitMs;
  for (;;) {
    const told = outcomes(app);
    const sum = Object.values(told).reduce((a, b) => a + b, 0);
    if (sum >= requests || performance.now() > until) return told;
    await new Promise((done) => setTimeout(done, 10));
  }
}
