// proxy/shadow/shadow.ts: the candidate's copy of one request, and the exchange that comes of it; the client's line is elsewhere

import type { Answer } from "../../model/answer.ts";
import type { Observation } from "../../model/comparison.ts";
import type { Exchange, RequestHead } from "../../model/exchange.ts";
import type { Breaker, Ended } from "../admission/breaker.ts";
import type { Concurrency } from "../admission/concurrency.ts";
import type { Label } from "../admission/route-label.ts";
import type { ProxyPorts } from "../ports.ts";
import type { Deadlines, Watched } from "../upstream/http1/deadlines.ts";
import { AnswerReader } from "../upstream/read-answer.ts";
import type { Upstream, UpstreamHead } from "../upstream/upstream.ts";
import { type BodyRecorder, type Budget, followBodyRecorder, type Leader } from "./body-recorder.ts";
import { retryAfter } from "./retry-after.ts";

/** What the shadows of one proxy share. */
export type ShadowContext = {
  readonly pool: Upstream;
  readonly breaker: Breaker;
  readonly concurrency: Concurrency;
  readonly budget: Budget;
  readonly deadlines: Deadlines;
  readonly maxBody: number;
  /** Milliseconds: for the candidate's whole answer, and to wait for a slow client after it. */
  readonly timeout: number;
  readonly patience: number;
  readonly observe: (observation: Observation) => void;
  readonly failed: Required<ProxyPorts>["failed"];
  /** Shadows that were accepted and whose candidate has not ended. */
  readonly open: Set<Shadow>;
};

/** What the candidate is asked, and what the exchange keeps of the request. */
export type ShadowRequest = {
  readonly id: string;
  readonly label: Label;
  readonly at: number;
  readonly request: RequestHead;
  /** The head for the candidate, and the one that legacy was sent. */
  readonly head: UpstreamHead;
  readonly legacyHead: UpstreamHead;
  readonly body: Uint8Array | undefined;
};

/** One shadowed request. `begin` is handed to the verifier; its promise never rejects. */
export class Shadow implements Watched {
  deadline = Number.POSITIVE_INFINITY;
  /** What legacy sends is captured here, by the relay. */
  readonly capture: Leader;
  private readonly context: ShadowContext;
  private readonly asked: ShadowRequest;
  private follower: BodyRecorder | undefined = undefined;
  private asking: AnswerReader | undefined = undefined;
  private legacy: Answer | undefined = undefined;
  private candidate: Answer | undefined = undefined;
  private resolve: ((exchange: Exchange) => void) | undefined = undefined;
  private ended = false;
  private observed = false;

  constructor(context: ShadowContext, asked: ShadowRequest, capture: Leader) {
    this.context = context;
    this.asked = asked;
    this.capture = capture;
  }

  /** Asks the candidate. Resolves when both sides have answered, each in its own time. */
  begin(): Promise<Exchange> {
    const exchange = new Promise<Exchange>((resolve) => {
      this.resolve = resolve;
    });
    if (this.candidate === undefined) this.ask();
    else this.end();
    return exchange;
  }

  /** Legacy's answer is in, and its bytes are in the capture. */
  legacyAnswered(answer: Answer): void {
    if (this.legacy !== undefined) return;
    this.legacy = answer;
    if (this.candidate !== undefined) this.end();
  }

  /** The client left, or the proxy must: nothing more will come from either side. */
  abandon(): void {
    this.legacy ??= { kind: "unseen", reason: "client_gone", durationMs: 0 };
    if (this.asking !== undefined) this.asking.abort();
    else this.candidateAnswered({ kind: "unseen", reason: "client_gone", durationMs: 0 });
    this.end();
  }

  /** A client that takes legacy's answer so slowly holds no shadow for it. */
  expire(): void {
    this.legacyAnswered({ kind: "unseen", reason: "client_gone", durationMs: 0 });
  }

  /** The exchange is not read any more. */
  free(): void {
    this.capture.free();
    this.follower?.free();
  }

  private ask(): void {
    const { context, asked } = this;
    this.follower = followBodyRecorder(this.capture, context.maxBody, context.budget);
    const asking = new AnswerReader(this.follower, asked.body, (answer) => this.candidateEnded(answer));
    this.asking = asking;
    const framing = asked.body === undefined ? "none" : "length";
    const deadline = performance.now() + context.timeout;
    asking.call = context.pool.call({ head: asked.head, framing, deadline }, asking);
    asking.call.send();
  }

  /** When legacy's response goes on as well, that the candidate's is not done in time is no failure. */
  private candidateEnded(answer: Answer): void {
    const isTimeout = answer.kind === "failure" && answer.reason === "timeout";
    if (!isTimeout || this.legacy !== undefined || this.asking?.isStreaming() !== true) {
      this.candidateAnswered(answer);
      return;
    }
    const streaming = { kind: "unseen", reason: "streaming", durationMs: answer.durationMs } as const;
    this.legacy = streaming;
    this.candidateAnswered(streaming);
    this.free(); // what legacy still sends is not kept
  }

  private candidateAnswered(answer: Answer): void {
    if (this.candidate !== undefined) return;
    this.candidate = answer;
    const { context } = this;
    context.open.delete(this);
    const now = performance.now();
    context.breaker.record(answer.kind === "unseen" ? undefined : this.outcomeOf(answer), now);
    context.concurrency.record(answer, now, context.deadlines.lag());
    if (this.asked.label.settled) this.observe(answer);
    if (this.legacy !== undefined) {
      this.end();
      return;
    }
    this.deadline = now + context.patience;
    context.deadlines.watch(this);
  }

  /** Tells what the candidate did, once it is known of which route. */
  private observe(answer: Answer): void {
    const { context, asking } = this;
    if (this.observed || asking === undefined) return;
    this.observed = true;
    const { name } = this.asked.label;
    if (asking.trouble !== undefined) context.failed("candidate", asking.trouble, name);
    context.observe(observationOf(name, "candidate", answer));
  }

  private outcomeOf(answer: Exclude<Answer, { kind: "unseen" }>): Ended {
    const ms = answer.durationMs;
    const pauseMs = retryAfter(answer, this.asked.at + ms);
    return { ok: answer.kind === "response", ms, ...(pauseMs !== undefined && { pauseMs }) };
  }

  private end(): void {
    const { asked, legacy, candidate, resolve } = this;
    if (this.ended || legacy === undefined || candidate === undefined || resolve === undefined) return;
    this.ended = true;
    asked.label.settle(false);
    this.observe(candidate);
    if (this.deadline !== Number.POSITIVE_INFINITY) this.context.deadlines.unwatch(this);
    this.capture.release();
    this.follower?.release();
    const { id, label, at, request, body, head, legacyHead } = asked;
    const sent = { legacy: legacyHead, candidate: head };
    const exchange: Exchange = {
      id,
      route: label.name,
      request,
      sent,
      at,
      legacy,
      candidate,
      ...(body && { requestBody: body }),
    };
    resolve(Object.freeze(exchange));
  }
}

/** What the metrics count of one answer. */
export function observationOf(route: string, side: "legacy" | "candidate", answer: Answer): Observation {
  const { durationMs } = answer;
  if (answer.kind !== "response") return { route, side, code: answer.reason, durationMs };
  return { route, side, code: CLASSES[Math.floor(answer.status / 100)]!, durationMs, firstByteMs: answer.firstByteMs };
}

const CLASSES = ["", "1xx", "2xx", "3xx", "4xx", "5xx", "6xx", "7xx", "8xx", "9xx"];
