// verify/support.ts: exchanges by the short form

import type { Answer, Response } from "../../src/model/answer.ts";
import type { Exchange } from "../../src/model/exchange.ts";
import { NO_RULES } from "../../src/model/rules.ts";
import type { Setup } from "../../src/verify/index.ts";

export const SETUP: Setup = {
  routes: new Map(),
  otherwise: NO_RULES,
  origins: { legacy: [], candidate: [] },
  limits: { maxDecoded: 16 * 1024 * 1024, budget: 100_000, deadlineMs: 2000 },
};

export function json(value: unknown, status = 200): Response {
  return response(JSON.stringify(value), "application/json", status);
}

export function response(text: string, type = "text/plain", status = 200): Response {
  const bytes = Buffer.from(text);
  return {
    kind: "response",
    status,
    reason: "",
    fields: ["Content-Type", type],
    body: { kind: "kept", chunks: [bytes], length: bytes.length },
    trailers: [],
    firstByteMs: 1,
    durationMs: 2,
  };
}

/** Of every exchange, unless another is given. */
export const ROUTE = "GET /orders/{id}";

let next = 0;

export function exchange(legacy: Answer, candidate: Answer, more: Partial<Exchange> = {}): Exchange {
  next += 1;
  const request = { method: "GET", target: `/orders/${next}`, fields: [] };
  return { id: `e${next}`, route: ROUTE, request, at: 1_000, legacy, candidate, ...more };
}
