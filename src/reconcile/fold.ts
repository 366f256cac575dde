// reconcile/fold.ts: a thousand differences alike -> the first few of each kind, and how many more there were

import { likeness } from "../evidence/index.ts";
import type { JudgedDifference } from "../model/comparison.ts";
import type { Difference } from "../model/difference.ts";
import { generalise, generalOf } from "../model/place.ts";
import { remembering } from "../model/remember.ts";

/** Fewer than this are not worth folding for the thread that judges them, and for those who count and keep them. */
const WORTH = 64;
const WORTH_TELLING = 8;
/** Listed of those alike, at most. */
const LISTED = 4;
/** Of plain values in a list: more than a noise book tells positions apart, see `isSure`. */
const LISTED_POSITIONS = 32;
/** Told of those alike once they are judged: the next request shows others. */
const TOLD = 3;
/** Listed in all, roughly: every kind of difference that there is gets one, and the first so many places too. */
const IN_ALL = 256;
/** Positions in lists that a noise book tells apart, before it takes all of them for noisy. */
const POSITIONS = 24;

type Group<D> = { readonly listed: D[]; readonly most: number; last: D; count: number };

/**
 * A candidate that is wrong in every element of a list is wrong a thousand times in the same way, and whoever counts,
 * redacts and groups that does so on the thread that serves clients. So the comparing thread lists the first of those
 * alike in place, kind and look of both values, and the last; the first says with `alike` how many more there were.
 * Nothing is decided by what is listed alone, see `isSure`.
 */
export function fold<D extends Difference>(
  differences: readonly D[],
  apart: (difference: D) => string = () => "",
  { worth = WORTH, most = LISTED_POSITIONS }: { worth?: number; most?: number } = {},
): readonly D[] {
  if (differences.length < worth) return differences;
  const groups = new Map<string, Group<D>>();
  const kinds = new Map<string, Group<D>>();
  for (const difference of differences) {
    const side = apart(difference);
    const coarse = `${difference.where}\n${difference.kind}\n${side}`;
    const key = `${keyOf(difference)}\n${side}`;
    // Past so many places the rest of a kind is only counted, with the first of that kind.
    const group = groups.get(key) ?? (groups.size < IN_ALL ? undefined : kinds.get(coarse));
    const alike = difference.alike ?? 0;
    if (group === undefined) {
      const made: Group<D> = {
        listed: [difference],
        most: isElement(difference) ? most : Math.min(most, LISTED),
        last: difference,
        count: 1 + alike,
      };
      groups.set(key, made);
      if (!kinds.has(coarse)) kinds.set(coarse, made);
      continue;
    }
    if (group.listed.length < group.most - 1) group.listed.push(difference);
    group.last = difference;
    group.count += 1 + alike;
  }
  const each = Math.max(2, Math.floor(IN_ALL / groups.size));
  return [...groups.values()].flatMap(({ listed, most, last, count }) => {
    const shown = listed.slice(0, Math.min(each, most) - 1);
    if (shown.at(-1) !== last) shown.push(last);
    const alike = count - shown.length;
    return shown.map(({ alike: _, ...difference }, i) =>
      i === 0 && alike > 0 ? { ...difference, alike } : difference,
    ) as unknown as D[];
  });
}

/** What is told of a comparison whose differences are judged: a few of those that are alike and were judged alike. */
export function abridge(judged: readonly JudgedDifference[]): readonly JudgedDifference[] {
  return fold(judged, ({ standing, hint = "" }) => `${standing} ${hint}`, { worth: WORTH_TELLING, most: TOLD });
}

/**
 * Whether those not listed can only be what the listed ones are taken for. That a finding stands, one of it proves. That
 * nothing stands is proved by all of them, with one exception: when nobody was asked again, what a noise book says of
 * two elements of a list it says of all that look alike; of plain values, of more than it has positions for.
 */
export function isSure(judged: readonly JudgedDifference[], asked: boolean): boolean {
  const groups = groupsOf(judged);
  for (const of of groups) {
    // Of what is unconfirmed nothing is said.
    if (!isFolded(of) || of.every(({ standing }) => standing === "mismatch")) continue;
    if (of.every(({ standing }) => standing === "unconfirmed")) continue;
    if (asked || groups.length >= IN_ALL || !of.every(({ standing }) => standing === "noise")) return false;
    if (of.length < (isElement(of[0]!) ? POSITIONS + 1 : 2)) return false;
  }
  return true;
}

/** Whether there were so many places that some are not listed at all. */
export function isWide(listed: readonly Difference[]): boolean {
  return groupsOf(listed).length >= IN_ALL;
}

const isElement = ({ path }: Difference) => path.endsWith("]");

const isFolded = (group: readonly Difference[]) => group.some(({ alike }) => alike !== undefined);

/** None when nothing was folded. */
function groupsOf<D extends Difference>(listed: readonly D[]): D[][] {
  return isFolded(listed) ? [...Map.groupBy(listed, keyOf).values()] : [];
}

const keyOf = ({ where, path, general, kind, legacy, candidate }: Difference) =>
  `${where}\n${kind}\n${general === undefined ? generalPlace(path) : generalOf({ path, general }).path}\n${likeness(legacy, where)}\n${likeness(candidate, where)}`;

/** As `generalise` has it, in a tenth of the time where no name is quoted. */
const generalPlace = remembering((path) =>
  path.startsWith("$") && !path.includes("'") ? path.replace(/\[\d+\]/g, "[*]") : generalise(path).path,
);
