// proxy/upstream/http1/call.ts: one request on a connection of HTTP/1.1

import type { Fields } from "../../../model/fields.ts";
import type { ResponseListener, UpstreamCall, UpstreamHead, UpstreamRequest } from "../upstream.ts";

/** The connection that a call is on, as far as the call uses it. */
export type Carrier = {
  readonly socket: { cork(): void; uncork(): void };
  /** False: the socket is full. @param taken called when the bytes are not needed any more */
  write(bytes: Uint8Array | string, taken?: () => void): boolean;
  /** The request is written to its end. */
  requestSent(): void;
  endTunnel(): void;
  pause(): void;
  resume(): void;
  /** The call is dropped: what it still receives is of no use. */
  abandon(): void;
  /** The socket is full. */
  blocked(): void;
};

/** One request. Its pool assigns it to a connection. */
export class Call implements UpstreamCall {
  readonly request: UpstreamRequest;
  readonly toHead: boolean;
  readonly safe: boolean;
  listener: ResponseListener;
  /** `performance.now()` milliseconds; `Infinity` for none. */
  readonly deadline: number;
  private readonly pool: { send(call: Call, fresh: boolean): void };
  /** Set while the call is on a connection. */
  connection: Carrier | undefined = undefined;
  /** The request is written to its end. */
  sent: boolean;
  over = false;
  ready: boolean;
  /** When it was put on a connection, when a piece of its body last came, and how many bytes came so far. */
  startedAt = 0;
  movedAt = 0;
  moved = 0;
  /** The peer does not take the body as fast as it comes. */
  blocked = false;
  /** Since when the answer is not read, because the client does not take it. */
  pausedAt: number | undefined = undefined;

  constructor(request: UpstreamRequest, listener: ResponseListener, pool: { send(call: Call, fresh: boolean): void }) {
    const { head, framing, deadline = Number.POSITIVE_INFINITY } = request;
    this.request = request;
    this.toHead = head.method === "HEAD";
    this.safe = isSafe(head.method);
    this.listener = listener;
    this.deadline = deadline;
    this.pool = pool;
    this.sent = this.ready = framing === "none";
  }

  send(fresh = false): void {
    this.pool.send(this, fresh);
  }

  write(bytes: Uint8Array, taken?: () => void): boolean {
    const { connection } = this;
    if (connection === undefined || bytes.length === 0) return true;
    this.moved += bytes.length;
    this.movedAt = performance.now();
    if (this.request.framing !== "chunked") return this.wrote(connection.write(bytes, taken));
    connection.socket.cork();
    connection.write(`${bytes.length.toString(16)}\r\n`);
    connection.write(bytes, taken);
    const hasCapacity = connection.write("\r\n");
    connection.socket.uncork();
    return this.wrote(hasCapacity);
  }

  end(trailers: Fields): void {
    if (this.sent) return;
    this.sent = true;
    const { connection } = this;
    if (connection === undefined) return;
    if (this.request.framing === "chunked") {
      let text = "0\r\n";
      for (let i = 0; i < trailers.length; i += 2) text += `${trailers[i]}: ${trailers[i + 1]}\r\n`;
      connection.write(`${text}\r\n`);
    }
    connection.requestSent();
  }

  tunnel(bytes: Uint8Array, taken?: () => void): boolean {
    const { connection } = this;
    return connection === undefined || this.wrote(connection.write(bytes, taken));
  }

  endTunnel(): void {
    this.connection?.endTunnel();
  }

  pause(): void {
    this.pausedAt = performance.now();
    this.connection?.pause();
  }

  resume(): void {
    this.pausedAt = undefined;
    this.connection?.resume();
  }

  abort(): void {
    this.over = true;
    this.connection?.abandon();
  }

  private wrote(hasCapacity: boolean): boolean {
    if (!hasCapacity) {
      this.blocked = true;
      this.connection?.blocked();
    }
    return hasCapacity;
  }
}

/** Methods that ask for nothing to change (RFC 9110, 9.2.1). */
export function isSafe(method: string): boolean {
  return method === "GET" || method === "HEAD" || method === "OPTIONS" || method === "TRACE";
}

/** The head as HTTP/1.1 writes it, with the empty line. A head that extends one that was written takes its text over. */
export function headText(head: UpstreamHead): string {
  const { base, fields } = head;
  const begun = base?.encoded;
  let text = begun === undefined ? `${head.method} ${head.target} HTTP/1.1\r\n` : begun.slice(0, -2);
  for (let i = begun === undefined ? 0 : base!.fields.length; i < fields.length; i += 2) {
    text += `${fields[i]}: ${fields[i + 1]}\r\n`;
  }
  head.encoded = `${text}\r\n`;
  return head.encoded;
}
