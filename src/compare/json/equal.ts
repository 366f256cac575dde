// compare/json/equal.ts: whether two values mean the same, exactly; no rules, no recursion

import { membersOf, pairMembers, sameName } from "./members.ts";
import { sameNumber } from "./numbers.ts";
import { sameBytes, sameText } from "./strings.ts";
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
  typeOf,
} from "./tape.ts";

/** Two leaves of any kind. Containers are never equal here. */
export function sameLeaf(a: Tape, i: number, b: Tape, j: number): boolean {
  const [start, other] = [a.nodes[i + START]!, b.nodes[j + START]!];
  const [length, otherLength] = [a.nodes[i + END]! - start, b.nodes[j + END]! - other];
  const [kind, otherKind] = [kindAt(a, i), kindAt(b, j)];
  if (kind >= ARRAY || typeOf(kind) !== typeOf(otherKind)) return false;
  if (length === otherLength && sameBytes(a.bytes, start, b.bytes, other, length)) return true;
  if (kind === NUMBER) {
    return sameNumber(
      a.bytes.toString("latin1", start, start + length),
      b.bytes.toString("latin1", other, other + otherLength),
    );
  }
  if (kind === STRING && otherKind === STRING) return false;
  if (kind !== STRING && kind !== ESCAPED) return false;
  return sameText(a.bytes, start, start + length, b.bytes, other, other + otherLength);
}

/**
 * Equality tests that fail are work that the walk does again, and nested lists would pay for it at each level. What they may
 * cost in all is bounded here, and a failure is remembered for the pairs of nodes that hold the same unequal place.
 */
export type Equality = { steps: number; from: number; unequalLeft: number; unequalRight: number };

/** Steps for each node of the documents, in all tests that fail. */
const STEPS_PER_NODE = 8;

export function newEquality(a: Tape, b: Tape): Equality {
  return { steps: 1_000 + (STEPS_PER_NODE * (a.used + b.used)) / STRIDE, from: 0, unequalLeft: -1, unequalRight: -1 };
}

/** Whether two values are the same, whatever it costs (linear). */
export function isExactlySame(a: Tape, i: number, b: Tape, j: number): boolean {
  return isSame(a, i, b, j, { steps: Number.POSITIVE_INFINITY, from: 0, unequalLeft: -1, unequalRight: -1 });
}

/** True: surely equal. False: unequal, or the allowance ran out and nobody knows. */
export function isSame(a: Tape, i: number, b: Tape, j: number, equality: Equality): boolean {
  const [kind, otherKind] = [kindAt(a, i), kindAt(b, j)];
  if (kind < ARRAY) return sameLeaf(a, i, b, j);
  if (kind !== otherKind || a.nodes[i + COUNT] !== b.nodes[j + COUNT] || equality.steps <= 0) return false;
  const { from, unequalLeft, unequalRight } = equality;
  // what was walked in step down to an unequal leaf: all between its beginning and that leaf holds it on both sides
  if (unequalLeft - i === unequalRight - j && from <= i && unequalLeft > i && unequalLeft < a.nodes[i + NEXT]!) {
    return false;
  }
  const [start, other] = [a.nodes[i + START]!, b.nodes[j + START]!];
  const length = a.nodes[i + END]! - start;
  if (length === b.nodes[j + END]! - other && sameBytes(a.bytes, start, b.bytes, other, length)) return true;
  const answer = inStep(a, i, b, j, equality);
  return answer === undefined ? inAnyOrder(a, i, b, j, equality) : answer;
}

/** Both in document order, as long as names come in the same order; undefined as soon as they do not. */
function inStep(a: Tape, i: number, b: Tape, j: number, equality: Equality): boolean | undefined {
  const [s, t] = [a.nodes, b.nodes];
  const end = s[i + NEXT]!;
  let p = i;
  let q = j;
  for (; p < end; p += STRIDE, q += STRIDE) {
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
  const open = [i, j];
  let steps = equality.steps;
  while (open.length > 0) {
    const right = open.pop()!;
    const left = open.pop()!;
    steps -= 1;
    if (steps < 0) break;
    const kind = kindAt(a, left);
    if (kind < ARRAY) {
      if (!sameLeaf(a, left, b, right)) break;
    } else if (kind !== kindAt(b, right) || a.nodes[left + COUNT] !== b.nodes[right + COUNT]) break;
    else if (kind === OBJECT) {
      const members = pairMembers(a, left, b, right);
      if (members.missing.length > 0 || members.extra.length > 0) break;
      if (members.repeated.some(({ legacy, candidate }) => legacy.length !== candidate.length)) break;
      for (const pair of members.pairs) open.push(pair);
      for (const { legacy, candidate } of members.repeated) {
        for (const [k, node] of legacy.entries()) open.push(node, candidate[k]!);
      }
    } else {
      const [elements, others] = [membersOf(a, left), membersOf(b, right)];
      for (let k = elements.length - 1; k >= 0; k--) open.push(elements[k]!, others[k]!);
    }
    if (open.length === 0) return true;
  }
  equality.steps = steps;
  return false;
}
