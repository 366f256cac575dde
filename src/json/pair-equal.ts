// json/pair-equal.ts: pairs the elements of two lists that have the same key or the same meaning

import { align } from "./align.ts";
import { fingerprintOf } from "./fingerprint.ts";
import type { Gap, Lists } from "./gaps.ts";
import { findIdentity, type Identity, keyPrint } from "./identity.ts";

/** How lists were paired: whether the budget forced a cheaper way, and the members by which elements were recognised. */
export type Found = { readonly approximate: boolean; readonly by: string | undefined };

/** Pairs what has the same key or, without a key, the same meaning. True: the budget was too small to do it exactly. */
export function alignPrints(lists: Lists, gap: Gap, to: Int32Array, identity: Identity | undefined): boolean {
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

/** The member by which the elements of both lists are known, if the data show one. */
export function identityIn({ legacy, candidate, left, right, leftPlace }: Lists): Identity | undefined {
  return findIdentity(legacy.tape, left, candidate.tape, right, (_, index) => leftPlace(index));
}
