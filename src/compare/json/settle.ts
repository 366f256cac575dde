// compare/json/settle.ts: whether a rule says that two unequal scalars are the same after all

import { isNear } from "./numbers.ts";
import type { CompiledString, Place } from "./rules.ts";
import { exactTextOf, latin1Between } from "./strings.ts";
import { END, ESCAPED, kindAt, NUMBER, START, STRING, type Tape } from "./tape.ts";
import { instantOfNumber, instantOfText } from "./times.ts";

/** The rule that settles it. A place is held to its shape: a number rule says nothing where one side is no number. */
export function settledBy(place: Place, a: Tape, i: number, b: Tape, j: number): string | undefined {
  if (place.lexical === undefined && place.numbers.length > 0 && kindAt(a, i) === NUMBER && kindAt(b, j) === NUMBER) {
    const [legacy, candidate] = [numberText(a, i), numberText(b, j)];
    for (const { name, tolerance, relative } of place.numbers) {
      if (isNear(legacy, candidate, tolerance, relative)) return name;
    }
  }
  if (place.times.length > 0) {
    const [legacy, candidate] = [instantAt(a, i), instantAt(b, j)];
    if (legacy !== undefined && candidate !== undefined) {
      const apart = Math.abs(legacy - candidate);
      for (const { name, toleranceMs } of place.times) if (apart <= toleranceMs) return name;
    }
  }
  if (place.strings.length > 0) {
    const [legacy, candidate] = [stringAt(a, i), stringAt(b, j)];
    if (legacy !== undefined && candidate !== undefined) {
      for (const rule of place.strings) if (sameUnder(rule, legacy, candidate)) return rule.name;
    }
  }
  return undefined;
}

function sameUnder(rule: CompiledString, legacy: string, candidate: string): boolean {
  const [left, right] = [plain(rule, legacy), plain(rule, candidate)];
  if (rule.matches === undefined) return left === right;
  return rule.pattern?.test(left) === true && rule.pattern.test(right);
}

function plain(rule: CompiledString, text: string): string {
  let result = rule.normalize === undefined ? text : text.normalize(rule.normalize);
  if (rule.trim === true) result = result.trim();
  // upper case first: it folds what has two lower-case forms
  return rule.ignoreCase === true ? result.toUpperCase().toLowerCase() : result;
}

const numberText = (tape: Tape, node: number): string =>
  latin1Between(tape.bytes, tape.nodes[node + START]!, tape.nodes[node + END]!);

function stringAt(tape: Tape, node: number): string | undefined {
  const kind = kindAt(tape, node);
  if (kind !== STRING && kind !== ESCAPED) return undefined;
  return exactTextOf(tape.bytes, tape.nodes[node + START]!, tape.nodes[node + END]!);
}

function instantAt(tape: Tape, node: number): number | undefined {
  if (kindAt(tape, node) === NUMBER) return instantOfNumber(numberText(tape, node));
  const text = stringAt(tape, node);
  return text === undefined ? undefined : instantOfText(text.trim());
}
