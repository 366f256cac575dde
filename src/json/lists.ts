// json/lists.ts: which element of one list is which of the other

import { isInPlace, pairAlike, pairKeyless, pairUnsure } from "./alike.ts";
import { type Gap, gapsIn, type Lists } from "./gaps.ts";
import { identityOf, isLikely } from "./identity.ts";
import { asMultiset } from "./multiset.ts";
import { alignPrints, type Found, identityIn } from "./pair-equal.ts";

/** Which element of legacy's list is which of the candidate's. */
export type Pairing = {
  /** For each of legacy's elements the candidate's index, or -1. */
  readonly to: Int32Array;
  /** Not one element was recognised, and nothing says that positions mean anything. */
  readonly replaced: boolean;
  readonly approximate: boolean;
  /** The members by which elements were recognised. */
  readonly by: string | undefined;
};

/** Pairs the elements of two lists. The result does not depend on which side is which. */
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
  const found =
    rule === undefined
      ? inDoubt(lists, gap, to)
      : typeof rule.as === "object"
        ? byKey(lists, gap, to, rule.as.key)
        : asMultiset(lists, gap, to);
  const replaced = head + tail === 0 && to.every((other) => other < 0);
  return { ...known, ...found, replaced };
}

function byKey(lists: Lists, gap: Gap, to: Int32Array, names: readonly string[]): Found {
  const identity = identityOf(names);
  const approximate = alignPrints(lists, gap, to, identity);
  return { approximate, by: identity.label };
}

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
    const cheap = !isLikely(identity) && pairUnsure(lists, gap, to);
    return { approximate: approximate || cheap, by: identity.label };
  }
  const cheap = pairAlike(lists, gap, to);
  return { approximate: approximate || cheap, by: undefined };
}
