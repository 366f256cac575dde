// explain/lists.ts: which elements a list lacks: its end, its beginning, repetitions

import type { Difference } from "../model/difference.ts";
import type { Shown } from "../model/finding-observation.ts";

/** How the missing elements of lists lie, over the comparisons of one finding. */
export type Lists = { seen: number; readonly ways: Map<string, number> };

/** The most different patterns that are kept; above it those seen only once are removed. */
const WAYS = 32;

/** No lists observed yet. */
export const createLists = (): Lists => ({ seen: 0, ways: new Map() });

/**
 * Elements that one comparison showed to be missing or extra in one list, or in several of the same place.
 * @param opposite those that were extra or missing instead
 */
export function addLists(lists: Lists, shown: readonly Shown[], opposite: readonly Shown[]): void {
  lists.seen += 1;
  for (const way of waysOf(shown, opposite)) {
    const known = lists.ways.get(way);
    if (known !== undefined || hasCapacity(lists.ways)) lists.ways.set(way, (known ?? 0) + 1);
  }
}

function hasCapacity(ways: Map<string, number>): boolean {
  if (ways.size < WAYS) return true;
  for (const [way, times] of ways) if (times === 1) ways.delete(way);
  return ways.size < WAYS;
}

/** In which ways all lists of one comparison can be described. */
function waysOf(shown: readonly Shown[], opposite: readonly Shown[]): readonly string[] {
  const others = byList(opposite);
  let ways: readonly string[] | undefined;
  for (const [list, elements] of byList(shown)) {
    const here = [...waysOfOne(elements), ...shiftOf(elements, others.get(list) ?? [])];
    ways = ways === undefined ? here : ways.filter((way) => here.includes(way));
  }
  return ways ?? [];
}

function byList(shown: readonly Shown[]): ReadonlyMap<string, readonly Element[]> {
  const lists = new Map<string, Element[]>();
  for (const { sample, kind, list, alike } of shown) {
    const element = { path: sample.path, kind, ...(list && { list }), ...(alike !== undefined && { alike }) };
    const key = listOf(element);
    const known = lists.get(key);
    if (known === undefined) lists.set(key, [element]);
    else known.push(element);
  }
  return lists;
}

/** `late 1`: the list lacks its first element and has more at its end, as a page does that begins one too late. */
function shiftOf(elements: readonly Element[], others: readonly Element[]): string[] {
  const [kind] = elements.map((one) => one.kind);
  if (others.length === 0) return [];
  const [missing, extra] = kind === "missing" ? [elements, others] : [others, elements];
  const numberOf = (way: string, some: readonly Element[]) =>
    waysOfOne(some)
      .find((one) => one.startsWith(`${way} `))
      ?.split(" ")[1];
  const late = numberOf("last", extra) === undefined ? undefined : numberOf("first", missing);
  if (late !== undefined) return [`late ${late}`];
  const early = numberOf("last", missing) === undefined ? undefined : numberOf("first", extra);
  return early === undefined ? [] : [`early ${early}`];
}

type Element = Pick<Difference, "path" | "kind" | "list" | "alike">;

const listOf = ({ path }: Element) => path.replace(/\[\d+\]$/, "");

/** Whether all elements that one list lacks, or has too many, lie in this way. */
export function isInWay(way: string, difference: Difference, all: readonly Difference[]): boolean {
  if (difference.list === undefined) return false;
  const own = listOf(difference);
  const elements = all.filter((one) => one.kind === difference.kind && one.list !== undefined && listOf(one) === own);
  const others = all.filter((one) => one.kind !== difference.kind && one.list !== undefined && listOf(one) === own);
  const here = elements.length === 0 ? [difference] : elements;
  return [...waysOfOne(here), ...shiftOf(here, others)].includes(way);
}

/** `first 1`, `last 2`, `after 20`: the missing elements are one run, at an end of the list. */
function waysOfOne(elements: readonly Element[]): string[] {
  const list = elements[0]!.list;
  const indexes = elements.map(({ path }) => Number(/\[(\d+)\]$/.exec(path)?.[1]));
  if (list === undefined || indexes.some(Number.isNaN)) return [];
  const count = elements.reduce((sum, { alike = 0 }) => sum + 1 + alike, 0);
  const [first, last] = [Math.min(...indexes), Math.max(...indexes)];
  const own = elements[0]!.kind === "missing" ? list.legacy : list.candidate;
  const ways: string[] = [];
  if (elements.every(({ list }) => list?.isRepeated === true)) ways.push("repeated");
  ways.push(...(list.conditions ?? []));
  if (last - first + 1 !== count) return ways;
  if (first === 0 && last < own - 1) ways.push(`first ${count}`);
  if (last === own - 1 && first > 0) ways.push(`after ${first}`, `last ${count}`);
  return ways;
}

/** A cause that lies in how the lists differ as a whole. */
export type ListCause = {
  readonly name: "list_end" | "list_start" | "list_filter" | "duplicates";
  readonly says: string;
  /** As `Lists` counts it. */
  readonly way: string;
  readonly weight: number;
  readonly support: number;
  readonly of: number;
};

/**
 * What most comparisons agree in. Where the lists have one length, "ends after" and "lacks the last" are both true, and the
 * one that holds more often is meant.
 */
export function listCauseOf({ seen, ways }: Lists, kind: "missing" | "extra"): ListCause | undefined {
  // Where two are equal: repetitions, then positions. That the first element is lost means that the one with `id` 0 is.
  const order = ["repeated", "late", "early", "after", "first", "last", "only", "other"];
  const rank = (way: string) => order.indexOf(way.split(" ")[0]!);
  const [best] = [...ways].sort(([a, x], [b, y]) => y - x || rank(a) - rank(b));
  if (best === undefined) return undefined;
  const [way, support] = best;
  const [what, number = "1"] = way.split(/ (.*)/s);
  const elements = number === "1" ? "element" : `${number} elements`;
  const counts = { way: best[0], support, of: seen };
  const [who, does] = kind === "missing" ? ["the candidate's list", "lacks"] : ["the candidate's list", "has"];
  if (what === "repeated") {
    const says =
      kind === "missing"
        ? "the candidate's list lacks elements that legacy repeats"
        : "the candidate's list repeats elements";
    return { ...counts, name: "duplicates", says, weight: 82 };
  }
  if (what === "late" || what === "early") {
    return {
      ...counts,
      name: "list_start",
      says: `the candidate's list starts ${elementsText(number)} ${what}`,
      weight: 84,
    };
  }
  if (what === "only") {
    const says = kind === "missing" ? "lacks the elements" : "has more elements, all";
    return { ...counts, name: "list_filter", says: `${who} ${says} with ${number}`, weight: 83 };
  }
  if (what === "other") {
    const says = kind === "missing" ? "lacks elements" : "has more elements";
    return {
      ...counts,
      name: "list_filter",
      says: `${who} ${says}: those with another ${number} than all others`,
      weight: 83,
    };
  }
  if (what === "first") {
    const says =
      kind === "missing"
        ? `${who} lacks the first ${elements} of legacy's`
        : `${who} has ${number} more at its beginning`;
    return { ...counts, name: "list_start", says, weight: 80 };
  }
  if (what === "after" && kind === "missing")
    return { ...counts, name: "list_end", says: `the candidate's list ends after ${number} elements`, weight: 81 };
  const says =
    kind === "missing" ? `${who} ${does} the last ${elements} of legacy's` : `${who} has ${number} more at its end`;
  return { ...counts, name: "list_end", says, weight: 79 };
}

const elementsText = (number: string) => (number === "1" ? "one element" : `${number} elements`);

/** Lists as they are stored. */
export type StoredLists = { readonly seen: number; readonly ways: readonly (readonly [string, number])[] };
/** The lists as they are stored. */
export const storeLists = ({ seen, ways }: Lists): StoredLists => ({ seen, ways: [...ways] });
/** The lists of what was stored. */
export const restoreLists = ({ seen, ways }: StoredLists): Lists => ({ seen, ways: new Map(ways) });
