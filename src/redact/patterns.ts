// redact/patterns.ts: secrets that are known by their looks; each finder takes time linear in the text

import { CUT } from "../lib/clip.ts";
import { KEYS } from "./key-formats.ts";
import type { RedactPattern } from "./settings.ts";

/** A run of a text that must go, and what it was. */
export type Span = { readonly start: number; readonly end: number; readonly label: string };

type Finder = (text: string, found: (span: Span) => void) => void;

/** Finds the secrets of each pattern; a finder calls `found` for each, in any order. */
export const FINDERS: Readonly<Record<RedactPattern, Finder>> = {
  email: findEmails,
  card: findCards,
  bearer: findCredentials,
  key: findKeys,
  iban: findIbans,
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
/** ISO/IEC 7812-1. */
const SHORTEST_CARD = 13;
const LONGEST_CARD = 19;

function findCards(text: string, found: (span: Span) => void): void {
  if (text.length < SHORTEST_CARD) return;
  for (const run of text.matchAll(DIGIT_GROUPS)) {
    if (run[0].length >= SHORTEST_CARD) findCardsIn(text, run.index, run.index + run[0].length, found);
  }
}

/**
 * A card number is some of the groups of a run: an expiry date or another number may stand beside it. The Luhn check of any
 * part of the run is the difference of two prefix sums, so that a run of many short groups costs no more than any other.
 */
function findCardsIn(text: string, from: number, to: number, found: (span: Span) => void): void {
  const digits = new Uint8Array(to - from);
  /** `sums[p][n]`: of the first n digits, those at positions of parity p doubled (Luhn), all added. */
  const sums = [new Int32Array(to - from + 1), new Int32Array(to - from + 1)] as const;
  /** Of each group: how many digits are before it, and where it stands. */
  const before: number[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  let count = 0;
  for (let at = from; at < to; at += 1) {
    before.push(count);
    starts.push(at);
    for (let code = text.charCodeAt(at); at < to && isDigit(code); code = text.charCodeAt(at)) {
      const digit = code - 0x30;
      const doubled = digit > 4 ? digit * 2 - 9 : digit * 2;
      digits[count] = digit;
      sums[0][count + 1] = sums[0][count]! + (count % 2 === 0 ? doubled : digit);
      sums[1][count + 1] = sums[1][count]! + (count % 2 === 1 ? doubled : digit);
      count += 1;
      at += 1;
    }
    ends.push(at);
  }
  before.push(count);
  const fraction = text[from - 1] === "." && /\d/.test(text[from - 2] ?? "");
  for (let first = fraction ? 1 : 0; first < starts.length; first += 1) {
    const start = before[first]!;
    const head = digits[start]!;
    if (head < 2 || head > 6) continue; // all networks begin with 2 to 6
    for (let last = first; last < starts.length; last += 1) {
      const end = before[last + 1]!;
      if (end - start > LONGEST_CARD) break;
      if (end - start < SHORTEST_CARD) continue;
      // The last digit is not doubled, the one before it is, and so on.
      const sum = sums[(end % 2) as 0 | 1];
      if ((sum[end]! - sum[start]!) % 10 !== 0 || !isIssued(digits, start, end - start)) continue;
      found({ start: starts[first]!, end: ends[last]!, label: "card" });
    }
  }
}

const isDigit = (code: number) => code >= 0x30 && code <= 0x39;

/** The payment networks' prefixes with their lengths: without them a tenth of all long numbers would be card numbers. */
function isIssued(digits: Uint8Array, at: number, length: number): boolean {
  const first = digits[at]!;
  const two = first * 10 + digits[at + 1]!;
  const three = two * 10 + digits[at + 2]!;
  if (first === 4) return length === 13 || length === 16 || length === 19;
  if (two >= 51 && two <= 55) return length === 16;
  if (two >= 22 && two <= 27) return length === 16;
  if (two === 34 || two === 37) return length === 15;
  if (two === 35) return length >= 16;
  if (three >= 300 && three <= 305) return length >= 14;
  if (two === 36 || two === 38 || two === 39) return length >= 14;
  if (first === 6) return length >= 16;
  return two === 50 || (two >= 56 && two <= 59);
}

/** Digits alone that a payment network may have issued: prefix, length and Luhn check (ISO/IEC 7812-1). */
export function isCard(digits: string): boolean {
  if (digits.length < SHORTEST_CARD || digits.length > LONGEST_CARD || !/^\d+$/.test(digits)) return false;
  let isOne = false;
  findCardsIn(digits, 0, digits.length, () => {
    isOne = true;
  });
  return isOne;
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
    // A JSON Web Token: base64url of `{"...`, and at least one dot behind it, unless the text was cut within it.
    const at = run[0].indexOf("eyJ");
    if (at < 0) continue;
    const end = run.index + run[0].length;
    const isCut = end === text.length - CUT.length && text.endsWith(CUT);
    if (isCut || /\.[A-Za-z0-9_-]{8}/.test(run[0].slice(at))) found({ start: run.index + at, end, label: "bearer" });
  }
}

function atobOrEmpty(token: string): string {
  return Buffer.from(token, "base64").toString("latin1");
}

/** As `createKeyLines` in model/naming.ts has it line by line. */
const KEY_BLOCK = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-/g;
const KEY_BLOCK_END = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;

/** Keys and tokens in the formats of their issuers, and private keys in blocks (RFC 7468): a block without its end goes to the end. */
function findKeys(text: string, found: (span: Span) => void): void {
  if (text.length >= 12) {
    for (const { index, 0: key } of text.matchAll(KEYS)) {
      found({ start: index, end: index + key.length, label: "key" });
    }
  }
  if (!text.includes("PRIVATE KEY-----") && !text.includes("PRIVATE KEY BLOCK-----") && !text.includes("PuTTY-"))
    return;
  KEY_BLOCK.lastIndex = 0;
  for (let begin = KEY_BLOCK.exec(text); begin !== null; begin = KEY_BLOCK.exec(text)) {
    KEY_BLOCK_END.lastIndex = KEY_BLOCK.lastIndex;
    const end = KEY_BLOCK_END.exec(text) === null ? text.length : KEY_BLOCK_END.lastIndex;
    found({ start: begin.index, end, label: "key" });
    KEY_BLOCK.lastIndex = end;
  }
}

const IBAN_HEAD = /(?<![A-Za-z0-9])[A-Z]{2}\d\d(?=[ ]?[A-Z0-9])/g;
const [SHORTEST_IBAN, LONGEST_IBAN] = [15, 34];

/** International bank account numbers with or without spaces, by their check digits (ISO 13616). */
function findIbans(text: string, found: (span: Span) => void): void {
  for (const { index } of text.matchAll(IBAN_HEAD)) {
    const head = text.slice(index, index + 4);
    let length = 4;
    let rest = 0;
    let end = 0;
    for (let at = index + 4; at < text.length && length < LONGEST_IBAN; at += 1) {
      const value = VALUES.get(text.charCodeAt(at));
      if (value === undefined) {
        if (text[at] !== " " || text[at - 1] === " ") break;
        continue;
      }
      length += 1;
      rest = appended(rest, value);
      const ends = !/[A-Za-z0-9]/.test(text[at + 1] ?? "");
      if (ends && length >= SHORTEST_IBAN && checks(rest, head)) end = at + 1;
    }
    if (end > 0) found({ start: index, end, label: "iban" });
  }
}

/** Of the characters of an account number: digits are themselves, letters follow from 10 on. */
const VALUES: ReadonlyMap<number, number> = new Map(
  [..."0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"].map((character, i) => [character.charCodeAt(0), i]),
);
const appended = (rest: number, value: number) => (rest * (value > 9 ? 100 : 10) + value) % 97;

/** The country and the check digits count last. */
function checks(rest: number, head: string): boolean {
  let sum = rest;
  for (let i = 0; i < head.length; i += 1) sum = appended(sum, VALUES.get(head.charCodeAt(i))!);
  return sum === 1;
}
