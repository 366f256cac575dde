// json/numbers.ts: numbers as they are written, compared without losing a digit

import { latin1Between } from "./strings.ts";

/** `digits` x 10^(`exponent` + `shift`). No leading or trailing zeros; no digits at all is zero. */
type Decimal = {
  readonly negative: boolean;
  readonly digits: string;
  /** The written exponent without sign `+` and leading zeros, `0` if there is none: it may itself be absurdly long. */
  readonly exponent: string;
  readonly shift: number;
};

/** Doubles carry no more: two different numbers of up to 15 digits are always different doubles. */
const ALWAYS_EXACT = 15;
const SIGNIFICANT = 17;
/** An exponent with more digits than this is not computed with, only compared as written. */
const LONGEST_EXPONENT = 5_000;

/**
 * Whether two JSON numbers are the same: integers exactly, others as doubles unless one carries more than 17 significant
 * digits or lies outside what a double can hold; then as exact decimals. `1`, `1.0` and `1e0` are equal, `-0` equals `0`.
 */
export function sameNumber(a: string, b: string): boolean {
  if (Number(a) !== Number(b)) return false; // one number would be one double
  if (a === b || (a.length <= ALWAYS_EXACT && b.length <= ALWAYS_EXACT && !hasExponent(a) && !hasExponent(b)))
    return true;
  const [left, right] = [decimal(a), decimal(b)];
  if ((isInteger(left) && isInteger(right)) || needsDigits(a, left) || needsDigits(b, right)) {
    return sameDecimal(left, right);
  }
  return true;
}

/** The double nearest to the number in these bytes. */
export function numberBetween(bytes: Buffer, start: number, end: number): number {
  const short = shortNumber(bytes, start, end);
  return Number.isNaN(short) ? Number(latin1Between(bytes, start, end)) : short;
}

/**
 * A number of at most 15 digits without an exponent, without a string in between; NaN for others. Exact: both the digits and the
 * power of ten are doubles, so that one division rounds correctly.
 */
export function shortNumber(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > 17) return Number.NaN;
  const negative = bytes[start] === 45;
  let [value, digits, point] = [0, 0, -1];
  for (let at = negative ? start + 1 : start; at < end; at++) {
    const digit = bytes[at]! - 48;
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digits += 1;
    } else if (digit === -2) point = digits;
    else return Number.NaN;
  }
  if (digits > ALWAYS_EXACT) return Number.NaN;
  if (point >= 0) value /= POWERS[digits - point]!;
  return negative ? -value : value;
}

const POWERS = Array.from({ length: 16 }, (_, k) => Number(`1e${k}`));

function hasExponent(text: string): boolean {
  return text.includes("e") || text.includes("E");
}

function decimal(text: string): Decimal {
  const negative = text.startsWith("-");
  const e = text.search(/[eE]/);
  const mantissa = text.slice(negative ? 1 : 0, e < 0 ? text.length : e);
  const point = mantissa.indexOf(".");
  const whole = point < 0 ? mantissa : mantissa.slice(0, point) + mantissa.slice(point + 1);
  let first = 0;
  while (first < whole.length && whole.charCodeAt(first) === 48) first += 1;
  let last = whole.length;
  while (last > first && whole.charCodeAt(last - 1) === 48) last -= 1;
  const shift = whole.length - last - (point < 0 ? 0 : mantissa.length - point - 1);
  return {
    negative,
    digits: whole.slice(first, last),
    exponent: e < 0 ? "0" : plainExponent(text.slice(e + 1)),
    shift,
  };
}

function plainExponent(text: string): string {
  const sign = text.startsWith("-") ? "-" : "";
  let first = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
  while (first < text.length - 1 && text.charCodeAt(first) === 48) first += 1;
  const digits = text.slice(first);
  return digits === "0" ? "0" : sign + digits;
}

const computable = (d: Decimal): boolean => d.exponent.length <= LONGEST_EXPONENT;
const scale = (d: Decimal): bigint => BigInt(d.exponent) + BigInt(d.shift);

function isInteger(d: Decimal): boolean {
  if (d.digits === "") return true;
  if (d.exponent === "0") return d.shift >= 0;
  return computable(d) ? scale(d) >= 0n : !d.exponent.startsWith("-");
}

/** Whether a double would lose something that was written: more digits than it has, overflow, underflow, a large integer. */
function needsDigits(text: string, d: Decimal): boolean {
  if (d.digits === "") return false;
  if (d.digits.length > SIGNIFICANT) return true;
  const value = Number(text);
  if (value === 0 || !Number.isFinite(value)) return true;
  return isInteger(d) && !Number.isSafeInteger(value);
}

function sameDecimal(a: Decimal, b: Decimal): boolean {
  if (a.digits !== b.digits) return false;
  if (a.digits === "") return true;
  if (a.negative !== b.negative) return false;
  if (a.exponent === b.exponent) return a.shift === b.shift;
  return computable(a) && computable(b) && scale(a) === scale(b);
}

/**
 * Whether two JSON numbers are at most `tolerance` apart, or at most `relative` x |legacy|. Doubles decide where they are far
 * from the edge, exact decimals at the edge: 0.3 and 0.295 are 0.005 apart.
 */
export function isNear(legacy: string, candidate: string, tolerance?: number, relative?: number): boolean {
  const [l, c] = [Number(legacy), Number(candidate)];
  if (tolerance !== undefined && isWithin(legacy, candidate, l, c, String(tolerance))) return true;
  if (relative === undefined) return false;
  if (!Number.isFinite(l) || !Number.isFinite(c)) return isWithinShare(legacy, candidate, relative);
  const [gap, allowed] = [Math.abs(l - c), relative * Math.abs(l)];
  if (gap > allowed * (1 + EDGE)) return false;
  if (gap < allowed * (1 - EDGE) && gap > Math.abs(l) * EDGE) return true;
  return isWithinShare(legacy, candidate, relative);
}

const EDGE = 1e-9;

function isWithin(legacy: string, candidate: string, l: number, c: number, tolerance: string): boolean {
  const [gap, allowed] = [Math.abs(l - c), Number(tolerance)];
  const certain = Math.max(Math.abs(l), Math.abs(c)) * EDGE;
  if (Number.isFinite(gap)) {
    if (gap - certain > allowed * (1 + EDGE)) return false;
    if (gap + certain < allowed * (1 - EDGE)) return true;
  }
  const scaled = atOneScale([decimal(legacy), decimal(candidate), decimal(tolerance)]);
  if (scaled === undefined) return false;
  const [left, right, most] = scaled as [bigint, bigint, bigint];
  return distance(left, right) <= most;
}

function isWithinShare(legacy: string, candidate: string, relative: number): boolean {
  const share = decimal(String(relative));
  const scaled = atOneScale([decimal(legacy), decimal(candidate)]);
  if (scaled === undefined) return false;
  const [left, right] = scaled as [bigint, bigint];
  const [over, under] = [share.digits === "" ? 0n : BigInt(share.digits), scale(share)];
  const most = distance(left, 0n) * over;
  const gap = distance(left, right);
  return under < 0n ? gap * 10n ** -under <= most : gap <= most * 10n ** under;
}

const distance = (a: bigint, b: bigint): bigint => (a < b ? b - a : a - b);

/** The numbers as integers of one unit, unless that takes thousands of digits: then they are no neighbours. */
function atOneScale(numbers: readonly Decimal[]): bigint[] | undefined {
  const written = numbers.filter((d) => d.digits !== "");
  if (!written.every((d) => computable(d) && d.digits.length <= LONGEST_EXPONENT)) return undefined;
  const scales = written.map(scale);
  let lowest = scales[0] ?? 0n;
  for (const each of scales) if (each < lowest) lowest = each;
  if (scales.some((s) => s - lowest > BigInt(LONGEST_EXPONENT))) return undefined;
  return numbers.map((d) => {
    if (d.digits === "") return 0n;
    const size = BigInt(d.digits) * 10n ** (scale(d) - lowest);
    return d.negative ? -size : size;
  });
}
