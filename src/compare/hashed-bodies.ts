// compare/hashed-bodies.ts: bodies too large to keep, compared by length and hash, never cut

import { decode } from "../bodies/content-codings.ts";
import { type Body, bytesOf } from "../model/body.ts";
import { type CompareLimits, EQUAL, type Result } from "./result.ts";
import type { CompiledRules } from "./rules.ts";
import { notOfType, wholeBody } from "./whole-body.ts";

type Codings = { readonly legacy: readonly string[]; readonly candidate: readonly string[] };

/**
 * Compares two bodies of which at least one was not kept. Coded bytes of one content may differ, so where a coding is in
 * play and the bytes are not the same, the answer is `incomparable` unless the decoded length tells.
 */
export function compareMeasured(
  legacy: Body,
  candidate: Body,
  codings: Codings,
  rules: CompiledRules,
  limits: CompareLimits,
): Result {
  const sameCodings = codings.legacy.join() === codings.candidate.join();
  if (legacy.kind === "measured" && candidate.kind === "measured") {
    const same = legacy.sha256 === candidate.sha256 && mayHave(candidate, legacy.length) && !isUnread(candidate);
    if (same && sameCodings) return EQUAL;
    if (codings.legacy.length > 0 || codings.candidate.length > 0) return { ...EQUAL, incomparable: true };
    return tooLarge(legacy, candidate, rules);
  }
  if (legacy.length === 0) return notOfType("legacy's body is empty, the candidate's is not", rules);
  if (candidate.length === 0) return notOfType("the candidate's body is empty, legacy's is not", rules);
  if (codings.legacy.length === 0 && codings.candidate.length === 0) return tooLarge(legacy, candidate, rules);
  const plain = legacy.kind === "measured" ? codings.legacy.length === 0 : codings.candidate.length === 0;
  const [kept, measured] = legacy.kind === "kept" ? [legacy, candidate] : [candidate, legacy];
  if (!plain || kept.kind !== "kept") return { ...EQUAL, incomparable: true };
  const coding = legacy.kind === "kept" ? codings.legacy : codings.candidate;
  const under = decode(bytesOf(kept), coding, limits.maxDecoded);
  if (under.kind !== "decoded" || mayHave(measured, under.bytes.length)) return { ...EQUAL, incomparable: true };
  return tooLarge(legacy, candidate, rules);
}

const isUnread = (body: Body): boolean => body.kind === "measured" && body.unread === true;
const lengthOf = (body: Body): string => `${isUnread(body) ? "at least " : ""}${body.length}`;
const mayHave = (body: Body, length: number): boolean =>
  isUnread(body) ? length >= body.length : length === body.length;

function tooLarge(legacy: Body, candidate: Body, rules: CompiledRules): Result {
  const lengths = `legacy has ${lengthOf(legacy)} bytes, candidate ${lengthOf(candidate)}`;
  const note = `too large to keep, compared by length and SHA-256; ${lengths}; raise capture.maxBody to see where`;
  return wholeBody({ kind: "value", note }, rules);
}
