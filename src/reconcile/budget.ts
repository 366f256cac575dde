// reconcile/budget.ts: so many a second, with a second's worth of burst

/**
 * A token bucket over an injected clock in milliseconds. `perSecondNow` is asked each time; 0 never allows. `spare` takes
 * only from the upper half, so that what is less urgent leaves room for what is more so.
 */
export function createBudget(
  perSecondNow: () => number,
  now: () => number,
): { readonly take: (spare?: boolean) => boolean } {
  let tokens = Math.max(1, perSecondNow());
  let last = now();
  return {
    take: (spare = false) => {
      const at = now();
      const perSecond = perSecondNow();
      const capacity = Math.max(1, perSecond);
      tokens = Math.min(capacity, tokens + (Math.max(0, at - last) / 1000) * perSecond);
      last = at;
      if (perSecond <= 0 || tokens < (spare ? Math.max(1, capacity / 2) : 1)) return false;
      tokens -= 1;
      return true;
    },
  };
}
