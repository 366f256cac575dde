// compare/bytes.ts: bodies that are only bytes to us

import { Buffer } from "node:buffer";
import { EQUAL, type Result } from "./result.ts";
import type { CompiledRules } from "./rules.ts";
import { wholeBody } from "./whole-body.ts";

/** Whether two byte sequences are equal. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}

/** One difference, with the offset of the first byte that differs (from 0) and both lengths. */
export function compareBytes(legacy: Uint8Array, candidate: Uint8Array, rules: CompiledRules, why?: string): Result {
  if (sameBytes(legacy, candidate)) return EQUAL;
  const at = firstDifference(legacy, candidate);
  const lengths = `legacy has ${legacy.length} bytes, candidate ${candidate.length}`;
  const note = `first difference at byte ${at}; ${lengths}${why === undefined ? "" : `; ${why}`}`;
  return wholeBody({ kind: "value", note }, rules);
}

/** The offset of the first byte that differs; the shorter length where one begins with the other. */
function firstDifference(a: Uint8Array, b: Uint8Array): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) if (a[i] !== b[i]) return i;
  return shorter;
}
