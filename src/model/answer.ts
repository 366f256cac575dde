// model/answer.ts: what one side did with a request

import type { Body } from "./body.ts";
import type { Fields } from "./fields.ts";

/** Which backend: legacy serves the client, the candidate is watched. */
export type Side = "legacy" | "candidate";

/** What one side did with a request. A failure is an answer too, so callers never catch. */
export type Answer = Response | Failure | Unseen;

/** A whole response. Hop-by-hop fields are already gone. Durations are milliseconds since the side was asked. */
export type Response = {
  readonly kind: "response";
  readonly status: number;
  /** The reason phrase as sent, perhaps empty. */
  readonly reason: string;
  readonly fields: Fields;
  readonly body: Body;
  readonly trailers: Fields;
  readonly firstByteMs: number;
  readonly durationMs: number;
};

/** Why a side gave no answer. The fault is the side's, or the network's between us and it. */
export type FailureReason = "dns" | "connect" | "tls" | "timeout" | "reset" | "protocol";

/** The side gave no answer, or stopped in the middle of one. */
export type Failure = {
  readonly kind: "failure";
  readonly reason: FailureReason;
  /** What happened, for a person: `connect ECONNREFUSED 127.0.0.1:8081`. Never holds a field's or a body's content. */
  readonly detail: string;
  readonly durationMs: number;
};

/**
 * We did not see the answer to its end, and that is not the side's fault: the client left, or both sides send a response that
 * goes on for longer than is waited for.
 */
export type Unseen = {
  readonly kind: "unseen";
  readonly reason: "client_gone" | "streaming";
  readonly durationMs: number;
};
