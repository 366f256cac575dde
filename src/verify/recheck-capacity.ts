// verify/recheck-capacity.ts: how many differing answers may wait for a recheck, and how many bytes they may keep meanwhile

import { LARGE_BYTES } from "./job-buffer.ts";
import type { Priority } from "./recheck-budget.ts";
import { FOR_SMALL } from "./reservations.ts";

/** Bounds the exchanges that wait for a recheck. */
export type RecheckCapacity = {
  /**
   * Takes capacity for a pair of answers with so many bytes of bodies. Dispose of the result when the bodies are released.
   * Returns `bytes` or `count`, the limit that was reached, when there is none.
   */
  readonly acquire: (bytes: number, priority: Priority) => Disposable | "bytes" | "count";
};

/** The share of the capacity that is reserved for higher priorities. */
const RESERVED: Readonly<Record<Priority, number>> = { confirm: 0, new_identity: 0.125, known: 0.5 };

/**
 * Creates the bounds of rechecks.
 * @param limits read each time, so that they may follow a config that changes. A single large pair may have more bytes than the
 * limit: it is accepted while no other large one is held.
 */
export function createRecheckCapacity(limits: {
  readonly maxCount: number;
  readonly maxBytes: number;
}): RecheckCapacity {
  let count = 0;
  let bytes = 0;
  let large = 0;
  return {
    acquire: (size, priority) => {
      const isLarge = size >= LARGE_BYTES;
      const share = 1 - RESERVED[priority];
      if (count >= limits.maxCount * share) return "count";
      const most = limits.maxBytes * share * (isLarge ? 1 - FOR_SMALL : 1);
      const isOnly = isLarge && large === 0;
      if (bytes + size > most && !isOnly) return "bytes";
      count += 1;
      bytes += size;
      if (isLarge) large += 1;
      return {
        [Symbol.dispose]: () => {
          count -= 1;
          bytes -= size;
          if (isLarge) large -= 1;
        },
      };
    },
  };
}

/** At most so many at once; the others wait in the order in which they came. All of them go on when `stop` is aborted. */
export function createTurns(most: number, stop: AbortSignal): () => Promise<Disposable> {
  const waiting: (() => void)[] = [];
  let taken = 0;
  stop.addEventListener("abort", () => {
    for (const next of waiting.splice(0)) next();
  });
  return async () => {
    if (taken >= most && !stop.aborted) await new Promise<void>((resolve) => waiting.push(resolve));
    taken += 1;
    return {
      [Symbol.dispose]: () => {
        taken -= 1;
        if (taken < most) waiting.shift()?.();
      },
    };
  };
}
