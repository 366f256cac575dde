// proxy/upstream/read-answer.ts: collects one answer that no client waits for

import type { Answer, Response } from "../../model/answer.ts";
import { type Fields, fieldValue } from "../../model/fields.ts";
import type { BodyRecorder } from "../shadow/body-recorder.ts";
import { failureOf, type Trouble } from "./failure.ts";
import type { ResponseHead } from "./http1/framing.ts";
import type { ResponseListener, UpstreamCall } from "./upstream.ts";

const EVENT_STREAM = /^\s*text\/event-stream\b/i;

/** Listens to one call and passes its answer to `done`, once. A body is sent as soon as there is a connection. */
export class AnswerReader implements ResponseListener {
  call: UpstreamCall | undefined = undefined;
  /** Why there was no answer. */
  trouble: Trouble | undefined = undefined;
  private readonly askedAt = performance.now();
  private head: ResponseHead | undefined = undefined;
  private firstByteMs = 0;
  private lastBytesMs = 0;
  private readonly capture: BodyRecorder;
  private readonly body: Uint8Array | undefined;
  private readonly done: (answer: Answer) => void;

  constructor(capture: BodyRecorder, body: Uint8Array | undefined, done: (answer: Answer) => void) {
    this.capture = capture;
    this.body = body;
    this.done = done;
  }

  /**
   * Whether the response goes on: it is an event stream, or its length is not stated and bytes came in the second half of the
   * time since it was asked for.
   */
  isStreaming(): boolean {
    if (this.head === undefined) return false;
    if (EVENT_STREAM.test(fieldValue(this.head.fields, "content-type") ?? "")) return true;
    return typeof this.head.framing !== "number" && this.lastBytesMs * 2 > this.elapsed();
  }

  /** Drops the call. `done` gets an `unseen` answer. */
  abort(): void {
    if (this.call === undefined || this.call.over) return;
    this.call.abort();
    this.done({ kind: "unseen", reason: "client_gone", durationMs: this.elapsed() });
  }

  onStart(): void {
    if (this.body === undefined || this.call === undefined) return;
    this.call.write(this.body);
    this.call.end([]);
  }

  onInformation(): void {}

  onUpgrade(): void {}

  onHead(head: ResponseHead): void {
    this.head = head;
    this.firstByteMs = this.elapsed();
    if (typeof head.framing === "number") this.capture.expect(head.framing);
    this.stopAtSurplus();
  }

  onData(bytes: Buffer): void {
    this.lastBytesMs = this.elapsed();
    this.capture.add(bytes);
    this.stopAtSurplus();
  }

  /** Ten megabytes where legacy said one kilobyte: reading them to the end would cost time and show nothing more. */
  private stopAtSurplus(): void {
    if (!this.capture.surplus() || this.call === undefined || this.call.over) return;
    this.call.abort();
    this.done(responseOf(this.head!, this.capture, [], this.firstByteMs, this.elapsed(), true));
  }

  onPause(): void {}

  onEnd(trailers: Fields): void {
    this.done(responseOf(this.head!, this.capture, trailers, this.firstByteMs, this.elapsed()));
  }

  onFailure(trouble: Trouble): void {
    this.trouble = trouble;
    this.done(failureOf(trouble, this.elapsed()));
  }

  onDrain(): void {}

  private elapsed(): number {
    return performance.now() - this.askedAt;
  }
}

/** A response as an answer. `unread`: the rest of its body was not read. */
export function responseOf(
  head: ResponseHead,
  capture: BodyRecorder,
  trailers: Fields,
  firstByteMs: number,
  durationMs: number,
  unread = false,
): Response {
  const { status, reason, fields } = head;
  return { kind: "response", status, reason, fields, body: capture.body(unread), trailers, firstByteMs, durationMs };
}
