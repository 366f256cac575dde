// store/sample.ts: one exchange kept to be read and to try rules on: redacted, its bodies as text

import type { Answer, Side } from "../model/answer.ts";
import { bytesOf } from "../model/body.ts";
import type { Comparison } from "../model/comparison.ts";
import type { Exchange } from "../model/exchange.ts";
import { type Fields, fieldValue } from "../model/fields.ts";
import { type OutcomeName, reasonOf } from "../model/outcome.ts";
import type { Redactor } from "../redact/redactor.ts";

/** A body without content codings, redacted; or why there is none, with the length that it had. */
export type SampleBody =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "omitted"; readonly length: number; readonly why: "too_large" | "coding" };

/** One side of a sample. */
export type SampleAnswer =
  | {
      readonly kind: "response";
      readonly status: number;
      readonly reason: string;
      readonly fields: Fields;
      readonly trailers: Fields;
      readonly body: SampleBody;
      readonly firstByteMs: number;
      readonly durationMs: number;
    }
  | Exclude<Answer, { kind: "response" }>;

/** An exchange as it is stored: redacted, with bodies up to a limit. */
export type Sample = {
  /** The request's id. */
  readonly id: string;
  readonly route: string;
  /** When the request came, in milliseconds since the epoch. */
  readonly at: number;
  readonly outcome: OutcomeName;
  readonly reason: string;
  /** Ids of the findings that it shows; none for one kept to see what rules would hide. */
  readonly findings: readonly string[];
  readonly request: {
    readonly method: string;
    readonly target: string;
    readonly fields: Fields;
    readonly body?: SampleBody;
  };
  readonly legacy: SampleAnswer;
  readonly candidate: SampleAnswer;
};

/** What turns a comparison into a sample. */
export type SampleParts = {
  readonly redactor: Redactor;
  /** The bytes under the content codings that the fields name; none when they cannot be had. */
  readonly decode: (bytes: Uint8Array, fields: Fields) => Uint8Array | undefined;
  /** A larger body is left out, never cut. */
  readonly maxBody: number;
};

/** The sample of a comparison, redacted. */
export function sampleOf(comparison: Comparison, findings: readonly string[], options: SampleParts): Sample {
  const { exchange, outcome } = comparison;
  const { request } = exchange;
  const redactor = options.redactor.forRequest(request);
  const parts = { ...options, redactor };
  return {
    id: exchange.id,
    route: redactor.text(exchange.route),
    at: exchange.at,
    outcome: outcome.outcome,
    reason: reasonOf(outcome),
    findings: [...new Set(findings)],
    request: {
      method: request.method,
      target: redactor.target(request.target, exchange.route),
      fields: redactor.fields(request.fields),
      ...(exchange.requestBody === undefined ? {} : { body: bodyOf(exchange.requestBody, request.fields, parts) }),
    },
    legacy: answerOf(exchange.legacy, parts),
    candidate: answerOf(exchange.candidate, parts),
  };
}

function answerOf(answer: Answer, parts: SampleParts): SampleAnswer {
  const { redactor } = parts;
  if (answer.kind === "failure") return { ...answer, detail: redactor.text(answer.detail) };
  if (answer.kind === "unseen") return answer;
  const { kind, status, reason, fields, trailers, body, firstByteMs, durationMs } = answer;
  return {
    kind,
    status,
    reason: redactor.text(reason),
    fields: redactor.fields(fields),
    trailers: redactor.fields(trailers),
    body:
      body.kind === "kept"
        ? bodyOf(body.length > parts.maxBody ? body.length : bytesOf(body), fields, parts)
        : { kind: "omitted", length: body.length, why: "too_large" },
    firstByteMs,
    durationMs,
  };
}

function bodyOf(bytes: Uint8Array | number, fields: Fields, parts: SampleParts): SampleBody {
  if (typeof bytes === "number") return { kind: "omitted", length: bytes, why: "too_large" };
  const plain = parts.decode(bytes, fields);
  if (plain === undefined) return { kind: "omitted", length: bytes.length, why: "coding" };
  if (plain.length > parts.maxBody) return { kind: "omitted", length: plain.length, why: "too_large" };
  return { kind: "text", text: parts.redactor.body(plain, fieldValue(fields, "content-type")) };
}

/** Fields that describe the bytes on the wire, not the text that was kept. */
const OF_THE_WIRE: ReadonlySet<string> = new Set(["content-encoding", "content-length"]);

/**
 * The exchange again, as far as it was kept, to compare it under other rules. None when a body was left out: rules
 * cannot be tried on what is not there.
 */
export function exchangeOf(sample: Sample): Exchange | undefined {
  const legacy = answerAgain(sample, "legacy");
  const candidate = answerAgain(sample, "candidate");
  if (legacy === undefined || candidate === undefined) return undefined;
  const { method, target, fields, body } = sample.request;
  return {
    id: sample.id,
    route: sample.route,
    at: sample.at,
    request: { method, target, fields },
    ...(body?.kind === "text" ? { requestBody: Buffer.from(body.text, "utf8") } : {}),
    legacy,
    candidate,
  };
}

function answerAgain(sample: Sample, side: Side): Answer | undefined {
  const answer = sample[side];
  if (answer.kind !== "response") return answer;
  if (answer.body.kind !== "text") return undefined;
  const bytes = Buffer.from(answer.body.text, "utf8");
  const fields: string[] = [];
  for (let i = 0; i + 1 < answer.fields.length; i += 2) {
    const [name, value] = [answer.fields[i]!, answer.fields[i + 1]!];
    const lower = name.toLowerCase();
    if (OF_THE_WIRE.has(lower)) continue;
    // The text is kept as UTF-8, whatever its charset was.
    fields.push(
      name,
      lower === "content-type" ? value.replace(/;\s*charset\s*=\s*("[^"]*"|[^\s;]+)/i, "; charset=utf-8") : value,
    );
  }
  return { ...answer, fields, body: { kind: "kept", chunks: [bytes], length: bytes.length } };
}
