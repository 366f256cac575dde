// proxy/server/connection.ts: one client connection: reads its requests one at a time, writes their answers in order
// biome-ignore-all lint/style/noExcessiveLinesPerFile: to be divided

import type { Socket } from "node:net";
import type { Fields } from "../../model/fields.ts";
import { BodyParser, type BodySink } from "../upstream/http1/body.ts";
import type { Deadlines, Watched } from "../upstream/http1/deadlines.ts";
import { contradicts } from "../upstream/http1/framing.ts";
import { STRICT } from "../upstream/http1/lines.ts";
import { type RawHead, RequestHeadParser } from "../upstream/http1/request-head.ts";
import { ownAnswer } from "./own-response.ts";

/** What serves one request, or goes on in another protocol after it. Bytes are the receiver's own. */
export type Serving = {
  onBody(bytes: Buffer): void;
  onBodyEnd(trailers: Fields): void;
  /** After a `write` that returned false: the connection takes more. */
  onWritable(): void;
  /** The rest of the request is malformed, incomplete or late: it can only be answered with `status`. */
  onFault(status: 400 | 408, says: string): void;
  /** The client's connection is over. */
  onGone(): void;
};

/** Times in milliseconds, sizes in bytes; see `LimitOptions`. */
export type ClientLimits = {
  readonly maxHead: number;
  readonly headTimeout: number;
  readonly requestTimeout: number;
  readonly idleTimeout: number;
  readonly keepAlive: number;
  readonly halfClose: boolean;
};

/** The listener that a client connection belongs to. */
export type ClientOwner = {
  readonly deadlines: Deadlines;
  /** In force now. */
  limits(): ClientLimits;
  /** A request's head came. The owner calls `serve` or `refuse` before it returns. */
  request(client: Client, head: RawHead): void;
  /** A request was not relayed, or not to its end, because of how it was sent. */
  refused(says: string): void;
  closed(client: Client): void;
};

const [HEAD, BODY, ANSWER, TUNNEL, CLOSING] = [0, 1, 2, 3, 4];
const NEVER = Number.POSITIVE_INFINITY;
/** After the last answer, what the client still sends is discarded for this long: a reset could destroy the answer. */
const LINGER_MS = 500;
/** From when on TCP probes a client that may have left without a sign: one that shut its write side, one in a tunnel. */
const PROBE_MS = 10_000;
/** Bytes of a piece from which on its memory is freed at once. */
const LEAST_RELEASED = 4096;
/** Bytes that may wait for the client to take them before `write` returns false. */
const HIGH_WATER = 64 * 1024;

/**
 * One request is under way at a time. What the client sends beyond it stays unread but for one read that is kept here, so
 * pipelined requests take no memory. After a refusal nothing of the connection is read as a request any more.
 */
export class Client implements BodySink, Watched {
  readonly socket: Socket;
  private readonly secure: boolean;
  deadline = NEVER;
  /** Requests so far. */
  requests = 0;
  private readonly owner: ClientOwner;
  private readonly heads: RequestHeadParser;
  private readonly body: BodyParser;
  private state = HEAD;
  private serving: Serving | undefined = undefined;
  private tunnel: Serving | undefined = undefined;
  /** Bytes that were read and not parsed yet, from `at` on. */
  private pending: Buffer | undefined = undefined;
  private at = 0;
  private advancing = false;
  /** Bytes of the body of the request under way; infinite where that is not known. */
  private length = 0;
  private bodyPaused = false;
  private paused = false;
  private blocked = false;
  /** The client shut its write side. */
  private ended = false;
  private answered = false;
  private last = false;
  private began = 0;
  /** By when the client must have sent more, and taken more. */
  private readBy = NEVER;
  private writeBy = NEVER;

  constructor(socket: Socket, owner: ClientOwner) {
    this.socket = socket;
    this.secure = "encrypted" in socket;
    this.owner = owner;
    const { maxHead, headTimeout } = owner.limits();
    this.heads = new RequestHeadParser(maxHead);
    this.body = new BodyParser(this, maxHead, STRICT);
    this.expectInput(headTimeout);
    owner.deadlines.watch(this);
    socket.on("data", (bytes: Buffer) => this.received(bytes));
    socket.on("drain", () => this.drained());
    socket.on("end", () => this.inputEnded());
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.closed());
  }

  /** No request is under way, and none has begun to come. */
  get idle(): boolean {
    return this.state === HEAD && this.pending === undefined && !this.heads.begun;
  }

  get tunnelling(): boolean {
    return this.state === TUNNEL;
  }

  /** No request will be read after the present one. */
  get finishing(): boolean {
    return this.ended && this.pending === undefined;
  }

  /**
   * What serves the request whose head came last. Its body is held back until `resumeBody`.
   * @param framing the body's length, or that it comes in chunks
   */
  serve(serving: Serving, framing: number | "chunked"): void {
    this.requests++;
    this.serving = serving;
    this.answered = this.last = false;
    if (framing === 0) {
      this.requestComplete();
      return;
    }
    this.state = BODY;
    this.bodyPaused = true;
    this.length = framing === "chunked" ? NEVER : framing;
    this.body.begin(framing);
    if (this.began === 0) this.began = performance.now();
    this.expectInput(NEVER);
  }

  /** All that is to come of the request under way has been read already. */
  get bodyInHand(): boolean {
    const come = this.pending === undefined ? 0 : this.pending.length - this.at;
    return this.state !== BODY || come >= this.length;
  }

  pauseBody(): void {
    this.bodyPaused = true;
    this.expectInput(NEVER);
    this.updateReading();
  }

  resumeBody(): void {
    if (!this.bodyPaused) return;
    this.bodyPaused = false;
    if (this.state === BODY) this.expectInput(this.owner.limits().idleTimeout);
    this.advance();
  }

  /**
   * Frees the memory of bytes that `onBody` gave and that are not read any more. Node reads each piece into 64 KiB outside the
   * heap; left to the garbage collector, 64 MB of them pile up. Pieces of TLS share memory: theirs is left to it.
   */
  release(bytes: Buffer): void {
    const { buffer } = bytes;
    if (this.secure || bytes.length < LEAST_RELEASED || this.pending?.buffer === buffer) return;
    if (buffer instanceof ArrayBuffer) buffer.transfer(0);
  }

  /** Sends bytes to the client. False: wait for `onWritable`. */
  write(text: string): boolean {
    this.socket.write(text, "latin1");
    return this.hasCapacity();
  }

  /** Sends bytes with text around them, at once. @param taken called when the bytes are not needed any more */
  writeParts(before: string, bytes: Uint8Array, after: string, taken: () => void): boolean {
    const { socket } = this;
    const whole = before === "" && after === "";
    if (!whole) socket.cork();
    if (before !== "") socket.write(before, "latin1");
    socket.write(bytes, taken);
    if (after !== "") socket.write(after, "latin1");
    if (!whole) socket.uncork();
    return this.hasCapacity();
  }

  /** The answer of the request under way is written. @param last the connection is not to be used any more */
  finish(last: boolean): void {
    this.answered = true;
    this.last ||= last;
    if (this.state === ANSWER) this.next();
    else if (this.last) this.close();
  }

  /** Refuses what came last. Nothing more of this connection is read. */
  refuse(status: number, says: string): void {
    this.owner.refused(says);
    this.write(ownAnswer(status, says, [], true, false));
    this.close();
  }

  /** From the end of the request on, bytes of another protocol come: they are for `tunnel`. */
  becomeTunnel(tunnel: Serving): void {
    this.tunnel = tunnel;
    if (this.state === ANSWER) this.enterTunnel();
  }

  /** Ends the connection in order once what was written is taken; cuts it when that does not happen. */
  close(): void {
    if (this.state === CLOSING) return;
    const { serving } = this;
    this.state = CLOSING;
    this.serving = this.pending = undefined;
    this.body.stop();
    this.expectDrain();
    this.expectInput(LINGER_MS);
    this.socket.end();
    this.updateReading();
    serving?.onGone();
  }

  /** Cuts the connection. @param reset its orderly end would end the answer, which is incomplete */
  destroy(reset = false): void {
    if (reset) this.socket.resetAndDestroy();
    else this.socket.destroy();
  }

  onData(bytes: Buffer): void {
    this.serving?.onBody(bytes);
  }

  onEnd(trailers: Fields): void {
    if (contradicts(trailers)) {
      this.fault(400, "a trailer that only a head may have");
      return;
    }
    this.requestComplete();
    this.serving?.onBodyEnd(trailers);
    if (this.tunnel !== undefined) this.enterTunnel();
    else if (this.answered) this.next();
  }

  expire(now: number): void {
    const unsent = this.socket.writableLength > 0;
    if (this.writeBy <= now) {
      this.writeBy = NEVER;
      if (unsent) this.destroy();
    }
    if (this.socket.destroyed) return;
    if (this.readBy > now) this.updateDeadline();
    else if (this.state === BODY) this.fault(408, "the request did not come in time");
    else if (this.state === HEAD && this.heads.begun) this.refuse(408, "the request's head did not come in time");
    else if (unsent) this.expectInput(LINGER_MS);
    else this.destroy();
  }

  private received(bytes: Buffer): void {
    if (this.state === CLOSING) return;
    this.pending = this.pending === undefined ? bytes : joined(this.pending.subarray(this.at), bytes);
    this.at = 0;
    this.advance();
  }

  /** Takes what has come as far as it can be taken now. */
  private advance(): void {
    if (this.advancing) return;
    this.advancing = true;
    while (this.pending !== undefined && this.step(this.pending)) {}
    this.advancing = false;
    if (this.ended && this.pending === undefined) this.handleEndOfInput();
    this.updateReading();
  }

  private step(bytes: Buffer): boolean {
    if (this.state === HEAD) return !this.blocked && this.readHead(bytes);
    if (this.bodyPaused) return false;
    if (this.state === BODY) return this.readBody(bytes);
    if (this.state !== TUNNEL) return false;
    this.pending = undefined;
    this.serving?.onBody(this.at === 0 ? bytes : bytes.subarray(this.at));
    return false;
  }

  private readHead(bytes: Buffer): boolean {
    const begun = this.heads.begun;
    const read = this.heads.read(bytes, this.at, bytes.length);
    if ("says" in read) {
      this.refuse(read.status, read.says);
      return false;
    }
    this.consumed(this.at + read.used);
    if (read.head !== undefined) this.owner.request(this, read.head);
    else if (!begun) {
      this.began = performance.now();
      this.expectInput(this.owner.limits().headTimeout);
    }
    return true;
  }

  private readBody(bytes: Buffer): boolean {
    const next = this.body.read(bytes, this.at, bytes.length);
    if (typeof next === "string") {
      this.fault(400, next);
      return false;
    }
    if (this.pending === undefined) return false; // it was closed meanwhile
    this.consumed(next);
    if (this.state === BODY && !this.bodyPaused) this.expectInput(this.owner.limits().idleTimeout);
    return true;
  }

  private consumed(to: number): void {
    this.at = to;
    if (to < this.pending!.length) return;
    this.pending = undefined;
    this.at = 0;
  }

  /** The request cannot go on: nothing more of this connection is read. */
  fault(status: 400 | 408, says: string): void {
    const { serving } = this;
    this.owner.refused(says);
    this.pending = undefined;
    this.body.stop();
    serving?.onFault(status, says);
    this.close();
  }

  private hasCapacity(): boolean {
    if (this.socket.writableLength < HIGH_WATER) return true;
    this.blocked = true;
    if (this.state !== TUNNEL) this.expectDrain();
    return false;
  }

  private requestComplete(): void {
    this.state = ANSWER;
    this.bodyPaused = false;
    this.began = 0;
    this.expectInput(NEVER);
  }

  /** The request under way and its answer are complete. */
  private next(): void {
    this.serving = undefined;
    if (this.last) {
      this.close();
      return;
    }
    this.state = HEAD;
    if (this.socket.writableLength > 0) this.expectDrain();
    this.expectInput(this.owner.limits().keepAlive);
    if (this.pending === undefined) this.advance();
    else process.nextTick(() => this.advance()); // legacy's connection is free by then
  }

  private enterTunnel(): void {
    this.serving = this.tunnel;
    this.state = TUNNEL;
    this.writeBy = NEVER;
    this.expectInput(NEVER);
    this.socket.setKeepAlive(true, PROBE_MS);
    this.advance();
  }

  private inputEnded(): void {
    this.ended = true;
    this.advance();
  }

  private handleEndOfInput(): void {
    if (this.state === TUNNEL) this.serving?.onBodyEnd([]);
    else if (this.state === BODY && !this.bodyPaused) this.fault(400, "the connection ended within a request's body");
    else if (this.state === HEAD && this.heads.begun) this.refuse(400, "the connection ended within a request's head");
    else if (this.state === HEAD) this.close();
    else if (this.state === ANSWER && !this.owner.limits().halfClose) this.destroy();
    else if (this.state === ANSWER) this.socket.setKeepAlive(true, PROBE_MS);
  }

  private drained(): void {
    this.blocked = false;
    this.writeBy = NEVER;
    this.updateDeadline();
    this.serving?.onWritable();
    this.advance();
  }

  private closed(): void {
    const { serving } = this;
    this.state = CLOSING;
    this.serving = this.pending = undefined;
    this.body.stop();
    this.owner.deadlines.unwatch(this);
    this.owner.closed(this);
    serving?.onGone();
  }

  private updateReading(): void {
    const reads = this.state === CLOSING || (this.pending === undefined && !this.bodyPaused);
    if (reads !== this.paused) return;
    this.paused = !reads;
    if (reads) this.socket.resume();
    else this.socket.pause();
  }

  private expectInput(ms: number): void {
    this.readBy = ms === NEVER ? NEVER : performance.now() + ms;
    if (this.state === BODY) {
      this.readBy = Math.min(this.readBy, this.began + this.owner.limits().requestTimeout);
    }
    this.updateDeadline();
  }

  private expectDrain(): void {
    this.writeBy = performance.now() + this.owner.limits().idleTimeout;
    this.updateDeadline();
  }

  private updateDeadline(): void {
    this.deadline = Math.min(this.readBy, this.writeBy);
  }
}

/** Both in memory of their own: `release` frees it, and Buffer's pool is shared. */
function joined(one: Buffer, other: Buffer): Buffer {
  const all = Buffer.allocUnsafeSlow(one.length + other.length);
  one.copy(all);
  other.copy(all, one.length);
  return all;
}
