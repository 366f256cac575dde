// json/settled-by-rule.ts: whether a rule says that two unequal scalars are the same after all

import { isNear } from "./numbers.ts";
import type { CompiledString, Place } from "./rules.ts";
import { exactTextOf, latin1Between } from "./strings.ts";
import { END, ESCAPED, kindAt, NUMBER, START, STRING, type Tape } from "./tape.ts";
import { instantOfNumber, instantOfText } from "./times.ts";

/**
 * The rule that settles it. A place is held to its shape: a number rule says nothing where one side is no number. Two strings
 * that are numbers are numbers to it, since XML, CSV and forms have nothing else.
 */
export function settledBy(place: Place, a: Tape, i: number, b: Tape, j: number): string | undefined {
  if (place.lexical === undefined && place.numbers.length > 0) {
    const [legacy, candidate] = numbersAt(a, i, b, j);
    for (const { name, tolerance, relative } of legacy === undefined ? [] : place.numbers) {
      if (isNear(legacy!, candidate!, tolerance, relative)) return name;
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

/** Both values as numbers, if both are numbers, or both strings that are numbers. */
function numbersAt(a: Tape, i: number, b: Tape, j: number): [legacy: string, candidate: string] | [] {
  const [kind, otherKind] = [kindAt(a, i), kindAt(b, j)];
  if (kind === NUMBER && otherKind === NUMBER) return [numberText(a, i), numberText(b, j)];
  if (!isNumericString(a, i) || !isNumericString(b, j)) return [];
  return [writtenNumber(a, i), writtenNumber(b, j)];
}

/** A string that is a number as JSON writes it; a plus sign and whitespace around it may be there. */
export function isNumericString(tape: Tape, node: number): boolean {
  if (kindAt(tape, node) !== STRING) return false;
  const [start, end] = [tape.nodes[node + START]! + 1, tape.nodes[node + END]! - 1];
  if (end - start > LONGEST_NUMBER || end === start || tape.bytes[start]! > 57) return false;
  return NUMERIC.test(latin1Between(tape.bytes, start, end));
}

const LONGEST_NUMBER = 400;
const NUMERIC = /^\s*[+-]?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?\s*$/;

function writtenNumber(tape: Tape, node: number): string {
  return latin1Between(tape.bytes, tape.nodes[node + START]! + 1, tape.nodes[node + END]! - 1)
    .trim()
    .replace(/^\+/, "");
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
