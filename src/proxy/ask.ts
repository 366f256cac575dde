// proxy/ask.ts: asks one side for one answer, beside the client's line; by our own client

import type { Answer, Side } from "../model/answer.ts";
import type { Body } from "../model/body.ts";
import type { RequestHead } from "../model/exchange.ts";
import { Asking } from "./asking.ts";
import { captureFor } from "./capture.ts";
import type { UpstreamOptions } from "./options.ts";
import { askedHead } from "./outgoing.ts";
import { Call } from "./wire/call.ts";
import { createPool } from "./wire/pool.ts";
import { createSweeper } from "./wire/sweeper.ts";

/**
 * Asks a side. Resolves to its answer, never rejects: no redirect is followed, nothing is tried twice. Conditions and hop-by-hop fields of
 * the request are left out; the candidate's copy carries the mark. With `beside`, the body that it will be compared with,
 * an answer that is too long to be equal is not read to its end.
 */
export type Ask = {
  ask(request: RequestHead, body?: Uint8Array, beside?: Body): Promise<Answer>;
  close(): Promise<void>;
};

export type AskOptions = {
  readonly side: Side;
  readonly upstream: UpstreamOptions;
  /** For the whole answer, in milliseconds. */
  readonly timeout: number;
  /** Bytes kept of its body; beyond them it is measured. */
  readonly maxBody: number;
};

export function askOverWire({ side, upstream, timeout, maxBody }: AskOptions): Ask {
  const sweeper = createSweeper();
  const pool = createPool(upstream, sweeper);
  const host = upstream.rewriteHost ? pool.origin.authority : undefined;
  const budget = { used: 0, limit: Number.POSITIVE_INFINITY }; // bounded by its caller, who asks for few at a time
  return {
    ask: (request, body, beside) =>
      new Promise((resolve) => {
        const asking = new Asking(captureFor(beside, maxBody, budget), body, resolve);
        const head = askedHead(request, body?.length, host, side === "candidate");
        const framing = body === undefined ? "none" : "length";
        asking.call = new Call(request.method, head, framing, asking, performance.now() + timeout);
        pool.send(asking.call);
      }),
    async close() {
      pool.destroy();
      sweeper[Symbol.dispose]();
    },
  };
}
