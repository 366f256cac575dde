// evidence/code-shares.ts: where legacy shows a few codes: which of them the candidate shows too often, or too seldom

import { addSign, createSignTest, type SignTest } from "./sign-test.ts";

/** One code: of the pairs that differ, where only the candidate shows it (plus), and where only legacy does (minus). */
type Code = {
  readonly test: SignTest;
  /** Legacy asked twice at once: how often only its second answer showed this code, and how often only its first. */
  entered: number;
  left: number;
};

/** By the hash of the code. Undefined `codes`: there were too many different values for codes. */
export type CodeShares = { codes: Map<number, Code> | undefined };

const CODES = 8;
/** Times that legacy must have been seen to begin and to stop showing a code at once, and how unequal these may be. */
const LEAST = 2;
const UNEQUAL = 5;

/** No codes counted yet. */
export const createCodeShares = (): CodeShares => ({ codes: new Map() });

function codeOf(shares: CodeShares, hash: number): Code | undefined {
  const { codes } = shares;
  const known = codes?.get(hash);
  if (codes === undefined || known !== undefined) return known;
  if (codes.size >= CODES) {
    shares.codes = undefined;
    return undefined;
  }
  const code: Code = { test: createSignTest(), entered: 0, left: 0 };
  codes.set(hash, code);
  return code;
}

/** Legacy was asked twice at once, whatever the candidate answered: `first` and `second` are the codes of its two answers. */
export function addOwnCodes(shares: CodeShares, first: number, second: number): void {
  const [left, entered] = [codeOf(shares, first), codeOf(shares, second)];
  if (left !== undefined) left.left += 1;
  if (entered !== undefined) entered.entered += 1;
}

/**
 * The codes of one comparison that differ. If the candidate answers as legacy asked once more would, both are equally
 * likely to be the one that shows a code where the other does not.
 */
export function addCodePairs(
  shares: CodeShares,
  pairs: readonly { readonly legacy: number; readonly candidate: number }[],
  alpha: number,
): void {
  const signs = new Map<number, number>();
  const count = (hash: number, sign: number) => signs.set(hash, (signs.get(hash) ?? 0) + sign);
  for (const { legacy, candidate } of pairs) {
    count(candidate, 1);
    count(legacy, -1);
  }
  for (const [hash, sign] of signs) {
    const code = codeOf(shares, hash);
    if (code !== undefined) addSign(code.test, Math.sign(sign), ["plus", "minus"], alpha / CODES);
  }
}

/** Whether the candidate was shown to have the one code too often, or the other too seldom. */
export function shareObjection(shares: CodeShares, legacy: number, candidate: number): string | undefined {
  const [ours, theirs] = [shares.codes?.get(legacy), shares.codes?.get(candidate)];
  if (theirs !== undefined && isEven(theirs) && theirs.test.rejected === "plus") {
    return "the candidate shows its value more often than legacy does";
  }
  if (ours !== undefined && isEven(ours) && ours.test.rejected === "minus") {
    return "the candidate shows legacy's value more seldom than legacy does";
  }
  return undefined;
}

/**
 * Legacy begins to show a code as often as it stops. A state that only advances does not: there a candidate that is a
 * little behind shows the earlier state more often, and is not wrong.
 */
const isEven = ({ entered, left }: Code) =>
  Math.min(entered, left) >= LEAST && Math.max(entered, left) <= UNEQUAL * Math.min(entered, left);
