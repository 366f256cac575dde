// store/redact/patterns.ts: secrets that are known by their looks; each finder takes time linear in the text

import type { RedactPattern } from "./settings.ts";

/** A run of a text that must go, and what it was. */
export type Span = { readonly start: number; readonly end: number; readonly label: string };

type Finder = (text: string, found: (span: Span) => void) => void;

export const FINDERS: Readonly<Record<RedactPattern, Finder>> = {
  email: findEmails,
  card: findCards,
  bearer: findCredentials,
};

const LOCAL = asciiSet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.!#$%'*+-^_~");
const DOMAIN = asciiSet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-");

/** RFC 5321, 4.5.3.1.1, with the quotes. */
const LONGEST_LOCAL = 66;

function asciiSet(characters: string): readonly boolean[] {
  const set = new Array<boolean>(128).fill(false);
  for (let i = 0; i < characters.length; i += 1) set[characters.charCodeAt(i)] = true;
  return set;
}

/** Beyond ASCII nearly every letter may stand in an internationalised address (RFC 6531). */
const within = (set: readonly boolean[], code: number) => (code < 128 ? set[code]! : code > 0xa0);

// From each `@` outwards, never across the one before: a pattern that looks for the local part first is quadratic.
function findEmails(text: string, found: (span: Span) => void): void {
  let floor = 0;
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
    let start = at;
    while (start > floor && within(LOCAL, text.charCodeAt(start - 1))) start -= 1;
    if (start === at && text[at - 1] === '"') {
      const quote = text.slice(Math.max(floor, at - LONGEST_LOCAL), at - 1).lastIndexOf('"');
      if (quote >= 0) start = Math.max(floor, at - LONGEST_LOCAL) + quote;
    }
    let end = at + 1;
    while (end < text.length && within(DOMAIN, text.charCodeAt(end))) end += 1;
    while (end > at + 1 && ".-".includes(text[end - 1]!)) end -= 1;
    const domain = text.slice(at + 1, Math.min(end, at + 300));
    if (start < at && /^[^.]+\.[^.]/.test(domain)) found({ start, end, label: "email" });
    floor = at + 1;
  }
}

const DIGIT_GROUPS = /\d+(?:[ \u00a0\u2009\u202f\u2010-\u2015-]\d+)*/g;
/** Payment networks' prefixes with their lengths: without them a tenth of all long numbers would be card numbers. */
const NETWORKS =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11,16}|35\d{14,17}|6\d{15,18}|5[06-9]\d{11,17})$/;
const LONGEST_CARD = 19;

function findCards(text: string, found: (span: Span) => void): void {
  if (text.length < 13) return;
  for (const run of text.matchAll(DIGIT_GROUPS)) {
    if (run[0].length >= 13) findCardsIn(text, run.index, run.index + run[0].length, found);
  }
}

/** A card number is some of the groups of a run: an expiry date or another number may stand beside it. */
function findCardsIn(text: string, from: number, to: number, found: (span: Span) => void): void {
  let digits = "";
  /** Of each group: how many digits are before it, and where it stands. */
  const before: number[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  for (let at = from; at < to; ) {
    const start = at;
    while (at < to && isDigit(text.charCodeAt(at))) at += 1;
    before.push(digits.length);
    starts.push(start);
    ends.push(at);
    digits += text.slice(start, at);
    at += 1;
  }
  before.push(digits.length);
  const fraction = text[from - 1] === "." && /\d/.test(text[from - 2] ?? "");
  for (let first = fraction ? 1 : 0; first < starts.length; first += 1) {
    const head = digits.charCodeAt(before[first]!);
    if (head < 0x32 || head > 0x36) continue; // all networks begin with 2 to 6
    for (let last = first; last < starts.length; last += 1) {
      const length = before[last + 1]! - before[first]!;
      if (length > LONGEST_CARD) break;
      if (length < 13 || !isCard(digits.slice(before[first], before[last + 1]))) continue;
      found({ start: starts[first]!, end: ends[last]!, label: "card" });
    }
  }
}

const isDigit = (code: number) => code >= 0x30 && code <= 0x39;

/** Digits alone that a payment network may have issued: prefix, length and Luhn check (ISO/IEC 7812-1). */
export function isCard(digits: string): boolean {
  if (digits.length < 13 || digits.length > LONGEST_CARD || !NETWORKS.test(digits)) return false;
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    sum += i % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2;
  }
  return sum % 10 === 0;
}

const SCHEMES = /\b(bearer|negotiate|basic)(?:[\s+:=]|["']){1,8}([A-Za-z0-9._~+/=-]{4,})/gi;
const TOKENS = /[A-Za-z0-9_.-]+/g;

function findCredentials(text: string, found: (span: Span) => void): void {
  for (const match of text.matchAll(SCHEMES)) {
    const [whole, scheme, token] = match as unknown as [string, string, string];
    // "Basic" is also a word: RFC 7617 credentials have a colon in them.
    if (scheme.toLowerCase() === "basic" && !atobOrEmpty(token).includes(":")) continue;
    const end = match.index + whole.length;
    found({ start: end - token.length, end, label: "bearer" });
  }
  if (!text.includes("eyJ")) return;
  for (const run of text.matchAll(TOKENS)) {
    // A JSON Web Token: base64url of `{"...`, and at least two dots behind it.
    const at = run[0].indexOf("eyJ");
    if (at < 0) continue;
    const dot = run[0].indexOf(".", at);
    if (dot < 0 || run[0].indexOf(".", dot + 1) < 0) continue;
    found({ start: run.index + at, end: run.index + run[0].length, label: "bearer" });
  }
}

function atobOrEmpty(token: string): string {
  return Buffer.from(token, "base64").toString("latin1");
}
