// json/alike.ts: pairs the elements of two lists that no identity pairs, by how much of them is the same

import { NO_RULES } from "../model/rules.ts";
import { type Gap, gapsIn, type Lists, type Open, openIn, takenBy } from "./gaps.ts";
import { ALIKE, type Budget, type Score, scoreOf, shareOf } from "./likeness.ts";
import { sharesNames } from "./members.ts";
import { areStrangers, haveOneIdentity, type Identities, identitiesOf, mayBeStrangers } from "./other-identities.ts";
import { compileJsonRules } from "./rules.ts";
import { ARRAY, kindAt, NEXT, OBJECT, STRIDE } from "./tape.ts";

/** An element that moved and changed, or that lost its identity, must be this alike to be recognised. */
export const VERY_ALIKE = 0.75;

/** One element stands where one stood: it is the same one, unless its identity says otherwise or no name is shared. */
export function isInPlace(lists: Lists, i: number, j: number): boolean {
  if (!bothObjects(lists, i, j)) return true;
  const score = scored(lists, i, j, FREELY);
  if (shareOf(score) >= ALIKE && !strange(lists, i, j, score)) return true;
  const [left, right] = [lists.left[i]!, lists.right[j]!];
  return sharesNames(lists.legacy.tape, left, lists.candidate.tape, right) && !strange(lists, i, j, score);
}

function bothObjects({ legacy, candidate, left, right }: Lists, i: number, j: number): boolean {
  return kindAt(legacy.tape, left[i]!) === OBJECT && kindAt(candidate.tape, right[j]!) === OBJECT;
}

function scored({ legacy, candidate, left, right, leftPlace }: Lists, i: number, j: number, budget: Budget) {
  return scoreOf(legacy.tape, left[i]!, candidate.tape, right[j]!, leftPlace(i), budget);
}

/** How much of two elements is the same, 0 to 1; nothing is the same of two strangers. */
function alikeness(lists: Lists, i: number, j: number, budget = FREELY): number {
  const score = scored(lists, i, j, budget);
  return strange(lists, i, j, score) ? 0 : shareOf(score);
}

function strange(lists: Lists, i: number, j: number, score: Score): boolean {
  const { legacy, candidate, left, right, leftPlace } = lists;
  // Looking at two elements spares a search for identities in the whole lists.
  if (!mayBeStrangers(legacy.tape, left[i]!, candidate.tape, right[j]!, leftPlace(i))) return false;
  const identities = identitiesIn(lists);
  return identities !== undefined && areStrangers(identities, i, j, score, VERY_ALIKE);
}

function identitiesIn(lists: Lists): Identities | undefined {
  const { legacy, candidate, left, right, leftPlace } = lists;
  lists.identities ??= identitiesOf({ a: legacy.tape, left, b: candidate.tape, right, placeOf: leftPlace }) ?? "none";
  return lists.identities === "none" ? undefined : lists.identities;
}

/** For work that is linear anyway. */
const FREELY: Budget = { left: Number.POSITIVE_INFINITY };

/** In a list with identities: as many strangers stand where as many stood, and all but their keys agree. */
export function pairKeyless(lists: Lists, gap: Gap, to: Int32Array): void {
  const open = openIn(gap, to, takenBy(to.subarray(gap.from, gap.to)));
  if (open.left.length !== open.right.length) return;
  for (const [k, i] of open.left.entries()) {
    const j = open.right[k]!;
    if (alikeness(lists, i, j) >= VERY_ALIKE || isAllButOne(lists, i, j)) to[i] = j;
  }
}

/**
 * What pairs the list has no identity's name, so it may be ordinary data that changed: the one element that is left of
 * lists of equal length is the one that stood there, and what is ignored may tell which others are the same. True: not all
 * was tried.
 */
export function pairUnsure(lists: Lists, gap: Gap, to: Int32Array): boolean {
  const taken = takenBy(to);
  const open = openIn(gap, to, taken);
  const [i, j] = [open.left[0], open.right[0]];
  const isOne = open.left.length === 1 && open.right.length === 1 && lists.left.length === lists.right.length;
  if (isOne && i === j && isInPlace(lists, i!, j!)) {
    to[i!] = j!;
    return false;
  }
  if (!lists.loose) return false;
  const pair = (left: number, right: number): void => {
    to[left] = right;
  };
  return !pairBest(lists, open, ALIKE, pair, bareAlikeness);
}

/** All leaves but one agree, and there are others. */
function isAllButOne(lists: Lists, i: number, j: number): boolean {
  const leaves = Math.max(sizeOf(lists.legacy, lists.left[i]!), sizeOf(lists.candidate, lists.right[j]!));
  return leaves === 2 && alikeness(lists, i, j) >= ALIKE;
}

/** Nodes below an element. */
export const sizeOf = ({ tape }: Lists["legacy"], node: number): number =>
  (tape.nodes[node + NEXT]! - node) / STRIDE - 1;

/** Without identities: what changed is what is most alike, first where it stood, then elsewhere. True: not all was tried. */
export function pairAlike(lists: Lists, gap: Gap, to: Int32Array): boolean {
  let cheap = false;
  const gaps = gapsIn(gap, to);
  const taken = takenBy(to);
  const pair = (i: number, j: number): void => {
    to[i] = j;
    taken.add(j);
  };
  pairOneIdentity(lists, openIn(gap, to, taken), pair);
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
      const j = open.right[k]!;
      if (i - inner.from === j - inner.otherFrom && !areApart(lists, i, j)) pair(i, j);
    }
  }
  if (lists.loose) cheap = !pairBest(lists, openIn(gap, to, taken), ALIKE, pair, bareAlikeness) || cheap;
  return cheap;
}

/** As {@link alikeness}, with what the rules ignore: for elements of which nothing else is the same. */
function bareAlikeness(lists: Lists, i: number, j: number, budget: Budget): number {
  const { legacy, candidate, left, right } = lists;
  if (areApart(lists, i, j)) return 0;
  return shareOf(scoreOf(legacy.tape, left[i]!, candidate.tape, right[j]!, WITHOUT_RULES, budget));
}

const WITHOUT_RULES = compileJsonRules(NO_RULES).root;

/** What is left of the elements that have one identity, which too few have for it to pair the lists. */
function pairOneIdentity(lists: Lists, open: Open, pair: (i: number, j: number) => void): void {
  if (!open.left.some((i) => kindAt(lists.legacy.tape, lists.left[i]!) === OBJECT)) return;
  const identities = identitiesIn(lists);
  if (identities === undefined) return;
  const known = new Map(open.right.map((j) => [identities.identity.right[j]!, j]));
  for (const i of open.left) {
    const j = known.get(identities.identity.left[i]!);
    if (j === undefined || !haveOneIdentity(identities, i, j)) continue;
    known.delete(identities.identity.left[i]!);
    pair(i, j);
  }
}

export const areApart = (lists: Lists, i: number, j: number): boolean =>
  bothObjects(lists, i, j) && strange(lists, i, j, scored(lists, i, j, FREELY));

function bothContainers({ legacy, candidate, left, right }: Lists, i: number, j: number): boolean {
  const kind = kindAt(legacy.tape, left[i]!);
  return kind >= ARRAY && kind === kindAt(candidate.tape, right[j]!);
}

/** The most alike first. False: too many to try each with each within the budget. */
export function pairBest(
  lists: Lists,
  open: Open,
  least: number,
  pair: (i: number, j: number) => void,
  alike: (lists: Lists, i: number, j: number, budget: Budget) => number = alikeness,
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
      const score = alike(lists, i, j, budget);
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
