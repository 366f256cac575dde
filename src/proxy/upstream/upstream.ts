// proxy/upstream/upstream.ts: what the proxy uses of a pool of connections to one service, whatever its protocol

import type { RequestHead } from "../../model/exchange.ts";
import type { Fields } from "../../model/fields.ts";
import type { Trouble } from "./failure.ts";
import type { ResponseHead } from "./http1/framing.ts";

/** How a request's body is framed: `none` has none, `length` states it in `Content-Length`, `chunked` ends when it ends. */
export type BodyFraming = "none" | "length" | "chunked";

/**
 * The head of a request to an upstream. Each character of target and fields is one byte (latin1). The fields are those of
 * HTTP/1.1; another protocol leaves out what belongs to one connection (RFC 9113, 8.2.2).
 */
export class UpstreamHead implements RequestHead {
  readonly method: string;
  readonly target: string;
  readonly fields: Fields;
  /** The head that this one begins with: same method and target, and its fields are the first ones here. */
  readonly base: UpstreamHead | undefined;
  /** The head in the syntax of the protocol. Only the implementation writes and reads it, to encode `base` once. */
  encoded: string | undefined = undefined;

  constructor(method: string, target: string, fields: Fields, base?: UpstreamHead) {
    this.method = method;
    this.target = target;
    this.fields = fields;
    this.base = base;
  }

  /** This head with further fields at its end. */
  with(...fields: readonly string[]): UpstreamHead {
    return new UpstreamHead(this.method, this.target, this.fields.concat(fields), this);
  }
}

/** One request to an upstream. */
export type UpstreamRequest = {
  readonly head: UpstreamHead;
  readonly framing: BodyFraming;
  /** When the response must be complete, in `performance.now()` milliseconds. Unset: no such limit. */
  readonly deadline?: number;
  /** It asks for another protocol (RFC 9110, 7.8) and accepts a 101. */
  readonly upgrades?: boolean;
};

/** Receives the response to a call. Nothing is called after `onEnd` or `onFailure`. */
export type ResponseListener = {
  /** The head is written, or waits in the socket: a body may follow. */
  onStart(): void;
  /** A 1xx response other than 101. */
  onInformation(status: number, reason: string, fields: Fields): void;
  /** A 101 to a call that asked for it: `onData` has the other protocol's bytes from here on, and `tunnel` sends them. */
  onUpgrade(reason: string, fields: Fields): void;
  onHead(head: ResponseHead): void;
  /** `bytes` are valid until this returns. `last`: the body is known to end with them. */
  onData(bytes: Buffer, last: boolean): void;
  /** Everything that came in one read has been passed on. */
  onPause(): void;
  onEnd(trailers: Fields): void;
  /** `stale`: a reused connection was closed before a byte came back, so the request may never have been processed. */
  onFailure(trouble: Trouble, stale: boolean): void;
  /** After a `write` that returned false: the connection takes more. */
  onDrain(): void;
  /** The client sends the body so slowly that the connection is needed for others. The listener aborts the call. */
  onTooSlow?(): void;
};

/** One request on its way. It can be dropped at any moment by `abort`. */
export type UpstreamCall = {
  readonly request: UpstreamRequest;
  /** The method is safe (RFC 9110, 9.2.1). */
  readonly safe: boolean;
  /** Aborted, failed or answered. */
  readonly over: boolean;
  /** The whole body is available, and is written without waiting for a client. Set before `send`. */
  ready: boolean;
  listener: ResponseListener;
  /** Starts the call on an idle or new connection, or queues it. Never throws: a failure goes to the listener. */
  send(fresh?: boolean): void;
  /** Sends a piece of the body. False: wait for `onDrain`. @param taken called when the bytes are not needed any more */
  write(bytes: Uint8Array, taken?: () => void): boolean;
  /** Ends the body. */
  end(trailers: Fields): void;
  /** Sends bytes of the other protocol after `onUpgrade`, as `write` does. */
  tunnel(bytes: Uint8Array, taken?: () => void): boolean;
  /** Ends the sending side of the tunnel; the upstream may still send. */
  endTunnel(): void;
  /** Stops reading the response until `resume`. */
  pause(): void;
  resume(): void;
  /** Drops the request. The listener is not called any more. */
  abort(): void;
};

/** A pool of connections to one service. */
export type Upstream = {
  /** `host` or `host:port`, as in a `Host` field. */
  readonly authority: string;
  /** Prepares a call; `send` starts it. */
  call(request: UpstreamRequest, listener: ResponseListener): UpstreamCall;
  /** Closes idle connections; those in use close after their call. */
  retire(): void;
  /** Closes all connections now; calls under way fail. */
  destroy(): void;
};
