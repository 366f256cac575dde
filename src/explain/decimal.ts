// explain/decimal.ts: numbers as they are written, rounded without the errors of doubles

/** digits x 10^-scale, with no trailing zero in the digits unless the scale is 0. */
export type Decimal = { readonly digits: bigint; readonly scale: number };

/** Ways of rounding that are recognised. */
export const MODES = ["half up", "half even", "down", "up"] as const;
/** A way of rounding. */
export type Mode = (typeof MODES)[number];

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** Undefined for what is no JSON number, and for more than 60 digits. */
export function readDecimal(text: string): Decimal | undefined {
  if (text.length > 60) return undefined;
  const found = NUMBER.exec(text);
  if (found === null) return undefined;
  const [, sign, whole, part = "", exponent = "0"] = found;
  let scale = part.length - Number(exponent);
  if (Math.abs(scale) > 60) return undefined;
  let digits = BigInt(whole! + part);
  for (; scale > 0 && digits % 10n === 0n; scale--) digits /= 10n;
  for (; scale < 0; scale++) digits *= 10n;
  return { digits: sign === "-" ? -digits : digits, scale };
}

/**
 * Rounded to so many places; negative places are tens, hundreds. Away from zero where `half up` has to choose, `down`
 * towards zero, `up` away from it.
 */
export function round({ digits, scale }: Decimal, places: number, mode: Mode): Decimal {
  if (scale <= places) return { digits, scale };
  const unit = 10n ** BigInt(scale - places);
  const negative = digits < 0n;
  const size = negative ? -digits : digits;
  const [whole, rest] = [size / unit, size % unit];
  const up =
    mode === "half up"
      ? rest * 2n >= unit
      : mode === "half even"
        ? rest * 2n > unit || (rest * 2n === unit && whole % 2n === 1n)
        : mode === "up" && rest > 0n;
  let rounded = up ? whole + 1n : whole;
  let left = places;
  for (; left > 0 && rounded % 10n === 0n; left--) rounded /= 10n;
  for (; left < 0; left++) rounded *= 10n;
  return { digits: negative ? -rounded : rounded, scale: left };
}

/** Whether two decimals are equal in value, whatever their number of digits. */
export function same(a: Decimal, b: Decimal): boolean {
  return a.digits === b.digits && a.scale === b.scale;
}

/** a - b, as it would be written. */
export function minus(a: Decimal, b: Decimal): string {
  const scale = Math.max(a.scale, b.scale);
  const digits = a.digits * 10n ** BigInt(scale - a.scale) - b.digits * 10n ** BigInt(scale - b.scale);
  return write(digits, scale);
}

function write(digits: bigint, scale: number): string {
  const sign = digits < 0n ? "-" : "";
  const text = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, "0");
  const whole = text.slice(0, text.length - scale);
  const part = text.slice(text.length - scale).replace(/0+$/, "");
  return scale === 0 || part === "" ? sign + whole : `${sign}${whole}.${part}`;
}
