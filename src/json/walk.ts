// json/walk.ts: two documents side by side, from the roots down to what differs
// biome-ignore-all lint/style/noExcessiveLinesPerFile: the walk, in which lists, objects and values call each other

import type { ListOf } from "../model/difference.ts";
import { nameOf as lastNameOf, steps } from "../model/place.ts";
import { ignoresOrder } from "../model/rules.ts";
import { movedAmong } from "./align.ts";
import { elementConditions } from "./element-conditions.ts";
import { embeddedTrail, embeddedWalk } from "./embedded.ts";
import { isExactlySame, isSame, isSameText, isTwin, sameLeaf } from "./equal.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { memberLike } from "./identity.ts";
import { isInPlace, sourceOrder } from "./in-place.ts";
import { fitsPattern, keyPattern, patternText } from "./key-patterns.ts";
import { type Pairing, pairElements } from "./lists.ts";
import { type Members, membersOf, pairMembers, repeats, sameName } from "./members.ts";
import { elementTrail, memberTrail, nameOf, type Trail } from "./path.ts";
import {
  type Gate,
  hide,
  hideBy,
  isHidden,
  reachesInside,
  tell,
  tellOneSided,
  tellOrder,
  type Walk,
} from "./report-difference.ts";
import type { Place } from "./rules.ts";
import { settledBy } from "./settled-by-rule.ts";
import { stepTo } from "./step.ts";
import {
  ARRAY,
  COUNT,
  countAt,
  KIND,
  kindAt,
  NEXT,
  NUMBER,
  nextAt,
  OBJECT,
  STRIDE,
  sourceOf,
  type Tape,
  typeOf,
} from "./tape.ts";

/** Levels walked by recursion before the rest is put off: the stack stays short at any depth. */
const LEVELS = 150;
/** Characters of a path beyond which what differs below is one difference, or the paths alone could fill the memory. */
const LONGEST_PATH = 8_192;

/** Compares two values and all below them; what differs is in `w.found` afterwards. */
export function walk(w: Walk, i: number, j: number, place: Place, trail: Trail): void {
  compareValues(w, i, j, place, trail, LEVELS);
  for (let next = 0; next < w.deferred.length; next++) {
    const { i: left, j: right, place: where, trail: way, gate } = w.deferred[next]!;
    w.gate = gate;
    compareValues(w, left, right, where, way, LEVELS);
  }
  w.gate = undefined;
}

function compareValues(w: Walk, i: number, j: number, place: Place, trail: Trail, levels: number): void {
  const [a, b] = [w.legacy.tape, w.candidate.tape];
  if (!place.free) {
    for (const name of place.only) w.onlySeen.add(name);
    if (isHidden(place)) {
      if (!isExactlySame(a, i, b, j)) hide(w, place);
      return;
    }
  }
  const [kind, otherKind] = [kindAt(a, i), kindAt(b, j)];
  if (kind >= ARRAY && kind === otherKind) {
    compareContainers(w, i, j, place, trail, levels);
    return;
  }
  const lexical = place.lexical !== undefined && kind === NUMBER && otherKind === NUMBER;
  if (lexical ? sourceOf(a, i) === sourceOf(b, j) : sameLeaf(a, i, b, j)) return;
  if (!place.inside && !reachesInside(a, i, place) && !reachesInside(b, j, place)) {
    hide(w, place);
    return;
  }
  if (place.json !== undefined && compareEmbedded(w, i, j, place, place.json, trail)) return;
  const settled = place.free ? undefined : settledBy(place, a, i, b, j);
  if (settled !== undefined) hideBy(w, settled);
  else tell(w, trail, typeOf(kind) === typeOf(otherKind) ? "value" : "type", i, j);
}

/** Compares what two strings hold as JSON. False: not both of them hold a document. */
function compareEmbedded(w: Walk, i: number, j: number, place: Place, rule: string, trail: Trail): boolean {
  const inner = embeddedWalk(w, i, j);
  if (inner === undefined) return false;
  const { gate } = inner;
  const before = w.found.length;
  walk(inner, 0, 0, place, embeddedTrail(trail));
  w.outside += inner.outside;
  w.ticks = inner.ticks;
  w.late ||= inner.late;
  w.approximate ||= inner.approximate;
  if (gate?.found) tell(w, trail, "value", i, j);
  else if (w.found.length === before) hideBy(w, rule);
  return true;
}

function compareContainers(w: Walk, i: number, j: number, place: Place, trail: Trail, levels: number): void {
  if (levels === 0) {
    if (isProbing(w)) {
      if (!isExactlySame(w.legacy.tape, i, w.candidate.tape, j)) w.gate!.found = true;
    } else w.deferred.push({ i, j, place, trail, gate: w.gate });
    return;
  }
  w.ticks += 1;
  if ((w.ticks & 255) === 0 && !w.late && w.overdue()) w.late = true;
  const above = w.gate;
  if (above === undefined && trail.length > LONGEST_PATH) w.gate = { found: false, at: { trail, i, j } };
  if (kindAt(w.legacy.tape, i) === OBJECT) compareObjects(w, i, j, place, trail, levels - 1);
  else compareLists(w, i, j, place, trail, levels - 1);
  w.gate = above;
}

function compareObjects(w: Walk, i: number, j: number, place: Place, trail: Trail, levels: number): void {
  const a = w.legacy.tape;
  const b = w.candidate.tape;
  if (!isInStep(a, i, b, j)) {
    compareMembers(w, i, j, pairMembers(a, i, b, j), place, trail, levels);
    return;
  }
  const s = a.nodes;
  const t = b.nodes;
  const skip = !place.strict && place.inside;
  // whether a name repeats matters only where something differs, and both sides have the same names
  let unique = false;
  const end = s[i + NEXT]!;
  for (let p = i + STRIDE, q = j + STRIDE; p < end; p = s[p + NEXT]!, q = t[q + NEXT]!) {
    if (skip && (isTwin(p, b, q) || ((s[p + KIND]! & 0xff) < ARRAY && sameLeaf(a, p, b, q)))) continue;
    if (!unique && repeats(a, i)) {
      compareMembers(w, i, j, pairMembers(a, i, b, j), place, trail, levels);
      return;
    }
    unique = true;
    compareValues(w, p, q, stepTo(place, a, i, p, 0, 0), memberTrail(trail, a, p, i, j), levels);
  }
}

/** Whether two objects have the same names in the same order, as most have. */
function isInStep(a: Tape, i: number, b: Tape, j: number): boolean {
  const s = a.nodes;
  const t = b.nodes;
  if (s[i + COUNT] !== t[j + COUNT]) return false;
  const end = s[i + NEXT]!;
  for (let p = i + STRIDE, q = j + STRIDE; p < end; p = s[p + NEXT]!, q = t[q + NEXT]!) {
    if (!isTwin(p, b, q) && !sameName(a, p, b, q)) return false;
  }
  return true;
}

function compareMembers(
  w: Walk,
  i: number,
  j: number,
  { pairs, missing, extra, repeated }: Members,
  place: Place,
  trail: Trail,
  levels: number,
): void {
  const [a, b] = [w.legacy.tape, w.candidate.tape];
  // below places that `only` rules lead to, equal leaves are visited too: a rule is known to apply by its place
  const skip = !place.strict && place.inside;
  for (let k = 0; k < pairs.length; k += 2) {
    const [left, right] = [pairs[k]!, pairs[k + 1]!];
    if (skip && kindAt(a, left) < ARRAY && sameLeaf(a, left, b, right)) continue;
    compareValues(w, left, right, stepTo(place, a, i, left, 0, 0), memberTrail(trail, a, left, i, j), levels);
  }
  const before = w.found.length;
  for (const node of missing) {
    tellOneSided(w, memberTrail(trail, a, node, i, j), "missing", node, stepTo(place, a, i, node, 0, 0));
  }
  for (const node of extra) {
    tellOneSided(w, memberTrail(trail, b, node, i, j), "extra", node, stepTo(place, b, j, node, 0, 0));
  }
  noteKeys(w, before, missing, extra);
  for (const { legacy, candidate } of repeated) compareRepeated(w, i, j, legacy, candidate, place, trail);
}

/** Names that one pattern fits, from which on they are one place though their object is no dictionary by its looks. */
const ONE_PLACE = 6;

/** Notes with changed keys what they have in common. So many that changed in one way are one place, as in a dictionary. */
function noteKeys(w: Walk, from: number, missing: readonly number[], extra: readonly number[]): void {
  if (w.found.length === from || (missing.length < ONE_PLACE && w.found[from]!.general === undefined)) return;
  const names = (tape: Tape, nodes: readonly number[]): string[] => nodes.map((node) => nameOf(tape, node));
  const pattern = keyPattern(names(w.legacy.tape, missing), names(w.candidate.tape, extra));
  if (pattern === undefined) return;
  const note = patternText(pattern);
  for (let k = from; k < w.found.length; k++) {
    const difference = w.found[k]!;
    const name = lastNameOf(steps(difference.path).at(-1)!) ?? "";
    const side = difference.kind === "missing" ? "legacy" : "candidate";
    if (!fitsPattern(pattern, name, side)) continue;
    const general = difference.general ?? `${steps(difference.path).slice(0, -1).join("")}[*]`;
    w.found[k] = { ...difference, note, general };
  }
}

/** A name that one side has more than once: the same only if both have the same values for it in the same order. */
function compareRepeated(
  w: Walk,
  i: number,
  j: number,
  legacy: readonly number[],
  candidate: readonly number[],
  place: Place,
  trail: Trail,
): void {
  const [a, b] = [w.legacy.tape, w.candidate.tape];
  if (legacy.length === candidate.length && legacy.every((node, k) => isExactlySame(a, node, b, candidate[k]!))) return;
  const [left, right] = [legacy.at(-1), candidate.at(-1)];
  const below = left === undefined ? stepTo(place, b, j, right!, 0, 0) : stepTo(place, a, i, left, 0, 0);
  if (isHidden(below)) {
    hide(w, below);
    return;
  }
  const way = left === undefined ? memberTrail(trail, b, right!, i, j) : memberTrail(trail, a, left, i, j);
  const note = `the name stands ${legacy.length} times in legacy, ${candidate.length} times in the candidate`;
  tell(w, way, "format", left ?? -1, right ?? -1, note);
}

function compareLists(w: Walk, i: number, j: number, place: Place, trail: Trail, levels: number): void {
  const [a, b] = [w.legacy.tape, w.candidate.tape];
  const [count, otherCount] = [countAt(a, i), countAt(b, j)];
  const shorter = Math.min(count, otherCount);
  const rule = place.array;
  // what is the same at both ends needs no pairing
  const trims = !place.strict && place.inside && rule?.as !== "ordered";
  let head = 0;
  let [p, q] = [i + STRIDE, j + STRIDE];
  while (trims && head < shorter && isSame(a, p, b, q, w.equality)) {
    head += 1;
    p = nextAt(a, p);
    q = nextAt(b, q);
  }
  if (head === count && head === otherCount) return;
  const [left, right] = [membersOf(a, i), membersOf(b, j)];
  let tail = 0;
  while (
    trims &&
    tail < shorter - head &&
    isSame(a, left[count - 1 - tail]!, b, right[otherCount - 1 - tail]!, w.equality)
  ) {
    tail += 1;
  }
  const turned = sourceOrder(a, i, b, j) > 0;
  if (
    rule === undefined &&
    count === otherCount &&
    isInPlace(a, left, b, right, head, count - tail, turned, place, i)
  ) {
    for (let k = head; k < count - tail; k++) {
      compareValues(w, left[k]!, right[k]!, stepTo(place, a, i, left[k]!, k, count), elementTrail(trail, k), levels);
    }
    return;
  }
  const leftPlace = (k: number): Place => stepTo(place, a, i, left[k]!, k, count);
  const rightPlace = (k: number): Place => stepTo(place, b, j, right[k]!, k, otherCount);
  // pairing is where the time goes
  if (!w.late && w.overdue()) w.late = true;
  const trails = (k: number): Trail => elementTrail(trail, k);
  const pairing = pairElements({
    legacy: w.legacy,
    candidate: w.candidate,
    left,
    right,
    head,
    tail,
    rule,
    leftPlace,
    rightPlace,
    budget: w.budget,
    differs: (k, m) => differs(w, left[k]!, right[m]!, leftPlace(k), trails(k), levels),
    loose: place.loose && !isProbing(w),
    late: w.late,
    turned,
  });
  if (pairing.approximate) w.approximate = true;
  if (isReplaced(w, pairing, left.length, right.length, place, leftPlace, rightPlace)) {
    tell(w, trail, "value", i, j, left.length > 0 && right.length > 0 ? noteOfReplaced(w, left.length) : undefined);
    return;
  }
  const { to } = pairing;
  const moved = movedAmong(to);
  if (moved.length > 0) {
    if (place.array !== undefined && ignoresOrder(place.array)) hideBy(w, place.array.name);
    else if (place.inside || moved.some((k) => reachesInside(a, left[k]!, leftPlace(k)))) {
      tellOrder(w, trail, i, j, moved, pairing.by);
    } else w.outside += 1;
  }
  const paired = new Uint8Array(right.length);
  for (const other of to) if (other >= 0) paired[other] = 1;
  const sizes = { legacy: left.length, candidate: right.length };
  const gone = once(() => conditionsOf(a, left, (k) => to[k]! >= 0));
  const come = once(() => conditionsOf(b, right, (k) => paired[k] === 1));
  let next = 0;
  const tellExtras = (until: number): void => {
    for (; next < until; next++) {
      if (paired[next] === 0) tellElement(w, trails(next), "extra", right, next, rightPlace, sizes, come);
    }
  };
  const last = left.length - tail;
  for (let k = head; k < last; k++) {
    const other = to[k]!;
    if (other < 0) {
      tellElement(w, trails(k), "missing", left, k, leftPlace, sizes, gone);
      continue;
    }
    if (moved.length === 0) tellExtras(other);
    if (trims && isSameText(a, left[k]!, b, right[other]!, w.equality)) continue;
    compareValues(w, left[k]!, right[other]!, leftPlace(k), trails(k), levels);
  }
  tellExtras(right.length);
}

function once<T>(work: () => T): () => T {
  let done: { readonly value: T } | undefined;
  return () => {
    done ??= { value: work() };
    return done.value;
  };
}

function conditionsOf(tape: Tape, nodes: readonly number[], isPaired: (index: number) => boolean): string[] {
  const alone = nodes.filter((_, k) => !isPaired(k));
  return elementConditions(
    tape,
    alone,
    nodes.filter((_, k) => isPaired(k)),
  );
}

/** Longer lists are not searched for a second element like the one that is missing. */
const SEARCHED = 1_000;

/** An element of one side only, and what is to be known of its list. */
function tellElement(
  w: Walk,
  trail: Trail,
  kind: "missing" | "extra",
  nodes: readonly number[],
  index: number,
  placeOf: (index: number) => Place,
  sizes: Pick<ListOf, "legacy" | "candidate">,
  conditions: () => readonly string[],
): void {
  const before = w.found.length;
  tellOneSided(w, trail, kind, nodes[index]!, placeOf(index));
  const told = w.found[before];
  if (told === undefined) return;
  const side = kind === "missing" ? w.legacy : w.candidate;
  const printOf = (k: number): number => fingerprintOf(side, nodes[k]!, placeOf(k));
  const isEqual = (k: number): boolean => {
    const isFree = placeOf(k).free && placeOf(index).free;
    return !(isFree && differInLeaf(side.tape, nodes[k]!, nodes[index]!)) && printOf(k) === printOf(index);
  };
  const isRepeated = nodes.length <= SEARCHED && nodes.some((_, k) => k !== index && isEqual(k));
  w.found[before] = {
    ...told,
    list: { ...sizes, isRepeated, ...(conditions().length > 0 && { conditions: conditions() }) },
  };
}

/** Scalar members compared before an element is read whole. */
const LEAVES = 4;

/** Whether one of the first scalars of an object is another in the other object: cheap, and true of most elements. */
function differInLeaf(tape: Tape, i: number, j: number): boolean {
  if (kindAt(tape, i) !== OBJECT || kindAt(tape, j) !== OBJECT) return false;
  let leaves = 0;
  for (let at = j + STRIDE; at < nextAt(tape, j) && leaves < LEAVES; at = nextAt(tape, at)) {
    if (kindAt(tape, at) >= ARRAY) continue;
    const other = memberLike(tape, i, tape, at);
    if (other < 0 || kindAt(tape, other) >= ARRAY || !sameLeaf(tape, other, tape, at)) return true;
    leaves += 1;
  }
  return false;
}

function noteOfReplaced(w: Walk, count: number): string {
  if (w.late) return "the deadline passed before the lists were paired";
  if (count === 1) return "legacy's only element is not in the candidate's list";
  return `none of legacy's ${count} elements is in the candidate's list`;
}

/** One difference for the whole list, where nothing is hidden in it and no element of it was recognised. */
function isReplaced(
  w: Walk,
  pairing: Pairing,
  length: number,
  otherLength: number,
  place: Place,
  leftPlace: (k: number) => Place,
  rightPlace: (k: number) => Place,
): boolean {
  if (!pairing.replaced && !(w.late && length !== otherLength)) return false;
  if (place.free) return true;
  for (let k = 0; k < length; k++) if (isHidden(leftPlace(k)) || !leftPlace(k).inside) return false;
  for (let k = 0; k < otherLength; k++) if (isHidden(rightPlace(k)) || !rightPlace(k).inside) return false;
  return true;
}

/** Within a probe there are no others: in nested lists each level would double the work of the one above. */
const isProbing = (w: Walk): boolean => w.gate !== undefined && w.gate.at === undefined;

/** Whether two values differ under the rules; nothing is told or counted. */
function differs(w: Walk, i: number, j: number, place: Place, trail: Trail, levels: number): boolean {
  const [gate, masked, outside] = [w.gate, new Map(w.masked), w.outside];
  const probe: Gate = { found: false, at: undefined };
  w.gate = probe;
  compareValues(w, i, j, place, trail, levels);
  w.gate = gate;
  w.masked.clear();
  for (const [name, count] of masked) w.masked.set(name, count);
  w.outside = outside;
  return probe.found;
}
