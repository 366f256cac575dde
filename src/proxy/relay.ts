// proxy/relay.ts: the client's line: its request to legacy, legacy's answer to it. Waits for nothing else

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Answer } from "../model/answer.ts";
import type { Fields } from "../model/fields.ts";
import type { Outcome, SkippedReason } from "../model/outcome.ts";
import { responseOf } from "./asking.ts";
import { createCapture, type Leader, NO_CAPTURE } from "./capture.ts";
import { Courtesy } from "./courtesy.ts";
import { ANSWER, BODY, Debts } from "./debts.ts";
import { failureOf, type Trouble } from "./failure.ts";
import type { Incoming } from "./incoming.ts";
import { candidateHead, legacyHead, markedHead, peerOf } from "./outgoing.ts";
import type { ProxyPorts } from "./ports.ts";
import { answerTrouble, flushHead, putHead, putInformation, putTrailers } from "./response.ts";
import type { Route } from "./routes.ts";
import type { Settings } from "./settings.ts";
import { observationOf, Shadow } from "./shadow.ts";
import type { Shed } from "./shed.ts";
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
  private readonly skipped: SkippedReason | "held_out" | undefined;
  private readonly http10: boolean;
  private readonly came = performance.now();
  private at = 0;
  private asked = 0;
  private firstByteMs = 0;
  private call: Call;
  private upload: Upload | undefined = undefined;
  /** Legacy's body, as long as there is or may be a shadow. */
  private capture: Leader | undefined = undefined;
  private courtesy: Courtesy | undefined = undefined;
  private shadow: Shadow | undefined = undefined;
  private dropped: Outcome | undefined = undefined;
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
    this.skipped = skipped;
    this.http10 = request.httpVersionMinor === 0;
    this.call = this.legacyCall();
  }

  /** Asks legacy, then offers the shadow. */
  start(): void {
    const { room, settings, response, incoming } = this;
    room.open.add(this);
    response.on("close", () => this.clientClosed());
    this.at = room.ports.now();
    const { shadows } = settings;
    if (this.skipped === undefined) this.capture = createCapture(shadows.maxBody, shadows.budget);
    settings.legacy.send(this.call);
    this.asked = performance.now();
    if (this.capture !== undefined && !this.over && !incoming.length && incoming.framing !== "chunked") {
      this.courtesy = new Courtesy(settings.sweeper, () => this.offer(undefined));
    }
  }

  onStart(): void {
    const { call, incoming, request } = this;
    if (incoming.framing === "none") return;
    const keep = this.capture !== undefined && incoming.length !== 0 ? this.maxRequestBody() : -1;
    this.upload = new Upload(request, call, this, keep);
    this.owes(BODY);
  }

  onInformation(status: number, reason: string, fields: Fields): void {
    if (status === 100) this.continued = true;
    if (!this.http10) putInformation(this.response, status, reason, fields);
  }

  onHead(head: ResponseHead): void {
    this.head = head;
    this.firstByteMs = performance.now() - this.asked;
    if (typeof head.framing === "number") this.capture?.expect(head.framing);
    if (!isSafe(this.incoming.method) && !this.route.readOnly) {
      this.room.ports.wrote(this.route.name, this.incoming.target, this.room.ports.now());
    }
  }

  onData(bytes: Buffer, last: boolean): void {
    if (!this.committed) this.commit();
    if (last && bytes.length <= ONE_WRITE) {
      // As text it goes out with the head in one plain write, which costs the kernel half of what two buffers do.
      this.capture?.add(bytes);
      this.ended = true;
      this.response.end(bytes.toString("latin1"), "latin1");
      return;
    }
    this.capture?.add(bytes);
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
    this.finish(responseOf(this.head!, this.capture ?? NO_CAPTURE, trailers, this.firstByteMs, durationMs));
    this.room.ports.overhead(this.route.name, (this.asked - this.came + performance.now() - arrived) / 1000);
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
    if (this.capture === undefined || this.shadow !== undefined || this.over || this.incoming.length === 0) return;
    if (kept !== undefined) this.offer(kept);
    else this.drop({ outcome: "skipped", reason: "body_too_large" });
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

  private maxRequestBody(): number {
    return this.route.maxRequestBody ?? this.settings.options.shadow.maxRequestBody;
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

  /** Hands the shadow to the reconciler: the exchange is its own from then on. Without room the request is only relayed. */
  private offer(body: Uint8Array | undefined): void {
    const { incoming, settings, request, id, route, at, room } = this;
    const { shadows, candidateHost, options } = settings;
    if (shadows.open.size >= shadows.concurrency.limit()) {
      this.shed("in_flight");
      return;
    }
    const plain = body === undefined && candidateHost === undefined && !incoming.conditional && incoming.codingAt < 0;
    const head = plain
      ? markedHead(this.call.head)
      : candidateHead(incoming, body, candidateHost, options.forwarded, peerOf(request, options.forwarded));
    const original = { method: incoming.method, target: incoming.target, fields: request.rawHeaders };
    const shadow = new Shadow(shadows, { id, route: route.name, at, request: original, head, body }, this.capture!);
    shadows.open.add(shadow);
    this.shadow = shadow;
    if (
      room.ports.offer(
        () => shadow.begin(),
        () => shadow.free(),
      )
    )
      return;
    shadows.open.delete(shadow);
    this.shadow = undefined;
    this.shed("reconcile");
  }

  /** There was room for it when it came, and now there is none. */
  private shed(cause: keyof Shed): void {
    this.settings.admit.shed[cause]++;
    this.drop({ outcome: "skipped", reason: "overload" });
  }

  /** It was admitted, and there will be no exchange after all. */
  private drop(instead: Outcome): void {
    this.capture?.free();
    this.capture = undefined;
    this.settings.shadows.breaker.record(undefined, performance.now());
    this.dropped = instead;
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
    if (this.courtesy?.end() && answer.kind !== "unseen") this.offer(undefined);
    const { shadow } = this;
    if (answer.kind !== "unseen") this.onDrain(); // what is left of the request's body goes on, or into the ground
    room.ports.observe(observationOf(route.name, "legacy", answer));
    if (shadow !== undefined || this.skipped === "held_out") {
      room.ports.answered(route.name, shadow !== undefined, answer);
    }
    if (shadow !== undefined) {
      if (answer.kind === "unseen") shadow.abandon();
      else shadow.legacyAnswered(answer);
      return;
    }
    if (this.capture !== undefined) {
      // Legacy ended before the request's body did, so the candidate was never asked.
      const reason = answer.kind === "unseen" ? "client_gone" : "partial";
      this.drop({ outcome: "not_comparable", reason });
    }
    const { skipped, dropped } = this;
    const outcome: Outcome =
      answer.kind === "failure"
        ? { outcome: "legacy_error", reason: answer.reason }
        : (dropped ?? { outcome: "skipped", reason: skipped === "held_out" ? "sampled_out" : skipped! });
    room.ports.settle({ id, route: route.name, outcome });
  }
}

/** Bytes of a whole body up to which it is written as text. */
const ONE_WRITE = 4096;
