// json/fingerprint.ts: one integer for what a value means under the rules; a hint for pairing, never a verdict

import { ignoresOrder } from "../model/rules.ts";
import { documentIn } from "./embedded-document.ts";
import { membersOf } from "./members.ts";
import { numberBetween } from "./numbers.ts";
import type { Place } from "./rules.ts";
import { isNumericString } from "./settled-by-rule.ts";
import { stepTo } from "./step.ts";
import { bytesHash, textOf } from "./strings.ts";
import {
  ARRAY,
  END,
  ESCAPED,
  kindAt,
  NAME_HASH,
  NEXT,
  NUMBER,
  OBJECT,
  START,
  STRIDE,
  STRING,
  type Tape,
} from "./tape.ts";

/** A side of the comparison, with the fingerprints that were worked out so far: one for each node, 0 for none yet. */
export type Side = { readonly tape: Tape; prints: Int32Array | undefined };

const IGNORED = 0x2f0b4c47;
const AS_NUMBER = 0x1b56c4e9;
const AS_TIME = 0x5f356495;
const AS_STRING = 0x3c6ef372;
const AS_NUMERIC = 0x27220a95;

/** Values that are equal under the rules have equal fingerprints; the others mostly not. Linear, each node once. */
export function fingerprintOf(side: Side, node: number, place: Place): number {
  side.prints ??= new Int32Array(side.tape.used / STRIDE);
  const known = side.prints[node / STRIDE]!;
  if (known !== 0) return known;
  const end = side.tape.nodes[node + NEXT]!;
  const places = place.free ? undefined : placesBelow(side.tape, node, end, place);
  for (let at = lastBefore(end); at >= node; at -= STRIDE) {
    const here = places === undefined ? place : places[(at - node) / STRIDE]!;
    side.prints[at / STRIDE] = printOf(side.tape, side.prints, at, here) || 1;
  }
  return side.prints[node / STRIDE]!;
}

const lastBefore = (end: number): number => end - STRIDE;

function placesBelow(tape: Tape, node: number, end: number, place: Place): Place[] {
  const places = new Array<Place>((end - node) / STRIDE);
  places[0] = place;
  for (let at = node; at < end; at += STRIDE) {
    if (kindAt(tape, at) < ARRAY) continue;
    const [here, children] = [places[(at - node) / STRIDE]!, membersOf(tape, at)];
    for (const [index, child] of children.entries()) {
      places[(child - node) / STRIDE] = stepTo(here, tape, at, child, index, children.length);
    }
  }
  return places;
}

function printOf(tape: Tape, prints: Int32Array, node: number, place: Place): number {
  if (place.ignore !== undefined || (!place.inside && !place.leadsInside)) return IGNORED;
  const kind = kindAt(tape, node);
  if (kind < ARRAY && !place.inside) return IGNORED;
  if (kind < ARRAY) {
    if (place.free) return leafPrint(tape, node);
    if (place.times.length > 0 && (kind === NUMBER || kind === STRING || kind === ESCAPED)) return AS_TIME;
    if (kind === NUMBER && place.lexical !== undefined) return bytesPrint(tape, node);
    if (kind === NUMBER && place.numbers.length > 0) return AS_NUMBER;
    if (place.numbers.length > 0 && place.lexical === undefined && isNumericString(tape, node)) return AS_NUMERIC;
    if ((kind === STRING || kind === ESCAPED) && place.strings.length > 0) return AS_STRING;
    if ((kind === STRING || kind === ESCAPED) && place.json !== undefined) return embeddedPrint(tape, node, place);
    return leafPrint(tape, node);
  }
  const { nodes } = tape;
  const anyOrder = kind === OBJECT || ignoresOrder(place.array);
  let sum = kind;
  for (let at = node + STRIDE, end = nodes[node + NEXT]!; at < end; at = nodes[at + NEXT]!) {
    const child = prints[at / STRIDE]!;
    if (child === IGNORED && kind === OBJECT) continue;
    if (anyOrder) sum = (sum + mixed(child ^ Math.imul(nodes[at + NAME_HASH]!, 0x2545f491))) | 0;
    else sum = Math.imul(sum ^ child, 0x01000193) + 0x9e3779b9;
  }
  return mixed(sum);
}

/** Of a string that holds JSON, the fingerprint of what it holds. */
function embeddedPrint(tape: Tape, node: number, place: Place): number {
  const inner = documentIn(tape, node);
  return inner === undefined ? leafPrint(tape, node) : fingerprintOf({ tape: inner, prints: undefined }, 0, place);
}

function mixed(h: number): number {
  let x = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}

const DOUBLE = new Float64Array(1);
const HALVES = new Int32Array(DOUBLE.buffer);

/** The fingerprint of a scalar without rules: equal for equal values, however they are written. */
export function leafPrint(tape: Tape, node: number): number {
  const kind = kindAt(tape, node);
  const [start, end] = [tape.nodes[node + START]!, tape.nodes[node + END]!];
  if (kind === NUMBER) {
    DOUBLE[0] = numberBetween(tape.bytes, start, end) + 0; // -0 becomes 0
    return mixed(Math.imul(HALVES[0]!, 31) ^ HALVES[1]! ^ NUMBER);
  }
  if (kind === STRING) return mixed(bytesHash(tape.bytes, start + 1, end - 1) ^ STRING);
  if (kind === ESCAPED) {
    const utf8 = Buffer.from(textOf(tape.bytes, start, end));
    return mixed(bytesHash(utf8, 0, utf8.length) ^ STRING);
  }
  return mixed(kind);
}

function bytesPrint(tape: Tape, node: number): number {
  return mixed(bytesHash(tape.bytes, tape.nodes[node + START]!, tape.nodes[node + END]!));
}
