// explain/times.ts: another zone, another precision, another notation of times
// biome-ignore-all lint/style/noExcessiveLinesPerFile: one family of hypotheses, each a few lines, listed at the end

import { type Hypothesis, NO, placed } from "./hypothesis.ts";
import { MINUTE, type Notation, readTimes, type Written } from "./time-notations.ts";
import type { Pair, Value } from "./value.ts";

const instantOf = ({ wallMs, zone = 0 }: Written) => wallMs - zone * MINUTE;

/** Times that one notation fits exactly; nothing of those that could be read in two ways. */
function timeOf(value: Value): Written | undefined {
  const [first, ...others] = readTimes(value);
  return others.length === 0 ? first : undefined;
}

/** A hypothesis about two written times of which neither is ambiguous. */
function times(
  rest: Omit<Hypothesis, "fits" | "kinds">,
  fits: (legacy: Written, candidate: Written) => readonly string[],
): Hypothesis {
  return {
    ...rest,
    kinds: ["value"],
    fits: ({ legacy, candidate }) => {
      if (legacy.type !== "string" || candidate.type !== "string") return NO;
      const ours = timeOf(legacy);
      const theirs = ours && timeOf(candidate);
      return theirs ? fits(ours, theirs) : NO;
    },
  };
}

const ruleFor = (tolerance: string): NonNullable<Hypothesis["rule"]> => placed("times", `tolerance: ${tolerance}`);

/** The farthest that two zones are apart, in minutes. */
const FARTHEST = 26 * 60;

const zone = times(
  {
    name: "time_zone",
    says: (parameter) => {
      const [how, from = "", to = ""] = parameter.split("|");
      if (how === "instant")
        return to === ""
          ? "the same instant, written in another zone"
          : `the same instant, written at ${to} for ${from}`;
      if (how === "wall")
        return to === ""
          ? "the same wall clock, said to be of another zone"
          : `the same wall clock, said to be ${to} for ${from}`;
      if (how === "dropped") return "the same wall clock, and the candidate does not write its zone";
      if (how === "added") return "the same wall clock, and only the candidate writes a zone";
      return `candidate = legacy ${from.startsWith("-") ? "-" : "+"} ${spell(Number(from.replace("-", "")))}`;
    },
    least: 1,
    weight: 90,
    rule: (parameter, spot) => (parameter.startsWith("instant") ? ruleFor("0s")(parameter, spot) : undefined),
  },
  (legacy, candidate) => {
    // A date has no clock.
    if (legacy.precision === "days" || candidate.precision === "days") return NO;
    const change = `|${legacy.zoneText}|${candidate.zoneText}`;
    const minutes = (instantOf(candidate) - instantOf(legacy)) / MINUTE;
    if (legacy.zone !== undefined && candidate.zone !== undefined && legacy.zone !== candidate.zone) {
      if (minutes === 0) return [`instant${change}`, "instant"];
      if (legacy.wallMs === candidate.wallMs) return [`wall${change}`, "wall"];
    }
    if (legacy.wallMs === candidate.wallMs) {
      if (legacy.zone !== undefined && candidate.zone === undefined) return ["dropped"];
      if (legacy.zone === undefined && candidate.zone !== undefined) return ["added"];
    }
    // A time of day and its zone on both sides, or on neither: only then is a shift of the clock what one sees.
    if ((legacy.zone === undefined) !== (candidate.zone === undefined)) return NO;
    return minutes !== 0 && minutes % 15 === 0 && Math.abs(minutes) <= FARTHEST ? [`shift|${minutes}`] : NO;
  },
);

function spell(minutes: number): string {
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** One side writes local time and leaves out the offset: the clocks are apart by a zone's offset, or by its two. */
const localTime: Hypothesis = {
  name: "local_time",
  kinds: ["value"],
  fits: () => NO,
  propose: (pairs) => {
    const shifts = new Map<string, number>();
    for (const pair of pairs) {
      const shift = localShift(pair);
      if (shift !== undefined) shifts.set(shift, (shifts.get(shift) ?? 0) + 1);
    }
    const [first, second] = [...shifts].sort(([, a], [, b]) => b - a);
    if (first === undefined) return NO;
    const [who, minutes, mark] = first[0].split("|");
    const [otherWho, otherMinutes, otherMark] = second?.[0].split("|") ?? [];
    // Summer and winter of one zone. With the same mark on both sides, a single shift is one of the clock.
    const isSeason = otherWho === who && otherMark === mark && Math.abs(Number(otherMinutes) - Number(minutes)) === 60;
    if (!isSeason) return mark === "" ? [first[0]] : NO;
    return [`${who}|${[Number(minutes), Number(otherMinutes)].sort((x, y) => x - y).join(",")}|${mark}`];
  },
  holds: (parameter, pair) => {
    const [who, minutes, mark] = parameter.split("|");
    const shift = localShift(pair)?.split("|");
    return shift?.[0] === who && shift?.[2] === mark && minutes!.split(",").includes(shift![1]!);
  },
  says: (parameter) => {
    const [who, minutes, mark] = parameter.split("|");
    const zones = minutes!
      .split(",")
      .map((one) => (Number(one) < 0 ? `UTC-${spell(-Number(one))}` : `UTC+${spell(Number(one))}`));
    return `${who} writes local time (${zones.join(" and ")}) ${mark === "" ? "and leaves out the offset" : `and marks it ${mark}`}`;
  },
  least: 2,
  weight: 90,
};

/** `candidate|120|`: that side's clock is so many minutes ahead of UTC, and it writes no zone, or `Z` as the other does. */
function localShift({ legacy, candidate }: Pair): string | undefined {
  if (legacy.type !== "string" || candidate.type !== "string") return undefined;
  const [ours, theirs] = [timeOf(legacy), timeOf(candidate)];
  if (ours === undefined || theirs === undefined || ours.precision === "days" || theirs.precision === "days")
    return undefined;
  const isLocal = (minutes: number) => minutes !== 0 && minutes % 15 === 0 && Math.abs(minutes) <= 14 * 60;
  for (const [who, local, other] of [
    ["candidate", theirs, ours],
    ["legacy", ours, theirs],
  ] as const) {
    const minutes = (local.wallMs - instantOf(other)) / MINUTE;
    if (!isLocal(minutes) || other.zone === undefined) continue;
    if (local.zone === undefined) return `${who}|${minutes}|`;
    if (local.zoneText === "Z" && other.zoneText === "Z") return `${who}|${minutes}|Z`;
  }
  return undefined;
}

const timeOffset = times(
  {
    name: "time_offset",
    says: (seconds) => `candidate = legacy ${seconds.startsWith("-") ? "-" : "+"} ${seconds.replace("-", "")} s`,
    least: 3,
    weight: 65,
  },
  (legacy, candidate) => {
    const ms = Math.round(instantOf(candidate) - instantOf(legacy));
    const whole = ms % (15 * MINUTE) === 0 && Math.abs(ms) <= FARTHEST * MINUTE;
    return ms === 0 || whole ? NO : [String(ms / 1000)];
  },
);

/** Days that are one too early or too late: a date made of a time in another zone. */
const dayOffset = times(
  {
    name: "day_offset",
    says: (days) =>
      `the candidate's date is ${Math.abs(Number(days))} ${Math.abs(Number(days)) === 1 ? "day" : "days"} ${days.startsWith("-") ? "earlier" : "later"}`,
    least: 3,
    weight: 66,
  },
  (legacy, candidate) => {
    if (legacy.precision !== "days" || candidate.precision !== "days") return NO;
    const days = (candidate.wallMs - legacy.wallMs) / (1440 * MINUTE);
    return days !== 0 && Number.isInteger(days) ? [String(days)] : NO;
  },
);

const UNITS = [
  ["milliseconds", 1, "1ms"],
  ["seconds", 1000, "1s"],
  ["minutes", MINUTE, "1m"],
  ["days", 1440 * MINUTE, "1d"],
] as const;

const precision = times(
  {
    name: "precision",
    says: (parameter) => {
      const [who, unit] = parameter.split("|");
      return `the same times, and ${who} gives them in ${unit} only`;
    },
    least: 2,
    weight: 89,
    rule: (parameter, spot) => {
      const unit = UNITS.find(([name]) => parameter.endsWith(`|${name}`));
      return unit && ruleFor(unit[2])(parameter, spot);
    },
    // `08:00:00.000` and `08:00:00` fit, and would fit another spelling as well.
    tells: (_, { legacy, candidate }) => {
      const [ours, theirs] = [timeOf(legacy), timeOf(candidate)];
      return ours !== undefined && theirs !== undefined && Math.abs(instantOf(ours) - instantOf(theirs)) >= 1e-6;
    },
  },
  (legacy, candidate) => {
    const [ours, theirs] = [instantOf(legacy), instantOf(candidate)];
    const found: string[] = [];
    for (const [name, ms] of UNITS) {
      const floor = (value: number) => Math.floor(value / ms + 1e-9) * ms;
      if (Math.abs(floor(ours) - theirs) < 1e-6) found.push(`candidate|${name}`);
      if (Math.abs(floor(theirs) - ours) < 1e-6) found.push(`legacy|${name}`);
    }
    return found;
  },
);

/** The years in which an instant that is read out of a bare number must lie: another number is no time. */
const EARLIEST = Date.UTC(1971, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);

/** The same instant, or the same wall clock, in another notation: `ISO 8601|RFC 822`. */
const notation: Hypothesis = {
  name: "time_format",
  kinds: ["value", "type"],
  fits: (pair) => notations(pair, (from, to) => !isBareNumber(from) && !isBareNumber(to)),
  // 04/04/2026 does not tell which of the two is the day.
  tells: (parameter, { legacy, candidate }) => {
    const isOneDay = (value: Value) => !/^(\d{1,2})[./-]\1[./-]\d{4}/.test(value.string);
    return !/day\/month|month\/day/.test(parameter) || (isOneDay(legacy) && isOneDay(candidate));
  },
  says: (parameter) => {
    const [from, to] = parameter.split("|");
    return from === to ? "the same time, spelled in another way" : `the same time, written as ${to} for ${from}`;
  },
  least: 1,
  weight: 88,
  rule: (parameter, spot) => {
    const readable = (name: string) => name === ISO || name === "RFC 9110 date";
    return parameter.split("|").every(readable) ? ruleFor("0s")(parameter, spot) : undefined;
  },
};

/** A bare number on one side only. */
const epoch: Hypothesis = {
  name: "epoch",
  kinds: ["value", "type"],
  fits: (pair) => notations(pair, (from, to) => isBareNumber(from) !== isBareNumber(to)),
  says: (parameter) => {
    const [from, to] = parameter.split("|") as [Notation, Notation];
    const unit = (name: string) => name.replace("epoch ", "");
    return isBareNumber(to)
      ? `the same instant: the candidate says ${unit(to)} since 1970 where legacy writes a date`
      : `the same instant: legacy says ${unit(from)} since 1970 where the candidate writes a date`;
  },
  least: 1,
  weight: 90,
  rule: (parameter, spot) => {
    const readable = parameter
      .split("|")
      .every((name) => name === ISO || (/seconds$/.test(name) && !/micro|nano/.test(name)));
    return readable ? ruleFor(parameter.includes("epoch seconds") ? "1s" : "0s")(parameter, spot) : undefined;
  },
};

/** The notations in which both sides are the same time. */
function notations({ legacy, candidate }: Pair, isMeant: (from: Notation, to: Notation) => boolean): string[] {
  if (legacy.text === candidate.text) return [];
  const found: string[] = [];
  for (const ours of readTimes(legacy)) {
    for (const theirs of readTimes(candidate)) {
      if (ours.notation === theirs.notation && ours.notation !== ISO) continue;
      if (isMeant(ours.notation, theirs.notation) && isSameTime(ours, theirs))
        found.push(`${ours.notation}|${theirs.notation}`);
    }
  }
  return found;
}

const ISO: Notation = "ISO 8601";
const isBareNumber = (name: Notation) => name.startsWith("epoch ");

function isSameTime(ours: Written, theirs: Written): boolean {
  const [a, b] = [instantOf(ours), instantOf(theirs)];
  if (a < EARLIEST || a > LATEST) return isBareNumber(ours.notation) || isBareNumber(theirs.notation) ? false : a === b;
  // A notation that has no fraction of a second, or no time of day, cannot be blamed for that.
  const coarsest = Math.max(UNIT_MS[ours.precision], UNIT_MS[theirs.precision]);
  if (coarsest >= UNIT_MS.days && ours.precision !== theirs.precision) return false;
  const floor = (value: number) => Math.floor(value / coarsest + 1e-9);
  return floor(a) === floor(b);
}

const UNIT_MS = { milliseconds: 1e-3, seconds: 1000, minutes: MINUTE, days: 1440 * MINUTE } as const;

/** Seconds since 1970 for milliseconds, and the like: both sides are bare numbers. */
const epochUnit: Hypothesis = {
  name: "epoch_unit",
  kinds: ["value"],
  fits: (pair) => notations(pair, (from, to) => isBareNumber(from) && isBareNumber(to)),
  says: (parameter) => {
    const [from, to] = parameter.split("|");
    return `the same time, in ${to} for ${from}`;
  },
  least: 2,
  weight: 92,
};

/** Day and month are swapped: 2026-03-04 for 2026-04-03. */
const dayMonth: Hypothesis = {
  name: "day_month",
  kinds: ["value"],
  fits: ({ legacy, candidate }) => {
    const [ours, theirs] = [fieldsOf(legacy.string), fieldsOf(candidate.string)];
    if (ours === undefined || theirs === undefined || ours.rest !== theirs.rest || ours.year !== theirs.year) return NO;
    return ours.a === theirs.b && ours.b === theirs.a && ours.a !== ours.b ? [""] : NO;
  },
  says: () => "day and month are swapped",
  least: 2,
  weight: 93,
};

function fieldsOf(text: string): { a: number; b: number; year: string; rest: string } | undefined {
  const iso = /^(\d{4})([-/.])(\d\d)\2(\d\d)(?!\d)(.*)$/s.exec(text);
  if (iso !== null) return { year: iso[1]!, a: Number(iso[3]), b: Number(iso[4]), rest: `${iso[2]}${iso[5]}` };
  const other = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)(.*)$/s.exec(text);
  if (other === null) return undefined;
  return { year: other[4]!, a: Number(other[1]), b: Number(other[3]), rest: `${other[2]}${other[5]}` };
}

/** By how much times may differ and still be called nearly the same, in seconds. */
const NEAR = [1, 10, 60, 300];
const NEAR_TEXT = ["1 s", "10 s", "1 min", "5 min"];

/** The candidate's clock, or the moment at which it takes the time, is a little different, by another amount each time. */
const drift: Hypothesis = {
  name: "clock_drift",
  kinds: ["value"],
  fits: () => NO,
  propose: (pairs) => {
    const apart = pairs.flatMap((pair) => secondsApart(pair) ?? []);
    if (apart.length * 2 < pairs.length || new Set(apart).size < 3) return NO;
    const within = NEAR.find((most) => apart.every((seconds) => Math.abs(seconds) <= most));
    if (within === undefined) return NO;
    const side = apart.every((seconds) => seconds > 0)
      ? "later"
      : apart.every((seconds) => seconds < 0)
        ? "earlier"
        : "apart";
    return [`${side}|${within}`];
  },
  holds: (parameter, pair) => {
    const [side, within] = parameter.split("|");
    const seconds = secondsApart(pair);
    if (seconds === undefined || Math.abs(seconds) > Number(within)) return false;
    return side === "apart" || (side === "later" ? seconds > 0 : seconds < 0);
  },
  says: (parameter) => {
    const [side, within] = parameter.split("|");
    return `the candidate's times differ by up to ${NEAR_TEXT[NEAR.indexOf(Number(within))]}${side === "apart" ? "" : `, always ${side}`}`;
  },
  least: 5,
  weight: 41,
};

function secondsApart({ legacy, candidate }: Pair): number | undefined {
  for (const ours of readTimes(legacy)) {
    const theirs = readTimes(candidate).find(({ notation }) => notation === ours.notation);
    if (theirs === undefined || ours.precision === "days") continue;
    const seconds = (instantOf(theirs) - instantOf(ours)) / 1000;
    if (seconds !== 0) return seconds;
  }
  return undefined;
}

/** Hypotheses about times: zone, notation, precision, offset. */
export const TIMES: readonly Hypothesis[] = [
  zone,
  localTime,
  precision,
  notation,
  epoch,
  epochUnit,
  dayMonth,
  timeOffset,
  dayOffset,
  drift,
];
