// proxy/shadow/path-mapping.ts: how the candidate's copy of a request differs from the client's: its path and its fields

import type { Fields } from "../../model/fields.ts";

/** What the candidate gets in place of a path prefix of the client. */
export type PathPrefix = { readonly from: string; readonly to: string };

/** How a request is changed for the candidate: path prefixes and fields. */
export type Rewrite = {
  /** Put before every target: empty, or a path without a slash at its end. */
  readonly base: string;
  /** The first that fits counts. */
  readonly path: readonly PathPrefix[];
  /** Fields in place of the client's, by lower-case name. The values are secrets. */
  readonly set: readonly (readonly [name: string, value: string])[];
  /** Lower-case names of fields that are left out. */
  readonly remove: readonly string[];
};

/** Changes nothing. */
export const NO_REWRITE: Rewrite = { base: "", path: [], set: [], remove: [] };

/** Whether the copy is the client's request but for the mark. */
export function isSame({ base, path, set, remove }: Rewrite): boolean {
  return base === "" && path.length === 0 && set.length === 0 && remove.length === 0;
}

/**
 * The candidate's target. A prefix fits at the end of a segment only: `/api` is no prefix of `/apis`. The rest of the
 * target, its query too, goes on byte for byte.
 */
export function rewrittenTarget(target: string, { base, path }: Rewrite): string {
  if (!target.startsWith("/")) return target;
  for (const { from, to } of path) {
    if (!target.startsWith(from)) continue;
    if (!from.endsWith("/") && !/^[/?]?$/.test(target.charAt(from.length))) continue;
    return base + to + target.slice(from.length);
  }
  return base + target;
}

/**
 * The fields of the candidate's copy: those that are set stand where the client's first one stood, or at the end.
 * @param fields names and values in turn
 */
export function rewrittenFields(fields: Fields, { set, remove }: Rewrite): Fields {
  if (set.length === 0 && remove.length === 0) return fields;
  const values = new Map(set);
  const written = new Set<string>();
  const kept: string[] = [];
  for (let i = 0; i < fields.length; i += 2) {
    const lower = fields[i]!.toLowerCase();
    const value = values.get(lower);
    if (value === undefined) {
      if (!remove.includes(lower)) kept.push(fields[i]!, fields[i + 1]!);
    } else if (!written.has(lower)) {
      written.add(lower);
      kept.push(fields[i]!, value);
    }
  }
  for (const [name, value] of set) if (!written.has(name)) kept.push(name, value);
  return kept;
}
