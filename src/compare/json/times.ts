// compare/json/times.ts: one instant, however it is written

const DAY_MS = 86_400_000;

/** Epoch numbers of this size and more are milliseconds: as seconds they would lie past the year 5138. */
const MILLISECONDS_FROM = 1e11;

/** ISO 8601 calendar, ordinal and week dates, extended or basic, with or without a time and a zone (none is read as UTC). */
const ISO =
  /^([+-]\d{6}(?=-)|\d{4})(?:-?(\d{2})-?(\d{2})|-?W(\d{2})-?([1-7])|-?(\d{3}))(?:[Tt ](\d{2})(?::?(\d{2})(?::?(\d{2})(?:[.,](\d{1,30}))?)?)?\s?([Zz]|[+-]\d{2}(?::?\d{2})?)?)?$/;

/** IMF-fixdate, RFC 850 and asctime (RFC 9110, 5.6.7). */
const FIXDATE = /^[A-Za-z]{3}, (\d{2}) ([A-Za-z]{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/;
const RFC850 = /^[A-Za-z]{6,9}, (\d{2})-([A-Za-z]{3})-(\d{2}) (\d{2}):(\d{2}):(\d{2}) GMT$/;
const ASCTIME = /^[A-Za-z]{3} ([A-Za-z]{3}) ([ \d]\d) (\d{2}):(\d{2}):(\d{2}) (\d{4})$/;
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** Milliseconds since the epoch, with fractions; nothing where the text is no time. Numbers are epoch seconds or milliseconds. */
export function instantOfText(text: string): number | undefined {
  const iso = ISO.exec(text);
  if (iso !== null) return isoInstant(iso);
  if (/^-?\d{1,16}(?:\.\d{1,9})?$/.test(text)) return instantOfNumber(text);
  return httpInstant(text);
}

export function instantOfNumber(text: string): number | undefined {
  const value = Number(text);
  if (!Number.isFinite(value) || Math.abs(value) > 8.64e15) return undefined;
  return Math.abs(value) >= MILLISECONDS_FROM ? value : value * 1000;
}

function isoInstant(parts: RegExpExecArray): number | undefined {
  const year = Number(parts[1]);
  let day: number | undefined;
  if (parts[2] !== undefined) day = calendarDay(year, Number(parts[2]), Number(parts[3]));
  else if (parts[4] !== undefined) day = weekDay(year, Number(parts[4]), Number(parts[5]));
  else day = ordinalDay(year, Number(parts[6]));
  if (day === undefined) return undefined;
  if (parts[7] === undefined) return day;
  const time = clock(parts[7], parts[8] ?? "00", parts[9] ?? "00");
  const zone = offset(parts[11]);
  if (time === undefined || zone === undefined) return undefined;
  return day + time + (parts[10] === undefined ? 0 : Number(`0.${parts[10]}`) * 1000) - zone;
}

function dayOf(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month, day);
}

function calendarDay(year: number, month: number, day: number): number | undefined {
  const at = dayOf(year, month - 1, day);
  const back = new Date(at);
  return back.getUTCMonth() === month - 1 && back.getUTCDate() === day ? at : undefined;
}

function ordinalDay(year: number, day: number): number | undefined {
  const at = dayOf(year, 0, day);
  return day >= 1 && new Date(at).getUTCFullYear() === year ? at : undefined;
}

/** Week 1 is the week with 4 January in it; weeks begin on Monday. */
function weekDay(year: number, week: number, day: number): number | undefined {
  if (week < 1 || week > 53) return undefined;
  const fourth = dayOf(year, 0, 4);
  const monday = fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * DAY_MS;
  return monday + ((week - 1) * 7 + day - 1) * DAY_MS;
}

/** 24:00 ends a day, and a 60th second is a leap second. */
function clock(hours: string, minutes: string, seconds: string): number | undefined {
  const [h, m, s] = [Number(hours), Number(minutes), Number(seconds)];
  if (h > 24 || m > 59 || s > 60 || (h === 24 && m + s > 0)) return undefined;
  return ((h * 60 + m) * 60 + s) * 1000;
}

function offset(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === "Z" || zone === "z") return 0;
  const [h, m] = [Number(zone.slice(1, 3)), Number(zone.slice(3).replace(":", "") || "0")];
  if (h > 23 || m > 59) return undefined;
  return (zone.startsWith("-") ? -1 : 1) * (h * 60 + m) * 60_000;
}

function httpInstant(text: string): number | undefined {
  const fix = FIXDATE.exec(text);
  if (fix !== null) return dated(Number(fix[3]), fix[2]!, fix[1]!, fix[4]!, fix[5]!, fix[6]!);
  const old = RFC850.exec(text);
  // RFC 9110 reads two digits relative to the year of reading; without a clock here, as POSIX does: 69 to 99 are 19xx
  if (old !== null) {
    const year = Number(old[3]);
    return dated(year + (year < 69 ? 2000 : 1900), old[2]!, old[1]!, old[4]!, old[5]!, old[6]!);
  }
  const asc = ASCTIME.exec(text);
  if (asc !== null) return dated(Number(asc[6]), asc[1]!, asc[2]!, asc[3]!, asc[4]!, asc[5]!);
  return undefined;
}

function dated(year: number, month: string, day: string, h: string, m: string, s: string): number | undefined {
  const date = calendarDay(year, MONTHS.indexOf(month.toLowerCase()) + 1, Number(day));
  const time = clock(h, m, s);
  return date === undefined || time === undefined ? undefined : date + time;
}
