// compare/cookie-lifetime.ts: how long a cookie lives, however that is written (RFC 6265, 5.2.1 to 5.3)

/**
 * `deleted`: it expires at once. `session`: it lives as long as the browser. `persistent`: for so many seconds from the
 * answer's `Date`, which `isExact` says were written as such; without a `Date` only the end is known, in milliseconds.
 */
export type Lifetime =
  | { readonly kind: "deleted" | "session" }
  | { readonly kind: "persistent"; readonly seconds: number; readonly isExact: boolean }
  | { readonly kind: "until"; readonly end: number };

/** Without a `Date`, what ends before this is over for sure: 2020-01-01. */
const LONG_PAST = Date.UTC(2020, 0, 1);

/** A lifetime of more than this is one without an end: browsers keep no cookie longer than 400 days. */
const LONGEST_SECONDS = 400 * 86_400;

/** An end and a `Date` are taken from clocks that tick while the answer is made; a share of long lifetimes as well. */
const TOLERANCE_SECONDS = 5;
const TOLERANCE_SHARE = 0.001;
/** Without a `Date` the sides were asked at times that are this far apart at most. */
const TOLERANCE_MS_WITHOUT_DATE = 60_000;

/**
 * The lifetime that `Max-Age` and `Expires` state; `Max-Age` wins, and what cannot be read counts as not written.
 * @param date the answer's `Date`, milliseconds since the epoch
 */
export function lifetimeOf(
  maxAge: string | undefined,
  expires: string | undefined,
  date: number | undefined,
): Lifetime {
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) return lasting(Number(maxAge), true);
  const end = expires === undefined ? undefined : cookieDate(expires);
  if (end === undefined) return { kind: "session" };
  if (date !== undefined) return lasting((end - date) / 1000, false);
  return end < LONG_PAST ? { kind: "deleted" } : { kind: "until", end };
}

function lasting(seconds: number, isExact: boolean): Lifetime {
  if (seconds <= 0) return { kind: "deleted" };
  return { kind: "persistent", seconds: Math.min(seconds, LONGEST_SECONDS), isExact };
}

/** Whether two lifetimes are the same as far as clocks allow. */
export function sameLifetime(a: Lifetime, b: Lifetime): boolean {
  if (a.kind === "persistent" && b.kind === "persistent") {
    return a.isExact && b.isExact ? a.seconds === b.seconds : isNear(a.seconds, b.seconds);
  }
  if (a.kind === "until" && b.kind === "until") return Math.abs(a.end - b.end) <= TOLERANCE_MS_WITHOUT_DATE;
  return a.kind === b.kind && a.kind !== "until";
}

function isNear(a: number, b: number): boolean {
  return Math.abs(a - b) <= Math.max(TOLERANCE_SECONDS, TOLERANCE_SHARE * Math.max(a, b));
}

/** The lifetime in words: `deletes it`, `keeps it for 30 days`. */
export function lifetimeText(lifetime: Lifetime): string {
  if (lifetime.kind === "until") return `keeps it until ${new Date(lifetime.end).toISOString()}`;
  if (lifetime.kind !== "persistent") return lifetime.kind === "deleted" ? "deletes it" : "keeps it for the session";
  const [unit, length] = UNITS.find(([, size]) => lifetime.seconds >= size) ?? ["seconds", 1];
  return `keeps it for ${Number((lifetime.seconds / length).toPrecision(3))} ${unit}`;
}

const UNITS = [
  ["days", 86_400],
  ["hours", 3_600],
  ["minutes", 60],
] as const;

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** Milliseconds since the epoch, by the algorithm that browsers use (RFC 6265, 5.1.1); undefined where it is no date. */
export function cookieDate(text: string): number | undefined {
  let time: readonly number[] | undefined;
  let [day, month, year]: (number | undefined)[] = [];
  for (const token of text.slice(0, 200).split(/[\t\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+/)) {
    const clock = time === undefined ? /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\D|$)/.exec(token) : null;
    const digits = /^(\d{1,4})(?:\D|$)/.exec(token)?.[1];
    const name = MONTHS.indexOf(token.slice(0, 3).toLowerCase());
    if (clock !== null) time = clock.slice(1).map(Number);
    else if (day === undefined && digits !== undefined && digits.length <= 2) day = Number(digits);
    else if (month === undefined && name >= 0) month = name;
    else if (year === undefined && digits !== undefined && digits.length !== 3 && digits.length >= 2)
      year = Number(digits);
  }
  if (time === undefined || day === undefined || month === undefined || year === undefined) return undefined;
  const full = year >= 100 ? year : year + (year >= 70 ? 1900 : 2000);
  const [hour, minute, second] = time as [number, number, number];
  if (day < 1 || day > 31 || full < 1601 || hour > 23 || minute > 59 || second > 59) return undefined;
  return Date.UTC(full, month, day, hour, minute, second);
}
