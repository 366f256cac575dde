// json/rules.ts: a route's rules for bodies, compiled once into one automaton that is walked along with the document

import type { Segment, Selector } from "../jsonpath/path.ts";
import type { ArrayRule, CompareRules, NumberRule, PatchOperation, StringRule, TimeRule } from "../model/rules.ts";
import { hashName } from "./strings.ts";

/** Compiled once, used for every comparison of a route; the places learned on the way are kept in it, bounded. */
export type JsonRules = {
  readonly root: Place;
  /** Some rule applies to bodies at all. */
  readonly any: boolean;
  readonly patch: CompareRules["patch"];
  readonly only: boolean;
};

/** A rule for strings with its pattern compiled. */
export type CompiledString = StringRule & { readonly pattern: RegExp | undefined };

/** What the rules say at one place of the document, and what they may say below it. */
export type Place = {
  /** No rule says anything here or below: the walk need not ask again. */
  readonly free: boolean;
  readonly ignore: string | undefined;
  /** False where `only` rules name other places: a difference here does not count. */
  readonly inside: boolean;
  /** With `inside` false: some place below may count. */
  readonly leadsInside: boolean;
  /** The `only` rules that name this very place. */
  readonly only: readonly string[];
  readonly array: ArrayRule | undefined;
  readonly numbers: readonly NumberRule[];
  readonly times: readonly TimeRule[];
  readonly strings: readonly CompiledString[];
  readonly lexical: string | undefined;
  /** The rule by which strings here hold JSON. */
  readonly json: string | undefined;
  /** Here or below numbers may be compared as written, so that equal values may count as different. */
  readonly strict: boolean;
  /** Here or below values that differ may count as equal. */
  readonly loose: boolean;
  readonly next: Steps;
};

type Steps = {
  /** Names that some rule below spells out, by hash, so that other names are never decoded. */
  readonly hashes: ReadonlySet<number>;
  readonly named: (name: string) => Place;
  /** The place of every name that no rule spells out. */
  readonly unnamed: () => Place;
  readonly element: (index: number, length: number) => Place;
};

type Rule =
  | { readonly does: "ignore" | "only" | "json"; readonly name: string }
  | { readonly does: "array"; readonly name: string; readonly rule: ArrayRule }
  | { readonly does: "number"; readonly name: string; readonly rule: NumberRule }
  | { readonly does: "time"; readonly name: string; readonly rule: TimeRule }
  | { readonly does: "string"; readonly name: string; readonly rule: CompiledString };

/** A rule's path with its first `done` segments behind it. */
type Item = { readonly id: number; readonly rule: Rule; readonly segments: readonly Segment[]; readonly done: number };

/** Places that are remembered; past that they are worked out each time, so that hostile documents cannot fill the memory. */
const MOST_PLACES = 20_000;

/**
 * Compiles the rules that speak of bodies. A rule whose regular expression is not valid settles nothing (the config says so
 * where it is read). `arrays` by key says what to pair; another order of the pairs is still a difference unless the rule has
 * `order: ignored`. Where rules for one place contradict each other, the strictest reading of numbers wins and the first
 * array rule.
 */
export function compileJsonRules(rules: CompareRules): JsonRules {
  const items: Item[][] = [];
  let ids = 0;
  const add = (segments: readonly Segment[], rule: Rule): void => {
    items.push(Array.from({ length: segments.length + 1 }, (_, done) => ({ id: ids++, rule, segments, done })));
  };
  for (const { name, place } of rules.ignore)
    if (place.where === "body") add(place.path.segments, { does: "ignore", name });
  for (const { name, place } of rules.only)
    if (place.where === "body") add(place.path.segments, { does: "only", name });
  for (const rule of rules.arrays) add(rule.path.segments, { does: "array", name: rule.name, rule });
  for (const rule of rules.numbers) add(rule.path.segments, { does: "number", name: rule.name, rule });
  for (const rule of rules.json) add(rule.path.segments, { does: "json", name: rule.name });
  for (const rule of rules.times) add(rule.path.segments, { does: "time", name: rule.name, rule });
  for (const rule of rules.strings) {
    add(rule.path.segments, { does: "string", name: rule.name, rule: { ...rule, pattern: patternOf(rule) } });
  }
  // `only` for the status or a field leaves bodies out of the comparison as well
  const only = rules.only.length > 0;
  return {
    root: automaton(items, !only),
    any: items.length > 0 || only,
    patch: rules.patch,
    only,
  };
}

/** The name under which a patch operation's use is counted. */
export function patchRuleName(side: "legacy" | "candidate", { op, path }: PatchOperation): string {
  return `patch ${side} ${op} ${path}`;
}

function patternOf({ matches }: StringRule): RegExp | undefined {
  if (matches === undefined) return undefined;
  for (const flags of ["u", ""]) {
    try {
      return new RegExp(matches, flags);
    } catch {
      // the next flags may allow what is no Unicode pattern, such as a needless escape
    }
  }
  return undefined;
}

/** Subsets of items are the automaton's states; each is made when a document first gets there. */
function automaton(paths: readonly (readonly Item[])[], insideAtRoot: boolean): Place {
  const known = new Map<string, Place>();
  const steps = new Map<Item, Item>();
  for (const path of paths) for (const [i, item] of path.entries()) if (i > 0) steps.set(path[i - 1]!, item);

  const placeOf = (items: readonly Item[], inside: boolean): Place => {
    const key = `${inside ? "in" : "out"} ${items.map((item) => item.id).join(" ")}`;
    let place = known.get(key);
    if (place === undefined) {
      place = newPlace(items, inside);
      if (known.size < MOST_PLACES) known.set(key, place);
    }
    return place;
  };

  const newPlace = (items: readonly Item[], insideAbove: boolean): Place => {
    const [here, below] = [items.filter(isDone), items.filter((item) => !isDone(item))];
    const only = here.filter(({ rule }) => rule.does === "only").map(({ rule }) => rule.name);
    const inside = insideAbove || only.length > 0;
    const numbers = here.flatMap(({ rule }) => (rule.does === "number" ? [rule.rule] : []));
    const times = here.flatMap(({ rule }) => (rule.does === "time" ? [rule.rule] : []));
    const strings = here.flatMap(({ rule }) => (rule.does === "string" ? [rule.rule] : []));
    const lexical = numbers.find((rule) => rule.lexical === true);
    return {
      free: items.length === 0 && inside,
      ignore: here.find(({ rule }) => rule.does === "ignore")?.rule.name,
      inside,
      leadsInside: !inside && below.some(({ rule }) => rule.does === "only"),
      only,
      array: here.flatMap(({ rule }) => (rule.does === "array" ? [rule.rule] : []))[0],
      numbers,
      times,
      strings,
      lexical: lexical?.name,
      json: here.find(({ rule }) => rule.does === "json")?.rule.name,
      strict: items.some(({ rule }) => rule.does === "number" && rule.rule.lexical === true),
      loose: !inside || items.some(({ rule }) => rule.does !== "array" && rule.does !== "only"),
      next: stepsFrom(below, inside),
    };
  };

  const stepsFrom = (below: readonly Item[], inside: boolean): Steps => {
    const selectors = below.flatMap((item) => item.segments[item.done]!.selectors);
    const spelled = new Set(selectors.flatMap((selector) => (selector.kind === "name" ? [selector.name] : [])));
    const indexes = new Set(selectors.flatMap((selector) => (selector.kind === "index" ? [selector.index] : [])));
    const counted = selectors.some(({ kind }) => kind === "slice") || [...indexes].some((index) => index < 0);
    const memory = new Map<string, Place>();
    const to = (picks: (selector: Selector) => boolean): Place => placeOf(advanced(below, picks), inside);
    const remembered = (key: string, picks: (selector: Selector) => boolean): Place => {
      let place = memory.get(key);
      if (place === undefined) {
        place = to(picks);
        if (known.size < MOST_PLACES) memory.set(key, place);
      }
      return place;
    };
    const unnamed = (): Place => remembered("", (selector) => selector.kind === "wildcard");
    return {
      hashes: new Set([...spelled].map(hashName)),
      unnamed,
      named: (name) =>
        spelled.has(name)
          ? remembered(`.${name}`, (selector) => selector.kind === "wildcard" || isName(selector, name))
          : unnamed(),
      element: (index, length) => {
        const picks = (selector: Selector) => selector.kind === "wildcard" || picksIndex(selector, index, length);
        if (counted) return to(picks);
        return indexes.has(index) ? remembered(`[${index}`, picks) : unnamed();
      },
    };
  };

  const advanced = (below: readonly Item[], picks: (selector: Selector) => boolean): Item[] => {
    const reached = new Set<Item>();
    for (const item of below) {
      const segment = item.segments[item.done]!;
      if (segment.descendant) reached.add(item);
      if (segment.selectors.some(picks)) reached.add(steps.get(item)!);
    }
    return [...reached].sort((a, b) => a.id - b.id);
  };

  return placeOf(
    paths.map((path) => path[0]!),
    insideAtRoot,
  );
}

const isDone = (item: Item): boolean => item.done === item.segments.length;
const isName = (selector: Selector, name: string): boolean => selector.kind === "name" && selector.name === name;

/** RFC 9535, 2.3.3 and 2.3.4.2: negative indexes count from the end, slices run either way. */
function picksIndex(selector: Selector, index: number, length: number): boolean {
  if (selector.kind === "index") return (selector.index < 0 ? selector.index + length : selector.index) === index;
  if (selector.kind !== "slice") return false;
  const step = selector.step ?? 1;
  if (step === 0) return false;
  const normal = (i: number): number => (i >= 0 ? i : length + i);
  const start = normal(selector.start ?? (step > 0 ? 0 : length - 1));
  const end = selector.end === undefined ? (step > 0 ? length : -1) : normal(selector.end);
  if (step > 0) {
    const [lower, upper] = [Math.min(Math.max(start, 0), length), Math.min(Math.max(end, 0), length)];
    return index >= lower && index < upper && (index - lower) % step === 0;
  }
  const upper = Math.min(Math.max(start, -1), length - 1);
  const lower = Math.min(Math.max(end, -1), length - 1);
  return index <= upper && index > lower && (upper - index) % -step === 0;
}
