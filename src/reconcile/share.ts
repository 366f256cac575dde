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
        const from = clock();
        try {
          return work(...args);
        } finally {
          fill();
          left -= clock() - from;
        }
      },
    isSpent: () => {
      fill();
      return left <= 0 && shareNow() < 1; // one long call is not too much of the whole
    },
  };
}
