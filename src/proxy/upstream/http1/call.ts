// proxy/upstream/http1/call.ts: one request on its way to an upstream, and who hears of the answer

import type { Fields } from "../../../model/fields.ts";
import type { Trouble } from "../failure.ts";
import type { ResponseHead } from "./framing.ts";

/** Who hears of an answer. After `onEnd` or `onFailure` nothing more comes. */
export type Listener = {
  /** The head is written, or waits in the socket: a body may follow. */
  onStart(): void;
  onInformation(status: number, reason: string, fields: Fields): void;
  /** A 101 to a call that asked for it: `onData` has the other protocol's bytes from here on, and `tunnel` sends them. */
  onUpgrade(reason: string, fields: Fields): void;
  onHead(head: ResponseHead): void;
  /** Bytes are borrowed until the return. `last`: the body is known to end with them. */
  onData(bytes: Buffer, last: boolean): void;
  /** All that came in one read has been told. */
  onPause(): void;
  onEnd(trailers: Fields): void;
  /** `stale`: an old connection was closed before a byte came back, so the request may never have been seen. */
  onFailure(trouble: Trouble, stale: boolean): void;
  /** After a `write` that returned false: there is room again. */
  onDrain(): void;
  /** Its client goes on so slowly that the connection is needed for others. The listener aborts the call. */
  onTooSlow?(): void;
};

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

/** How a request's body is framed: `none` has none. */
export type BodyFraming = "none" | "length" | "chunked";

/** One request. A pool carries it to a connection; it can be dropped at any moment by `abort`. */
export class Call {
  readonly head: string;
  readonly toHead: boolean;
  readonly safe: boolean;
  readonly framing: BodyFraming;
  /** It asks for another protocol, and takes a 101. */
  readonly upgrades: boolean;
  listener: Listener;
  /** The answer must be whole by then (`performance.now()` milliseconds); `Infinity` for none. */
  readonly deadline: number;
  /** Set while the call is on a connection. */
  connection: Carrier | undefined = undefined;
  /** The request is written to its end. */
  sent: boolean;
  /** Dropped, failed or answered. */
  over = false;
  /** All of the body is at hand: it is written at once. */
  ready: boolean;
  /** When it was put on a connection, when a piece of its body last came, and how many bytes came so far. */
  startedAt = 0;
  movedAt = 0;
  moved = 0;
  /** The peer does not take the body as fast as it comes. */
  blocked = false;
  /** Since when the answer is not read, because the client does not take it. */
  pausedAt: number | undefined = undefined;

  constructor(
    method: string,
    head: string,
    framing: BodyFraming,
    listener: Listener,
    deadline = Number.POSITIVE_INFINITY,
    upgrades = false,
  ) {
    this.head = head;
    this.toHead = method === "HEAD";
    this.safe = isSafe(method);
    this.framing = framing;
    this.listener = listener;
    this.deadline = deadline;
    this.upgrades = upgrades;
    this.sent = this.ready = framing === "none";
  }

  /** Sends a piece of the body. False: wait for `onDrain`. @param taken called when the bytes are not needed any more */
  write(bytes: Uint8Array, taken?: () => void): boolean {
    const { connection } = this;
    if (connection === undefined || bytes.length === 0) return true;
    this.moved += bytes.length;
    this.movedAt = performance.now();
    if (this.framing !== "chunked") return this.wrote(connection.write(bytes, taken));
    connection.socket.cork();
    connection.write(`${bytes.length.toString(16)}\r\n`);
    connection.write(bytes, taken);
    const room = connection.write("\r\n");
    connection.socket.uncork();
    return this.wrote(room);
  }

  /** Ends the body. */
  end(trailers: Fields): void {
    if (this.sent) return;
    this.sent = true;
    const { connection } = this;
    if (connection === undefined) return;
    if (this.framing === "chunked") {
      let text = "0\r\n";
      for (let i = 0; i < trailers.length; i += 2) text += `${trailers[i]}: ${trailers[i + 1]}\r\n`;
      connection.write(`${text}\r\n`);
    }
    connection.requestSent();
  }

  /** Sends bytes of the other protocol, as `write` does. */
  tunnel(bytes: Uint8Array, taken?: () => void): boolean {
    const { connection } = this;
    return connection === undefined || this.wrote(connection.write(bytes, taken));
  }

  /** Nothing more is sent in the other protocol; the peer may still send. */
  endTunnel(): void {
    this.connection?.endTunnel();
  }

  /** Stops reading the answer until `resume`. */
  pause(): void {
    this.pausedAt = performance.now();
    this.connection?.pause();
  }

  resume(): void {
    this.pausedAt = undefined;
    this.connection?.resume();
  }

  /** Drops the request. Nobody is told. */
  abort(): void {
    this.over = true;
    this.connection?.abandon();
  }

  private wrote(room: boolean): boolean {
    if (!room) {
      this.blocked = true;
      this.connection?.blocked();
    }
    return room;
  }
}

/** Methods that ask for nothing to change (RFC 9110, 9.2.1). */
export function isSafe(method: string): boolean {
  return method === "GET" || method === "HEAD" || method === "OPTIONS" || method === "TRACE";
}
