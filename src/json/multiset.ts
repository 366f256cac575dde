// json/multiset.ts: pairs the elements of two lists whose order does not count

import { areApart, pairBest, sizeOf, VERY_ALIKE } from "./alike.ts";
import { type Gap, type Lists, openIn, takenBy } from "./gaps.ts";
import { keyPrint } from "./identity.ts";
import { ALIKE } from "./likeness.ts";
import { alignPrints, type Found, identityIn } from "./pair-equal.ts";

/** Order does not count: equal elements first, then by identity, then the most alike, and a last one for a last one. */
export function asMultiset(lists: Lists, gap: Gap, to: Int32Array): Found {
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
  const [i, j] = [open.left[0], open.right[0]];
  const single = open.left.length === 1 && open.right.length === 1;
  if (single && !areApart(lists, i!, j!)) pair(i!, j!);
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
