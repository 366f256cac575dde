// store/sample-shape.ts: tells a stored sample from something else of the same table

import type { Sample } from "./sample.ts";

/** Whether a stored value has a sample's shape, as far as those who read samples go by it. */
export function isSample(value: unknown): value is Sample {
  if (typeof value !== "object" || value === null) return false;
  const { id, route, at, outcome, reason, findings, request, legacy, candidate } = value as Record<string, unknown>;
  return (
    [id, route, outcome, reason].every((one) => typeof one === "string") &&
    typeof at === "number" &&
    isTexts(findings) &&
    isRequest(request) &&
    isAnswer(legacy) &&
    isAnswer(candidate)
  );
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === "string");

function isRequest(value: unknown): boolean {
  const { method, target, fields, body } = (value ?? {}) as Record<string, unknown>;
  const isHead = typeof method === "string" && typeof target === "string" && isTexts(fields);
  return isHead && (body === undefined || isBody(body));
}

function isAnswer(value: unknown): boolean {
  const { kind, status, reason, fields, trailers, body } = (value ?? {}) as Record<string, unknown>;
  if (kind !== "response") return (kind === "failure" || kind === "unseen") && typeof reason === "string";
  return (
    typeof status === "number" && typeof reason === "string" && isTexts(fields) && isTexts(trailers) && isBody(body)
  );
}

function isBody(value: unknown): boolean {
  const { kind, text, length } = (value ?? {}) as Record<string, unknown>;
  return kind === "text" ? typeof text === "string" : kind === "omitted" && typeof length === "number";
}
