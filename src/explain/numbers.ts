// explain/numbers.ts: numbers rounded, moved by a constant, or through a type that cannot hold them

import { type Decimal, MODES, type Mode, minus, readDecimal, round, same } from "./decimal.ts";
import { type Hypothesis, NO, placed, type Spot, YES } from "./hypothesis.ts";
import type { Pair, Value } from "./value.ts";

/** A number, or a string that is written as one; leading zeros make it a code. */
export function decimalOf(value: Value): Decimal | undefined {
  if (value.type === "number") return readDecimal(value.text);
  if (value.type !== "string" || /^-?0\d/.test(value.string)) return undefined;
  return readDecimal(value.string);
}

/** Both sides as exact decimals, where both have the same type. */
function decimals({ legacy, candidate }: Pair): readonly [Decimal, Decimal] | undefined {
  if (legacy.type !== candidate.type) return undefined;
  const from = decimalOf(legacy);
  const to = from && decimalOf(candidate);
  return to === undefined ? undefined : [from!, to];
}

/** Which side is the rounded one, and how: `candidate half up 2`. Negative places are tens, hundreds. */
const rounding: Hypothesis = {
  name: "rounding",
  kinds: ["value"],
  fits: (pair) => {
    const both = decimals(pair);
    if (both === undefined) return NO;
    const [from, to] = both;
    return [...places(from, to).map((how) => `candidate ${how}`), ...places(to, from).map((how) => `legacy ${how}`)];
  },
  says: (parameter) => {
    const { who, mode, places } = readRounding(parameter);
    const how = mode === "half up" ? "rounded" : mode === "down" ? "cut" : `rounded (${mode})`;
    const to =
      places < 0
        ? `multiples of 1${"0".repeat(-places)}`
        : places === 0
          ? "whole numbers"
          : `${places} ${places === 1 ? "place" : "places"}`;
    return `${who} = ${who === "candidate" ? "legacy" : "candidate"} ${how} to ${to}`;
  },
  least: 2,
  weight: 60,
  rule: roundingRule,
};

function readRounding(parameter: string) {
  const [, who, mode, places] = /^(\w+) (.+) (-?\d+)$/.exec(parameter)!;
  return { who: who!, mode: mode as Mode, places: Number(places) };
}

/** `half up 2` for each way of rounding the one that gives the other. */
function places(from: Decimal, to: Decimal): string[] {
  if (from.scale < to.scale || same(from, to)) return [];
  const found: string[] = [];
  // To tens only where there are no places: 12.34 -> 10 is seldom meant.
  const coarsest = from.scale > 0 ? to.scale : -Math.min(6, trailingZeros(to));
  const finest = Math.min(from.scale, coarsest + 7);
  for (let n = coarsest; n < finest; n++) {
    for (const mode of MODES) if (same(round(from, n, mode), to)) found.push(`${mode} ${n}`);
  }
  return found;
}

function trailingZeros({ digits }: Decimal): number {
  return digits === 0n ? 0 : /0*$/.exec(digits.toString())![0].length;
}

function roundingRule(parameter: string, spot: Spot): string | undefined {
  const { mode, places } = readRounding(parameter);
  if (places < 0) return undefined;
  // Written out: a YAML reader may take `5e-7` for a string.
  const half = `0.${"0".repeat(places)}5`;
  const whole = places === 0 ? "1" : `0.${"0".repeat(places - 1)}1`;
  return placed("numbers", `tolerance: ${mode.startsWith("half") ? half : whole}`)(parameter, spot);
}

const offset: Hypothesis = {
  name: "offset",
  kinds: ["value"],
  fits: (pair) => {
    const both = decimals(pair);
    if (both === undefined || same(both[0], both[1])) return NO;
    return [minus(both[1], both[0])];
  },
  says: (parameter) =>
    parameter.startsWith("-") ? `candidate = legacy - ${parameter.slice(1)}` : `candidate = legacy + ${parameter}`,
  least: 3,
  weight: 65,
};

const BEYOND_DOUBLES = BigInt(Number.MAX_SAFE_INTEGER);

/** A side is the other one as a double prints it: `9007199254740993` -> `9007199254740992`. */
const doublePrecision: Hypothesis = {
  name: "double_precision",
  kinds: ["value", "type"],
  fits: ({ legacy, candidate }) => {
    const [ours, theirs] = [decimalOf(legacy), decimalOf(candidate)];
    if (ours === undefined || theirs === undefined || ours.scale > 0 || theirs.scale > 0 || same(ours, theirs))
      return NO;
    const found: string[] = [];
    if (isDoubleOf(ours.digits, theirs.digits)) found.push("candidate");
    if (isDoubleOf(theirs.digits, ours.digits)) found.push("legacy");
    return found;
  },
  says: (who) => `${who} has the other side's integer as a double, which is exact only up to 2^53`,
  least: 1,
  weight: 95,
};

function isDoubleOf(exact: bigint, other: bigint): boolean {
  const size = exact < 0n ? -exact : exact;
  if (size <= BEYOND_DOUBLES) return false;
  const double = Number(exact);
  if (BigInt(double) === other) return true;
  // As JavaScript prints it: zeros after the digits that tell the double from its neighbours.
  const printed = readDecimal(String(double).replace("e+", "e"));
  return printed !== undefined && printed.scale === 0 && printed.digits === other;
}

/** A side is the other one as a 32-bit float, written out as a double or to seven digits. */
const singlePrecision: Hypothesis = {
  name: "single_precision",
  kinds: ["value"],
  fits: ({ legacy, candidate }) => {
    if (legacy.type !== "number" || candidate.type !== "number") return NO;
    const found: string[] = [];
    if (isFloatOf(legacy.number, candidate.number)) found.push("candidate");
    if (isFloatOf(candidate.number, legacy.number)) found.push("legacy");
    return found;
  },
  says: (who) => `${who} has the other side's number as a 32-bit float`,
  least: 2,
  weight: 68,
};

function isFloatOf(exact: number, other: number): boolean {
  const float = Math.fround(exact);
  if (float === exact || exact === other) return false;
  if (float === other) return true;
  // Seven digits are what a float is commonly printed to. Of fewer digits there is nothing to lose.
  return Number(exact.toPrecision(8)) !== other && Number(float.toPrecision(7)) === other && String(exact).length > 9;
}

/** A side is the other one cut to 32 bits. */
const wrapped: Hypothesis = {
  name: "integer_overflow",
  kinds: ["value"],
  fits: (pair) => {
    const both = decimals(pair);
    if (both === undefined || both[0].scale > 0 || both[1].scale > 0) return NO;
    const found: string[] = [];
    for (const [who, from, to] of [
      ["candidate", both[0].digits, both[1].digits],
      ["legacy", both[1].digits, both[0].digits],
    ] as const) {
      if (from === to) continue;
      if (BigInt.asIntN(32, from) === to) found.push(`${who}|signed`);
      else if (BigInt.asUintN(32, from) === to) found.push(`${who}|unsigned`);
    }
    return found;
  },
  says: (parameter) => {
    const [who, sign] = parameter.split("|");
    return `${who} has the other side's number cut to a ${sign} 32-bit integer`;
  },
  least: 2,
  weight: 90,
};

/** The sign is lost: the candidate has the absolute value. All differing values are negative in legacy. */
const signLost: Hypothesis = {
  name: "sign_lost",
  kinds: ["value"],
  fits: (pair) => {
    const both = decimals(pair);
    if (both === undefined || both[0].digits !== -both[1].digits || both[0].scale !== both[1].scale) return NO;
    return both[0].digits < 0n ? YES : NO;
  },
  says: () => "the candidate loses the minus sign",
  least: 3,
  weight: 72,
};

/** Hypotheses about numbers: offset, rounding, precision, overflow, sign. */
export const NUMBERS: readonly Hypothesis[] = [offset, rounding, doublePrecision, singlePrecision, wrapped, signLost];
