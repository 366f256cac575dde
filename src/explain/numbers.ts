// explain/numbers.ts: rounded, in another unit, moved by a constant

import { MODES, minus, readDecimal, round, same } from "./decimal.ts";
import { type Hypothesis, NO, placed, type Spot } from "./hypothesis.ts";
import type { Pair } from "./value.ts";

/** Units that people convert between; tried before the bare ratio, because results are rounded. */
const UNITS = [10, 100, 1000, 10_000, 1e6, 1e9, 60, 3600, 86_400, 24, 7, 12, 1024, 1024 * 1024];
const FACTORS = UNITS.flatMap((unit) => [unit, -unit]); // negative: divided by it

const bothNumbers = ({ legacy, candidate }: Pair) => legacy.type === "number" && candidate.type === "number";

const roundedTo: Hypothesis = {
  name: "rounding",
  kinds: ["value"],
  fits: (pair) =>
    bothNumbers(pair) ? places(pair.legacy.text, pair.candidate.text).map((how) => `candidate ${how}`) : NO,
  says: (parameter) => describe(parameter, "candidate", "legacy"),
  least: 2,
  weight: 60,
  rule: roundingRule,
};

const roundedFrom: Hypothesis = {
  ...roundedTo,
  fits: (pair) =>
    bothNumbers(pair) ? places(pair.candidate.text, pair.legacy.text).map((how) => `legacy ${how}`) : NO,
  says: (parameter) => describe(parameter, "legacy", "candidate"),
};

/** `half up 2` for each way of rounding the one that gives the other. */
function places(fine: string, coarse: string): string[] {
  const [from, to] = [readDecimal(fine), readDecimal(coarse)];
  if (from === undefined || to === undefined || from.scale <= to.scale) return [];
  const found: string[] = [];
  for (let n = to.scale; n < from.scale && n <= to.scale + 6; n++) {
    for (const mode of MODES) if (same(round(from, n, mode), to)) found.push(`${mode} ${n}`);
  }
  return found;
}

function describe(parameter: string, rounded: string, exact: string): string {
  const [, mode, places] = /^\w+ (.+) (\d+)$/.exec(parameter)!;
  const how = mode === "half up" ? "rounded" : mode === "down" ? "cut" : `rounded (${mode})`;
  return `${rounded} = ${exact} ${how} to ${places === "0" ? "whole numbers" : places === "1" ? "1 place" : `${places} places`}`;
}

function roundingRule(parameter: string, spot: Spot): string | undefined {
  const [, mode, places] = /^\w+ (.+) (\d+)$/.exec(parameter)!;
  const n = Number(places);
  // Written out: a YAML reader may take `5e-7` for a string.
  const half = `0.${"0".repeat(n)}5`;
  const whole = n === 0 ? "1" : `0.${"0".repeat(n - 1)}1`;
  return placed("numbers", `tolerance: ${mode!.startsWith("half") ? half : whole}`)(parameter, spot);
}

const factor: Hypothesis = {
  name: "factor",
  kinds: ["value"],
  fits: (pair) => {
    if (!bothNumbers(pair)) return NO;
    const [from, to] = [pair.legacy.number, pair.candidate.number];
    if (from === 0 || to === 0 || from === to) return NO;
    const decimal = readDecimal(pair.candidate.text);
    if (decimal === undefined) return NO;
    // What is rounded to the candidate's last place is as near as half of it.
    const near = 0.5 * 10 ** -decimal.scale * (1 + 1e-9);
    const found = FACTORS.filter((unit) => {
      const expected = unit > 0 ? from * unit : from / -unit;
      return Math.abs(expected - to) <= near && Math.abs(expected - to) <= Math.abs(to) * 0.05;
    }).map(String);
    const ratio = String(Number((to / from).toPrecision(9)));
    if (!found.includes(ratio)) found.push(ratio);
    return found;
  },
  says: (parameter) => {
    const by = Number(parameter);
    if (by === -1) return "candidate = -legacy";
    if (FACTORS.includes(by) && by < 0) return `candidate = legacy / ${-by}`;
    return `candidate = legacy x ${parameter}`;
  },
  least: 3,
  weight: 70,
};

const offset: Hypothesis = {
  name: "offset",
  kinds: ["value"],
  fits: (pair) => {
    if (!bothNumbers(pair)) return NO;
    const [from, to] = [readDecimal(pair.legacy.text), readDecimal(pair.candidate.text)];
    return from === undefined || to === undefined ? NO : [minus(to, from)];
  },
  says: (parameter) =>
    parameter.startsWith("-") ? `candidate = legacy - ${parameter.slice(1)}` : `candidate = legacy + ${parameter}`,
  least: 3,
  weight: 65,
};

export const NUMBERS: readonly Hypothesis[] = [factor, offset, roundedTo, roundedFrom];
