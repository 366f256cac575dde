// compare/json/lists.ts: which element of one list is which of the other

import type { ArrayRule } from "../../model/rules.ts";
import { align, longestRun } from "./align.ts";
import { fingerprintOf, type Side } from "./fingerprint.ts";
import { findIdentity, type Identity, identityOf, keyPrint } from "./identity.ts";
import { ALIKE, type Budget, likeness } from "./likeness.ts";
import type { Place } from "./rules.ts";
import { ARRAY, kindAt, NEXT, STRIDE } from "./tape.ts";

/** Two lists to pair, and what is known about them. */
export type Lists = {
  readonly legacy: Side;
  readonly candidate: Side;
  readonly left: readonly number[];
  readonly right: readonly number[];
  /** So many elements at the beginning and at the end are surely the same under any rules. */
  readonly head: number;
  readonly tail: number;
  readonly rule: ArrayRule | undefined;
  readonly leftPlace: (index: number) => Place;
  readonly rightPlace: (index: number) => Place;
  readonly budget: Budget;
  /** Different under the rules, by index. */
  readonly differs: (i: number, j: number) => boolean;
  /** Rules below may settle what differs. */
  readonly loose: boolean;
  /** The deadline has passed: pair by position. */
  readonly late: boolean;
  /** Pair as if the sides were swapped: who is legacy must not decide ties, or swapping would not mirror what is found. */
  readonly turned: boolean;
};

export type Pairing = {
  /** For each of legacy's elements the candidate's index, or -1. */
  readonly to: Int32Array;
  /** Not one element was recognised, and nothing says that positions mean anything. */
  readonly replaced: boolean;
  readonly approximate: boolean;
  /** The members by which elements were recognised. */
  readonly by: string | undefined;
};

/** An element that moved and changed, or that lost its identity, must be this alike to be recognised. */
const VERY_ALIKE = 0.75;

export function pairElements(lists: Lists): Pairing {
  if (!lists.turned) return paired(lists);
  const pairing = paired({
    ...lists,
    legacy: lists.candidate,
    candidate: lists.legacy,
    left: lists.right,
    right: lists.left,
    leftPlace: lists.rightPlace,
    rightPlace: lists.leftPlace,
    differs: (i, j) => lists.differs(j, i),
  });
  const to = new Int32Array(lists.left.length).fill(-1);
  for (const [j, i] of pairing.to.entries()) if (i >= 0) to[i] = j;
  return { ...pairing, to };
}

function paired(lists: Lists): Pairing {
  const { left, right, head, tail, rule } = lists;
  const to = new Int32Array(left.length).fill(-1);
  const shorter = Math.min(left.length, right.length);
  const known = { to, replaced: false, approximate: false, by: undefined };
  const inPlace = (approximate: boolean): Pairing => {
    for (let k = head; k < shorter - tail; k++) to[k] = k;
    return { ...known, approximate };
  };
  for (let k = 0; k < head; k++) to[k] = k;
  for (let k = 1; k <= tail; k++) to[left.length - k] = right.length - k;
  if (rule?.as === "ordered") return inPlace(false);
  const gap: Gap = { from: head, to: left.length - tail, otherFrom: head, otherTo: right.length - tail };
  if (gap.from === gap.to || gap.otherFrom === gap.otherTo) {
    return { ...known, replaced: shorter === 0 && Math.max(left.length, right.length) > 1 };
  }
  if (lists.late) return inPlace(true);
  if (rule !== undefined && typeof rule.as === "object") return { ...known, ...byKey(lists, gap, to, rule.as.key) };
  const found = rule?.as === "unordered" ? asMultiset(lists, gap, to) : inDoubt(lists, gap, to);
  const replaced = head + tail === 0 && left.length !== right.length && to.every((other) => other < 0);
  return { ...known, ...found, replaced };
}

/** A run of elements on each side, `from` included, `to` not. */
type Gap = { readonly from: number; readonly to: number; readonly otherFrom: number; readonly otherTo: number };
type Found = { readonly approximate: boolean; readonly by: string | undefined };

function byKey(lists: Lists, gap: Gap, to: Int32Array, names: readonly string[]): Found {
  const identity = identityOf(names);
  const approximate = alignPrints(lists, gap, to, identity);
  return { approximate, by: identity.label };
}

/** Pairs what has the same key or, without a key, the same meaning. True: the budget was too small to do it exactly. */
function alignPrints(lists: Lists, gap: Gap, to: Int32Array, identity: Identity | undefined): boolean {
  const { legacy, candidate, left, right } = lists;
  const ours = new Int32Array(gap.to - gap.from);
  const theirs = new Int32Array(gap.otherTo - gap.otherFrom);
  for (let k = 0; k < ours.length; k++) {
    const node = left[gap.from + k]!;
    const key = identity === undefined ? 0 : keyPrint(legacy.tape, node, identity);
    ours[k] = key === 0 ? fingerprintOf(legacy, node, lists.leftPlace(gap.from + k)) : key ^ KEYED;
  }
  for (let k = 0; k < theirs.length; k++) {
    const node = right[gap.otherFrom + k]!;
    const key = identity === undefined ? 0 : keyPrint(candidate.tape, node, identity);
    theirs[k] = key === 0 ? fingerprintOf(candidate, node, lists.rightPlace(gap.otherFrom + k)) : key ^ KEYED;
  }
  const found = align(ours, theirs, lists.budget);
  for (const [k, other] of found.to.entries()) if (other >= 0) to[gap.from + k] = gap.otherFrom + other;
  return found.approximate;
}

const KEYED = 0x3779b97f;

function inDoubt(lists: Lists, gap: Gap, to: Int32Array): Found {
  const single = gap.to - gap.from === 1 && gap.otherTo - gap.otherFrom === 1;
  if (single && isInPlace(lists, gap.from, gap.otherFrom)) {
    to[gap.from] = gap.otherFrom;
    return { approximate: false, by: undefined };
  }
  const identity = identityIn(lists);
  const approximate = alignPrints(lists, gap, to, identity);
  if (identity !== undefined) {
    for (const inner of gapsIn(gap, to)) pairKeyless(lists, inner, to);
    return { approximate, by: identity.label };
  }
  const cheap = pairAlike(lists, gap, to);
  return { approximate: approximate || cheap, by: undefined };
}

/** One element stands where one stood: it is the same one, unless both are objects that share too little. */
function isInPlace(lists: Lists, i: number, j: number): boolean {
  return !bothObjects(lists, i, j) || alikeness(lists, i, j) >= ALIKE;
}

function identityIn({ legacy, candidate, left, right, leftPlace }: Lists): Identity | undefined {
  return findIdentity(legacy.tape, left, candidate.tape, right, (_, index) => leftPlace(index));
}

const OBJECT_KIND = 8;
function bothObjects({ legacy, candidate, left, right }: Lists, i: number, j: number): boolean {
  return kindAt(legacy.tape, left[i]!) === OBJECT_KIND && kindAt(candidate.tape, right[j]!) === OBJECT_KIND;
}

function alikeness(
  { legacy, candidate, left, right, leftPlace }: Lists,
  i: number,
  j: number,
  budget = FREELY,
): number {
  return likeness(legacy.tape, left[i]!, candidate.tape, right[j]!, leftPlace(i), budget);
}

/** For work that is linear anyway. */
const FREELY: Budget = { left: Number.POSITIVE_INFINITY };

/** The runs of unpaired elements that stand on both sides between neighbours that kept their order. */
function gapsIn(gap: Gap, to: Int32Array): Gap[] {
  const gaps: Gap[] = [];
  let [from, otherFrom] = [gap.from, gap.otherFrom];
  const close = (end: number, otherEnd: number): void => {
    if (from < end && otherFrom < otherEnd) gaps.push({ from, to: end, otherFrom, otherTo: otherEnd });
  };
  if (!to.subarray(gap.from, gap.to).includes(-1)) return gaps;
  for (const at of longestRun(to.subarray(gap.from, gap.to))) {
    const i = gap.from + at;
    close(i, to[i]!);
    [from, otherFrom] = [i + 1, to[i]! + 1];
  }
  close(gap.to, gap.otherTo);
  return gaps;
}

function openIn(gap: Gap, to: Int32Array, taken: ReadonlySet<number>): { left: number[]; right: number[] } {
  const open: { left: number[]; right: number[] } = { left: [], right: [] };
  for (let i = gap.from; i < gap.to; i++) if (to[i]! < 0) open.left.push(i);
  for (let j = gap.otherFrom; j < gap.otherTo; j++) if (!taken.has(j)) open.right.push(j);
  return open;
}

const takenBy = (to: Int32Array): Set<number> => new Set(to.filter((other) => other >= 0));

/** In a list with identities: as many strangers stand where as many stood, and all but their keys agree. */
function pairKeyless(lists: Lists, gap: Gap, to: Int32Array): void {
  const open = openIn(gap, to, takenBy(to.subarray(gap.from, gap.to)));
  if (open.left.length !== open.right.length) return;
  for (const [k, i] of open.left.entries()) {
    const j = open.right[k]!;
    if (alikeness(lists, i, j) >= VERY_ALIKE || isAllButOne(lists, i, j)) to[i] = j;
  }
}

/** All leaves but one agree, and there are others. */
function isAllButOne(lists: Lists, i: number, j: number): boolean {
  const leaves = Math.max(sizeOf(lists.legacy, lists.left[i]!), sizeOf(lists.candidate, lists.right[j]!));
  return leaves === 2 && alikeness(lists, i, j) >= ALIKE;
}

const sizeOf = ({ tape }: Side, node: number): number => (tape.nodes[node + NEXT]! - node) / STRIDE - 1;

/** Without identities: what changed is what is most alike, first where it stood, then elsewhere. True: not all was tried. */
function pairAlike(lists: Lists, gap: Gap, to: Int32Array): boolean {
  let cheap = false;
  const gaps = gapsIn(gap, to);
  const taken = takenBy(to);
  const pair = (i: number, j: number): void => {
    to[i] = j;
    taken.add(j);
  };
  for (const inner of gaps) {
    const open = openIn(inner, to, taken);
    if (open.left.length !== open.right.length) continue;
    for (const [k, i] of open.left.entries()) {
      const j = open.right[k]!;
      if (bothContainers(lists, i, j) && alikeness(lists, i, j) >= ALIKE) pair(i, j);
    }
  }
  for (const inner of gaps) cheap = !pairBest(lists, openIn(inner, to, taken), ALIKE, pair) || cheap;
  cheap = !pairBest(lists, openIn(gap, to, taken), VERY_ALIKE, pair) || cheap;
  for (const inner of gaps) {
    const open = openIn(inner, to, taken);
    if (inner.to - inner.from !== inner.otherTo - inner.otherFrom || open.left.length !== open.right.length) continue;
    for (const [k, i] of open.left.entries()) {
      if (i - inner.from === open.right[k]! - inner.otherFrom) pair(i, open.right[k]!);
    }
  }
  return cheap;
}

function bothContainers({ legacy, candidate, left, right }: Lists, i: number, j: number): boolean {
  const kind = kindAt(legacy.tape, left[i]!);
  return kind >= ARRAY && kind === kindAt(candidate.tape, right[j]!);
}

/** The most alike first. False: too many to try each with each within the budget. */
function pairBest(
  lists: Lists,
  open: { readonly left: readonly number[]; readonly right: readonly number[] },
  least: number,
  pair: (i: number, j: number) => void,
): boolean {
  const { legacy, candidate, budget } = lists;
  const left = open.left.filter((i) => kindAt(legacy.tape, lists.left[i]!) >= ARRAY);
  const right = open.right.filter((j) => kindAt(candidate.tape, lists.right[j]!) >= ARRAY);
  if (left.length === 0 || right.length === 0) return true;
  const steps =
    right.length * left.reduce((sum, i) => sum + sizeOf(legacy, lists.left[i]!) + 1, 0) +
    left.length * right.reduce((sum, j) => sum + sizeOf(candidate, lists.right[j]!) + 1, 0);
  if (steps / 2 > budget.left) return false;
  const scores: { i: number; j: number; score: number }[] = [];
  for (const i of left) {
    for (const j of right) {
      if (!bothContainers(lists, i, j)) continue;
      const score = alikeness(lists, i, j, budget);
      if (score >= least) scores.push({ i, j, score });
    }
  }
  // ties go to the nearest, in a way that does not change when the sides are swapped
  scores.sort((x, y) => y.score - x.score || Math.abs(x.i - x.j) - Math.abs(y.i - y.j) || x.i + x.j - y.i - y.j);
  const used = { left: new Set<number>(), right: new Set<number>() };
  for (const { i, j } of scores) {
    if (used.left.has(i) || used.right.has(j)) continue;
    used.left.add(i);
    used.right.add(j);
    pair(i, j);
  }
  return true;
}

/** Order does not count: equal elements first, then by identity, then the most alike, and a last one for a last one. */
function asMultiset(lists: Lists, gap: Gap, to: Int32Array): Found {
  let cheap = alignPrints(lists, gap, to, undefined);
  if (lists.loose) cheap = !pairUnderRules(lists, gap, to) || cheap;
  const taken = takenBy(to);
  const pair = (i: number, j: number): void => {
    to[i] = j;
    taken.add(j);
  };
  let open = openIn(gap, to, taken);
  if (open.left.length === 0 || open.right.length === 0) return { approximate: cheap, by: undefined };
  const identity = identityIn(lists);
  if (identity !== undefined) {
    const known = new Map(open.right.map((j) => [keyPrint(lists.candidate.tape, lists.right[j]!, identity), j]));
    for (const i of open.left) {
      const key = keyPrint(lists.legacy.tape, lists.left[i]!, identity);
      const j = known.get(key);
      if (key === 0 || j === undefined) continue;
      known.delete(key);
      pair(i, j);
    }
    open = openIn(gap, to, taken);
  }
  cheap = !pairBest(lists, open, identity === undefined ? ALIKE : VERY_ALIKE, pair) || cheap;
  open = openIn(gap, to, taken);
  if (open.left.length === 1 && open.right.length === 1) pair(open.left[0]!, open.right[0]!);
  return { approximate: cheap, by: identity?.label };
}

/** Elements that a tolerance could make equal share a fingerprint, and any of them may be the other's. */
function pairUnderRules(lists: Lists, gap: Gap, to: Int32Array): boolean {
  const { budget } = lists;
  const cost = (some: readonly number[]): number =>
    some.reduce((sum, i) => sum + sizeOf(lists.legacy, lists.left[i]!) + 1, 0);
  const known: number[] = [];
  for (let i = gap.from; i < gap.to; i++) if (to[i]! >= 0) known.push(i);
  budget.left -= cost(known);
  if (budget.left < 0) return false;
  const wrong = known.filter((i) => lists.differs(i, to[i]!));
  const free = wrong.map((i) => to[i]!);
  budget.left -= cost(wrong) * free.length;
  if (budget.left < 0) return false;
  for (const i of wrong) to[i] = -1;
  for (const i of wrong) {
    const k = free.findIndex((j) => !lists.differs(i, j));
    if (k >= 0) to[i] = free.splice(k, 1)[0]!;
  }
  return true;
}
