// proxy/admission/token-bucket.ts: so many a second, and no more

/** Takes one of the second's budget, if one is left. `now` is milliseconds of a steady clock. */
export type Rate = (now: number) => boolean;

/** A token bucket that holds one second's worth. `Infinity` is no limit. */
export function createRate(perSecond: number): Rate {
  const most = Math.max(1, perSecond);
  let left = perSecond > 0 ? most : 0;
  let at = 0;
  return (now) => {
    if (perSecond === Number.POSITIVE_INFINITY) return true;
    left = Math.min(most, left + ((now - at) / 1000) * perSecond);
    at = now;
    if (left < 1) return false;
    left--;
    return true;
  };
}
