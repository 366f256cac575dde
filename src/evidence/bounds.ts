// evidence/bounds.ts: bounds on a rate that hold however often one looks

/**
 * Two one-sided confidence sequences for a Bernoulli rate by the method of mixtures. Against a rate p the likelihood
 * ratio of any other rate q is a non-negative martingale with mean 1, and so is a weighted sum of such ratios. For
 * q < p it is a supermartingale under every rate of p or more, even when the rate varies from request to request. By
 * Ville's inequality it ever reaches 1/alpha with a probability of at most alpha. (Robbins 1970; Howard, Ramdas,
 * McAuliffe and Sekhon, "Time-uniform, nonparametric, nonasymptotic confidence sequences", 2021.)
 *
 * The alternatives are given by their odds relative to those of p, which makes the sum a closed form: with odds ratio r
 * the ratio after k wrong of n is r^k (1 + (r - 1) p)^-n. Each bound holds, at all times, with probability 1 - alpha.
 */
export type Bounds = {
  readonly lower: (n: number, k: number) => number;
  readonly upper: (n: number, k: number) => number;
  /** Whether the upper bound of k in n is under the tolerance; one evaluation, no root to find. */
  readonly under: (n: number, k: number) => boolean;
  /** Whether the lower bound of k in n is above the tolerance. */
  readonly above: (n: number, k: number) => boolean;
};

/** Alternatives as odds ratios, with their weights, which sum to 1. */
type Mixture = readonly (readonly [odds: number, weight: number])[];

/**
 * Rates below the tolerance. Three quarters of the weight are on a rate of 0, which is what a good candidate shows; the
 * rest is where half the tolerance is decided.
 */
const BELOW: Mixture = [
  [0, 0.74],
  [0.1, 0.01],
  [0.2, 0.02],
  [0.3, 0.04],
  [0.4, 0.065],
  [0.5, 0.065],
  [0.6, 0.04],
  [0.7, 0.015],
  [0.85, 0.004],
  [0.95, 0.001],
];

/** Rates above it, from a little to all of the requests. */
const ABOVE: Mixture = [
  [1.03, 0.05],
  [1.1, 0.05],
  [1.25, 0.1],
  [1.5, 0.1],
  [2, 0.15],
  [3, 0.15],
  [6, 0.1],
  [20, 0.1],
  [100, 0.1],
  [1_000, 0.05],
  [10_000, 0.05],
];

/**
 * @param tolerance a rate, 0 < tolerance < 1
 * @param alphaUpper the chance that the upper bound is ever wrong, 0 < alpha < 1
 * @param alphaLower the same of the lower bound
 */
export function createBounds(tolerance: number, alphaUpper: number, alphaLower = alphaUpper): Bounds {
  const below = evidenceOf(BELOW);
  const above = evidenceOf(ABOVE);
  const enoughBelow = -Math.log(alphaUpper);
  const enoughAbove = -Math.log(alphaLower);
  return {
    // Evidence for a lower rate than p grows with p, evidence for a higher one falls.
    lower: (n, k) => (k === 0 ? 0 : edge(k / n, 0, (p) => above(n, k, p) < enoughAbove)),
    upper: (n, k) => (k === n ? 1 : edge(k / n, 1, (p) => below(n, k, p) < enoughBelow)),
    under: (n, k) => below(n, k, tolerance) >= enoughBelow,
    above: (n, k) => above(n, k, tolerance) >= enoughAbove,
  };
}

/** The logarithm of the mixture's likelihood over that of p, after k wrong of n. */
function evidenceOf(mixture: Mixture): (n: number, k: number, p: number) => number {
  const terms = mixture.map(([odds, weight]) => ({ odds, log: Math.log(odds), weight: Math.log(weight) }));
  const values = new Float64Array(terms.length);
  return (n, k, p) => {
    let most = Number.NEGATIVE_INFINITY;
    for (const [i, { odds, log, weight }] of terms.entries()) {
      const value = weight + (k === 0 ? 0 : k * log) - n * Math.log1p((odds - 1) * p);
      values[i] = value;
      if (value > most) most = value;
    }
    if (!Number.isFinite(most)) return most;
    let sum = 0;
    for (const value of values) sum += Math.exp(value - most);
    return most + Math.log(sum);
  };
}

/** The p between `inside`, which is not excluded, and `outside`, from which on it is; the excluded side of it. */
function edge(inside: number, outside: number, isKept: (p: number) => boolean): number {
  let [kept, cut] = [inside, outside];
  for (let i = 0; i < 60; i++) {
    const middle = (kept + cut) / 2;
    if (isKept(middle)) kept = middle;
    else cut = middle;
  }
  return cut;
}

/** The fewest requests, at least `n`, whose upper bound is under the tolerance with k wrong; undefined: too many. */
export function needed(bounds: Bounds, n: number, k: number): number | undefined {
  let high = Math.max(n, 1);
  let low = high - 1;
  while (!bounds.under(high, k)) {
    low = high;
    high *= 2;
    if (high > 1e9) return undefined;
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (bounds.under(middle, k)) high = middle;
    else low = middle;
  }
  return high;
}
