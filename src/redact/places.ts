// redact/places.ts: which places of a JSON document are secret, followed step by step from the root

import { ANY_INDEX, type Places, type Standing, type Step } from "../bodies/redaction.ts";
import type { Path, Segment, Selector } from "../jsonpath/path.ts";

/** The secret places, and what is known of them where a body has no places. */
export type SecretPlaces = Places & {
  /** The last names of the paths, lower case, attributes without `@` and namespace: what to look for in other formats. */
  readonly names: readonly string[];
  /** A path ends without a name (`$.secrets.*`), so that only a sound document tells what it means. */
  readonly nameless: boolean;
};

const NOWHERE: Standing = [];

function added(states: number[] | undefined, state: number): number[] {
  if (states === undefined) return [state];
  if (!states.includes(state)) states.push(state);
  return states;
}

/** The same steps are taken again and again; hostile names must not fill the memory. */
function remembered(follow: Places["step"]): Places["step"] {
  const known = new WeakMap<Standing, Map<Step, Standing>>();
  return (from, by) => {
    let steps = known.get(from);
    const before = steps?.get(by);
    if (before !== undefined) return before;
    if (steps === undefined) {
      steps = new Map();
      known.set(from, steps);
    }
    const to = follow(from, by);
    if (steps.size >= 1_000) steps.clear();
    if (typeof by !== "string" || by.length <= 100) steps.set(by, to);
    return to;
  };
}

/**
 * Compiles paths into one automaton, so that a document is walked once however many paths there are. What depends on the
 * length of a list (`[-1]`, slices from the end) takes the whole list: rather too much than too little.
 */
export function compilePlaces(paths: readonly Path[]): SecretPlaces {
  // A state is a position in this list: the segment to be matched next, or none when a path is through.
  const segments: (Segment | undefined)[] = [undefined];
  const root: number[] = [];
  for (const path of paths) {
    root.push(segments.length);
    segments.push(...path.segments, undefined);
  }
  const follow = (from: Standing, by: Step): Standing => {
    let next: number[] | undefined;
    // Most steps change nothing: only `..` is waiting for its name.
    for (let i = 0; i < from.length; i += 1) {
      const segment = segments[from[i]!];
      if (segment === undefined) continue;
      if (segment.descendant) next = added(next, from[i]!);
      if (segment.selectors.some((one) => selects(one, by))) next = added(next, from[i]! + 1);
    }
    if (next === undefined) return NOWHERE;
    return next.length === from.length && next.every((state, i) => state === from[i]) ? from : next;
  };
  return {
    root,
    step: remembered(follow),
    secret: (at) => at.some((state) => segments[state] === undefined),
    both: (one, other) => (one === other ? one : [...new Set([...one, ...other])]),
    names: paths.flatMap(lastNames).map((name) => name.toLowerCase().replace(/^@(?:\{[^}]*\})?/, "")),
    unnamed: paths.some((path) => lastNames(path).length === 0),
    nameless: paths.some((path) => namesOf(path.segments.at(-1)).length === 0),
  };
}

function selects(selector: Selector, by: Step): boolean {
  if (by === ANY_INDEX) return selector.kind !== "name";
  switch (selector.kind) {
    case "wildcard":
      return true;
    case "name":
      return by === selector.name;
    case "index":
      return typeof by === "number" && (selector.index < 0 || by === selector.index);
    case "slice": {
      if (typeof by !== "number") return false;
      const { start = 0, end, step = 1 } = selector;
      if (step < 1 || start < 0 || (end !== undefined && end < 0)) return true;
      return by >= start && (end === undefined || by < end) && (by - start) % step === 0;
    }
  }
}

/** The names of a segment, or none when it does not go by name alone. */
function namesOf(segment: Segment | undefined): string[] {
  const selectors = segment?.selectors ?? [];
  const names = selectors.flatMap((one) => (one.kind === "name" ? [one.name] : []));
  return names.length === selectors.length ? names : [];
}

/** Names that are secret wherever they stand (`$..iban`): such a rule also means `Iban`, and `iban` in a query. */
export function namedAnywhere(paths: readonly Path[]): string[] {
  return paths.filter(({ segments }) => segments.length === 1 && segments[0]!.descendant).flatMap(lastNames);
}

function lastNames(path: Path): string[] {
  return path.segments.map(namesOf).findLast((names) => names.length > 0) ?? [];
}

const STEP = /\.([^.[\]]+)|\[(\d+)\]|\[(\*)\]|\['((?:[^'\\]|\\.)*)'\]/gy;
const ESCAPE = /\\(?:u([0-9A-Fa-f]{4})|(.))/g;
const SHORT: ReadonlyMap<string, string> = new Map([
  ["b", "\b"],
  ["t", "\t"],
  ["n", "\n"],
  ["f", "\f"],
  ["r", "\r"],
]);

/**
 * The steps of a normalized or generalised path, `$.items[*]['a.b']`; none when the text is something else. Unlike
 * parsePath it reads every path that normalizedPath spells, lone surrogates and any length included.
 */
export function stepsOf(path: string): Step[] | undefined {
  if (!path.startsWith("$")) return undefined;
  const steps: Step[] = [];
  STEP.lastIndex = 1;
  let at = 1;
  while (at < path.length) {
    const found = STEP.exec(path);
    if (found === null) return undefined;
    at = STEP.lastIndex;
    const [, plain, index, wildcard, quoted] = found;
    if (index !== undefined) steps.push(Number(index));
    else if (wildcard !== undefined || plain === "*") steps.push(ANY_INDEX);
    else if (plain !== undefined) steps.push(plain);
    else steps.push(quoted!.replace(ESCAPE, unescaped));
  }
  return steps;
}

function unescaped(_: string, hex: string | undefined, short: string | undefined): string {
  return hex === undefined ? (SHORT.get(short!) ?? short!) : String.fromCharCode(Number.parseInt(hex, 16));
}
