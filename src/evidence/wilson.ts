// evidence/wilson.ts: bounds on a rate at one time, for what is not looked at over and over

/** The upper end of Wilson's score interval (1927), one-sided. 1 where nothing was asked. @param z a normal quantile */
export function wilsonUpper(k: number, n: number, z: number): number {
  if (n === 0) return 1;
  const p = k / n;
  const centre = p + (z * z) / (2 * n);
  const spread = z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return Math.min(1, (centre + spread) / (1 + (z * z) / n));
}

/** The lower end. 0 where nothing was asked. */
export function wilsonLower(k: number, n: number, z: number): number {
  return n === 0 ? 0 : Math.max(0, 1 - wilsonUpper(n - k, n, z));
}
