// json/identity.ts: the member by which the elements of a list are known, found in the data

import { sameLeaf } from "./equal.ts";
import { leafPrint } from "./fingerprint.ts";
import { likeness } from "./likeness.ts";
import { sameName } from "./members.ts";
import { nameOf } from "./path.ts";
import type { Place } from "./rules.ts";
import { scanDocument } from "./scan.ts";
import { stepTo } from "./step.ts";
import {
  ARRAY,
  END,
  ESCAPED,
  kindAt,
  NEXT,
  NUMBER,
  newTape,
  OBJECT,
  START,
  STRIDE,
  STRING,
  type Tape,
} from "./tape.ts";

/** The names of one or several members, as nodes of a tape that has them. */
export type Identity = { readonly names: Tape; readonly nodes: readonly number[]; readonly label: string };

/** Elements looked at before all of them are: enough to turn most names away. */
const SAMPLE = 16;
const MOST_NAMES = 24;
const FULLY_TRIED = 6;
const LONGEST_KEY = 256;

const PRESENT = 0.9;
const DISTINCT = 0.95;
const SHARED = 0.5;
/** A first candidate this good is taken without looking at the others. */
const CONVINCING = 0.75;
/** Below this an unlikely name is a coincidence. */
const PLAUSIBLE = 0.3;

/** Names that mean identity in practice: they break ties and are tried first, nothing more. */
const LIKELY = /(^|[a-z_-])(id|key|uuid|guid|sku|code|slug|ref|no|number|name)$|Id$|ID$/i;

/** Whether an identity's name is one that means identity in practice. */
export const isLikely = ({ label }: Identity): boolean => LIKELY.test(label);

/** An identity made of these members, as a rule names them. */
export function identityOf(names: readonly string[]): Identity {
  const text = `{${names.map((name) => `${JSON.stringify(name)}:0`).join(",")}}`;
  const tape = newTape(Buffer.from(text), new Int32Array((names.length + 1) * STRIDE));
  scanDocument(tape);
  return { names: tape, nodes: names.map((_, k) => (k + 1) * STRIDE), label: names.join(", ") };
}

const ANY = /^/;

/** Those of them that are not rather the number of a line. */
const SURE = /(^|[a-z_-])(id|key|uuid|guid|sku|code|slug|ref|name)$|Id$|ID$/i;

/** What identifies an element, as a hash; 0 where it lacks a part of it. */
export function keyPrint(tape: Tape, element: number, { names, nodes }: Identity): number {
  if (kindAt(tape, element) !== OBJECT) return 0;
  let print = 0x51ed270b;
  for (const node of nodes) {
    const member = memberLike(tape, element, names, node);
    if (member < 0 || kindAt(tape, member) >= ARRAY) return 0;
    print = Math.imul(print ^ leafPrint(tape, member), 0x01000193);
  }
  return print === 0 ? 1 : print;
}

/** The member of an object that has the same name as a node of another tape; -1 if there is none. */
export function memberLike(tape: Tape, object: number, names: Tape, name: number): number {
  if (kindAt(tape, object) !== OBJECT) return -1;
  const end = tape.nodes[object + NEXT]!;
  for (let at = object + STRIDE; at < end; at = tape.nodes[at + NEXT]!) if (sameName(tape, at, names, name)) return at;
  return -1;
}

/**
 * A member whose scalar values are there in almost all elements of both lists, almost never repeat in one, mostly occur in
 * both, and pair elements that are alike. Several may fit: the one whose pairs agree most is it.
 */
export function findIdentity(
  a: Tape,
  left: readonly number[],
  b: Tape,
  right: readonly number[],
  placeOf: (element: number, index: number) => Place,
): Identity | undefined {
  if (Math.min(left.length, right.length) < 1 || Math.max(left.length, right.length) < 2) return undefined;
  const [some, others] = [sampleOf(left), sampleOf(right)];
  let best: { identity: Identity; score: number } | undefined;
  let tried = 0;
  const first = left.findIndex((node) => kindAt(a, node) === OBJECT);
  if (first < 0) return undefined;
  for (const identity of candidates(a, left, first, placeOf(left[first]!, first), ANY, MOST_NAMES)) {
    if (!fits(some.map((node) => keyPrintOf(a, node, identity)))) continue;
    if (!fits(others.map((node) => keyPrintOf(b, node, identity)))) continue;
    tried += 1;
    if (tried > FULLY_TRIED) break;
    const score = scoreOf(a, left, b, right, identity, placeOf);
    if (score > (best?.score ?? 0)) best = { identity, score };
    if (score >= CONVINCING && LIKELY.test(identity.label)) break;
  }
  return best?.identity;
}

/**
 * Whether elements stand in pairs already: each has the same key as its counterpart, no key comes twice, and the name is one
 * that means identity in practice. Most lists are like that, and then nothing needs to be searched.
 */
export function identifiedInPlace(
  a: Tape,
  left: readonly number[],
  b: Tape,
  right: readonly number[],
  from: number,
  to: number,
  place: Place,
): boolean {
  const identity = candidates(a, left, from, place, SURE, 1)[0];
  if (identity === undefined) return false;
  const name = identity.nodes[0]!;
  const seen = new Set<number>();
  for (let k = from; k < to; k++) {
    const ours = memberLike(a, left[k]!, identity.names, name);
    const theirs = memberLike(b, right[k]!, identity.names, name);
    if (ours < 0 || theirs < 0 || !identifies(a, ours) || !sameLeaf(a, ours, b, theirs)) return false;
    seen.add(leafPrint(a, ours));
  }
  return seen.size === to - from;
}

/** The members that may identify an element, those with likely names first; at most so many with names that fit. */
function candidates(
  a: Tape,
  left: readonly number[],
  index: number,
  place: Place,
  names: RegExp,
  most: number,
): Identity[] {
  const element = left[index]!;
  if (kindAt(a, element) !== OBJECT) return [];
  const [likely, others]: [Identity[], Identity[]] = [[], []];
  const end = a.nodes[element + NEXT]!;
  for (let at = element + STRIDE; at < end && likely.length + others.length < most; at = a.nodes[at + NEXT]!) {
    if (!identifies(a, at)) continue;
    const label = nameOf(a, at);
    if (!names.test(label)) continue;
    const below = stepTo(place, a, element, at, 0, 0);
    if (below.ignore !== undefined || below.times.length + below.numbers.length + below.strings.length > 0) continue;
    if (below.inside) (LIKELY.test(label) ? likely : others).push({ names: a, nodes: [at], label });
  }
  return [...likely, ...others];
}

/** Strings and whole numbers identify; flags, fractions and long texts do not. */
export function identifies(tape: Tape, node: number): boolean {
  const kind = kindAt(tape, node);
  const [start, end] = [tape.nodes[node + START]!, tape.nodes[node + END]!];
  if (end - start > LONGEST_KEY) return false;
  if (kind === NUMBER) return isWhole(tape.bytes, start, end);
  return kind === STRING || kind === ESCAPED;
}

function isWhole(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at]! > 57 || bytes[at] === 46) return false;
  return true;
}

function keyPrintOf(tape: Tape, element: number, { names, nodes }: Identity): number {
  if (kindAt(tape, element) !== OBJECT) return 0;
  const member = memberLike(tape, element, names, nodes[0]!);
  return member >= 0 && identifies(tape, member) ? leafPrint(tape, member) || 1 : 0;
}

export function fits(prints: ArrayLike<number> & Iterable<number>): boolean {
  const distinct = new Set(prints);
  let present = prints.length;
  if (distinct.delete(0)) for (const print of prints) if (print === 0) present -= 1;
  return present >= PRESENT * prints.length && distinct.size >= DISTINCT * present;
}

function scoreOf(
  a: Tape,
  left: readonly number[],
  b: Tape,
  right: readonly number[],
  identity: Identity,
  placeOf: (element: number, index: number) => Place,
): number {
  const ours = left.map((node) => keyPrintOf(a, node, identity));
  const theirs = right.map((node) => keyPrintOf(b, node, identity));
  if (!fits(ours) || !fits(theirs)) return 0;
  const known = new Map<number, number>();
  for (const [at, print] of theirs.entries()) if (print !== 0) known.set(print, at);
  const pairs: [number, number][] = [];
  for (const [at, print] of ours.entries()) {
    const other = print === 0 ? undefined : known.get(print);
    if (other !== undefined) pairs.push([at, other]);
  }
  const share = pairs.length / Math.min(left.length, right.length);
  if (share < SHARED) return 0;
  const unlimited = { left: Number.POSITIVE_INFINITY };
  const looked = sampleOf(pairs);
  let agreed = 0;
  for (const [i, j] of looked) agreed += likeness(a, left[i]!, b, right[j]!, placeOf(left[i]!, i), unlimited);
  const score = (share * agreed) / looked.length;
  const inOrder = pairs.every(([, j], k) => k === 0 || pairs[k - 1]![1] < j) ? 1e-3 : 0;
  if (LIKELY.test(identity.label)) return score + inOrder + 1e-4;
  return score < PLAUSIBLE ? 0 : score + inOrder;
}

/** A few of many, evenly. */
export function sampleOf<T>(items: readonly T[]): T[] {
  if (items.length <= SAMPLE) return [...items];
  return Array.from({ length: SAMPLE }, (_, k) => items[Math.floor((k * (items.length - 1)) / (SAMPLE - 1))]!);
}
