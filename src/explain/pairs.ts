// explain/pairs.ts: the distinct pairs of values of one finding that are kept, to test explanations on

import type { JsonText } from "../model/difference.ts";
import { type Pair, readValue } from "./value.ts";

/** A pair as it was written; an absent value is an absent member. */
export type ShownPair = { readonly legacy?: JsonText; readonly candidate?: JsonText; readonly note?: string };

/** One distinct pair, and how many observations showed it since it is kept. */
export type KeptPair = ShownPair & { readonly digest: string; count: number };

/** Distinct pairs of values of a finding, or a sample of them. */
export type KeptPairs = {
  readonly all: Map<string, KeptPair>;
  /** Every pair that was observed is among them. */
  complete: boolean;
  /** Characters of all values together. */
  size: number;
};

/** Distinct pairs that are kept of one finding. */
const PAIRS = 32;
/** Characters of one pair, and of all pairs of a finding. Longer pairs are not kept. */
const LONGEST = 4_096;
const SIZE = 16_384;

/** No pairs yet. */
export const createPairs = (): KeptPairs => ({ all: new Map(), complete: true, size: 0 });

/**
 * Counts a pair, and keeps it if its digest is among the smallest. So the pairs that are kept are a uniform sample of the
 * distinct pairs, whatever the order in which they came and however often each came.
 */
export function keepPair(pairs: KeptPairs, pair: ShownPair, digest: string): void {
  const known = pairs.all.get(digest);
  if (known !== undefined) {
    known.count += 1;
    return;
  }
  const size = sizeOf(pair);
  if (size > LONGEST) {
    pairs.complete = false;
    return;
  }
  pairs.all.set(digest, { ...pair, digest, count: 1 });
  pairs.size += size;
  while (pairs.all.size > PAIRS || pairs.size > SIZE) {
    let last = digest;
    for (const other of pairs.all.keys()) if (other > last) last = other;
    pairs.size -= sizeOf(pairs.all.get(last)!);
    pairs.all.delete(last);
    pairs.complete = false;
  }
}

const sizeOf = ({ legacy = "", candidate = "" }: ShownPair) => legacy.length + candidate.length;

/** A pair with its values parsed. */
export const readPair = ({ legacy, candidate, note = "" }: ShownPair): Pair => ({
  legacy: readValue(legacy),
  candidate: readValue(candidate),
  note,
});

/** Pairs as they are stored. */
export type StoredPairs = { readonly complete: boolean; readonly all: readonly KeptPair[] };

/** The pairs as they are stored. */
export const storePairs = ({ complete, all }: KeptPairs): StoredPairs => ({
  complete,
  all: [...all.values()].map((pair) => ({ ...pair })),
});

/** The pairs of what was stored. */
export function restorePairs({ complete, all }: StoredPairs): KeptPairs {
  const pairs = createPairs();
  pairs.complete = complete;
  for (const pair of all) {
    pairs.all.set(pair.digest, { ...pair });
    pairs.size += sizeOf(pair);
  }
  return pairs;
}
