// verify/recheck-capacity.ts: how many differing answers may wait for a recheck, and how many bytes they may keep meanwhile

import { LARGE_BYTES } from "./job-buffer.ts";
import type { Priority } from "./recheck-budget.ts";
import { FOR_SMALL } from "./reservations.ts";

export type RecheckRoom = {
  /**
   * Takes room for a pair of answers with so many bytes of bodies; to be disposed of when they need not be kept any more.
   * Otherwise what there is too little of: `bytes` or `count`.
   */
  readonly enter: (bytes: number, priority: Priority) => Disposable | "bytes" | "count";
};

/** The share of the room that must be left to those with a higher priority. */
const RESERVED: Readonly<Record<Priority, number>> = { confirm: 0, new_identity: 0.125, known: 0.5 };

/**
 * @param limits read each time, so that they may follow a config that changes. A single large pair may have more bytes than the
 * limit: it enters while no other large one is there.
 */
export function createRecheckRoom(limits: { readonly maxCount: number; readonly maxBytes: number }): RecheckRoom {
  let count = 0;
  let bytes = 0;
  let large = 0;
  return {
    enter: (size, priority) => {
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
