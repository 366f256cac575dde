// explain/observed.ts: what an acceptance covers where no cause is stated: values that look like those observed

import type { Observed, Range } from "../model/relation.ts";
import type { ShownPair } from "./pairs.ts";
import { readPair } from "./pairs.ts";
import { formOf } from "./shapes.ts";
import { readTimes } from "./time-notations.ts";
import { isFailed } from "./types.ts";
import type { Pair, Value } from "./value.ts";

/** How far beyond what was observed a number or a length may lie. */
const WIDER = 1.1;
/** How much less alike than what was observed two texts may be. */
const LESS_ALIKE = 0.15;

/**
 * Codes and statuses are covered pair by pair. Of other values the look of both sides is, and for numbers the ratio and the
 * difference, for texts the length and the likeness, within what was observed. So an acceptance of "names are
 * written in another way" does not cover names that are `undefined`, nor one of rounded amounts amounts that are a
 * hundred times too large.
 * @param isExact the values are codes or statuses, and these are all pairs
 */
export function observedRelation(pairs: readonly ShownPair[], isExact: boolean): Observed {
  const read = pairs.map(readPair);
  const looks = [...new Set(read.map(lookOf))];
  if (isExact) {
    return { kind: "observed", looks, pairs: pairs.map(({ legacy = "", candidate = "" }) => [legacy, candidate]) };
  }
  const numbers = read.flatMap((pair) => numbersOf(pair) ?? []);
  const texts = read.flatMap((pair) => textsOf(pair) ?? []);
  return {
    kind: "observed",
    looks,
    ...(numbers.length === 0
      ? {}
      : { ratio: rangeOf(numbers.map(({ ratio }) => ratio)), offset: rangeOf(numbers.map(({ offset }) => offset)) }),
    ...(texts.length === 0
      ? {}
      : {
          length: rangeOf(texts.map(({ length }) => length)),
          likeness: Math.min(...texts.map(({ likeness }) => likeness)),
        }),
  };
}

/** Whether the pair is similar to the observed values: type, notation, ratio, length. */
export function isObserved(observed: Observed, shown: ShownPair): boolean {
  if (observed.pairs !== undefined) {
    const { legacy = "", candidate = "" } = shown;
    return observed.pairs.some(([from, to]) => from === legacy && to === candidate);
  }
  const pair = readPair(shown);
  if (!observed.looks.includes(lookOf(pair))) return false;
  const numbers = numbersOf(pair);
  if (numbers !== undefined && observed.ratio !== undefined && observed.offset !== undefined) {
    return isWithin(numbers.ratio, observed.ratio) && isWithin(numbers.offset, observed.offset);
  }
  const texts = textsOf(pair);
  if (texts === undefined || observed.length === undefined) return true;
  return isWithin(texts.length, observed.length) && texts.likeness >= (observed.likeness ?? 0) - LESS_ALIKE;
}

function isWithin(value: number, [low, high]: Range): boolean {
  const down = low > 0 ? low / WIDER : low * WIDER;
  const up = high > 0 ? high * WIDER : high / WIDER;
  return value >= down && value <= up;
}

const rangeOf = (values: readonly number[]): Range => [Math.min(...values), Math.max(...values)];

const lookOf = ({ legacy, candidate }: Pair) => `${lookOfValue(legacy)} -> ${lookOfValue(candidate)}`;

function lookOfValue(value: Value): string {
  if (value.type !== "string") return value.type;
  if (value.string === "") return "empty";
  if (isFailed(value)) return value.string;
  const [time] = readTimes(value);
  return time?.notation ?? formOf(value) ?? "text";
}

function numbersOf({ legacy, candidate }: Pair): { readonly ratio: number; readonly offset: number } | undefined {
  if (legacy.type !== "number" || candidate.type !== "number") return undefined;
  const offset = candidate.number - legacy.number;
  // Nothing over nothing is as much.
  const ratio =
    legacy.number === 0
      ? candidate.number === 0
        ? 1
        : Math.sign(candidate.number) * 1e9
      : candidate.number / legacy.number;
  return { ratio, offset };
}

function textsOf({ legacy, candidate }: Pair): { readonly length: number; readonly likeness: number } | undefined {
  if (legacy.type !== "string" || candidate.type !== "string") return undefined;
  return {
    length: (candidate.string.length + 1) / (legacy.string.length + 1),
    likeness: likeness(legacy.string, candidate.string),
  };
}

/** Characters of a text that are looked at. */
const LOOKED = 400;

/** The share of letter pairs that two texts have in common, case and order aside (Dice's coefficient), 0 to 1. */
function likeness(a: string, b: string): number {
  const count = (text: string) => {
    const counts = new Map<string, number>();
    const some = text.slice(0, LOOKED).toLowerCase();
    for (let i = 0; i + 1 < some.length; i++) {
      const two = some.slice(i, i + 2);
      counts.set(two, (counts.get(two) ?? 0) + 1);
    }
    return counts;
  };
  const [ours, theirs] = [count(a), count(b)];
  let [shared, all] = [0, 0];
  for (const [two, n] of ours) {
    shared += 2 * Math.min(n, theirs.get(two) ?? 0);
    all += n;
  }
  for (const n of theirs.values()) all += n;
  return all === 0 ? 1 : shared / all;
}
