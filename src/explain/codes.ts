// explain/codes.ts: a mapping of codes, or one code that a mapping misses

import type { Kind, Where } from "../model/difference.ts";
import type { Leader, ShownPair } from "./trial.ts";
import type { Pair, Value } from "./value.ts";

/** How often each code of legacy came out as which of the candidate's. Undefined: too many, or no codes. */
export type Codes = { table: Map<string, Map<string, number>> | undefined; seen: number };

const CODES = 64;
const PER_CODE = 8;
/** A keyed digest that stands for a redacted value is as good as the value. */
const CODE = /^[A-Za-z0-9_.:/#-]{1,40}$/;
const NO_CODE = /^\d{4}-\d\d|^[0-9a-f]{8}-[0-9a-f]{4}-|^[0-9a-f]{16,}$|:\/\//i;
/** What people write codes as: `PENDING_REVIEW`. */
const TYPICAL = /^"[A-Z][A-Z0-9_]*"$/;

export const createCodes = (): Codes => ({ table: new Map(), seen: 0 });

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

function isCode(value: Value): boolean {
  if (value.type === "string") return CODE.test(value.string) && !NO_CODE.test(value.string);
  if (value.type === "number") return Number.isSafeInteger(value.number) && Math.abs(value.number) < 1e6;
  return value.type === "boolean" || value.type === "null";
}

export type CodeCause = Leader & { readonly says: string; readonly weight: number };

/** What the table states: a one-to-one mapping that is seen again and again, or one or two codes and nothing else. */
export function codesOf(codes: Codes, where: Where, kind: Kind): CodeCause | undefined {
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
  const base = { parameter: "", support, of: seen, pairs: rows.length, counterExamples: counterExamples.slice(0, 3) };
  const spelled = rows
    .slice(0, 6)
    .map(([legacy, candidate]) => `${legacy} -> ${candidate}`)
    .join(", ");
  const list = rows.length > 6 ? `${spelled} and ${rows.length - 6} more` : spelled;
  if (where === "status") return { ...base, says: `status ${list}`, weight: 90 };
  if (rows.length <= 2) {
    const typical = rows.every(([legacy]) => TYPICAL.test(legacy));
    const missed = rows.length === 1 ? "one code is missed in a mapping" : "codes are missed in a mapping";
    return { ...base, says: typical ? `always ${list}: ${missed}` : `always ${list}`, weight: typical ? 62 : 20 };
  }
  const injective = new Set(rows.map(([, candidate]) => candidate)).size === rows.length;
  return injective && seen >= 2 * rows.length
    ? { ...base, says: `a one-to-one mapping: ${list}`, weight: 58 }
    : undefined;
}

export type StoredCodes = {
  readonly seen: number;
  readonly table: readonly (readonly [string, readonly (readonly [string, number])[]])[] | null;
};

export const storeCodes = ({ seen, table }: Codes): StoredCodes => ({
  seen,
  table: table === undefined ? null : [...table].map(([legacy, row]) => [legacy, [...row]]),
});

export const restoreCodes = ({ seen, table }: StoredCodes): Codes => ({
  seen,
  table: table === null ? undefined : new Map(table.map(([legacy, row]) => [legacy, new Map(row)])),
});
