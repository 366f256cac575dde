// evidence/sign-test.ts: a paired sign test that may be looked at after every observation

/** How often a paired observation fell on each side. Observations without a side are left out. */
export type Signs = { plus: number; minus: number };

/** Which of two was larger. */
export type Side = "plus" | "minus";

/** Each bet stakes this share of the wealth on the next sign; a small one finds a small bias, a large one finds it soon. */
const BETS: readonly number[] = [0.15, 0.35, 0.6, 0.85, 0.97];
const LOG_BETS = BETS.map((bet) => [Math.log1p(bet), Math.log1p(-bet)] as const);

/**
 * The logarithm of an e-value against "this side is no likelier than the other".
 *
 * Under that hypothesis each factor `1 + bet * sign` has an expectation of at most 1 given the past, so the mean over
 * the bets is a non-negative supermartingale that starts at 1. By Ville's inequality the chance that it ever reaches
 * `1 / alpha` is at most alpha, however often one looks (Shafer and Vovk, Game-Theoretic Foundations for Probability
 * and Finance, 2019). Twenty signs on one side and none on the other exceed 1e5.
 */
export function logEvidence({ plus, minus }: Signs, side: Side = "plus"): number {
  const forIt = side === "plus" ? plus : minus;
  const against = side === "plus" ? minus : plus;
  let most = Number.NEGATIVE_INFINITY;
  let sum = 0;
  // The logarithm of a sum of exponentials, with the largest taken out as it goes.
  for (const [win, lose] of LOG_BETS) {
    const wealth = forIt * win + against * lose;
    if (wealth > most) {
      sum = sum * Math.exp(most - wealth) + 1;
      most = wealth;
    } else sum += Math.exp(wealth - most);
  }
  return most + Math.log(sum / LOG_BETS.length);
}

/** A sign test that, once it has rejected, stays so for as long as the recent signs keep to that side. */
export type SignTest = Signs & {
  /** The side that was shown to be likelier. */
  rejected?: Side;
  /** The share of signs on that side when it was rejected, 0 to 1. */
  share?: number;
  /** The signs since the last time that it was looked whether the rejection still holds. */
  recent?: Signs;
};

/** Signs after which it is looked whether a rejection still holds. */
const RECENT = 24;

/** A test without observations. */
export const createSignTest = (): SignTest => ({ plus: 0, minus: 0 });

/**
 * Takes in one sign. @param sides which sides may be rejected; with both, each has half of alpha.
 * @param alpha the chance that a side which is no likelier is ever rejected
 */
export function addSign(test: SignTest, sign: number, sides: readonly Side[], alpha: number): void {
  if (sign === 0) return;
  test[sign > 0 ? "plus" : "minus"] += 1;
  if (test.rejected === undefined) {
    const threshold = Math.log(sides.length / alpha);
    const side = sides.find((one) => logEvidence(test, one) >= threshold);
    if (side === undefined) return;
    test.rejected = side;
    test.share = test[side] / (test.plus + test.minus);
    test.recent = { plus: 0, minus: 0 };
    return;
  }
  const recent = test.recent!;
  recent[sign > 0 ? "plus" : "minus"] += 1;
  if (recent.plus + recent.minus < RECENT) return;
  const share = recent[test.rejected] / (recent.plus + recent.minus);
  test.recent = { plus: 0, minus: 0 };
  if (share >= (test.share! + 0.5) / 2) return;
  // The candidate was fixed, or the data changed: the test starts again.
  test.plus = 0;
  test.minus = 0;
  delete test.rejected;
}

/** Lets what was seen count less, by a factor of 0 to 1. */
export function fadeSigns(test: SignTest, factor: number): void {
  test.plus *= factor;
  test.minus *= factor;
}
