// explain/time-notations.ts: the notations in which services write times

import type { Value } from "./value.ts";

/** A minute in milliseconds. */
export const MINUTE = 60_000;

/** A way of writing a time. */
export type Notation =
  | "ISO 8601"
  | "ISO 8601 basic"
  | "RFC 9110 date"
  | "RFC 822"
  | "RFC 850"
  | "asctime"
  | "/Date(ms)/"
  | "epoch seconds"
  | "epoch milliseconds"
  | "epoch microseconds"
  | "epoch nanoseconds"
  | "day.month.year"
  | "day/month/year"
  | "month/day/year"
  | "year/month/day"
  | "day month-name year";

/** The smallest unit that a time is written with. */
export type Precision = "milliseconds" | "seconds" | "minutes" | "days";

/** A time as it was written. */
export type Written = {
  readonly notation: Notation;
  /** The wall clock, as milliseconds of that clock in UTC. */
  readonly wallMs: number;
  /** Minutes ahead of UTC; undefined where no zone is written. */
  readonly zone: number | undefined;
  /** As written: `Z`, `+02:00`, empty. */
  readonly zoneText: string;
  /** All digits of the second's fraction. */
  readonly fraction: string;
  readonly precision: Precision;
};

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const ZONES: Readonly<Record<string, number>> = {
  UTC: 0,
  GMT: 0,
  UT: 0,
  Z: 0,
  EST: -300,
  EDT: -240,
  CST: -360,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
};

const ISO =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,12}))?)?)?\s?(Z|z|[+-]\d\d(?::?\d\d)?|UTC|GMT)?$/;
const BASIC = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(?:(\d\d)(?:[.,](\d{1,12}))?)?(Z|z|[+-]\d\d(?::?\d\d)?)?$/;
const RFC_822 =
  /^(?:[A-Za-z]{3}, )?(\d{1,2}) ([A-Za-z]{3}) (\d{4}|\d\d) (\d\d):(\d\d)(?::(\d\d))? ([A-Z]{1,3}|[+-]\d{4})$/;
const RFC_850 = /^[A-Za-z]{6,9}, (\d\d)-([A-Za-z]{3})-(\d\d|\d{4}) (\d\d):(\d\d):(\d\d) ([A-Z]{3})$/;
const ASCTIME = /^[A-Za-z]{3} ([A-Za-z]{3}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d) (?:([A-Z]{3}) )?(\d{4})$/;
const DATE_CALL = /^\/?\\?\/?Date\((-?\d{1,16})([+-]\d{4})?\)\\?\/?$/;
const NUMERIC =
  /^(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:,? (\d{1,2}):(\d\d)(?::(\d\d))?(?: ?([AaPp])\.?[Mm]\.?)?)?(?: ?(Z|[+-]\d\d:?\d\d|UTC|GMT))?$/;
const SLASHED = /^(\d{4})\/(\d\d)\/(\d\d)(?: (\d\d):(\d\d)(?::(\d\d))?)?$/;
const NAMED = /^(\d{1,2})[ -]([A-Za-z]{3,9})[ -](\d{4})(?: (\d\d):(\d\d)(?::(\d\d))?)?$/;
const NAMED_US = /^([A-Za-z]{3,9}) (\d{1,2}), (\d{4})(?: (\d{1,2}):(\d\d)(?::(\d\d))?(?: ?([AaPp])\.?[Mm]\.?)?)?$/;
const LONGEST = 48;

type Parts = {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour?: string | undefined;
  readonly minute?: string | undefined;
  readonly second?: string | undefined;
  readonly fraction?: string | undefined;
  readonly zone?: string | undefined;
  /** `a` or `p`, where the clock has twelve hours. */
  readonly half?: string | undefined;
};

/** Every way in which a value can be read as a time; most values in none, `03/04/2026` in two. */
export function readTimes(value: Value): readonly Written[] {
  if (value.type === "number") return epochs(value.text);
  const text = value.string;
  if (text.length < 8 || text.length > LONGEST) return NONE;
  if (/^-?\d+(?:\.\d+)?$/.test(text)) return epochs(text);
  const first = text.charCodeAt(0);
  // Only digits, letters and a slash begin a time.
  if (!((first >= 47 && first <= 57) || (first >= 65 && first <= 90) || first === 92)) return NONE;
  const found: (Written | undefined)[] = [];
  const iso = ISO.exec(text) ?? undefined;
  if (iso !== undefined) found.push(written("ISO 8601", ordered(iso)));
  else {
    const basic = BASIC.exec(text);
    if (basic !== null) found.push(written("ISO 8601 basic", ordered(basic)));
    const slashed = SLASHED.exec(text);
    if (slashed !== null) found.push(written("year/month/day", ordered(slashed)));
    found.push(...numeric(text), ...withNames(text));
  }
  return found.filter((one) => one !== undefined);
}

const NONE: readonly Written[] = [];

const ordered = ([, year, month, day, hour, minute, second, fraction, zone]: RegExpExecArray): Parts => ({
  year: Number(year),
  month: Number(month),
  day: Number(day),
  hour,
  minute,
  second,
  fraction,
  zone,
});

function numeric(text: string): (Written | undefined)[] {
  const call = DATE_CALL.exec(text);
  if (call !== null) {
    const zone = minutesOf(call[2] ?? "+0000");
    const wallMs = Number(call[1]) + (zone ?? 0) * MINUTE;
    return [{ notation: "/Date(ms)/", wallMs, zone, zoneText: call[2] ?? "", fraction: "", precision: "milliseconds" }];
  }
  const found = NUMERIC.exec(text);
  if (found === null) return [];
  const [, a, by, b, year, hour, minute, second, half, zone] = found;
  const parts = (day: string, month: string): Parts => ({
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour,
    minute,
    second,
    half,
    zone,
  });
  if (by === ".") return [written("day.month.year", parts(a!, b!))];
  return [written("day/month/year", parts(a!, b!)), written("month/day/year", parts(b!, a!))];
}

function withNames(text: string): (Written | undefined)[] {
  const mail = RFC_822.exec(text);
  if (mail !== null) {
    const [, day, month, year, hour, minute, second, zone] = mail;
    const notation = zone === "GMT" && /^[A-Z][a-z]{2}, \d\d /.test(text) ? "RFC 9110 date" : "RFC 822";
    return [written(notation, { ...named(year!, month!, day!), hour, minute, second, zone })];
  }
  const old = RFC_850.exec(text);
  if (old !== null) {
    const [, day, month, year, hour, minute, second, zone] = old;
    return [written("RFC 850", { ...named(year!, month!, day!), hour, minute, second, zone })];
  }
  const unix = ASCTIME.exec(text);
  if (unix !== null) {
    const [, month, day, hour, minute, second, zone, year] = unix;
    return [written("asctime", { ...named(year!, month!, day!), hour, minute, second, zone: zone ?? "UTC" })];
  }
  const plain = NAMED.exec(text);
  if (plain !== null) {
    const [, day, month, year, hour, minute, second] = plain;
    return [written("day month-name year", { ...named(year!, month!, day!), hour, minute, second })];
  }
  const american = NAMED_US.exec(text);
  if (american === null) return [];
  const [, month, day, year, hour, minute, second, half] = american;
  return [written("day month-name year", { ...named(year!, month!, day!), hour, minute, second, half })];
}

const named = (year: string, month: string, day: string): Pick<Parts, "year" | "month" | "day"> => ({
  year: year.length === 2 ? 2000 + Number(year) - (Number(year) >= 70 ? 100 : 0) : Number(year),
  month: MONTHS.indexOf(month.slice(0, 3).toLowerCase()) + 1,
  day: Number(day),
});

function written(notation: Notation, parts: Parts): Written | undefined {
  const { year, month, day, minute = "0", second = "0", fraction = "", zone = "", half } = parts;
  let hour = Number(parts.hour ?? 0);
  if (half !== undefined) hour = (hour % 12) + (half.toLowerCase() === "p" ? 12 : 0);
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || Number(minute) > 59 || Number(second) > 60) {
    return undefined;
  }
  const minutes = minutesOf(zone);
  if (zone !== "" && minutes === undefined) return undefined;
  const wallMs =
    Date.UTC(year, month - 1, day, hour, Number(minute), Number(second)) + Number(`0.${fraction || 0}`) * 1000;
  const precision =
    parts.hour === undefined
      ? "days"
      : parts.second === undefined
        ? "minutes"
        : fraction === ""
          ? "seconds"
          : "milliseconds";
  return { notation, wallMs, zone: minutes, zoneText: zone, fraction, precision };
}

function minutesOf(zone: string): number | undefined {
  if (zone === "") return undefined;
  if (!/\d/.test(zone)) return ZONES[zone.toUpperCase()];
  const digits = zone.replace(/\D/g, "").padEnd(4, "0");
  return (zone.startsWith("-") ? -1 : 1) * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2)));
}

const EPOCHS = [
  ["epoch seconds", 1000, 9, 10],
  ["epoch milliseconds", 1, 12, 13],
  ["epoch microseconds", 1e-3, 15, 16],
  ["epoch nanoseconds", 1e-6, 18, 19],
] as const;

/** A bare number as a time: each unit since 1970 whose usual number of digits it has. */
function epochs(text: string): readonly Written[] {
  const found = /^(\d{9,19})(?:\.(\d+))?$/.exec(text);
  if (found === null) return NONE;
  const digits = found[1]!.length;
  return EPOCHS.filter(([, , least, most]) => digits >= least && digits <= most).map(([notation, ms]) => ({
    notation,
    wallMs: Number(text) * ms,
    zone: 0,
    zoneText: "Z",
    fraction: "",
    precision: notation === "epoch seconds" && found[2] === undefined ? "seconds" : "milliseconds",
  }));
}
