// reconcile/share.ts: how much processor time comparing, and the bookkeeping of comparisons, may take

export type Share = {
  /** Takes so many milliseconds from it. */
  readonly pay: (ms: number) => void;
  /** The same function, whose calls are paid from this share. */
  readonly timed: <A extends readonly unknown[], R>(work: (...args: A) => R) => (...args: A) => R;
  readonly isSpent: () => boolean;
  /** Milliseconds until something is left again: infinitely many while there is no share. */
  readonly backIn: () => number;
};

/** Milliseconds of each core that may be spent at once before anything is refused. */
const BURST_MS = 50;
/** What was taken too much is made up for, but only so many bursts of it. */
const MOST_OWED = 10;

/**
 * A bucket of time.
 * @param shareNow 0 to 1, asked each time; 1 is never spent @param clock monotonic milliseconds
 * @param cores of how many it is a share
 */
export function createShare(shareNow: () => number, clock: () => number, cores = 1): Share {
  const burst = BURST_MS * cores;
  let left = burst;
  let last = clock();
  const fill = () => {
    const now = clock();
    left = Math.min(burst, left + (now - last) * shareNow() * cores);
    last = now;
  };
  const pay = (ms: number) => {
    fill();
    left = Math.max(-MOST_OWED * burst, left - ms);
  };
  return {
    pay,
    timed:
      (work) =>
      (...args) => {
        const from = clock();
        try {
          return work(...args);
        } finally {
          pay(clock() - from);
        }
      },
    isSpent: () => {
      fill();
      return left <= 0 && shareNow() < 1; // one long call is not too much of the whole
    },
    backIn: () => {
      fill();
      const rate = shareNow() * cores;
      return left > 0 ? 0 : rate > 0 ? -left / rate : Number.POSITIVE_INFINITY;
    },
  };
}
