// bench/client.ts: a child process that loads one port: at a fixed rate (open loop) or as fast as it is answered

import { connect, type Socket } from "node:net";

export type Load = {
  readonly port: number;
  readonly connections: number;
  readonly requests: number;
  /** Requests a second; without it each connection asks again as soon as it is answered. */
  readonly rate?: number;
  /** So many of the requests come first and are in no latency: what is measured begins in the middle of the load. */
  readonly lead?: number;
  /** Asked for one after the other, over and over, in place of `/orders/{id}`. */
  readonly targets?: readonly string[];
};

/** Latencies in milliseconds, from when a request was due, so that waiting for a free connection counts. */
export type LoadResult = {
  readonly answered: number;
  readonly errors: number;
  readonly seconds: number;
  readonly bytes: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
};

/** Different targets, so that route templates and distinct requests cost what they cost. */
const TARGETS = 5_000;
const DEADLINE_MS = 60_000;
const REOPEN_MS = 20;

type Connection = { ask: (due: number) => void };

function run(load: Load): Promise<LoadResult> {
  return new Promise((resolve) => {
    const latencies = new Float64Array(load.requests);
    const waiting: number[] = [];
    const idle: Connection[] = [];
    const sockets = new Set<Socket>();
    let [sent, answered, errors, bytes] = [0, 0, 0, 0];
    let timer: NodeJS.Timeout | undefined;
    let finished = false;
    const started = performance.now();
    const finish = () => {
      finished = true;
      clearInterval(timer);
      clearTimeout(deadline);
      for (const socket of sockets) socket.destroy();
      const sorted = latencies.subarray(load.lead ?? 0, answered).toSorted();
      const quantile = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
      resolve({
        answered,
        errors: errors + (load.requests - answered - errors),
        seconds: (performance.now() - started) / 1000,
        bytes,
        p50: quantile(0.5),
        p90: quantile(0.9),
        p99: quantile(0.99),
        max: quantile(1),
      });
    };
    const deadline = setTimeout(finish, DEADLINE_MS);
    const next = (connection: Connection) => {
      if (answered + errors >= load.requests) return finish();
      const due = load.rate === undefined && sent < load.requests ? performance.now() : waiting.shift();
      if (due === undefined) idle.push(connection);
      else {
        if (load.rate === undefined) sent += 1;
        connection.ask(due);
      }
    };
    const events: Events = {
      ready: next,
      done: (connection, due, length) => {
        latencies[answered] = performance.now() - due;
        answered += 1;
        bytes += length;
        next(connection);
      },
      closed: (connection, due) => {
        if (finished) return;
        if (due !== undefined) errors += 1;
        if (answered + errors >= load.requests) return finish();
        const at = idle.indexOf(connection);
        if (at >= 0) idle.splice(at, 1);
        setTimeout(() => finished || openConnection(load, sockets, events), REOPEN_MS);
      },
    };
    for (let n = 0; n < load.connections; n += 1) openConnection(load, sockets, events);
    if (load.rate === undefined) return;
    timer = setInterval(() => {
      const now = performance.now();
      for (const owed = Math.min(((now - started) / 1000) * load.rate!, load.requests); sent < owed; sent += 1) {
        const connection = idle.pop();
        if (connection) connection.ask(now);
        else waiting.push(now);
      }
    }, 1);
  });
}

type Events = {
  readonly done: (connection: Connection, due: number, bytes: number) => void;
  /** `due` is that of the request that went unanswered, if one was under way. */
  readonly closed: (connection: Connection, due: number | undefined) => void;
  readonly ready: (connection: Connection) => void;
};

let target = 0;

/** One keep-alive connection with one request on it at a time; a lost one is opened anew. */
function openConnection({ port, targets }: Load, sockets: Set<Socket>, events: Events): void {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  sockets.add(socket);
  let due: number | undefined;
  let head = "";
  let left = -1; // body bytes still to come; -1 while reading the head
  let length = 0;
  const connection: Connection = {
    ask: (at) => {
      due = at;
      target = (target + 1) % TARGETS;
      const path = targets === undefined ? `/orders/${10_000 + target}` : targets[target % targets.length]!;
      socket.write(`GET ${path} HTTP/1.1\r\nHost: bench.test\r\nAccept: application/json\r\n\r\n`);
    },
  };
  socket.on("connect", () => events.ready(connection));
  socket.on("data", (chunk) => {
    length += chunk.length;
    let rest = chunk.length;
    if (left < 0) {
      const before = head.length;
      head += chunk.toString("latin1");
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) return;
      const declared = /\r\ncontent-length: *(\d+)/i.exec(head.slice(0, end));
      if (!head.startsWith("HTTP/1.1 200") || !declared) {
        process.stderr.write(`bench client: unexpected answer: ${JSON.stringify(head.slice(0, 300))}\n`);
        socket.destroy();
        return;
      }
      left = Number(declared[1]);
      rest = chunk.length - (end + 4 - before);
    }
    left -= rest;
    if (left > 0) return;
    const [at, size] = [due!, length];
    due = undefined;
    head = "";
    left = -1;
    length = 0;
    events.done(connection, at, size);
  });
  socket.on("error", () => socket.destroy());
  socket.on("close", () => {
    sockets.delete(socket);
    events.closed(connection, due);
  });
}

process.on("message", async (load: Load) => process.send!(await run(load)));
process.on("disconnect", () => process.exit(0));
