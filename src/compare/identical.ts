// compare/identical.ts: a match without parsing, for the pairs that are the same byte for byte

import { Buffer } from "node:buffer";
import type { Response } from "../model/answer.ts";
import type { Body } from "../model/body.ts";
import type { Fields } from "../model/fields.ts";
import { PER_ANSWER_FIELDS } from "../model/per-answer-fields.ts";
import type { CompiledRules } from "./rules.ts";

/**
 * Whether two responses have the same status, the same body bytes (in whatever chunks they came) and the same lines in
 * every field that counts. True is a `match`; false says nothing. Costs a pass over the bytes.
 * @param rules a route's; needed where it compares more fields than the default
 */
export function identical(legacy: Response, candidate: Response, rules?: CompiledRules): boolean {
  return (
    legacy.status === candidate.status &&
    legacy.body.length === candidate.body.length &&
    sameFields(legacy.fields, candidate.fields, rules, legacy.body.length === 0) &&
    (legacy.trailers.length === 0 && candidate.trailers.length === 0
      ? true
      : sameFields(legacy.trailers, candidate.trailers, rules)) &&
    sameBody(legacy.body, candidate.body)
  );
}

/**
 * Content codings change what the bytes mean, so they count here although they are not compared; so does the length that is
 * stated beside an empty body, which is all that an answer to HEAD says of it.
 */
function counts(name: string, rules: CompiledRules | undefined, isEmpty: boolean): boolean {
  const lower = name.toLowerCase();
  if (lower === "content-encoding" || lower === "content-type" || (isEmpty && lower === "content-length")) return true;
  return rules === undefined ? !PER_ANSWER_FIELDS.has(lower) : rules.field(lower);
}

function sameFields(a: Fields, b: Fields, rules: CompiledRules | undefined, isEmpty = false): boolean {
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j] && a[i + 1] === b[j + 1]) {
      i += 2;
      j += 2;
    } else if (i < a.length && !counts(a[i]!, rules, isEmpty)) i += 2;
    else if (j < b.length && !counts(b[j]!, rules, isEmpty)) j += 2;
    else return false;
  }
  return true;
}

function sameBody(a: Body, b: Body): boolean {
  if (a.kind === "measured" || b.kind === "measured") {
    return a.kind === "measured" && b.kind === "measured" && a.sha256 === b.sha256;
  }
  return sameChunks(a.chunks, b.chunks);
}

/** Of equal length in total. */
function sameChunks(a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  if (a.length === 1 && b.length === 1) return Buffer.compare(a[0]!, b[0]!) === 0;
  let [i, inA, j, inB] = [0, 0, 0, 0];
  while (i < a.length && j < b.length) {
    const [x, y] = [a[i]!, b[j]!];
    const run = Math.min(x.length - inA, y.length - inB);
    if (Buffer.compare(x.subarray(inA, inA + run), y.subarray(inB, inB + run)) !== 0) return false;
    inA += run;
    inB += run;
    if (inA === x.length) [i, inA] = [i + 1, 0];
    if (inB === y.length) [j, inB] = [j + 1, 0];
  }
  return true;
}
