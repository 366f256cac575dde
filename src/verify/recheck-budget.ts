// verify/recheck-budget.ts: a token bucket for rechecks, with priorities

/**
 * What a recheck is for: a difference at a place that was never confirmed; a known place in a request that was not
 * rechecked yet, or about which little is known; what is well known.
 */
export type Priority = "confirm" | "new_identity" | "known";

/** The share of the bucket that must be left to those with a higher priority. */
const RESERVED: Readonly<Record<Priority, number>> = { confirm: 0, new_identity: 0.25, known: 0.5 };

/**
 * So many a second, with a second's worth of burst, over an injected clock in milliseconds. `perSecondNow` is read each
 * time; 0 never allows.
 */
export function createBudget(
  perSecondNow: () => number,
  now: () => number,
): { readonly take: (priority?: Priority) => boolean } {
  let tokens = Math.max(1, perSecondNow());
  let last = now();
  return {
    take: (priority = "confirm") => {
      const at = now();
      const perSecond = perSecondNow();
      const capacity = Math.max(1, perSecond);
      tokens = Math.min(capacity, tokens + (Math.max(0, at - last) / 1000) * perSecond);
      last = at;
      if (perSecond <= 0 || tokens < Math.max(1, capacity * RESERVED[priority])) return false;
      tokens -= 1;
      return true;
    },
  };
}
