// verify/group-differences.ts: a thousand differences alike -> the first few of each kind, and how many more there were

import { likeness } from "../evidence/index.ts";
import { remembering } from "../lib/memoize.ts";
import type { ClassifiedDifference } from "../model/comparison.ts";
import type { Difference } from "../model/difference.ts";
import { generalise, generalOf } from "../model/place.ts";

/** Up to so many differences are passed on without folding. */
const FOLD_ABOVE = 256;
const REPORT_FOLD_ABOVE = 8;
/** Listed of those alike, at most. */
const LISTED = 4;
/** Reported of those alike once they are classified: the next request shows others. */
const REPORTED = 3;
/** Places that are listed, at most; of the others the first of their kind says how many there were. */
const PLACES = 256;

type Group<D> = { readonly listed: D[]; last: D; count: number };

/**
 * Lists of differences that are alike in place, kind and shape of both values the first few and the last; the first says
 * with `alike` how many more there were. Folded differences prove a mismatch. What else they are is decided by all of
 * them: see `standsForOthers`.
 * @param apart what keeps differences apart beside that
 */
export function fold<D extends Difference>(
  differences: readonly D[],
  apart: (difference: D) => string = () => "",
  { worth = FOLD_ABOVE, most = LISTED }: { worth?: number; most?: number } = {},
): readonly D[] {
  if (differences.length < worth) return differences;
  const groups = new Map<string, Group<D>>();
  const kinds = new Map<string, Group<D>>();
  for (const difference of differences) {
    const side = apart(difference);
    const coarse = `${difference.where}\n${difference.kind}\n${side}`;
    const key = `${keyOf(difference)}\n${side}`;
    // Past so many places the rest of a kind is only counted, with the first place of that kind.
    const group = groups.get(key) ?? (groups.size < PLACES ? undefined : kinds.get(coarse));
    const alike = difference.alike ?? 0;
    if (group === undefined) {
      const made: Group<D> = { listed: [difference], last: difference, count: 1 + alike };
      groups.set(key, made);
      if (!kinds.has(coarse)) kinds.set(coarse, made);
      continue;
    }
    if (group.listed.length < most - 1) group.listed.push(difference);
    group.last = difference;
    group.count += 1 + alike;
  }
  const each = Math.max(2, Math.min(most, Math.floor(PLACES / groups.size)));
  return [...groups.values()].flatMap(({ listed, last, count }) => {
    const shown = listed.slice(0, each - 1);
    if (shown.at(-1) !== last) shown.push(last);
    const alike = count - shown.length;
    return shown.map(({ alike: _, ...difference }, i) =>
      i === 0 && alike > 0 ? { ...difference, alike } : difference,
    ) as unknown as D[];
  });
}

/** The differences that a comparison reports: a few of those that are alike and were classified alike. */
export function abridge(judged: readonly ClassifiedDifference[]): readonly ClassifiedDifference[] {
  return fold(judged, ({ standing, hint = "" }) => `${standing} ${hint}`, { worth: REPORT_FOLD_ABOVE, most: REPORTED });
}

/**
 * Whether some of these were listed in place of others like them. One of those may be noise, transient, accepted or none
 * of it, whatever the listed ones are.
 */
export function standsForOthers(listed: readonly Difference[], some: readonly Difference[]): boolean {
  const folded = new Set(listed.filter(({ alike }) => alike !== undefined).map(keyOf));
  return folded.size > 0 && some.some((one) => folded.has(keyOf(one)));
}

const keyOf = ({ where, path, general, kind, legacy, candidate }: Difference) =>
  `${where}\n${kind}\n${general === undefined ? generalPlace(path) : generalOf({ path, general }).path}\n${likeness(legacy, where)}\n${likeness(candidate, where)}`;

/** As `generalise` has it, in a tenth of the time where no name is quoted. */
const generalPlace = remembering((path) =>
  path.startsWith("$") && !path.includes("'") ? path.replace(/\[\d+\]/g, "[*]") : generalise(path).path,
);
