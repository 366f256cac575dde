// test/faults/observed.ts: one HTTP/1.1 response as it came over a raw socket, so that two of them can be compared

import { createHash } from "node:crypto";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

/** What was received in answer to one request. */
export type Observed = {
  /** The status line and the field lines as they came, in latin1; empty if no whole head was received. */
  readonly head: readonly string[];
  /** 0 if no whole head was received. */
  readonly status: number;
  /** Of the body, without its chunk framing. */
  readonly body: { readonly length: number; readonly sha256: string };
  /** Whether the message ended as its framing says. If not, the client can tell that something is missing. */
  readonly complete: boolean;
  /** Bytes after the end of the message. */
  readonly excess: number;
};

type Where = { readonly port: number; readonly url?: string };

/**
 * Sends `raw` and reads one response until the other side closes the connection, for `limitMs` at most.
 * @param leaves closes the connection itself at the end of the message, for a server that keeps it open
 * @param onFirstByte is called when the first byte of the response has come
 */
export async function observe(
  { port, url }: Where,
  raw: string,
  { leaves = false, onFirstByte = () => {} },
  limitMs = 30_000,
): Promise<Observed> {
  const isTls = url?.startsWith("https:") === true;
  const socket: Socket = isTls
    ? connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false })
    : connect(port, "127.0.0.1");
  const response = createReader();
  let isFirst = true;
  socket.on("data", (bytes: Buffer) => {
    if (isFirst) onFirstByte();
    isFirst = false;
    response.add(bytes);
    if (leaves && response.isComplete()) socket.destroy();
  });
  socket.on("end", () => {
    response.end();
    socket.destroy();
  });
  socket.on("error", () => {});
  const timer = setTimeout(() => socket.destroy(), limitMs);
  socket.write(raw);
  await new Promise((done) => socket.on("close", done));
  clearTimeout(timer);
  return response.result();
}

/** Reads one response by its framing (RFC 9112, section 6). Large bodies are hashed, not kept. */
function createReader() {
  const hash = createHash("sha256");
  let text = "";
  let head: readonly string[] = [];
  let framing: "chunked" | "close" | number = "close";
  let length = 0;
  let complete = false;
  let excess = 0;

  const take = (bytes: Buffer) => {
    hash.update(bytes);
    length += bytes.length;
  };

  function readHead(): Buffer | undefined {
    const end = text.indexOf("\r\n\r\n");
    if (end < 0) return undefined;
    const lines = text.slice(0, end).split("\r\n");
    text = text.slice(end + 4);
    if (/^HTTP\/1\.1 1(?!01)/.test(lines[0]!)) return readHead(); // an informational response precedes the final one
    head = lines;
    const rest = Buffer.from(text, "latin1");
    text = "";
    const value = (name: string) => head.find((line) => line.toLowerCase().startsWith(`${name}:`))?.split(":")[1];
    const stated = value("content-length");
    if (/chunked/i.test(value("transfer-encoding") ?? "")) framing = "chunked";
    else if (stated !== undefined) framing = Number(stated);
    return rest;
  }

  /** Chunked bodies are small here: they are decoded anew with each piece, and taken once they are whole. */
  function readChunks(): void {
    const parts: Buffer[] = [];
    for (let at = 0; ; ) {
      const line = text.indexOf("\r\n", at);
      const size = line < 0 ? Number.NaN : Number.parseInt(text.slice(at, line), 16);
      if (Number.isNaN(size)) return;
      const from = line + 2;
      if (size === 0) {
        complete = text.indexOf("\r\n", from) >= 0;
        if (complete) for (const part of parts) take(part);
        return;
      }
      if (text.length < from + size + 2) return;
      parts.push(Buffer.from(text.slice(from, from + size), "latin1"));
      at = from + size + 2;
    }
  }

  function readBody(bytes: Buffer): void {
    if (framing === "chunked") {
      text += bytes.toString("latin1");
      readChunks();
    } else if (framing === "close") take(bytes);
    else {
      const rest = bytes.subarray(framing - length);
      take(bytes.subarray(0, framing - length));
      complete = length >= framing;
      excess += rest.length;
    }
  }

  return {
    add(bytes: Buffer) {
      if (complete) {
        excess += bytes.length;
        return;
      }
      if (head.length > 0) return readBody(bytes);
      text += bytes.toString("latin1");
      const rest = readHead();
      if (rest !== undefined) readBody(rest);
    },
    isComplete: () => complete,
    /** The connection has ended in order, which is the end of a body without other framing. */
    end() {
      if (head.length > 0 && framing === "close") complete = true;
    },
    result: (): Observed => ({
      head,
      status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head[0] ?? "")?.[1] ?? 0),
      body: { length, sha256: hash.digest("hex") },
      complete,
      excess,
    }),
  };
}

/** Fields that belong to a connection or to the framing of one message; a proxy writes its own. */
const PER_CONNECTION = /^(connection|keep-alive|transfer-encoding|content-length):/i;

/** What a proxy must pass on: the status line, the end-to-end fields in their order and case, and the body. */
export function endToEnd({ head, body, complete }: Observed) {
  return { head: head.filter((line) => !PER_CONNECTION.test(line)), body, complete };
}

/** The `error` parameter of the proxy's own `Proxy-Status` (RFC 9209); undefined if the response is not the proxy's own. */
export function ownError({ head }: Observed): string | undefined {
  return head.map((line) => /^proxy-status: parallel-run; error=([a-z_]+)/i.exec(line)?.[1]).find(Boolean);
}
