// explain/varying.ts: a candidate that is wrong where legacy's own value varies from answer to answer

import { VARIES_HERE } from "../model/varying.ts";
import { type Hypothesis, NO } from "./hypothesis.ts";
import { MINUTE, readTimes } from "./time-notations.ts";
import type { Pair, Value } from "./value.ts";

/** How far a single pair may lie from what is typical, as a factor; legacy's value varies itself. */
const WITHIN = 4;

/** Pairs of numbers or times that must be there before it is said how far they are apart. */
const LEAST = 3;

const isVarying = ({ note = "" }: Pair) => note.startsWith(VARIES_HERE);

/** `constant|"A"`, `sign|`, `times|100`, `later|7200`, `note|TEXT`. */
const varying: Hypothesis = {
  name: "varying",
  kinds: ["value", "type"],
  fits: () => NO,
  propose: (pairs) => {
    const some = pairs.filter(isVarying);
    if (some.length === 0 || some.length * 2 < pairs.length) return NO;
    const [{ note = "", candidate }] = some as [Pair];
    const isConstant = some.every((pair) => pair.candidate.text === candidate.text) && candidate.text.length <= 100;
    const hypotheses = [...(isConstant ? [`constant|${candidate.text}`] : []), ...apartBy(some)];
    const isMeasured = amountOf(some[0]!.legacy) !== undefined && amountOf(candidate) !== undefined;
    if (hypotheses.length > 0 || (isMeasured && some.length < LEAST)) return hypotheses;
    return some.every((pair) => pair.note === note) ? [`note|${note}`] : NO;
  },
  holds: (parameter, pair) => {
    if (!isVarying(pair)) return false;
    const [how, rest = ""] = parameter.split(/\|(.*)/s);
    if (how === "constant") return pair.candidate.text === rest;
    if (how === "note") return pair.note === rest;
    const [l, c] = [amountOf(pair.legacy), amountOf(pair.candidate)];
    if (l === undefined || c === undefined) return false;
    if (how === "sign") return l * c < 0;
    const [seen, typical] = [how === "times" ? c / l : (c - l) / 1000, Number(rest)];
    return seen / typical > 1 / WITHIN && seen / typical < WITHIN;
  },
  says: (parameter) => {
    const [how, rest = ""] = parameter.split(/\|(.*)/s);
    if (how === "constant")
      return `legacy's value varies here, and where they differ the candidate always says ${rest}`;
    if (how === "sign") return "legacy's value varies here, and the candidate's has the other sign";
    if (how === "times") {
      const larger = Number(rest) > 1 ? "larger" : "smaller";
      return `legacy's value varies here, and the candidate's is systematically ${larger}: about legacy x ${rest}`;
    }
    if (how === "later") {
      const side = rest.startsWith("-") ? "behind" : "ahead";
      return `legacy's time varies here, and the candidate's is systematically ${side} by about ${spell(Math.abs(Number(rest)))}`;
    }
    return rest;
  },
  least: 1,
  weight: 46,
};

/** The other sign, a factor or a time by which most of the pairs are apart. */
function apartBy(pairs: readonly Pair[]): string[] {
  const both = pairs.flatMap(({ legacy, candidate }) => {
    const [l, c] = [amountOf(legacy), amountOf(candidate)];
    return l === undefined || c === undefined || isTime(legacy) !== isTime(candidate) ? [] : [{ legacy, l, c }];
  });
  if (both.length < LEAST || both.length * 2 < pairs.length) return [];
  if (both.every(({ legacy }) => isTime(legacy))) {
    const seconds = Math.round(median(both.map(({ l, c }) => c - l)) / 1000);
    return seconds === 0 ? [] : [`later|${seconds}`];
  }
  if (both.every(({ l, c }) => l * c < 0)) return ["sign|"];
  if (both.some(({ l, c }) => l * c <= 0)) return [];
  return [`times|${Number(median(both.map(({ l, c }) => c / l)).toPrecision(2))}`];
}

const isTime = (value: Value) => readTimes(value).length > 0;

/** A number, or a time in milliseconds. */
function amountOf(value: Value): number | undefined {
  const [time] = readTimes(value);
  if (time !== undefined) return time.wallMs - (time.zone ?? 0) * MINUTE;
  if (value.type === "number") return value.number;
  return /^-?\d{1,15}(?:\.\d{1,15})?$/.test(value.string) ? Number(value.string) : undefined;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}

function spell(seconds: number): string {
  if (seconds >= 5_400) return `${Number((seconds / 3_600).toPrecision(2))} h`;
  return seconds >= 90 ? `${Math.round(seconds / 60)} min` : `${seconds} s`;
}

/** Hypotheses about values that have no relation to legacy's. */
export const VARYING: readonly Hypothesis[] = [varying];
