// json/align.ts: which item of one sequence is which of another, for items that are either equal or not

import type { Budget } from "./likeness.ts";

/** For each item on the left the index on the right that it is, or -1; and whether the budget forced a cheaper pairing. */
type Alignment = { readonly to: Int32Array; readonly approximate: boolean };

/**
 * Pairs equal items: first a longest common subsequence (exactly where items are distinct or the budget allows: Myers, "An
 * O(ND) Difference Algorithm and Its Variations", 1986), then what is left of equal items, which has moved.
 */
export function align(left: ArrayLike<number>, right: ArrayLike<number>, budget: Budget): Alignment {
  const to = new Int32Array(left.length).fill(-1);
  const shorter = Math.min(left.length, right.length);
  let head = 0;
  while (head < shorter && left[head] === right[head]) {
    to[head] = head;
    head += 1;
  }
  let tail = 0;
  while (tail < shorter - head && left[left.length - 1 - tail] === right[right.length - 1 - tail]) {
    tail += 1;
    to[left.length - tail] = right.length - tail;
  }
  budget.left -= left.length + right.length;

  const ranks = shared(left, head, left.length - tail, right, head, right.length - tail);
  const [x, y] = [ranks.left, ranks.right];
  const inOrder = x.length === y.length && x.every((at, k) => left[at] === right[y[k]!]);
  if (inOrder) {
    for (const [k, at] of x.entries()) to[at] = y[k]!;
    return { to, approximate: false };
  }
  let approximate = false;
  if (!ranks.distinct) {
    const kept = commonSubsequence(
      x.map((at) => left[at]!),
      y.map((at) => right[at]!),
      budget,
    );
    if (kept === undefined) approximate = true;
    else for (let k = 0; k < kept.length; k += 2) to[x[kept[k]!]!] = y[kept[k + 1]!]!;
  }
  pairByRank(left, x, right, y, to);
  return { to, approximate };
}

/** The indexes whose items occur on both sides: what occurs on one only cannot be part of what is common. */
function shared(
  left: ArrayLike<number>,
  leftFrom: number,
  leftTo: number,
  right: ArrayLike<number>,
  rightFrom: number,
  rightTo: number,
): { left: number[]; right: number[]; distinct: boolean } {
  const [ofLeft, ofRight] = [new Set<number>(), new Set<number>()];
  for (let i = leftFrom; i < leftTo; i++) ofLeft.add(left[i]!);
  for (let j = rightFrom; j < rightTo; j++) ofRight.add(right[j]!);
  const [x, y]: [number[], number[]] = [[], []];
  for (let i = leftFrom; i < leftTo; i++) if (ofRight.has(left[i]!)) x.push(i);
  for (let j = rightFrom; j < rightTo; j++) if (ofLeft.has(right[j]!)) y.push(j);
  const distinct = ofLeft.size === leftTo - leftFrom && ofRight.size === rightTo - rightFrom;
  return { left: x, right: y, distinct };
}

/** The first unpaired equal item on the right for each on the left. */
function pairByRank(
  left: ArrayLike<number>,
  x: readonly number[],
  right: ArrayLike<number>,
  y: readonly number[],
  to: Int32Array,
): void {
  const taken = new Set<number>();
  for (const at of x) if (to[at]! >= 0) taken.add(to[at]!);
  const open = new Map<number, number[]>();
  for (let k = y.length - 1; k >= 0; k--) {
    if (taken.has(y[k]!)) continue;
    const queue = open.get(right[y[k]!]!);
    if (queue === undefined) open.set(right[y[k]!]!, [y[k]!]);
    else queue.push(y[k]!);
  }
  for (const at of x) if (to[at]! < 0) to[at] = open.get(left[at]!)?.pop() ?? -1;
}

/** Pairs of indexes (left, right, left, ...) of a longest common subsequence; nothing if it costs more than the budget. */
function commonSubsequence(left: readonly number[], right: readonly number[], budget: Budget): number[] | undefined {
  const [n, m] = [left.length, right.length];
  const rows: Int32Array[] = [];
  let furthest = new Int32Array(3);
  for (let d = 0; d <= n + m; d++) {
    // furthest[k + d + 1]: how far down diagonal k = i - j a path with d steps off the diagonals gets, as i
    const row = new Int32Array(2 * d + 3);
    budget.left -= 2 * d + 2;
    if (budget.left < 0) return undefined;
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && furthest[k - 1 + d]! < furthest[k + 1 + d]!);
      let i = d === 0 ? 0 : down ? furthest[k + 1 + d]! : furthest[k - 1 + d]! + 1;
      const start = i;
      while (i < n && i - k < m && left[i] === right[i - k]) i += 1;
      budget.left -= i - start;
      row[k + d + 1] = i;
      if (i >= n && i - k >= m) {
        rows.push(row);
        return backtrack(rows, n, m);
      }
    }
    rows.push(row);
    furthest = row;
  }
  return undefined;
}

function backtrack(rows: readonly Int32Array[], n: number, m: number): number[] {
  const pairs: number[] = [];
  let [i, j] = [n, m];
  for (let d = rows.length - 1; d >= 0; d--) {
    const k = i - j;
    const before = d === 0 ? undefined : rows[d - 1]!;
    let [fromI, fromJ] = [0, 0];
    if (before !== undefined) {
      const down = k === -d || (k !== d && before[k - 1 + d]! < before[k + 1 + d]!);
      const fromK = down ? k + 1 : k - 1;
      fromI = before[fromK + d]!;
      fromJ = fromI - fromK;
    }
    while (i > fromI && j > fromJ) {
      i -= 1;
      j -= 1;
      pairs.push(j, i);
    }
    [i, j] = [fromI, fromJ];
  }
  return pairs.reverse();
}

/** The positions of a longest increasing run of `values`, entries below 0 left out: what stands in its old order. */
export function longestRun(values: ArrayLike<number>): number[] {
  const ends: number[] = []; // ends[l]: the position that ends the best run of length l + 1
  const previous = new Int32Array(values.length).fill(-1);
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    if (value < 0) continue;
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[ends[middle]!]! < value) low = middle + 1;
      else high = middle;
    }
    previous[at] = low > 0 ? ends[low - 1]! : -1;
    ends[low] = at;
  }
  const run: number[] = [];
  for (let at = ends.at(-1) ?? -1; at >= 0; at = previous[at]!) run.push(at);
  return run.reverse();
}

/** The paired positions in the order of what they are paired with, from the first that moved to the last; none if none did. */
export function movedAmong(to: Int32Array): number[] {
  const paired: number[] = [];
  let inOrder = true;
  let last = -1;
  for (const [k, other] of to.entries()) {
    if (other < 0) continue;
    if (other < last) inOrder = false;
    last = other;
    paired.push(k);
  }
  if (inOrder) return [];
  const moved = [...paired].sort((x, y) => to[x]! - to[y]!);
  let [from, until] = [0, paired.length];
  while (paired[from] === moved[from]) from += 1;
  while (paired[until - 1] === moved[until - 1]) until -= 1;
  return moved.slice(from, until);
}
