// evidence/histogram.ts: durations in bounded memory, with intervals for their quantiles

/**
 * Counts of milliseconds in logarithmic buckets, each 2 % wider than the last, from 10 microseconds to 3 hours: a
 * quantile is known within 1 %. Merging is adding, so neither order nor partition shows.
 */
export type Histogram = { readonly counts: Map<number, number>; total: number; max: number };

const BASE = Math.log(1.02);
const SMALLEST = 0.01;
const BUCKETS = 1050;

/** An empty histogram. */
export const createHistogram = (): Histogram => ({ counts: new Map(), total: 0, max: 0 });

/** The bucket of a duration, 0 to `BUCKETS`: it is above the edge of the bucket before, and at most its own edge. */
export const bucketOf = (ms: number): number =>
  ms <= SMALLEST ? 0 : Math.min(BUCKETS, Math.ceil(Math.log(ms / SMALLEST) / BASE));

/** The upper edge of a bucket, in milliseconds. */
export const edgeOf = (bucket: number): number => SMALLEST * Math.exp(bucket * BASE);

/** Counts one duration in milliseconds. */
export function observe(histogram: Histogram, ms: number): void {
  if (!(ms >= 0)) return;
  const bucket = bucketOf(ms);
  histogram.counts.set(bucket, (histogram.counts.get(bucket) ?? 0) + 1);
  histogram.total += 1;
  if (ms > histogram.max) histogram.max = ms;
}

/** Adds the counts of `other` to `target`. */
export function addInto(target: Histogram, other: Histogram): void {
  for (const [bucket, count] of other.counts) target.counts.set(bucket, (target.counts.get(bucket) ?? 0) + count);
  target.total += other.total;
  target.max = Math.max(target.max, other.max);
}

/** The values at these ranks (1 is the smallest, fractions round up), which must ascend. NaN when it is empty. */
export function atRanks(histogram: Histogram, ranks: readonly number[]): number[] {
  if (histogram.total === 0) return ranks.map(() => Number.NaN);
  const buckets = [...histogram.counts].sort(([a], [b]) => a - b);
  const values: number[] = [];
  let seen = 0;
  let next = 0;
  for (const [bucket, count] of buckets) {
    seen += count;
    while (next < ranks.length && Math.min(ranks[next]!, histogram.total) <= seen) {
      values.push(Math.min(histogram.max, edgeOf(bucket)));
      next += 1;
    }
  }
  return values;
}

/** The standard normal quantile for 0 < p < 1, within 5e-4 (Abramowitz and Stegun 26.2.23). */
export function normalQuantile(p: number): number {
  const tail = Math.min(p, 1 - p);
  const t = Math.sqrt(-2 * Math.log(tail));
  const x = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  return p < 0.5 ? -x : x;
}

/** A histogram as it is stored: bucket indexes with their counts. */
export type StoredHistogram = { readonly counts: readonly (readonly [number, number])[]; readonly max: number };

/** The histogram as it is stored. */
export const storeHistogram = (histogram: Histogram): StoredHistogram => ({
  counts: [...histogram.counts],
  max: histogram.max,
});

/** The histogram of what was stored. */
export function restoreHistogram(stored: StoredHistogram): Histogram {
  const histogram = createHistogram();
  for (const [bucket, count] of stored.counts) {
    if (!Number.isInteger(bucket) || bucket < 0 || bucket > BUCKETS || !(count > 0)) continue;
    histogram.counts.set(bucket, count);
    histogram.total += count;
  }
  histogram.max = stored.max;
  return histogram;
}
