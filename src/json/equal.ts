// json/equal.ts: whether two values mean the same, exactly; no rules, no recursion

import { FEW, MATCHES, matchFew, pairMembers, pairRest, repeats, sameName } from "./members.ts";
import { sameNumber, shortNumber } from "./numbers.ts";
import type { Shared } from "./shared.ts";
import { latin1Between, sameBytes, sameText } from "./strings.ts";
import {
  ARRAY,
  COUNT,
  END,
  ESCAPED,
  KIND,
  kindAt,
  NEXT,
  NUMBER,
  OBJECT,
  START,
  STRIDE,
  STRING,
  type Tape,
} from "./tape.ts";

/** Two leaves of any kind. Containers are never equal here. Plain code: it runs for every leaf. */
export function sameLeaf(a: Tape, i: number, b: Tape, j: number): boolean {
  const s = a.nodes;
  const t = b.nodes;
  const kind = s[i + KIND]! & 0xff;
  const otherKind = t[j + KIND]! & 0xff;
  const start = s[i + START]!;
  const other = t[j + START]!;
  const end = s[i + END]!;
  const otherEnd = t[j + END]!;
  if (kind === otherKind) {
    if (kind >= ARRAY) return false;
    if (end - start === otherEnd - other && sameBytes(a.bytes, start, b.bytes, other, end - start)) return true;
    if (kind === NUMBER) return sameNumberBetween(a.bytes, start, end, b.bytes, other, otherEnd);
    return kind === ESCAPED && sameText(a.bytes, start, end, b.bytes, other, otherEnd);
  }
  if (kind < STRING || kind > ESCAPED || otherKind < STRING || otherKind > ESCAPED) return false;
  return sameText(a.bytes, start, end, b.bytes, other, otherEnd);
}

function sameNumberBetween(a: Buffer, start: number, end: number, b: Buffer, other: number, otherEnd: number): boolean {
  const x = shortNumber(a, start, end);
  const y = shortNumber(b, other, otherEnd);
  if (!Number.isNaN(x) && !Number.isNaN(y)) return x === y;
  return sameNumber(latin1Between(a, start, end), latin1Between(b, other, otherEnd));
}

/**
 * Equality tests that fail are work that the walk does again, and nested lists would pay for it at each level. What they may
 * cost in all is bounded here, and a failure is remembered for the pairs of nodes that hold the same unequal place.
 */
export type Equality = {
  steps: number;
  from: number;
  unequalLeft: number;
  unequalRight: number;
  /** Bytes up to `head` are equal on both sides, and from `rest` on the right side has them `shift` bytes later. */
  readonly head: number;
  readonly rest: number;
  readonly shift: number;
};

/** Steps for each node of the documents, in all tests that fail. */
const STEPS_PER_NODE = 8;

export function newEquality(a: Tape, b: Tape, { head, tail }: Shared): Equality {
  const ends = { head, rest: a.bytes.length - tail, shift: b.bytes.length - a.bytes.length };
  return {
    ...ends,
    steps: 1_000 + (STEPS_PER_NODE * (a.used + b.used)) / STRIDE,
    from: 0,
    unequalLeft: -1,
    unequalRight: -1,
  };
}

/** Whether two values are the same, whatever it costs (linear). */
export function isExactlySame(a: Tape, i: number, b: Tape, j: number): boolean {
  return isSame(a, i, b, j, {
    steps: Number.POSITIVE_INFINITY,
    from: 0,
    unequalLeft: -1,
    unequalRight: -1,
    head: 0,
    rest: Number.POSITIVE_INFINITY,
    shift: 0,
  });
}

/** True: surely equal. False: unequal, or the allowance ran out and nobody knows. */
export function isSame(a: Tape, i: number, b: Tape, j: number, equality: Equality): boolean {
  const kind = kindAt(a, i);
  if (kind < ARRAY) return isTwin(i, b, j) || sameLeaf(a, i, b, j);
  const otherKind = kindAt(b, j);
  if (kind !== otherKind || a.nodes[i + COUNT] !== b.nodes[j + COUNT]) return false;
  const { from, unequalLeft, unequalRight } = equality;
  // what was walked in step down to an unequal leaf: all between its beginning and that leaf holds it on both sides
  if (unequalLeft - i === unequalRight - j && from <= i && unequalLeft > i && unequalLeft < a.nodes[i + NEXT]!) {
    return false;
  }
  if (isSameText(a, i, b, j, equality)) return true;
  if (equality.steps <= 0) return false;
  const answer = inStep(a, i, b, j, equality);
  return answer === undefined ? inAnyOrder(a, i, b, j, equality) : answer;
}

/** Whether legacy's leaf `i` is the one that the candidate's leaf `j` was found to be written as, name and value. */
export const isTwin = (i: number, b: Tape, j: number): boolean => b.nodes[j + COUNT] === ~i;

/** Whether two values are written the same. */
export function isSameText(a: Tape, i: number, b: Tape, j: number, { head, rest, shift }: Equality): boolean {
  const [start, other] = [a.nodes[i + START]!, b.nodes[j + START]!];
  const length = a.nodes[i + END]! - start;
  if (length !== b.nodes[j + END]! - other) return false;
  if (start === other ? start + length <= head : start >= rest && start + shift === other) return true;
  return sameBytes(a.bytes, start, b.bytes, other, length);
}

/** Both in document order, as long as names come in the same order; undefined as soon as they do not. */
function inStep(a: Tape, i: number, b: Tape, j: number, equality: Equality): boolean | undefined {
  const [s, t] = [a.nodes, b.nodes];
  const end = s[i + NEXT]!;
  let p = i;
  let q = j;
  for (; p < end; p += STRIDE, q += STRIDE) {
    if (isTwin(p, b, q)) continue;
    if (p > i && !sameName(a, p, b, q)) {
      equality.steps -= (p - i) / STRIDE;
      return undefined;
    }
    const kind = s[p + KIND]! & 0xff;
    const same = kind < ARRAY ? sameLeaf(a, p, b, q) : kind === (t[q + KIND]! & 0xff) && s[p + COUNT] === t[q + COUNT];
    if (!same) {
      equality.steps -= (p - i) / STRIDE;
      equality.from = i;
      equality.unequalLeft = p;
      equality.unequalRight = q;
      return false;
    }
  }
  return true;
}

function inAnyOrder(a: Tape, i: number, b: Tape, j: number, equality: Equality): boolean {
  const open = [i, j]; // containers of one kind and size
  let steps = equality.steps;
  while (open.length > 0) {
    const right = open.pop()!;
    const left = open.pop()!;
    steps -= a.nodes[left + COUNT]! + 1;
    const same =
      steps >= 0 &&
      (kindAt(a, left) === OBJECT ? sameMembers(a, left, b, right, open) : sameElements(a, left, b, right, open));
    if (!same) {
      equality.steps = steps;
      return false;
    }
  }
  return true;
}

/** Leaves are compared here, containers put off into `open`. */
function sameChild(a: Tape, p: number, b: Tape, q: number, open: number[]): boolean {
  const kind = a.nodes[p + KIND]! & 0xff;
  if (kind < ARRAY) return isTwin(p, b, q) || sameLeaf(a, p, b, q);
  if (kind !== kindAt(b, q) || a.nodes[p + COUNT] !== b.nodes[q + COUNT]) return false;
  open.push(p, q);
  return true;
}

function sameElements(a: Tape, i: number, b: Tape, j: number, open: number[]): boolean {
  const end = a.nodes[i + NEXT]!;
  for (let p = i + STRIDE, q = j + STRIDE; p < end; p = a.nodes[p + NEXT]!, q = b.nodes[q + NEXT]!) {
    if (!sameChild(a, p, b, q, open)) return false;
  }
  return true;
}

function sameMembers(a: Tape, i: number, b: Tape, j: number, open: number[]): boolean {
  const end = a.nodes[i + NEXT]!;
  let [p, q] = [i + STRIDE, j + STRIDE];
  let left = a.nodes[i + COUNT]!;
  const before = open.length;
  // names that come in the same order need not be unique to be the same
  for (; p < end && (isTwin(p, b, q) || sameName(a, p, b, q)); p = a.nodes[p + NEXT]!, q = b.nodes[q + NEXT]!) {
    if (!sameChild(a, p, b, q, open)) return false;
    left -= 1;
  }
  if (left === 0) return true;
  const few = left <= FEW;
  if (few && matchFew(a, p, left, b, q, left) < left) return false;
  // every name has its counterpart: if none repeats here, none does there
  if (repeats(a, i) || (!few && repeats(b, j))) {
    open.length = before;
    return sameRepeating(a, i, b, j, open);
  }
  if (few) {
    for (let k = 0, at = p; k < left; k++, at = a.nodes[at + NEXT]!) {
      if (!sameChild(a, at, b, MATCHES[k]!, open)) return false;
    }
    return true;
  }
  const { pairs, missing } = pairRest(a, p, left, b, q, left);
  if (missing.length > 0) return false;
  for (let k = 0; k < pairs.length; k += 2) if (!sameChild(a, pairs[k]!, b, pairs[k + 1]!, open)) return false;
  return true;
}

function sameRepeating(a: Tape, i: number, b: Tape, j: number, open: number[]): boolean {
  const { pairs, missing, repeated } = pairMembers(a, i, b, j);
  if (missing.length > 0 || repeated.some(({ legacy, candidate }) => legacy.length !== candidate.length)) return false;
  const all = [
    pairs,
    ...repeated.map(({ legacy, candidate }) => legacy.flatMap((node, k) => [node, candidate[k]!])),
  ].flat();
  for (let k = 0; k < all.length; k += 2) if (!sameChild(a, all[k]!, b, all[k + 1]!, open)) return false;
  return true;
}
