// proxy/shadow/candidate-request.ts: the candidate's part in one relay: when it is asked, by which head, or why it is not

import type { Answer } from "../../model/answer.ts";
import type { Outcome } from "../../model/outcome.ts";
import type { Shed } from "../admission/load-shedding.ts";
import { bodyOverridesMethod } from "../admission/method-override.ts";
import type { ProxyPorts } from "../ports.ts";
import type { RelayedRequest } from "../server/relayed-request.ts";
import type { Settings } from "../settings.ts";
import { candidateHead, markedHead } from "../upstream/request-heads.ts";
import type { UpstreamHead } from "../upstream/upstream.ts";
import { createBodyRecorder, type Leader } from "./body-recorder.ts";
import { isSame, NO_REWRITE } from "./path-mapping.ts";
import { Shadow } from "./shadow.ts";

/** Admitted requests become a shadow, once; all others, and those that are shed meanwhile, an outcome. */
export class Copy {
  /** Legacy's body, as long as there is or may be a shadow. */
  capture: Leader | undefined = undefined;
  private readonly original: RelayedRequest;
  private readonly settings: Settings;
  private readonly ports: Required<ProxyPorts>;
  private at = 0;
  private legacyHead: UpstreamHead | undefined = undefined;
  private shadow: Shadow | undefined = undefined;
  private dropped: Outcome | undefined = undefined;

  constructor(original: RelayedRequest, settings: Settings, ports: Required<ProxyPorts>) {
    this.original = original;
    this.settings = settings;
    this.ports = ports;
    const { shadows } = settings;
    if (original.skipped === undefined) this.capture = createBodyRecorder(shadows.maxBody, shadows.budget);
  }

  /**
   * Legacy's request, with this head, was just written: asks the candidate in the same turn. A request with a body waits
   * for `uploaded`. @param at milliseconds since the epoch
   */
  start(at: number, legacyHead: UpstreamHead): void {
    this.at = at;
    this.legacyHead = legacyHead;
    const { incoming } = this.original;
    if (this.capture === undefined || incoming.length || incoming.framing === "chunked") return;
    this.offer(undefined);
  }

  /** Bytes of the request's body to keep for the candidate; -1: it is not wanted. */
  wanted(): number {
    const { route, incoming } = this.original;
    if (this.capture === undefined || incoming.length === 0) return -1;
    return route.maxRequestBody ?? this.settings.options.shadow.maxRequestBody;
  }

  /** The request's body is whole; undefined: there was more of it than is kept. */
  uploaded(body: Uint8Array | undefined): void {
    if (this.capture === undefined || this.shadow !== undefined || this.original.incoming.length === 0) return;
    if (body !== undefined && bodyOverridesMethod(body, this.original.incoming.fields))
      this.drop({ outcome: "skipped", reason: "method" });
    else if (body !== undefined) this.offer(body);
    else this.drop({ outcome: "skipped", reason: "body_too_large" });
  }

  /** Legacy's part is over. The outcome, if it is not for the verifier to say. */
  finish(answer: Answer): Outcome | undefined {
    const { shadow, ports } = this;
    const { label, skipped } = this.original;
    if (shadow !== undefined || skipped === "held_out") ports.answered(label.name, shadow !== undefined, answer);
    if (shadow !== undefined) {
      if (answer.kind === "unseen") shadow.abandon();
      else shadow.legacyAnswered(answer);
      return undefined;
    }
    if (this.capture !== undefined) {
      // Legacy ended before the request's body did, so the candidate was never asked.
      const reason = answer.kind === "unseen" ? "client_gone" : "partial";
      this.drop({ outcome: "not_comparable", reason });
    }
    if (answer.kind === "failure") return { outcome: "legacy_error", reason: answer.reason };
    return this.dropped ?? { outcome: "skipped", reason: skipped === "held_out" ? "sampled_out" : skipped! };
  }

  /** Hands the shadow to the verifier: the exchange belongs to it from then on. Without capacity the request is only relayed. */
  private offer(body: Uint8Array | undefined): void {
    const { settings } = this;
    const { id, incoming, route, label, peer } = this.original;
    const { shadows, candidateHost, options } = settings;
    if (shadows.open.size >= shadows.concurrency.limit()) {
      this.shed("in_flight");
      return;
    }
    const rewrite = route.rewrite ?? options.candidate.rewrite ?? NO_REWRITE;
    const hasOwnFraming = body !== undefined || incoming.conditional || incoming.codingAt >= 0;
    const plain = !hasOwnFraming && candidateHost === undefined && isSame(rewrite);
    const legacyHead = this.legacyHead!;
    const head = plain
      ? markedHead(legacyHead)
      : candidateHead(incoming, body, candidateHost, options.forwarded, peer, rewrite);
    const asked = { method: incoming.method, target: incoming.target, fields: incoming.raw };
    const made = { id, label, at: this.at, request: asked, head, legacyHead, body };
    const shadow = new Shadow(shadows, made, this.capture!);
    shadows.open.add(shadow);
    this.shadow = shadow;
    const begin = () => shadow.begin();
    const free = () => shadow.free();
    if (this.ports.offer(label, begin, free)) return;
    shadows.open.delete(shadow);
    this.shadow = undefined;
    this.shed("verify");
  }

  /** It was admitted when it came, and now there is no capacity. */
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
}
