// reconcile/budget.ts: so many a second, with a second's worth of burst

/** A token bucket over an injected clock in milliseconds. `perSecond` 0 never allows. */
export function createBudget(perSecond: number, now: () => number): { readonly take: () => boolean } {
  const capacity = Math.max(1, perSecond);
  let tokens = perSecond > 0 ? capacity : 0;
  let last = now();
  return {
    take: () => {
      const at = now();
      tokens = Math.min(capacity, tokens + (Math.max(0, at - last) / 1000) * perSecond);
      last = at;
      if (perSecond <= 0 || tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
