// proxy/upstream/http1/connection.ts: one connection to an upstream; carries one call after another
// biome-ignore-all lint/style/noExcessiveLinesPerFile: one state machine; its states are spread over all methods

import type { Socket } from "node:net";
import type { Fields } from "../../../model/fields.ts";
import type { UpstreamOptions } from "../../options.ts";
import {
  BODY_TIMEOUT,
  brokenOff,
  CONNECT_TIMEOUT,
  DEADLINE,
  HEAD_TIMEOUT,
  type Phase,
  protocolTrouble,
  type Trouble,
  troubleOf,
} from "../failure.ts";
import { type Call, headText } from "./call.ts";
import type { Watched } from "./deadlines.ts";
import type { Dialer } from "./dial.ts";
import type { ResponseHead } from "./framing.ts";
import { ResponseParser, type ResponseSink } from "./parser.ts";
import { waitsForClient } from "./stalled-calls.ts";

/** The pool that a connection belongs to, as far as the connection uses it. */
export type ConnectionOwner = {
  readonly options: UpstreamOptions;
  readonly readBuffer: Uint8Array;
  freed(connection: Connection): void;
  /** Its call's request is written whole. */
  sent(connection: Connection): void;
  /** It goes on in another protocol and carries no further call. */
  upgraded(connection: Connection): void;
  closed(connection: Connection): void;
};

const MAX_INFORMATION = 32;
/** How long a peer that stopped reading may still send. */
const HALF_CLOSED_MS = 1_000;
const NEVER = Number.POSITIVE_INFINITY;

/** One connection. It belongs to its pool and closes itself after a failure or a deadline. */
export class Connection implements ResponseSink, Watched {
  readonly socket: Socket;
  deadline = NEVER;
  /** When it was last given back. */
  idleSince = 0;
  /** For how long it may stay unused: ours, or less if the peer said less. */
  keepAlive: number;
  private readonly owner: ConnectionOwner;
  private readonly parser: ResponseParser;
  private call: Call | undefined = undefined;
  private phase: Phase;
  private reused = false;
  private persistent = true;
  private answering = false;
  private paused = false;
  private gone = false;
  private upgraded = false;
  /** The peer stopped reading. */
  private deaf = false;

  constructor(dialer: Dialer, owner: ConnectionOwner) {
    this.owner = owner;
    this.keepAlive = owner.options.keepAlive;
    const { maxHead, lenient } = owner.options;
    this.parser = new ResponseParser(this, { maxHead, maxInformation: MAX_INFORMATION, lenient });
    this.phase = "connect";
    this.socket = dialer.dial({
      buffer: owner.readBuffer,
      callback: (length, bytes) => this.read(length, bytes as Buffer),
    });
    this.drainBeforeExit();
    this.socket.on("connect", () => this.connected(dialer.origin.secure ? "tls" : "open"));
    if (dialer.origin.secure) this.socket.on("secureConnect", () => this.connected("open"));
    this.socket.on("drain", () => this.drained());
    this.socket.on("end", () => this.ended());
    this.socket.on("error", (error) => this.fail(troubleOf(error, this.phase)));
    this.socket.on("close", () => this.fail(brokenOff("the connection ended before an answer")));
  }

  /** Puts a call on this connection, which is new or idle. */
  carry(call: Call): void {
    this.call = call;
    this.answering = false;
    call.connection = this;
    if (!call.sent) call.startedAt = call.movedAt = performance.now();
    this.parser.begin(call.toHead, call.request.upgrades === true);
    this.write(headText(call.request.head));
    if (this.phase !== "open") this.expectWithin(this.owner.options.connectTimeout);
    else if (call.sent) this.expectWithin(this.owner.options.headTimeout);
    else this.deadline = call.deadline;
    call.listener.onStart();
  }

  /** The call's answer is not wanted any more. */
  abandon(): void {
    this.call = undefined;
    this.destroy();
  }

  /** Sends bytes of the request. False: wait for the listener's `onDrain`. */
  write(bytes: Uint8Array | string, taken?: () => void): boolean {
    if (this.deaf || this.gone) return true;
    return typeof bytes === "string" ? this.socket.write(bytes, "latin1") : this.socket.write(bytes, taken);
  }

  /** The call's request is written whole. */
  requestSent(): void {
    if (this.call === undefined) return;
    this.owner.sent(this);
    if (this.deaf) this.persistent = false;
    if (this.call.over) this.release();
    else if (!this.answering && this.phase === "open") this.expectWithin(this.owner.options.headTimeout);
  }

  /** Nothing more is sent in the other protocol; the peer's last bytes are still awaited. */
  endTunnel(): void {
    this.socket.end();
    this.expectWithin(this.owner.options.idleTimeout);
  }

  /** The peer does not take what we send. */
  blocked(): void {
    if (this.phase === "open" && !this.upgraded) this.expectWithin(this.owner.options.idleTimeout);
  }

  pause(): void {
    this.paused = true;
    this.deadline = this.call?.deadline ?? NEVER;
    this.socket.pause();
  }

  resume(): void {
    if (!this.paused || this.gone) return;
    this.paused = false;
    this.expectWithin(this.owner.options.idleTimeout);
    this.socket.resume();
  }

  /** How long its call has waited for its client, where that is so long that its connection should go to another call. */
  waitsForClient(now: number): number | undefined {
    return this.call && waitsForClient(this.call, now);
  }

  /** Ends its call in favour of another one that waits for a connection. */
  displace(): void {
    this.call?.listener.onTooSlow?.();
  }

  /** Closes it; a call under way fails. */
  cut(): void {
    this.fail(brokenOff("the connection was closed from here"));
  }

  private destroy(): void {
    if (this.gone) return;
    this.gone = true;
    this.deadline = NEVER;
    this.parser.stop();
    this.socket.destroy();
    this.owner.closed(this);
  }

  expire(now: number): void {
    const { call } = this;
    if (call === undefined) {
      this.destroy();
      return;
    }
    if (call.deadline <= now) {
      this.fail(DEADLINE);
      return;
    }
    this.fail(this.phase !== "open" ? CONNECT_TIMEOUT : this.answering || !call.sent ? BODY_TIMEOUT : HEAD_TIMEOUT);
  }

  onInformation(status: number, reason: string, fields: Fields): void {
    this.call?.listener.onInformation(status, reason, fields);
  }

  onUpgrade(reason: string, fields: Fields): void {
    this.upgraded = this.answering = true;
    this.persistent = false;
    this.deadline = NEVER;
    this.owner.upgraded(this);
    this.call?.listener.onUpgrade(reason, fields);
  }

  onHead(head: ResponseHead): void {
    this.answering = true;
    this.persistent &&= head.persistent;
    if (head.keepAliveMs !== undefined) {
      // A second less than the peer promised: what we send takes time to arrive.
      this.keepAlive = Math.min(this.owner.options.keepAlive, Math.max(0, head.keepAliveMs - 1000));
    }
    this.call?.listener.onHead(head);
  }

  onData(bytes: Buffer, last: boolean): void {
    this.call?.listener.onData(bytes, last);
  }

  onEnd(trailers: Fields): void {
    const { call } = this;
    if (call === undefined) return;
    call.over = true;
    call.listener.onEnd(trailers);
  }

  /**
   * A server that refuses an upload answers and closes; our next write then fails, and Node would close the socket with that
   * answer unread. So a failed write only ends the writing: the read side brings the answer, and then its own end.
   */
  private drainBeforeExit(): void {
    const { socket } = this;
    const destroy = socket.destroy;
    socket.destroy = (error?: Error) => {
      const writing = (error as NodeJS.ErrnoException | undefined)?.syscall === "write";
      if (!writing || this.deaf || this.call === undefined || this.call.over) return destroy.call(socket, error);
      this.deaf = true;
      this.expectWithin(HALF_CLOSED_MS);
      this.call.listener.onDrain();
      return socket;
    };
  }

  private connected(phase: Phase): void {
    this.phase = phase;
    if (phase !== "open" || this.call === undefined) return;
    if (this.call.sent) this.expectWithin(this.owner.options.headTimeout);
    else this.deadline = this.call.deadline;
  }

  private expectWithin(most: number): void {
    if (this.upgraded && !this.socket.writableEnded) return; // a tunnel may be silent as long as it likes
    const ms = this.deaf ? Math.min(most, HALF_CLOSED_MS) : most;
    this.deadline = Math.min(performance.now() + ms, this.call?.deadline ?? NEVER);
  }

  private read(length: number, bytes: Buffer): boolean {
    const { call } = this;
    if (call === undefined || call.over) {
      this.destroy(); // unrequested bytes: the next response could not be distinguished from them
      return false;
    }
    const used = this.parser.read(bytes, length);
    if (this.gone) return false;
    if (typeof used === "string") {
      this.fail(protocolTrouble(used));
      return false;
    }
    if (!call.over) {
      if (!this.paused && this.answering) this.expectWithin(this.owner.options.idleTimeout);
      call.listener.onPause();
      return !this.paused;
    }
    if (used < length || this.deaf) this.persistent = false;
    if (call.sent || !this.persistent) this.release();
    else this.deadline = NEVER; // answered early: the rest of the request still goes on
    return !this.gone;
  }

  private ended(): void {
    const fault = this.parser.finish();
    this.persistent = false;
    if (fault !== undefined && this.call !== undefined) this.fail(brokenOff(fault));
    else this.cut();
  }

  private drained(): void {
    if (this.call === undefined) return;
    this.call.blocked = false;
    if (!this.call.over && this.phase === "open") this.deadline = this.call.deadline;
    if (this.call.sent && !this.answering) this.expectWithin(this.owner.options.headTimeout);
    this.call.listener.onDrain();
  }

  private release(): void {
    const { call } = this;
    if (call !== undefined) call.connection = undefined;
    this.call = undefined;
    if (!this.persistent || this.gone) {
      this.destroy();
      return;
    }
    this.reused = true;
    if (this.paused) {
      this.paused = false;
      this.socket.resume();
    }
    this.idleSince = performance.now();
    this.deadline = this.idleSince + this.keepAlive;
    this.owner.freed(this);
  }

  private fail(trouble: Trouble): void {
    const { call } = this;
    this.call = undefined;
    const stale = this.reused && this.parser.untouched && trouble.reason === "reset";
    this.destroy();
    if (call === undefined) return;
    call.connection = undefined;
    if (call.over) {
      // Answered already: what is left of the request has nowhere to go, and need not wait for it.
      call.listener.onDrain();
      return;
    }
    call.over = true;
    call.listener.onFailure(trouble, stale);
  }
}
