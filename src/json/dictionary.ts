// json/dictionary.ts: objects whose member names are data, such as a catalogue of messages or a map of users by name

import { nameOf, type Trail } from "./path.ts";
import { ARRAY, COUNT, kindAt, NAME_HASH, NEXT, OBJECT, STRIDE, type Tape, typeOf } from "./tape.ts";

/** Members from which on an object with values of one scalar type, or with alike objects, may be a dictionary. */
const LEAST_SCALARS = 32;
const LEAST_OBJECTS = 8;
/** Share of the values that must be of one kind. */
const SCALARS_ALIKE = 0.95;
const OBJECTS_ALIKE = 0.9;
/** Members looked at, of each side. */
const MOST_MEMBERS = 4_096;
/** Names that only one side has, from which on names are taken for data. */
const LEAST_CHANGED = 4;
/** Share of the names that no programmer would give to a member: `errors.not found`, `/orders`. */
const LIKE_DATA = 0.2;

/**
 * Whether the object that a member belongs to is a dictionary: many members with objects of the same names, or many with
 * values of one scalar type where the names look like data or change like data. An element of a list is a record, however
 * many members it has.
 * @param left legacy's object @param right the candidate's @param above where both are
 */
export function isDictionary(a: Tape, left: number, b: Tape, right: number, above: Trail): boolean {
  if (above.index >= 0) return false;
  const [ours, theirs] = [valuesOf(a, left), valuesOf(b, right)];
  if (ours === "records" || theirs === "records") return true;
  if (ours !== "scalars" && theirs !== "scalars") return false;
  return haveNamesLikeData(a, left) || changedNames(a, left, b, right) >= LEAST_CHANGED;
}

/** Whether an object has members enough to be a dictionary. Cheap, for a test before {@link isDictionary}. */
export const mayBeDictionary = (tape: Tape, object: number): boolean => tape.nodes[object + COUNT]! >= LEAST_OBJECTS;

/** What an object's values are, where they are many and alike. */
function valuesOf(tape: Tape, object: number): "records" | "scalars" | undefined {
  if (!mayBeDictionary(tape, object)) return undefined;
  const kinds = new Map<number, number>();
  let members = 0;
  for (const at of membersIn(tape, object)) {
    const kind = kindAt(tape, at) === OBJECT ? OBJECT + namesPrint(tape, at) : typeOf(kindAt(tape, at));
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    members += 1;
  }
  for (const [kind, count] of kinds) {
    if (kind > OBJECT && count >= LEAST_OBJECTS && count >= OBJECTS_ALIKE * members) return "records";
    if (kind < ARRAY && count >= LEAST_SCALARS && count >= SCALARS_ALIKE * members) return "scalars";
  }
  return undefined;
}

function* membersIn(tape: Tape, object: number): Generator<number> {
  const end = tape.nodes[object + NEXT]!;
  let left = MOST_MEMBERS;
  for (let at = object + STRIDE; at < end && left > 0; at = tape.nodes[at + NEXT]!, left--) yield at;
}

/** A positive number for an object's names, whatever their order; 0 for no names. */
function namesPrint(tape: Tape, object: number): number {
  let sum = 0;
  for (const at of membersIn(tape, object)) sum = (sum + Math.imul(tape.nodes[at + NAME_HASH]!, 0x9e3779b1)) | 0;
  return tape.nodes[object + COUNT] === 0 ? 0 : (sum >>> 0) + 1;
}

function haveNamesLikeData(tape: Tape, object: number): boolean {
  let [names, likeData] = [0, 0];
  for (const at of membersIn(tape, object)) {
    names += 1;
    if (/[^\w$-]/.test(nameOf(tape, at))) likeData += 1;
  }
  return likeData >= LIKE_DATA * names;
}

/** Names that one side has and the other has not, by their hashes. */
function changedNames(a: Tape, left: number, b: Tape, right: number): number {
  const ours = new Set([...membersIn(a, left)].map((at) => a.nodes[at + NAME_HASH]!));
  const theirs = new Set([...membersIn(b, right)].map((at) => b.nodes[at + NAME_HASH]!));
  return ours.symmetricDifference(theirs).size;
}
