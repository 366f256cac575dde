// test/support/wire.ts: raw TCP on both sides of what is tested, so that a test can say and see every byte

import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A backend that is given each connection as it is. */
export type RawServer = AsyncDisposable & {
  readonly port: number;
  readonly url: string;
  /** Connections taken so far, and those open now. */
  readonly opened: () => number;
  readonly open: ReadonlySet<Socket>;
};

export async function rawServer(onConnection: (socket: Socket, index: number) => void): Promise<RawServer> {
  const open = new Set<Socket>();
  let opened = 0;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => socket.destroy());
    socket.on("end", () => socket.end());
    onConnection(socket, opened++);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    opened: () => opened,
    open,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** A request as a backend saw it: every byte of the head, and the body with its framing taken off. */
export type SeenRequest = {
  readonly head: string;
  readonly method: string;
  readonly target: string;
  /** In wire order and case. */
  readonly fields: readonly (readonly [string, string])[];
  readonly body: Buffer;
  readonly trailers: string;
  readonly at: number;
  field(name: string): string | undefined;
};

export type Reply = (socket: Socket, request: SeenRequest) => void;

/** A backend that reads whole requests and answers each with `reply`: raw bytes, or what it does with the socket. */
export type Backend = RawServer & { readonly seen: SeenRequest[]; reply: Reply };

export async function backend(reply: string | Buffer | Reply): Promise<Backend> {
  const seen: SeenRequest[] = [];
  const state = { reply: typeof reply === "function" ? reply : (socket: Socket) => void socket.write(bytesOf(reply)) };
  const server = await rawServer((socket) => {
    let pending: Buffer = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      for (;;) {
        const cut = cutRequest(pending);
        if (cut === undefined) return;
        pending = cut.rest;
        seen.push(cut.request);
        state.reply(socket, cut.request);
      }
    });
  });
  const whole = Object.assign(server, { seen, reply: state.reply });
  return Object.defineProperty(whole, "reply", {
    get: () => state.reply,
    set(next: Reply) {
      state.reply = next;
    },
  });
}

function bytesOf(text: string | Uint8Array): Uint8Array {
  return typeof text === "string" ? Buffer.from(text, "latin1") : text;
}

/** A complete response with a length. */
export function ok(body: string | Uint8Array = "", fields: string[] = [], status = "200 OK"): Buffer {
  const bytes = bytesOf(body);
  const lines = [`HTTP/1.1 ${status}`, ...fields, `Content-Length: ${bytes.length}`];
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), bytes]);
}

/** A port at which nobody listens. */
export async function deadPort(): Promise<number> {
  const server = await rawServer(() => {});
  await server[Symbol.asyncDispose]();
  return server.port;
}

/** A client connection that keeps everything it is sent. */
export type RawClient = AsyncDisposable & {
  readonly socket: Socket;
  /** All that came, as latin1. */
  readonly text: () => string;
  readonly bytes: () => Buffer;
  readonly closed: () => boolean;
  readonly error: () => Error | undefined;
  send(bytes: string | Buffer): void;
  /** Resolves once what came satisfies `enough`, or the connection ended; rejects after `ms`. */
  until(enough: (text: string) => boolean, ms?: number): Promise<string>;
  /** Resolves when the connection ended. */
  end(ms?: number): Promise<string>;
};

export async function rawClient(port: number): Promise<RawClient> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  const chunks: Buffer[] = [];
  let closed = false;
  let error: Error | undefined;
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of listeners) listener();
  };
  socket.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    tell();
  });
  socket.on("error", (cause) => {
    error = cause;
  });
  socket.on("close", () => {
    closed = true;
    tell();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  const bytes = () => Buffer.concat(chunks);
  const text = () => bytes().toString("latin1");

  function until(enough: (text: string) => boolean, ms = 30_000): Promise<string> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const now = text();
        if (!closed && !enough(now)) return;
        clearTimeout(timer);
        listeners.delete(look);
        resolve(now);
      };
      const timer = setTimeout(() => {
        listeners.delete(look);
        reject(new Error(`waited ${ms} ms; came so far: ${JSON.stringify(text().slice(0, 500))}`));
      }, ms);
      listeners.add(look);
      look();
    });
  }
  return {
    socket,
    text,
    bytes,
    closed: () => closed,
    error: () => error,
    send: (data) => void socket.write(bytesOf(data)),
    until,
    end: (ms) => until(() => false, ms),
    async [Symbol.asyncDispose]() {
      socket.destroy();
    },
  };
}

/** Sends bytes on a connection of its own and resolves with all that comes until `enough`, by default one response. */
export async function exchange(port: number, request: string | Buffer, enough = isWhole): Promise<string> {
  await using client = await rawClient(port);
  client.send(request);
  return await client.until(enough);
}

/** One whole response with a length or in chunks stands at the start. */
export function isWhole(text: string): boolean {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const head = text.slice(0, end);
  if (/^HTTP\/1\.1 1\d\d/.test(head)) return isWhole(text.slice(end + 4));
  if (/^HTTP\/1\.1 (204|304)/.test(head)) return true;
  const length = /\r\ncontent-length: *(\d+)/i.exec(head);
  if (length) return text.length >= end + 4 + Number(length[1]);
  if (/\r\ntransfer-encoding: *chunked/i.test(head))
    return /(?:^|\r\n)0\r\n(?:[^\r\n]+\r\n)*\r\n$/.test(text.slice(end + 4));
  return false;
}

/** Waits until `holds` is true, looking at every turn of the loop; rejects after `ms`. */
export async function eventually(holds: () => boolean, ms = 30_000, what = "it never came true"): Promise<void> {
  const until = performance.now() + ms;
  while (!holds()) {
    if (performance.now() > until) throw new Error(what);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

function cutRequest(bytes: Buffer): { request: SeenRequest; rest: Buffer } | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const head = bytes.toString("latin1", 0, end + 4);
  const [line = "", ...lines] = head.slice(0, -4).split("\r\n");
  const [method = "", target = ""] = line.split(" ");
  const fields = lines.map((each) => {
    const colon = each.indexOf(":");
    return [each.slice(0, colon), each.slice(colon + 1).trim()] as const;
  });
  const field = (name: string) => fields.find(([each]) => each.toLowerCase() === name.toLowerCase())?.[1];
  let rest = bytes.subarray(end + 4);
  let body: Buffer = Buffer.alloc(0);
  let trailers = "";
  if (field("transfer-encoding")?.toLowerCase() === "chunked") {
    const parts: Buffer[] = [];
    for (;;) {
      const lineEnd = rest.indexOf("\r\n");
      if (lineEnd < 0) return undefined;
      const size = Number.parseInt(rest.toString("latin1", 0, lineEnd), 16);
      if (size === 0) {
        const from = lineEnd;
        const last = rest.indexOf("\r\n\r\n", from);
        if (last < 0) return undefined;
        trailers = rest.toString("latin1", from + 2, last + 2);
        rest = rest.subarray(last + 4);
        break;
      }
      if (rest.length < lineEnd + 2 + size + 2) return undefined;
      parts.push(rest.subarray(lineEnd + 2, lineEnd + 2 + size));
      rest = rest.subarray(lineEnd + 2 + size + 2);
    }
    body = Buffer.concat(parts);
  } else {
    const length = Number(field("content-length") ?? 0);
    if (rest.length < length) return undefined;
    body = Buffer.from(rest.subarray(0, length));
    rest = rest.subarray(length);
  }
  return { request: { head, method, target, fields, body, trailers, at: performance.now(), field }, rest };
}
