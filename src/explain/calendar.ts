// explain/calendar.ts: dates that gain midnight, lose their century or are months off; durations in another notation

import { type Hypothesis, NO } from "./hypothesis.ts";
import { readTimes, type Written } from "./time-notations.ts";
import type { Pair, Value } from "./value.ts";

const DAY_MS = 86_400_000;

/** The one way in which a string can be read as a time. */
function timeOf(value: Value): Written | undefined {
  if (value.type !== "string") return undefined;
  const [first, ...others] = readTimes(value);
  return others.length === 0 ? first : undefined;
}

/** `2026-03-01` -> `2026-03-01T00:00:00Z`, and the other way round. */
const midnight: Hypothesis = {
  name: "midnight",
  kinds: ["value"],
  fits: ({ legacy, candidate }) => {
    const [ours, theirs] = [timeOf(legacy), timeOf(candidate)];
    if (ours === undefined || theirs === undefined || ours.wallMs !== theirs.wallMs) return NO;
    const [isDay, isDayThere] = [ours.precision === "days", theirs.precision === "days"];
    if (isDay === isDayThere || ours.wallMs % DAY_MS !== 0) return NO;
    return [isDay ? "added" : "removed"];
  },
  says: (how) =>
    how === "added"
      ? "the same date, and the candidate adds midnight as the time of day"
      : "the same date, and the candidate leaves out the time of day, which is midnight",
  least: 2,
  weight: 91,
};

/** `2026-03-01` -> `26-03-01`. */
const shortYear: Hypothesis = {
  name: "short_year",
  kinds: ["value"],
  fits: ({ legacy, candidate }) => {
    for (const [who, short, long] of [
      ["the candidate", candidate, legacy],
      ["legacy", legacy, candidate],
    ] as const) {
      if (timeOf(long) === undefined) continue;
      if (long.string.replace(/(?<!\d)(?:19|20)(?=\d\d(?!\d))/, "") === short.string) return [who];
    }
    return NO;
  },
  says: (who) => `the same date, and ${who} writes the year with two digits`,
  least: 2,
  weight: 67,
};

/** The same day of another month: months that are counted from zero on one side. */
const monthOffset: Hypothesis = {
  name: "month_offset",
  kinds: ["value"],
  fits: ({ legacy, candidate }) => {
    const [ours, theirs] = [timeOf(legacy), timeOf(candidate)];
    if (ours === undefined || theirs === undefined || ours.notation !== theirs.notation) return NO;
    const [a, b] = [new Date(ours.wallMs), new Date(theirs.wallMs)];
    const months = (b.getUTCFullYear() - a.getUTCFullYear()) * 12 + b.getUTCMonth() - a.getUTCMonth();
    const isSameDay = a.getUTCDate() === b.getUTCDate() && ours.wallMs % DAY_MS === theirs.wallMs % DAY_MS;
    return months !== 0 && isSameDay ? [String(months)] : NO;
  },
  says: (months) => {
    const far = Math.abs(Number(months));
    const [count, unit] = far % 12 === 0 ? [far / 12, "year"] : [far, "month"];
    const side = months.startsWith("-") ? "earlier" : "later";
    return `the candidate's date is ${count} ${unit}${count === 1 ? "" : "s"} ${side}, on the same day of the month`;
  },
  least: 3,
  weight: 68,
};

type Duration = { readonly notation: string; readonly ms: number };

const ISO = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const CLOCK = /^(?:(\d+)\.)?(\d{1,3}):([0-5]\d)(?::([0-5]\d(?:\.\d+)?))?$/;
const UNITS = [
  ["milliseconds", 1],
  ["seconds", 1_000],
  ["minutes", 60_000],
  ["hours", 3_600_000],
] as const;

/** Every way in which a value can be read as a duration; a bare number in four units. */
function durationsOf({ type, string, number }: Value): Duration[] {
  const seconds = (days = "0", hours = "0", minutes = "0", rest = "0") =>
    Number(days) * DAY_MS + Number(hours) * 3_600_000 + Number(minutes) * 60_000 + Number(rest) * 1_000;
  if (type === "number") return UNITS.map(([notation, ms]) => ({ notation, ms: number * ms }));
  if (type !== "string" || string.length > 32) return [];
  const iso = ISO.exec(string);
  if (iso !== null && /\d/.test(string)) {
    return [{ notation: "ISO 8601 (PT1H30M)", ms: seconds(iso[1], iso[2], iso[3], iso[4]) }];
  }
  const clock = CLOCK.exec(string);
  return clock === null ? [] : [{ notation: "h:mm:ss", ms: seconds(clock[1], clock[2], clock[3], clock[4]) }];
}

/** The same duration in another notation: `5400` -> `"PT1H30M"`. Two bare numbers are a matter of a factor. */
const duration: Hypothesis = {
  name: "duration_format",
  kinds: ["value", "type"],
  fits: ({ legacy, candidate }: Pair) => {
    if (legacy.type === "number" && candidate.type === "number") return NO;
    return durationsOf(legacy).flatMap((ours) =>
      durationsOf(candidate)
        .filter((theirs) => ours.notation !== theirs.notation && Math.abs(ours.ms - theirs.ms) < 1e-6)
        .map((theirs) => `${ours.notation}|${theirs.notation}`),
    );
  },
  // Nothing is as long in every unit.
  tells: (_, { legacy }) => durationsOf(legacy).some(({ ms }) => ms !== 0),
  says: (parameter) => {
    const [from, to] = parameter.split("|");
    return `the same duration, in ${to} for ${from}`;
  },
  least: 3,
  weight: 87,
};

/** Hypotheses about parts of a date: midnight, two-digit years, months from 0, durations. */
export const CALENDAR: readonly Hypothesis[] = [midnight, shortYear, monthOffset, duration];
