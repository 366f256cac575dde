// test/support/growth.ts: how processor time grows with the size of the input, without judging by absolute time

/** Milliseconds of processor time that this process spends in `work`: what other processes do does not count. */
export function cpuMs(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/**
 * How many times the processor time of `slow` is that of `fast`. Both are measured in turn, so that a busy machine
 * disturbs both alike, and the least of each is taken. Measuring stops as soon as the ratio is at most `enough`: work
 * that is in proportion reaches it in some round, and work that is not never does.
 * @param rounds how often both are measured at most, after one round that only warms the code
 */
export function cpuRatio(slow: () => void, fast: () => void, enough: number, rounds = 6): number {
  fast();
  slow();
  let [least, leastFast] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < rounds; round += 1) {
    leastFast = Math.min(leastFast, cpuMs(fast));
    least = Math.min(least, cpuMs(slow));
    // Below a millisecond the clock's resolution and a collection of garbage outweigh the work.
    if (least / Math.max(leastFast, 1) <= enough) break;
  }
  return least / Math.max(leastFast, 1);
}

/** Less time than this for the larger input is too little to matter; work that is not in proportion takes far more. */
const LEAST_MS = 25;
/** Processor time may be counted in steps of some milliseconds: the work is done so often for one measurement. */
const REPEATS = 4;

/**
 * By how much the processor time of `work` grows when its input doubles; 1 where the doubled input takes next to no time.
 * @param input makes an input of so many characters
 */
export function growth(input: (length: number) => string, work: (text: string) => void, length = 24 * 1024): number {
  const [once, twice] = [input(length), input(2 * length)];
  if (cpuMs(() => work(twice)) < LEAST_MS) return 1;
  const often = (text: string) => () => {
    for (let n = 0; n < REPEATS; n += 1) work(text);
  };
  return cpuRatio(often(twice), often(once), 3);
}

/** A unit again and again, up to so many characters. */
export const repeated =
  (unit: string) =>
  (length: number): string =>
    unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
