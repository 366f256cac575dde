// proxy/admission/load-shedding.ts: how often shadowing gave way to overload, and to which; and how large this process is

/** Requests that were not shadowed under load, by the limit that was reached; `skipped{overload}` where legacy answered. */
export type Shed = Record<"in_flight" | "capture" | "event_loop" | "memory" | "verify", number>;

/** Counters that start at 0, one for each limit. */
export const createShed = (): Shed => ({
  in_flight: 0,
  capture: 0,
  event_loop: 0,
  memory: 0,
  verify: 0,
});

/** The kernel is asked this often at most: it costs as much as a tenth of a request. */
const LOOK_EVERY_MS = 250;

/** The resident set of this process, in bytes, as it was a moment ago. */
export function createMemory(): () => number {
  let lookedAt = Number.NEGATIVE_INFINITY;
  let size = 0;
  return () => {
    const now = performance.now();
    if (now - lookedAt >= LOOK_EVERY_MS) {
      lookedAt = now;
      try {
        size = process.memoryUsage.rss();
      } catch {
        // Without a free file descriptor it cannot be read: the last value stands.
      }
    }
    return size;
  };
}
