// proxy/upstream/ask-http1.ts: asks one side for one answer with our own client, so that a request is repeated byte for byte

import type { Side } from "../../model/answer.ts";
import type { Exchange, RequestHead } from "../../model/exchange.ts";
import { captureFor } from "../shadow/body-recorder.ts";
import type { Ask, AskOptions } from "./ask.ts";
import { Call } from "./http1/call.ts";
import { createDeadlines } from "./http1/deadlines.ts";
import { createPool } from "./http1/pool.ts";
import { Asking } from "./read-answer.ts";
import { askedFields } from "./request-heads.ts";

/** Asks with our own client. The contract suite holds it against undici. */
export function askOverWire({ side, upstream, timeout, maxBody }: AskOptions): Ask {
  const deadlines = createDeadlines();
  const pool = createPool(upstream, deadlines);
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
      deadlines[Symbol.dispose]();
    },
  };
}

/** The request of an exchange as it was sent to a side; as the client sent it where that is not known. */
export function requestSent(exchange: Exchange, side: Side): RequestHead {
  const sent = exchange.sent?.[side];
  if (sent === undefined) return exchange.request;
  const [line = "", ...lines] = sent.slice(0, -4).split("\r\n");
  const [method = "", target = ""] = line.split(" ");
  const fields = lines.flatMap((each) => {
    const colon = each.indexOf(":");
    return [each.slice(0, colon), each.slice(colon + 2)];
  });
  return { method, target, fields };
}

function askedHead(
  request: RequestHead,
  bodyLength: number | undefined,
  host: string | undefined,
  marked: boolean,
): string {
  let head = `${request.method} ${request.target} HTTP/1.1\r\n`;
  const fields = askedFields(request.fields, bodyLength, host, marked);
  for (let i = 0; i < fields.length; i += 2) head += `${fields[i]}: ${fields[i + 1]}\r\n`;
  return `${head}\r\n`;
}
