// explain/scaling.ts: numbers in another unit: multiplied by a constant, rounded or not

import { type Hypothesis, NO } from "./hypothesis.ts";
import { decimalOf } from "./numbers.ts";
import type { Pair } from "./value.ts";

/** Units that people convert between, by their factor. Inverse factors are tried as well. */
const NAMED: readonly (readonly [factor: number, name: string])[] = [
  [10, ""],
  [100, ""],
  [1000, ""],
  [10_000, ""],
  [1e6, ""],
  [1e9, ""],
  [60, ""],
  [3600, ""],
  [86_400, ""],
  [24, ""],
  [7, ""],
  [12, ""],
  [1024, ""],
  [1024 * 1024, ""],
  [1.609344, "miles to km"],
  [0.45359237, "pounds to kg"],
  [28.349523125, "ounces to g"],
  [0.3048, "feet to m"],
  [2.54, "inches to cm"],
  [25.4, "inches to mm"],
  [0.9144, "yards to m"],
  [3.785411784, "US gallons to l"],
  [4.54609, "imperial gallons to l"],
  [1.852, "knots to km/h"],
  [3.6, "m/s to km/h"],
  [2.2369362920544, "m/s to mph"],
  [0.40468564224, "acres to ha"],
  [4.184, "calories to joules"],
  [6.89475729, "psi to kPa"],
];
const BACK = new Map(
  NAMED.map(([factor, name]) => [1 / factor, name === "" ? "" : name.split(" to ").reverse().join(" to ")]),
);
const CONVERSIONS = new Map([...NAMED.map(([factor, name]) => [factor, name] as const), ...BACK]);

/** Significant digits that an arbitrary factor may have: more is a fit to noise. */
const DIGITS = 6;
/** The most that the kept pairs may leave open of an arbitrary factor, as a share of it. */
const LOOSE = 0.01;

/** Decimal places of a result that is not rounded. */
const EXACT = 15;

/** `1.19|2|round`: the factor, the decimal places of the result, and whether those were rounded or cut. */
type Scaling = { readonly factor: number; readonly places: number; readonly mode: "round" | "cut" };
const write = ({ factor, places, mode }: Scaling) => `${factor}|${places}|${mode}`;
function read(parameter: string): Scaling {
  const [factor, places, mode] = parameter.split("|");
  return { factor: Number(factor), places: Number(places), mode: mode as Scaling["mode"] };
}

function numbersOf({ legacy, candidate }: Pair): readonly [number, number, number] | undefined {
  if (legacy.type !== candidate.type) return undefined;
  const [from, to] = [decimalOf(legacy), decimalOf(candidate)];
  if (from === undefined || to === undefined || from.digits === 0n || to.digits === 0n) return undefined;
  const number = (text: string, value: number) => (Number.isNaN(value) ? Number(text) : value);
  return [number(legacy.string, legacy.number), number(candidate.string, candidate.number), to.scale];
}

/** How far a result may be from the exact product, below and above, when it is rounded or cut to so many places. */
function slack({ places, mode }: Pick<Scaling, "places" | "mode">, to: number): readonly [number, number] {
  const unit = 10 ** -places;
  const error = Math.abs(to) * 1e-12;
  if (mode === "round") return [unit / 2 + error, unit / 2 + error];
  return to > 0 ? [error, unit + error] : [unit + error, error];
}

const factor: Hypothesis = {
  name: "factor",
  kinds: ["value"],
  fits: () => NO,
  propose: (pairs) => {
    const numbers = pairs.flatMap((pair) => numbersOf(pair) ?? []);
    const triples = Array.from({ length: numbers.length / 3 }, (_, i) => numbers.slice(i * 3, i * 3 + 3));
    if (triples.length * 2 < pairs.length || triples.length === 0) return NO;
    const exact = exactRatio(triples as [number, number, number][]);
    if (exact !== undefined) return [write({ factor: exact, places: EXACT, mode: "round" })];
    const places = Math.max(...triples.map(([, , scale]) => scale!));
    return (["round", "cut"] as const).flatMap((mode) => {
      const range = commonRange(triples as [number, number, number][], { places, mode });
      const found = range === undefined ? undefined : nameFactor(range);
      return found === undefined ? [] : [write({ factor: found, places, mode })];
    });
  },
  holds: (parameter, pair) => {
    const numbers = numbersOf(pair);
    if (numbers === undefined) return false;
    const scaling = read(parameter);
    const [from, to] = numbers;
    const [below, above] = slack(scaling, to);
    const exact = from * scaling.factor;
    return exact >= to - below && exact <= to + above;
  },
  says: (parameter) => {
    const { factor, mode } = read(parameter);
    if (factor === -1) return "candidate = -legacy";
    const name = CONVERSIONS.get(factor) ?? nameNear(factor);
    const inverse = Number((1 / Math.abs(factor)).toPrecision(12));
    const isDivided =
      Math.abs(factor) < 1 && name === "" && (BACK.has(Math.abs(factor)) || digitsOf(inverse) < digitsOf(factor));
    const sign = factor < 0 ? "-" : "";
    const by = isDivided ? `/ ${sign}${inverse}` : `x ${Number(factor.toPrecision(7))}`;
    const words = name === "" ? "" : ` (${name})`;
    return `candidate = legacy ${by}${words}${mode === "cut" ? ", cut" : ""}`;
  },
  least: 3,
  weight: 70,
};

/** The conversion that a factor is to six digits: people write 2.20462 for pounds. */
function nameNear(factor: number): string {
  for (const [known, name] of CONVERSIONS) if (name !== "" && Math.abs(known - factor) <= known * 1e-5) return name;
  return "";
}

/** The ratio that most pairs have exactly: small integers leave a wide range, but three equal ratios are no chance. */
function exactRatio(triples: readonly (readonly [number, number, number])[]): number | undefined {
  const counts = new Map<number, number>();
  for (const [from, to] of triples) {
    const ratio = Number((to / from).toPrecision(12));
    counts.set(ratio, (counts.get(ratio) ?? 0) + 1);
  }
  const [ratio, times] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a));
  if (ratio === 1 || times * 2 < triples.length) return undefined;
  const named = [...CONVERSIONS.keys()].find((one) => Math.abs(one - Math.abs(ratio)) <= one * 1e-11);
  return named === undefined ? ratio : ratio < 0 ? -named : named;
}

/** The range of factors that most pairs allow; each pair allows one, because its result is rounded. */
function commonRange(
  triples: readonly (readonly [number, number, number])[],
  how: Pick<Scaling, "places" | "mode">,
): readonly [number, number] | undefined {
  const edges = triples.flatMap(([from, to]) => {
    const [below, above] = slack(how, to);
    const [a, b] = [(to - below) / from, (to + above) / from];
    return [
      { at: Math.min(a, b), opens: 1 },
      { at: Math.max(a, b), opens: -1 },
    ];
  });
  edges.sort((a, b) => a.at - b.at || b.opens - a.opens);
  let open = 0;
  let best = { open: 0, low: 0, high: 0 };
  for (const [i, { at, opens }] of edges.entries()) {
    open += opens;
    if (open > best.open) best = { open, low: at, high: edges[i + 1]?.at ?? at };
  }
  return best.open * 2 >= triples.length ? [best.low, best.high] : undefined;
}

/** Factors so near to 1 are what rounding and drift look like; only exact ratios may be. */
const NEAR_ONE = 0.015;

/** The factor with a name in the range, or the one with the fewest digits. Undefined: near 1, or too uncertain. */
function nameFactor([low, high]: readonly [number, number]): number | undefined {
  if (low <= 1 + NEAR_ONE && high >= 1 - NEAR_ONE) return undefined;
  if (low <= 0 && high >= 0) return undefined;
  const negative = high < 0;
  const [from, to] = negative ? [-high, -low] : [low, high];
  const sign = negative ? -1 : 1;
  for (const named of CONVERSIONS.keys()) if (from <= named && named <= to && isNear(from, to)) return sign * named;
  if (from <= 1 && to >= 1) return sign;
  if (!isNear(from, to)) return undefined;
  const [times, over] = [shortest(from, to), shortest(1 / to, 1 / from)];
  // Divided by 1.19 is simpler than multiplied by 0.840336.
  if (over !== undefined && (times === undefined || digitsOf(over) < digitsOf(times))) return sign / over;
  return times === undefined ? undefined : sign * times;
}

/** The number with the fewest digits in a range. */
function shortest(from: number, to: number): number | undefined {
  for (let digits = 1; digits <= DIGITS; digits++) {
    const unit = 10 ** (digits - 1 - Math.floor(Math.log10(to)));
    const found = Math.ceil(from * unit - 1e-9) / unit;
    if (found <= to * (1 + 1e-12) && found >= from * (1 - 1e-12)) return Number(found.toPrecision(digits));
  }
  return undefined;
}

/** Significant digits of a number as it is written shortest. */
const digitsOf = (value: number) =>
  value
    .toPrecision(12)
    .replace(/e.*$/, "")
    .replace(/\.?0+$/, "")
    .replace(/^[-0.]+|\./g, "").length;

const isNear = (from: number, to: number) => to - from <= to * LOOSE;

/** Temperatures: the one conversion in daily use that is no bare factor. */
const TEMPERATURES: readonly (readonly [string, (value: number) => number])[] = [
  ["x 1.8 + 32 (°C to °F)", (value) => value * 1.8 + 32],
  ["less 32, / 1.8 (°F to °C)", (value) => (value - 32) / 1.8],
];

const temperature: Hypothesis = {
  name: "unit",
  kinds: ["value"],
  fits: (pair) => {
    const { legacy, candidate } = pair;
    const [from, to] = [decimalOf(legacy), decimalOf(candidate)];
    if (legacy.type !== "number" || candidate.type !== "number" || from === undefined || to === undefined) return NO;
    const near = 0.5 * 10 ** -Math.min(to.scale, 9) * (1 + 1e-9);
    return TEMPERATURES.filter(([, convert]) => Math.abs(convert(legacy.number) - candidate.number) <= near).map(
      ([name]) => name,
    );
  },
  says: (name) => `candidate = legacy ${name}`,
  least: 3,
  weight: 72,
};

/** Hypotheses about units: a factor, or degrees. */
export const SCALINGS: readonly Hypothesis[] = [factor, temperature];
