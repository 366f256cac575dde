// json/gaps.ts: two lists under pairing, and the runs of elements in them that have no partner yet

import type { ArrayRule } from "../model/rules.ts";
import { longestRun } from "./align.ts";
import type { Side } from "./fingerprint.ts";
import type { Budget } from "./likeness.ts";
import type { Identities } from "./other-identities.ts";
import type { Place } from "./rules.ts";

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
  /** What tells the elements apart where no identity pairs them; worked out when first needed. */
  identities?: Identities | "none";
};

/** A run of elements on each side, `from` included, `to` not. */
export type Gap = { readonly from: number; readonly to: number; readonly otherFrom: number; readonly otherTo: number };

/** Indexes of elements without a partner, of each list. */
export type Open = { readonly left: readonly number[]; readonly right: readonly number[] };

/** The runs of unpaired elements that stand on both sides between neighbours that kept their order. */
export function gapsIn(gap: Gap, to: Int32Array): Gap[] {
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

/** The elements of a gap that have no partner; `taken` are the candidate's that have one. */
export function openIn(gap: Gap, to: Int32Array, taken: ReadonlySet<number>): Open {
  const open: { left: number[]; right: number[] } = { left: [], right: [] };
  for (let i = gap.from; i < gap.to; i++) if (to[i]! < 0) open.left.push(i);
  for (let j = gap.otherFrom; j < gap.otherTo; j++) if (!taken.has(j)) open.right.push(j);
  return open;
}

/** The candidate's elements that have a partner. */
export const takenBy = (to: Int32Array): Set<number> => new Set(to.filter((other) => other >= 0));
