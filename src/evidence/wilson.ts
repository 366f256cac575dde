// evidence/wilson.ts: a lower bound on a rate at one time, for what is not looked at over and over

/** The lower end of Wilson's score interval (1927), one-sided. 0 where nothing was asked. @param z a normal quantile */
export function wilsonLower(k: number, n: number, z: number): number {
  if (n === 0) return 0;
  const p = 1 - k / n;
  const centre = p + (z * z) / (2 * n);
  const spread = z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return Math.max(0, 1 - Math.min(1, (centre + spread) / (1 + (z * z) / n)));
}
