// evidence/latency-pairs.ts: the latencies of both sides to the same request, counted together in bounded memory

import { bucketOf, edgeOf } from "./histogram.ts";

/**
 * A two-dimensional histogram. A cell counts the requests of which legacy's latency fell into one bucket and the
 * candidate's into another. Buckets are those of `Histogram`, each 2 % wide; where there would be too many cells, two
 * neighbouring buckets become one, so that they are 4 %, 8 % ... wide.
 */
export type LatencyPairs = {
  /** Keys are `legacy's bucket * STRIDE + the candidate's bucket`. */
  cells: Map<number, number>;
  /** How often neighbouring buckets were joined: a bucket is 1.02 to the power of `2 ** level` wide. */
  level: number;
  total: number;
};

/** More than there are buckets. */
const STRIDE = 2048;
/** Cells of one route: at most some 100 KB. */
const MOST_CELLS = 2048;
const MOST_LEVEL = 11;

/** No pairs yet. */
export const createLatencyPairs = (): LatencyPairs => ({ cells: new Map(), level: 0, total: 0 });

/** Takes in one request that both sides answered. What is no duration is left out. */
export function addLatencyPair(pairs: LatencyPairs, legacyMs: number, candidateMs: number): void {
  if (!(legacyMs >= 0 && candidateMs >= 0)) return;
  const [legacy, candidate] = [bucketOf(legacyMs), bucketOf(candidateMs)];
  addCell(pairs, joined(legacy, pairs.level), joined(candidate, pairs.level), 1);
}

/** Adds what `other` has counted; it stays as it is. */
export function addLatencyPairs(pairs: LatencyPairs, other: LatencyPairs): void {
  while (pairs.level < other.level) coarsen(pairs);
  eachCell(other, (legacy, candidate, count) => {
    // The target may become coarser meanwhile.
    const by = pairs.level - other.level;
    addCell(pairs, joined(legacy, by), joined(candidate, by), count);
  });
}

/** Calls `visit` for every cell, in no particular order. */
export function eachCell(
  { cells }: LatencyPairs,
  visit: (legacy: number, candidate: number, count: number) => void,
): void {
  for (const [key, count] of cells) visit(Math.floor(key / STRIDE), key % STRIDE, count);
}

/** The bucket of a duration at this level: it is above the edge before its own, and at most its own edge. */
export const pairBucketOf = ({ level }: LatencyPairs, ms: number): number => joined(bucketOf(ms), level);

/** The upper edge of a bucket in milliseconds; 0 for those before the first. */
export const pairEdgeOf = ({ level }: LatencyPairs, bucket: number): number =>
  bucket < 0 ? 0 : edgeOf(bucket * 2 ** level);

/** Bucket b holds values above edge b - 1 and up to edge b, so that 2m - 1 and 2m become m. */
const joined = (bucket: number, times: number) => Math.ceil(bucket / 2 ** times);

function addCell(pairs: LatencyPairs, legacy: number, candidate: number, count: number): void {
  const key = legacy * STRIDE + candidate;
  pairs.cells.set(key, (pairs.cells.get(key) ?? 0) + count);
  pairs.total += count;
  while (pairs.cells.size > MOST_CELLS) coarsen(pairs);
}

function coarsen(pairs: LatencyPairs): void {
  const cells = new Map<number, number>();
  eachCell(pairs, (legacy, candidate, count) => {
    const key = joined(legacy, 1) * STRIDE + joined(candidate, 1);
    cells.set(key, (cells.get(key) ?? 0) + count);
  });
  pairs.cells = cells;
  pairs.level += 1;
}

/** Keys in ascending order, each as its distance from the one before, and counts. */
export type StoredLatencyPairs = { readonly level: number; readonly cells: readonly number[] };

/** The pairs as they are stored. */
export function storeLatencyPairs({ cells, level }: LatencyPairs): StoredLatencyPairs {
  let last = 0;
  const ascending = [...cells].sort(([a], [b]) => a - b);
  return {
    level,
    cells: ascending.flatMap(([key, count]) => {
      const distance = key - last;
      last = key;
      return [distance, count];
    }),
  };
}

/** @throws when the stored value is not one that `storeLatencyPairs` made */
export function restoreLatencyPairs({ level, cells }: StoredLatencyPairs): LatencyPairs {
  const pairs = createLatencyPairs();
  const isWhole = (value: number) => Number.isSafeInteger(value) && value >= 0;
  if (!(isWhole(level) && level <= MOST_LEVEL) || !cells.every(isWhole) || cells.length > 2 * MOST_CELLS) {
    throw new Error("latency pairs of another shape");
  }
  pairs.level = level;
  let key = 0;
  for (let i = 0; i + 1 < cells.length; i += 2) {
    key += cells[i]!;
    if (key < STRIDE * STRIDE && cells[i + 1]! > 0)
      addCell(pairs, Math.floor(key / STRIDE), key % STRIDE, cells[i + 1]!);
  }
  return pairs;
}
