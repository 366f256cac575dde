// proxy/relay.ts: the client's line: its request to legacy, legacy's answer to it. Waits for nothing else

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Answer } from "../model/answer.ts";
import type { Fields } from "../model/fields.ts";
import type { SkippedReason } from "../model/outcome.ts";
import { responseOf } from "./asking.ts";
import { NO_CAPTURE } from "./capture.ts";
import { Copy } from "./copy.ts";
import { ANSWER, BODY, Debts } from "./debts.ts";
import { failureOf, type Trouble } from "./failure.ts";
import type { Incoming } from "./incoming.ts";
import { legacyHead, peerOf } from "./outgoing.ts";
import type { ProxyPorts } from "./ports.ts";
import { answerTrouble, flushHead, putHead, putInformation, putTrailers } from "./response.ts";
import type { Route } from "./routes.ts";
import type { Settings } from "./settings.ts";
import { observationOf } from "./shadow.ts";
import { Upload, type Uploading } from "./upload.ts";
import { Call, isSafe, type Listener } from "./wire/call.ts";
import type { ResponseHead } from "./wire/frame.ts";

/** What all relays of a proxy share. */
export type RelayRoom = {
  readonly ports: Required<ProxyPorts>;
  /** Relays under way. */
  readonly open: Set<Relay>;
  /** No further request is wanted on this client's connection. */
  readonly last: (socket: Socket) => boolean;
};

/** One client request on its way through. */
export class Relay implements Listener, Uploading {
  readonly id: string;
  private readonly room: RelayRoom;
  private readonly settings: Settings;
  private readonly request: IncomingMessage;
  private readonly response: ServerResponse;
  private readonly incoming: Incoming;
  private readonly route: Route;
  private readonly http10: boolean;
  private readonly came = performance.now();
  private asked = 0;
  private firstByteMs = 0;
  private call: Call;
  private upload: Upload | undefined = undefined;
  private readonly copy: Copy;
  private debts: Debts | undefined = undefined;
  private retried = false;
  private continued = false;
  private head: ResponseHead | undefined = undefined;
  private committed = false;
  private ended = false;
  private over = false;

  constructor(
    room: RelayRoom,
    settings: Settings,
    request: IncomingMessage,
    response: ServerResponse,
    incoming: Incoming,
    route: Route,
    id: string,
    skipped: SkippedReason | "held_out" | undefined,
  ) {
    this.room = room;
    this.settings = settings;
    this.request = request;
    this.response = response;
    this.incoming = incoming;
    this.route = route;
    this.id = id;
    this.copy = new Copy({ id, request, incoming, route, skipped }, settings, room.ports);
    this.http10 = request.httpVersionMinor === 0;
    this.call = this.legacyCall();
  }

  /** Asks legacy. */
  start(): void {
    const { room, response } = this;
    room.open.add(this);
    response.on("close", () => this.clientClosed());
    const at = room.ports.now();
    this.settings.legacy.send(this.call);
    this.asked = performance.now();
    if (!this.over) this.copy.start(at, this.call.head);
  }

  onStart(): void {
    const { call, incoming, request } = this;
    if (incoming.framing === "none") return;
    this.upload = new Upload(request, call, this, this.copy.wanted());
    this.owes(BODY);
  }

  onInformation(status: number, reason: string, fields: Fields): void {
    if (status === 100) this.continued = true;
    if (!this.http10) putInformation(this.response, status, reason, fields);
  }

  onHead(head: ResponseHead): void {
    this.head = head;
    this.firstByteMs = performance.now() - this.asked;
    if (typeof head.framing === "number") this.copy.capture?.expect(head.framing);
    if (!isSafe(this.incoming.method) && !this.route.readOnly) {
      this.room.ports.wrote(this.route.name, this.incoming.target, this.room.ports.now());
    }
  }

  onData(bytes: Buffer, last: boolean): void {
    if (!this.committed) this.commit();
    if (last && bytes.length <= ONE_WRITE) {
      // As text it goes out with the head in one plain write, which costs the kernel half of what two buffers do.
      this.copy.capture?.add(bytes);
      this.ended = true;
      this.response.end(bytes.toString("latin1"), "latin1");
      return;
    }
    this.copy.capture?.add(bytes);
    // They are borrowed, and a response keeps what it is given until the socket has taken it.
    const { slabs } = this.settings;
    const slab = slabs.take(bytes.length);
    const own = slab.subarray(0, bytes.length);
    own.set(bytes);
    const taken = () => slabs.give(slab);
    if (last) {
      this.ended = true;
      this.response.end(own, taken);
    } else if (!this.response.write(own, taken)) {
      this.call.pause();
      this.owes(ANSWER);
      this.response.once("drain", () => {
        this.debts?.paid(ANSWER);
        this.call.resume();
      });
    }
  }

  onPause(): void {
    if (this.head === undefined || this.committed) return;
    this.commit();
    flushHead(this.response);
  }

  onEnd(trailers: Fields): void {
    const arrived = performance.now();
    if (!this.committed) this.commit();
    if (!this.ended) {
      if (trailers.length > 0) putTrailers(this.response, trailers);
      this.response.end();
    }
    const durationMs = arrived - this.asked;
    const overheadMs = this.asked - this.came + performance.now() - arrived;
    this.finish(responseOf(this.head!, this.copy.capture ?? NO_CAPTURE, trailers, this.firstByteMs, durationMs));
    this.room.ports.overhead(this.route.name, overheadMs / 1000);
  }

  onFailure(trouble: Trouble, stale: boolean): void {
    if (stale && !this.retried && this.call.safe && this.call.framing === "none") {
      // An idle connection that legacy closed at the same moment: the request was never seen, so it is asked once more.
      this.retried = true;
      this.call = this.legacyCall();
      this.settings.legacy.send(this.call, true);
      return;
    }
    const { response } = this;
    if (this.committed) {
      // A body has begun: only an end that is no end tells the client. Where the connection's end would end the body, a reset.
      if (this.http10 || this.head!.framing === "close") response.socket?.resetAndDestroy();
      else response.destroy();
    } else answerTrouble(response, trouble, this.closes());
    this.finish(failureOf(trouble, performance.now() - this.asked));
  }

  onDrain(): void {
    if (this.upload?.complete !== false) return;
    this.upload.resume();
    this.owes(BODY);
  }

  uploadMoved(waiting: boolean): void {
    if (waiting) this.owes(BODY);
    else this.debts?.paid(BODY); // it is legacy that does not take it
  }

  uploadEnded(kept: Uint8Array | undefined): void {
    this.debts?.paid(BODY);
    if (!this.over) this.copy.uploaded(kept);
  }

  uploadBroke(): void {
    this.debts?.paid(BODY);
    this.call.abort();
  }

  /** The proxy closes: what is under way is cut. */
  cut(): void {
    this.request.socket.destroy();
    this.clientLeft();
  }

  private legacyCall(): Call {
    const { incoming, settings, request } = this;
    const { forwarded } = settings.options;
    return new Call(
      incoming.method,
      legacyHead(incoming, forwarded, peerOf(request, settings.options.forwarded)),
      incoming.framing,
      this,
    );
  }

  private commit(): void {
    this.committed = true;
    putHead(this.response, this.head!, this.http10, this.closes());
  }

  /** The client's connection is of no further use, or is wanted no more. */
  private closes(): boolean {
    return this.room.last(this.request.socket) || (this.upload?.expecting === true && !this.continued);
  }

  private owes(what: number): void {
    const { sweeper, options } = this.settings;
    this.debts ??= new Debts(sweeper, options.limits.idleTimeout, () => this.standsStill());
    this.debts.owes(what);
  }

  /** A client that stands still is let go. */
  private standsStill(): void {
    const { response, upload, request } = this;
    if (upload?.complete === false && !this.committed && !this.over) {
      this.call.abort();
      answerTrouble(response, undefined, true);
      this.clientLeft();
    } else request.socket.destroy();
  }

  /** The response is over, or the client's connection is. */
  private clientClosed(): void {
    this.debts?.paid(ANSWER);
    if (!this.response.writableFinished) this.clientLeft();
  }

  private clientLeft(): void {
    this.debts?.paid(BODY | ANSWER);
    this.call.abort();
    this.finish({ kind: "unseen", reason: "client_gone", durationMs: performance.now() - this.asked });
  }

  /** Legacy's part is over: tells whoever waits for it. */
  private finish(answer: Answer): void {
    if (this.over) return;
    this.over = true;
    const { room, route, id } = this;
    room.open.delete(this);
    const outcome = this.copy.finish(answer);
    if (answer.kind !== "unseen") this.onDrain(); // what is left of the request's body goes on, or into the ground
    room.ports.observe(observationOf(route.name, "legacy", answer));
    if (outcome !== undefined) room.ports.settle({ id, route: route.name, outcome });
  }
}

/** Bytes of a whole body up to which it is written as text. */
const ONE_WRITE = 4096;
