// reconcile/share.ts: how much of the serving thread's time the bookkeeping of comparisons may take

export type Share = {
  /** The same function, whose calls are paid from this share. */
  readonly timed: <A extends readonly unknown[], R>(work: (...args: A) => R) => (...args: A) => R;
  readonly isSpent: () => boolean;
};

/** Milliseconds that may be spent at once before anything is refused. */
const BURST_MS = 50;

/** A bucket of time. @param shareNow 0 to 1, asked each time @param clock monotonic milliseconds */
export function createShare(shareNow: () => number, clock: () => number): Share {
  let left = BURST_MS;
  let last = clock();
  const fill = () => {
    const now = clock();
    left = Math.min(BURST_MS, left + (now - last) * shareNow());
    last = now;
  };
  return {
    timed:
      (work) =>
      (...args) => {
        fill();
        const from = last;
        try {
          return work(...args);
        } finally {
          last = clock();
          left -= (last - from) * (1 - shareNow()); // what it took, and what came in meanwhile
        }
      },
    isSpent: () => {
      fill();
      return left <= 0;
    },
  };
}
