// test/support/ask-over-wire.ts: asks by our own client, so that it passes the same contract suite as undici

import type { RequestHead } from "../../src/model/exchange.ts";
import { Asking } from "../../src/proxy/asking.ts";
import { captureFor } from "../../src/proxy/capture.ts";
import type { Ask, AskOptions } from "../../src/proxy/index.ts";
import { askedFields } from "../../src/proxy/outgoing.ts";
import { Call } from "../../src/proxy/wire/call.ts";
import { createPool } from "../../src/proxy/wire/pool.ts";
import { createSweeper } from "../../src/proxy/wire/sweeper.ts";

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
