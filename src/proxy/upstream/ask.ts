// proxy/upstream/ask.ts: how one side is asked for one answer, beside the client's line

import type { Answer, Side } from "../../model/answer.ts";
import type { Body } from "../../model/body.ts";
import type { RequestHead } from "../../model/exchange.ts";
import type { UpstreamOptions } from "../options.ts";

/**
 * Asks a side. Resolves to its answer, never rejects: no redirect is followed, nothing is tried twice. Conditions and hop-by-hop fields of
 * the request are left out; the candidate's copy carries the mark. With `beside`, the body that it will be compared with,
 * an answer that is too long to be equal is not read to its end.
 */
export type Ask = {
  ask(request: RequestHead, body?: Uint8Array, beside?: Body): Promise<Answer>;
  close(): Promise<void>;
};

/** The side that is asked, and the limits of each answer. */
export type AskOptions = {
  readonly side: Side;
  readonly upstream: UpstreamOptions;
  /** For the whole answer, in milliseconds. */
  readonly timeout: number;
  /** Bytes kept of its body; beyond them it is measured. */
  readonly maxBody: number;
};
