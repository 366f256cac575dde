// json/likeness.ts: how much of two values is the same, from 0 to 1

import { sameLeaf } from "./equal.ts";
import { membersOf, pairMembers } from "./members.ts";
import type { Place } from "./rules.ts";
import { stepTo } from "./step.ts";
import { sameBytes } from "./strings.ts";
import { ARRAY, END, kindAt, NEXT, OBJECT, START, STRIDE, type Tape, typeOf } from "./tape.ts";

/** Elements at least this alike are taken for one element that has changed. */
export const ALIKE = 0.5;

/** Deeper values count as same or not as a whole. */
const DEEPEST = 8;

/** What is left to spend on pairing, in elementary steps; shared by the whole comparison. */
export type Budget = { left: number };

/** Leaves that agree, and all that were looked at. */
export type Score = { same: number; all: number };

/**
 * The share of leaves that agree: members by name, elements by position, what the rules ignore left out. The same both ways
 * round. Every node looked at costs a step.
 */
export function likeness(a: Tape, i: number, b: Tape, j: number, place: Place, budget: Budget): number {
  return shareOf(scoreOf(a, i, b, j, place, budget));
}

/** The leaves that agree and all leaves, counted as {@link likeness} does. */
export function scoreOf(a: Tape, i: number, b: Tape, j: number, place: Place, budget: Budget): Score {
  const score = { same: 0, all: 0 };
  weigh(a, i, b, j, place, DEEPEST, score, budget);
  return score;
}

/** The share of leaves that agree, 0 to 1; 1 where there are none. */
export const shareOf = ({ same, all }: Score): number => (all === 0 ? 1 : same / all);

const size = (tape: Tape, node: number): number => Math.max(1, (tape.nodes[node + NEXT]! - node) / STRIDE - 1);

function weigh(
  a: Tape,
  i: number,
  b: Tape,
  j: number,
  place: Place,
  depth: number,
  score: Score,
  budget: Budget,
): void {
  budget.left -= 1;
  if (place.ignore !== undefined || (!place.inside && !place.leadsInside)) return;
  const [kind, otherKind] = [kindAt(a, i), kindAt(b, j)];
  if (typeOf(kind) !== typeOf(otherKind)) {
    score.all += Math.max(size(a, i), size(b, j));
    return;
  }
  if (kind < ARRAY) {
    score.all += 1;
    if (sameLeaf(a, i, b, j)) score.same += 1;
    return;
  }
  if (depth === 0) {
    const [start, other] = [a.nodes[i + START]!, b.nodes[j + START]!];
    const length = a.nodes[i + END]! - start;
    const same = length === b.nodes[j + END]! - other && sameBytes(a.bytes, start, b.bytes, other, length);
    score.all += Math.max(size(a, i), size(b, j));
    if (same) score.same += size(a, i);
    return;
  }
  if (kind === OBJECT) weighMembers(a, i, b, j, place, depth, score, budget);
  else weighElements(a, i, b, j, place, depth, score, budget);
}

function weighMembers(
  a: Tape,
  i: number,
  b: Tape,
  j: number,
  place: Place,
  depth: number,
  score: Score,
  budget: Budget,
): void {
  const { pairs, missing, extra, repeated } = pairMembers(a, i, b, j);
  if (pairs.length + missing.length + extra.length === 0) {
    score.all += 1;
    score.same += repeated.length === 0 ? 1 : 0;
  }
  for (let k = 0; k < pairs.length; k += 2) {
    weigh(a, pairs[k]!, b, pairs[k + 1]!, stepTo(place, a, i, pairs[k]!, 0, 0), depth - 1, score, budget);
  }
  for (const node of missing) if (stepTo(place, a, i, node, 0, 0).ignore === undefined) score.all += size(a, node);
  for (const node of extra) if (stepTo(place, b, j, node, 0, 0).ignore === undefined) score.all += size(b, node);
  budget.left -= missing.length + extra.length;
}

function weighElements(
  a: Tape,
  i: number,
  b: Tape,
  j: number,
  place: Place,
  depth: number,
  score: Score,
  budget: Budget,
): void {
  const [left, right] = [membersOf(a, i), membersOf(b, j)];
  if (left.length + right.length === 0) {
    score.all += 1;
    score.same += 1;
  }
  const both = Math.min(left.length, right.length);
  for (let k = 0; k < both; k++) {
    weigh(a, left[k]!, b, right[k]!, stepTo(place, a, i, left[k]!, k, left.length), depth - 1, score, budget);
  }
  for (let k = both; k < left.length; k++) score.all += size(a, left[k]!);
  for (let k = both; k < right.length; k++) score.all += size(b, right[k]!);
  budget.left -= left.length + right.length - 2 * both;
}
