// explain/codes.ts: a mapping of codes, or one code that a mapping misses

import type { Kind, Where } from "../model/difference.ts";
import type { Relation } from "../model/relation.ts";
import type { ShownPair } from "./pairs.ts";
import type { Pair, Value } from "./value.ts";

/** How often each code of legacy came out as which of the candidate's. Undefined: too many, or no codes. */
export type Codes = { table: Map<string, Map<string, number>> | undefined; seen: number };

const CODES = 64;
const PER_CODE = 8;
/** A keyed digest identifies a redacted value as well as the value itself. */
const CODE = /^[A-Za-z0-9_.:/#-]{1,40}$/;
const NO_CODE = /^\d{4}-\d\d|^[0-9a-f]{8}-[0-9a-f]{4}-|^[0-9a-f]{16,}$|:\/\//i;
/** What people write codes as: `PENDING_REVIEW`. */
const TYPICAL = /^"[A-Z][A-Z0-9_]*"$/;
/** What a mapping gives for a code that it does not know. */
const FALLBACK = /unknown|other|default|none|undefined|unmapped|unspecified|invalid|unsupported|error|n\/?a|misc/i;

/** No codes observed yet. */
export const createCodes = (): Codes => ({ table: new Map(), seen: 0 });

/** Counts one pair of values, if both are codes. */
export function addCodes(codes: Codes, { legacy, candidate }: Pair): void {
  codes.seen += 1;
  if (codes.table === undefined) return;
  const row = codes.table.get(legacy.text) ?? new Map<string, number>();
  const known = row.get(candidate.text);
  if (!isCode(legacy) || !isCode(candidate) || (known === undefined && row.size >= PER_CODE)) {
    codes.table = undefined;
    return;
  }
  row.set(candidate.text, (known ?? 0) + 1);
  codes.table.set(legacy.text, row);
  if (codes.table.size > CODES) codes.table = undefined;
}

/** Short texts without spaces, small integers, true, false and null: values of which there are few. */
export function isCode(value: Value): boolean {
  if (value.type === "string") return CODE.test(value.string) && !NO_CODE.test(value.string);
  if (value.type === "number") return Number.isSafeInteger(value.number) && Math.abs(value.number) < 1e6;
  return value.type === "boolean" || value.type === "null";
}

/** A cause that lies in a mapping of codes. */
export type CodeCause = {
  readonly says: string;
  readonly weight: number;
  readonly support: number;
  readonly of: number;
  readonly counterExamples: readonly ShownPair[];
  /** Which code of legacy's comes out as which of the candidate's. */
  readonly pairs: Extract<Relation, { kind: "mapping" }>["pairs"];
};

/** What is known beside the pairs, to tell a mapping from chance and from a candidate that is behind. */
export type Context = {
  /** The share of the route's comparisons that show the finding; undefined: not known. */
  readonly share: number | undefined;
  /** The same request was compared again at least so often; the share of those times that the finding was not there. */
  readonly repeats: number;
  readonly agreed: number;
};

/** Repetitions of the same requests that prove a finding to be steady. */
const REPEATS = 10;
/** A finding that shows in nearly every comparison of its route. */
const ALWAYS = 0.9;
/** Observations of a single row before it is called a rule: two values that differ by chance are one row for a while. */
const SINGLE = 8;

/** What the table states: a one-to-one mapping that is seen again and again, or one or two codes and nothing else. */
export function codesOf(codes: Codes, where: Where, kind: Kind, context: Context): CodeCause | undefined {
  const { table, seen } = codes;
  if (table === undefined || table.size === 0 || kind === "missing" || kind === "extra") return undefined;
  const counterExamples: ShownPair[] = [];
  const rows: [string, string, number][] = [];
  for (const [legacy, row] of table) {
    const [[most, times], ...others] = [...row].sort(([, a], [, b]) => b - a) as [
      [string, number],
      ...[string, number][],
    ];
    rows.push([legacy, most, times]);
    counterExamples.push(...others.map(([candidate]) => ({ legacy, candidate })));
  }
  rows.sort(([, , a], [, , b]) => b - a);
  const support = rows.reduce((sum, [, , times]) => sum + times, 0);
  const pairs = rows.map(([legacy, candidate]) => [legacy, candidate] as const);
  const base = { support, of: seen, counterExamples: counterExamples.slice(0, 3), pairs };
  const spelled = pairs
    .slice(0, 6)
    .map(([legacy, candidate]) => `${legacy} -> ${candidate}`)
    .join(", ");
  const list = rows.length > 6 ? `${spelled} and ${rows.length - 6} more` : spelled;
  if (where === "status") return { ...base, says: `status ${list}`, weight: 90 };
  if (!isMapping(rows, seen, kind, context)) return undefined;
  if (rows.length <= 2) {
    const missed = rows.every(([legacy, candidate]) => TYPICAL.test(legacy) && FALLBACK.test(candidate));
    const words = rows.length === 1 ? "one code is missed in a mapping" : "codes are missed in a mapping";
    return { ...base, says: missed ? `always ${list}: ${words}` : `always ${list}`, weight: missed ? 62 : 20 };
  }
  const isInjective = new Set(rows.map(([, candidate]) => candidate)).size === rows.length;
  return isInjective && seen >= 2 * rows.length
    ? { ...base, says: `a one-to-one mapping: ${list}`, weight: 58 }
    : undefined;
}

/**
 * A candidate that is behind, or that guesses, also turns one code into another: it says what legacy says elsewhere. So
 * where both sides have the same codes, the finding must show in nearly every comparison, or whenever its requests
 * come again.
 */
function isMapping(rows: readonly [string, string, number][], seen: number, kind: Kind, context: Context): boolean {
  const { share, repeats, agreed } = context;
  if (repeats >= REPEATS / 2 && agreed > repeats * 0.1) return false;
  const isSteady = repeats >= REPEATS && agreed === 0;
  const legacyCodes = new Set(rows.map(([legacy]) => legacy));
  const overlapping = rows.filter(([, candidate]) => legacyCodes.has(candidate)).length;
  if (overlapping > 0) {
    const isPermutation = overlapping === rows.length;
    return isSteady || (isPermutation && share !== undefined && share >= ALWAYS && seen >= 3 * SINGLE);
  }
  // A single value that is another one by chance: true is always false then.
  const isTwoValued = rows.length === 1 && rows[0]!.slice(0, 2).every((code) => code === "true" || code === "false");
  return !isTwoValued || kind === "type" || seen >= SINGLE;
}

/** Every pair that was observed, where the values are a few codes; numbers are codes only by chance, but for a status. */
export function pairsOf({ table }: Codes, where: Where): ShownPair[] | undefined {
  if (table === undefined) return undefined;
  if (where !== "status" && [...table.keys()].some((code) => /^-?\d/.test(code))) return undefined;
  return [...table].flatMap(([legacy, row]) => [...row.keys()].map((candidate) => ({ legacy, candidate })));
}

/** Codes as they are stored. */
export type StoredCodes = {
  readonly seen: number;
  readonly table: readonly (readonly [string, readonly (readonly [string, number])[]])[] | null;
};

/** The codes as they are stored. */
export const storeCodes = ({ seen, table }: Codes): StoredCodes => ({
  seen,
  table: table === undefined ? null : [...table].map(([legacy, row]) => [legacy, [...row]]),
});

/** The codes of what was stored. */
export const restoreCodes = ({ seen, table }: StoredCodes): Codes => ({
  seen,
  table: table === null ? undefined : new Map(table.map(([legacy, row]) => [legacy, new Map(row)])),
});
