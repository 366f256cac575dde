// compare/result.ts: what the parts of a comparison hand to each other, and how they are put together

import type { Difference, Masked } from "../model/difference.ts";
import type { Result } from "../model/library.ts";

export type { Result } from "../model/library.ts";

/** How far a comparison may go. */
export type CompareLimits = {
  /** Bytes that a body may have after its content codings are undone; beyond it nothing is cut and compared. */
  readonly maxDecoded: number;
  /** Steps that the pairing of list elements may take before a cheaper one is used. */
  readonly budget: number;
  /** Asked now and then; true ends the comparison. */
  readonly overdue?: () => boolean;
  /** Whether differences tell the names that stand beside their values, so that redaction can decide what may be shown. */
  readonly naming?: boolean;
};

/** No difference, and nothing masked by a rule. */
export const EQUAL: Result = Object.freeze({
  differences: Object.freeze([]),
  approximate: false,
  masked: Object.freeze([]),
});

/** The result of an exact comparison. */
export function found(differences: readonly Difference[], masked: readonly Masked[] = []): Result {
  return { differences, approximate: false, masked };
}

/** A result with notes, which its first difference in the body carries as well. */
export function withNotes(result: Result, notes: readonly string[]): Result {
  if (notes.length === 0) return result;
  const first = result.differences.findIndex(({ where }) => where === "body");
  const differences = result.differences.map((one, i) =>
    i === first ? { ...one, note: [...(one.note === undefined ? [] : [one.note]), ...notes].join("; ") } : one,
  );
  return { ...result, differences, notes: [...(result.notes ?? []), ...notes] };
}

/** Several results as one, differences in the order given. */
export function together(results: readonly Result[]): Result {
  const some = results.filter((result) => result !== EQUAL);
  if (some.length === 0) return EQUAL;
  if (some.length === 1) return some[0]!;
  const counts = new Map<string, number>();
  for (const { masked } of some) {
    for (const { rule, count } of masked) counts.set(rule, (counts.get(rule) ?? 0) + count);
  }
  return {
    differences: some.flatMap(({ differences }) => differences),
    approximate: some.some(({ approximate }) => approximate),
    masked: [...counts].map(([rule, count]) => ({ rule, count })),
    ...(some.some(({ notes }) => notes) ? { notes: some.flatMap(({ notes = [] }) => notes) } : {}),
    ...(some.some(({ overdue }) => overdue) ? { overdue: true } : {}),
    ...(some.some(({ incomparable }) => incomparable) ? { incomparable: true } : {}),
  };
}
