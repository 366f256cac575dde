// json/times.ts: one instant, however it is written

const DAY_MS = 86_400_000;

/** Epoch numbers of this size and more are milliseconds: as seconds they would lie past the year 5138. */
const MILLISECONDS_FROM = 1e11;

/** ISO 8601 calendar, ordinal and week dates, extended or basic, with or without a time and a zone (none is read as UTC). */
const ISO =
  /^([+-]\d{6}(?=-)|\d{4})(?:-?(\d{2})-?(\d{2})|-?W(\d{2})-?([1-7])|-?(\d{3}))(?:[Tt ](\d{2})(?::?(\d{2})(?::?(\d{2})(?:[.,](\d{1,30}))?)?)?\s?([Zz]|[+-]\d{2}(?::?\d{2})?)?)?$/;

/** RFC 9557: a time with the name of its zone, and perhaps other annotations, behind it. */
const ANNOTATED = /^([^[\]]{8,64}?)((?:\[!?[A-Za-z0-9._/+=-]{1,60}\]){1,4})$/;

/** JSON as ASP.NET wrote it: milliseconds since the epoch; the offset is for display only. */
const DOTNET = /^\\?\/Date\((-?\d{1,16})(?:[+-]\d{4})?\)\\?\/$/;

/** E-mail's times (RFC 822, 2822 and 5322): weekday and seconds may be left out, the year may have two digits. */
const MAIL =
  /^(?:[A-Za-z]{3},\s*)?(\d{1,2})\s+([A-Za-z]{3})\s+(\d{2}|\d{4})\s+(\d{2}):(\d{2})(?::(\d{2}))?\s+([+-]\d{4}|[A-Z]{1,3})(?:\s*\([^()]*\))?$/;

/** Zones of RFC 822; other letters say nothing (RFC 5322, 4.3) and are not read. */
const MAIL_ZONES: Readonly<Record<string, number>> = {
  ...{ UT: 0, GMT: 0, UTC: 0, Z: 0, EST: -5, EDT: -4, CST: -6, CDT: -5, MST: -7, MDT: -6, PST: -8, PDT: -7 },
};

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
  const dotnet = DOTNET.exec(text);
  if (dotnet !== null) return Number(dotnet[1]);
  const annotated = ANNOTATED.exec(text);
  if (annotated !== null) return annotatedInstant(annotated[1]!, annotated[2]!);
  return httpInstant(text) ?? mailInstant(text);
}

/** A time in the zone that stands behind it; an offset in the time itself goes before it. */
function annotatedInstant(text: string, annotations: string): number | undefined {
  const iso = ISO.exec(text.trim());
  const written = iso === null ? undefined : isoInstant(iso);
  const zone = /^\[!?([A-Za-z][A-Za-z0-9._/+-]*)\]/.exec(annotations)?.[1];
  if (written === undefined || iso![11] !== undefined || zone === undefined) return written;
  return instantInZone(written, zone);
}

const ZONES = new Map<string, Intl.DateTimeFormat | undefined>();
/** Hostile names must not fill the memory. */
const MOST_ZONES = 700;
/** Near the last date that there is, another zone's clock cannot be worked out. */
const LATEST = 8.6e15;

/** The instant at which the clocks of a zone show what `wall` shows in UTC; undefined for a zone that nobody knows. */
function instantInZone(wall: number, zone: string): number | undefined {
  if (!ZONES.has(zone)) {
    if (ZONES.size >= MOST_ZONES) ZONES.clear();
    ZONES.set(zone, clockOf(zone));
  }
  const clock = ZONES.get(zone);
  if (clock === undefined || !(Math.abs(wall) < LATEST)) return undefined;
  // Twice, since the offset at the first guess may be that of the other side of a change of clocks.
  const guess = wall - offsetAt(clock, wall);
  return wall - offsetAt(clock, guess);
}

function clockOf(zone: string): Intl.DateTimeFormat | undefined {
  const parts = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" } as const;
  try {
    return new Intl.DateTimeFormat("en-US", {
      ...parts,
      second: "2-digit",
      hourCycle: "h23",
      timeZone: zone,
      era: "short",
    });
  } catch {
    return undefined;
  }
}

/** How far a zone is ahead of UTC at an instant, in milliseconds. */
function offsetAt(clock: Intl.DateTimeFormat, instant: number): number {
  const whole = Math.floor(instant / 1000) * 1000;
  const parts = new Map(clock.formatToParts(whole).map(({ type, value }) => [type, value]));
  const at = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type));
  const year = parts.get("era") === "BC" ? 1 - at("year") : at("year");
  return (
    dayOf(year, at("month") - 1, at("day")) + ((at("hour") * 60 + at("minute")) * 60 + at("second")) * 1000 - whole
  );
}

function mailInstant(text: string): number | undefined {
  const mail = MAIL.exec(text);
  if (mail === null) return undefined;
  const [, day, month, year, h, m, s = "00", zone] = mail as unknown as string[];
  const ahead = /^[+-]/.test(zone!) ? offset(zone) : hours(MAIL_ZONES[zone!]);
  // two digits as RFC 5322, 4.3 reads them
  const full = year!.length === 4 ? Number(year) : Number(year) + (Number(year) < 50 ? 2000 : 1900);
  const at = dated(full, month!, day!, h!, m!, s);
  return at === undefined || ahead === undefined ? undefined : at - ahead;
}

const hours = (count: number | undefined): number | undefined => (count === undefined ? undefined : count * 3_600_000);

/** Milliseconds since the epoch of a number of seconds or, if it is large, of milliseconds; undefined out of the range of dates. */
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
