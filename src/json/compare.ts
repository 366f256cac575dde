// json/compare.ts: two JSON texts in, what differs out

import type { Difference, Masked } from "../model/difference.ts";
import type { PatchOperation } from "../model/rules.ts";
import { acquireNodes, releaseNodes } from "./buffers.ts";
import { newEquality } from "./equal.ts";
import { createNaming } from "./named-values.ts";
import { patched } from "./patch.ts";
import { ROOT_PATH, rootTrail } from "./path.ts";
import { differenceAt, type Walk } from "./report-difference.ts";
import { type JsonRules, patchRuleName } from "./rules.ts";
import { scanDocument, scanValue } from "./scan.ts";
import { type Shared, scanBeside, sharedEnds } from "./shared.ts";
import { ARRAY, kindAt, newTape, sourceOf, type Tape } from "./tape.ts";
import { walk } from "./walk.ts";

/**
 * `budget`: elementary steps for pairing list elements, in the whole comparison; beyond it they are paired more cheaply.
 * `overdue`: true once the deadline has passed. It is asked now and then, and from then on lists are paired by position.
 * `naming`: differences tell the names that stand beside their values.
 */
export type JsonLimits = {
  readonly budget: number;
  readonly overdue?: () => boolean;
  readonly naming?: boolean;
};

export type JsonCompared = {
  readonly differences: readonly Difference[];
  /** A cheaper pairing was used somewhere: places may be coarser, equal or not is still exact. */
  readonly approximate: boolean;
  readonly masked: readonly Masked[];
  /** The deadline passed before the end. */
  readonly overdue: boolean;
};

const NOTHING: JsonCompared = Object.freeze({ differences: [], approximate: false, masked: [], overdue: false });

/**
 * Compares two JSON texts, UTF-8 or strings, by meaning. Never throws: a side that is not JSON is one `format` difference at `$`.
 * A name that stands twice in an object is a `format` difference at that member, unless both sides agree on it. Differences
 * come in document order, of an object those that one side lacks last, and none of them keeps the texts alive.
 *
 * Applied to legacy they give the candidate: first what leaves indexes alone, then each list, the deepest first: its `missing`
 * from the end, its `order`, its `extra` from the head. An `order` holds legacy's indexes of the elements that both sides have,
 * in each side's order, from the first that moved to the last; lists of many runs are shortened. A list of which no element was
 * recognised is one `value`.
 */
export function compareJson(
  legacy: Uint8Array | string,
  candidate: Uint8Array | string,
  rules: JsonRules,
  limits: JsonLimits,
): JsonCompared {
  const [left, right] = [bytesOfText(legacy), bytesOfText(candidate)];
  const patching = rules.patch.legacy.length + rules.patch.candidate.length > 0;
  const shared = sharedEnds(left, right);
  if (!patching && left.length === right.length && shared.head === left.length) return NOTHING;
  const [a, b] = [newTape(left, acquireNodes(0)), newTape(right, acquireNodes(1))];
  try {
    if (!scanDocument(a)) {
      scanDocument(b);
      return left.equals(right) ? NOTHING : unreadable(a, b, rules);
    }
    // a patch moves what was found to be the same
    if (patching ? !scanDocument(b) : !scanBeside(a, b, shared)) return unreadable(a, b, rules);
    return patching ? comparePatched(a, b, rules, limits) : compareTapes(a, b, shared, rules, limits, new Map());
  } finally {
    releaseNodes(0, a.nodes);
    releaseNodes(1, b.nodes);
  }
}

function comparePatched(a: Tape, b: Tape, rules: JsonRules, limits: JsonLimits): JsonCompared {
  const masked = new Map<string, number>();
  const left = patchSide(a, "legacy", rules.patch.legacy, masked);
  const right = patchSide(b, "candidate", rules.patch.candidate, masked);
  return compareTapes(left, right, { head: 0, tail: 0 }, rules, limits, masked);
}

function compareTapes(
  a: Tape,
  b: Tape,
  shared: Shared,
  rules: JsonRules,
  limits: JsonLimits,
  masked: Map<string, number>,
): JsonCompared {
  const w: Walk = {
    legacy: { tape: a, prints: undefined },
    candidate: { tape: b, prints: undefined },
    rules,
    overdue: limits.overdue ?? never,
    equality: newEquality(a, b, shared),
    budget: { left: limits.budget },
    found: [],
    masked,
    onlySeen: new Set(),
    outside: 0,
    approximate: false,
    late: false,
    ticks: 0,
    gate: undefined,
    deferred: [],
    dictionaries: new Map(),
    naming: limits.naming === true ? createNaming(a, b) : undefined,
  };
  walk(w, 0, 0, rules.root, rootTrail());
  if (w.outside > 0) for (const name of w.onlySeen) masked.set(name, (masked.get(name) ?? 0) + w.outside);
  return { differences: w.found, approximate: w.approximate, masked: countsOf(masked), overdue: w.late };
}

const never = (): boolean => false;

/** Whether bytes are one JSON text (RFC 8259) as `JSON.parse` judges their text, a byte order mark aside. */
export function isJson(bytes: Uint8Array): boolean {
  const tape = newTape(bytesOfText(bytes), acquireNodes(0));
  const sound = scanDocument(tape);
  releaseNodes(0, tape.nodes);
  return sound;
}

/**
 * The JSON objects and arrays that follow each other in a text, divided by nothing or by whitespace, as they were written;
 * undefined where it is anything else. A byte order mark may lead.
 */
export function jsonDocumentsIn(bytes: Uint8Array): string[] | undefined {
  const tape = newTape(bytesOfText(bytes), acquireNodes(0));
  const documents: string[] = [];
  const { length } = tape.bytes;
  let from = tape.bytes.indexOf("\ufeff") === 0 ? 3 : 0;
  while (from >= 0 && from < length) {
    tape.used = 0;
    const end = scanValue(tape, from);
    if (end >= 0 && tape.used === 0) break; // whitespace at the end
    if (end < 0 || kindAt(tape, 0) < ARRAY) from = -1;
    else {
      documents.push(sourceOf(tape, 0));
      from = end;
    }
  }
  releaseNodes(0, tape.nodes);
  return from < 0 ? undefined : documents;
}

function countsOf(masked: ReadonlyMap<string, number>): Masked[] {
  return [...masked].map(([rule, count]) => ({ rule, count }));
}

function patchSide(
  tape: Tape,
  side: "legacy" | "candidate",
  operations: readonly PatchOperation[],
  masked: Map<string, number>,
): Tape {
  if (operations.length === 0) return tape;
  const { bytes, applied } = patched(tape, operations);
  if (applied.length === 0) return tape;
  for (const operation of applied) {
    const rule = patchRuleName(side, operation);
    masked.set(rule, (masked.get(rule) ?? 0) + 1);
  }
  const result = newTape(bytes, new Int32Array(tape.nodes.length));
  scanDocument(result);
  return result;
}

/** A string that is no well-formed Unicode has no UTF-8: its lone surrogates become escapes, which mean the same. */
function bytesOfText(text: Uint8Array | string): Buffer {
  if (Buffer.isBuffer(text)) return text;
  if (typeof text !== "string") return Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  if (text.isWellFormed()) return Buffer.from(text);
  const escaped = text.replace(/(\\*)(\p{Surrogate})/gu, (whole, slashes: string, unit: string) =>
    slashes.length % 2 === 1 ? whole : `${slashes}\\u${unit.charCodeAt(0).toString(16)}`,
  );
  return Buffer.from(escaped);
}

/** How much of a text that is not JSON is shown, in bytes, and up to which size a document is shown as it is. */
const SHOWN = 200;
const SHOWN_WHOLE = 4_096;

function unreadable(a: Tape, b: Tape, rules: JsonRules): JsonCompared {
  if (rules.root.ignore !== undefined) {
    return { ...NOTHING, masked: [{ rule: rules.root.ignore, count: 1 }] };
  }
  const difference = differenceAt(
    ROOT_PATH,
    "format",
    shown(a),
    shown(b),
    [says(a, "legacy"), says(b, "the candidate")].filter((text) => text !== "").join("; "),
  );
  return { ...NOTHING, differences: [difference] };
}

function says(tape: Tape, side: string): string {
  if (tape.fault < 0) return "";
  return tape.bytes.length === 0 ? `${side} is empty` : `${side} is not JSON from byte ${tape.fault} on`;
}

/** A short document as it was written; of any other text its beginning as a JSON string. */
function shown(tape: Tape): string {
  if (tape.fault < 0 && tape.used > 0 && tape.bytes.length <= SHOWN_WHOLE) return sourceOf(tape, 0);
  return JSON.stringify(tape.bytes.toString("utf8", 0, SHOWN));
}
