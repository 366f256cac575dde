// proxy/upstream/ask-http1.ts: asks one side for one answer with our own client, so that a request is repeated byte for byte

import type { Side } from "../../model/answer.ts";
import type { Exchange, RequestHead } from "../../model/exchange.ts";
import { captureFor } from "../shadow/body-recorder.ts";
import type { Ask, AskOptions } from "./ask.ts";
import { createDeadlines } from "./http1/deadlines.ts";
import { createPool } from "./http1/pool.ts";
import { AnswerReader } from "./read-answer.ts";
import { askedFields } from "./request-heads.ts";
import { UpstreamHead } from "./upstream.ts";

/** Asks with our own client. The contract suite holds it against undici. */
export function askOverWire({ side, upstream, timeout, maxBody }: AskOptions): Ask {
  const deadlines = createDeadlines();
  const pool = createPool(upstream, deadlines);
  const host = upstream.rewriteHost ? pool.authority : undefined;
  const budget = { used: 0, limit: Number.POSITIVE_INFINITY }; // bounded by its caller, who asks for few at a time
  return {
    ask: (request, body, beside) =>
      new Promise((resolve) => {
        const asking = new AnswerReader(captureFor(beside, maxBody, budget), body, resolve);
        const fields = askedFields(request.fields, body?.length, host, side === "candidate");
        const head = new UpstreamHead(request.method, request.target, fields);
        const framing = body === undefined ? "none" : "length";
        asking.call = pool.call({ head, framing, deadline: performance.now() + timeout }, asking);
        asking.call.send();
      }),
    async close() {
      pool.destroy();
      deadlines[Symbol.dispose]();
    },
  };
}

/** The request of an exchange as it was sent to a side; as the client sent it where that is not known. */
export function requestSent(exchange: Exchange, side: Side): RequestHead {
  return exchange.sent?.[side] ?? exchange.request;
}
