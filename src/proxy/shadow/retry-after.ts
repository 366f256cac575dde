// proxy/shadow/retry-after.ts: when a side that has too much to do wants to be asked again (RFC 9110, 10.2.3)

import type { Answer } from "../../model/answer.ts";
import { fieldValue } from "../../model/fields.ts";

/**
 * Milliseconds to wait, where the answer is 429 or 503 and says so, as seconds or as a date. Not negative; unbounded.
 * @param now milliseconds since the epoch
 */
export function retryAfter(answer: Answer, now: number): number | undefined {
  if (answer.kind !== "response" || (answer.status !== 429 && answer.status !== 503)) return undefined;
  const value = fieldValue(answer.fields, "retry-after")?.trim();
  if (value === undefined) return undefined;
  if (/^\d{1,15}$/.test(value)) return Number(value) * 1000;
  const at = /^[A-Za-z]/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
