// redact/free-text.ts: takes secrets out of any text, whatever it is: messages, URLs, broken documents

import { isOrdinaryValue, looksRandom } from "../lib/random-text.ts";
import { isSecretValue, type NameTest, type NameVerdict } from "../lib/secret-names.ts";
import { KEYS } from "./key-formats.ts";
import { MARK, type Marks } from "./marks.ts";
import { FINDERS, type Span } from "./patterns.ts";
import type { RedactPattern } from "./settings.ts";
import { type View, viewsOf } from "./unescaped-views.ts";

/** Replaces the secrets in any text. Total and linear in the text. */
export type Sweep = (text: string) => string;

const SCHEME_WORD = /(?:bearer|basic|digest|negotiate|token)(?:[ \t]+|%20|\+)/iy;
/** Credentials begin with one of these and a separator. */
const SCHEMES = /bearer|negotiate|basic/i;
const ESCAPES = 1;
const NAMES = 2;
const AT = 4;
const SLASH = 8;
const SPACE = 16;
const DIGITS = 32;

/** What a text has that a secret may begin with, in one look: for most texts that is all the work there is. */
function marksIn(text: string): number {
  let seen = 0;
  let digits = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code >= 0x30 && code <= 0x39) digits += 1;
    else if (code < 0x41 || code === 0x5c) seen |= BY_CODE[code]!;
  }
  return digits >= 13 ? seen | DIGITS : seen;
}

const BY_CODE: readonly number[] = Array.from({ length: 0x5d }, (_, code) => {
  const character = String.fromCharCode(code);
  if ("%&\\".includes(character)) return ESCAPES;
  if (":=>".includes(character)) return NAMES | SPACE;
  if (character === "@") return AT;
  if (character === "/") return SLASH;
  return " \t\r\n+\"'".includes(character) ? SPACE : 0;
});

function isSuspicious(text: string, patterns: ReadonlySet<RedactPattern>): boolean {
  const seen = marksIn(text);
  if ((seen & (ESCAPES | NAMES | AT | SLASH | DIGITS)) !== 0) return true;
  if (((seen & SPACE) !== 0 && (SCHEMES.test(text) || SAID.test(text))) || text.includes("eyJ") || text.includes("--"))
    return true;
  return patterns.has("key") && text.length >= SHORTEST_KEY && text.search(KEYS) >= 0;
}

const SHORTEST_KEY = 12;

/**
 * `verdict` judges the name before a value, wherever a value follows a name (`token=...`, `"token": "..."`, `<token>...`,
 * `--token ...`). The credentials in a URL's authority go always.
 */
export function createSweep(options: {
  readonly verdict: NameTest;
  readonly patterns: readonly RedactPattern[];
  readonly marks: Marks;
}): Sweep {
  const { marks, verdict } = options;
  const patterns = new Set(options.patterns);
  const finders = [...patterns].map((pattern) => FINDERS[pattern]);

  return (text) => {
    if (text.length < 2 || !isSuspicious(text, patterns)) return text;
    const spans: Span[] = [];
    for (const view of viewsOf(text)) {
      const found = (span: Span) => spans.push(original(view, span));
      findAuthorities(view.text, found);
      findNamed(view.text, verdict, found);
      findSaid(view.text, verdict, found);
      for (const find of finders) find(view.text, found);
    }
    return spans.length === 0 ? text : replaced(text, spans, marks);
  };
}

function original({ at }: View, span: Span): Span {
  return at === undefined ? span : { start: at[span.start]!, end: at[span.end]!, label: span.label };
}

/** `//user:password@host`: everything up to the last `@` of the authority. */
function findAuthorities(text: string, found: (span: Span) => void): void {
  for (let at = text.indexOf("//"); at >= 0; ) {
    let end = at + 2;
    let last = 0;
    for (; end < text.length && !AUTHORITY_END.has(text[end]!); end += 1) if (text[end] === "@") last = end;
    if (last > at + 2) found({ start: at + 2, end: last, label: "redacted" });
    at = text.indexOf("//", end);
  }
}

const AUTHORITY_END: ReadonlySet<string> = new Set("/?#\\\"'<>`{}|^ \t\r\n");

/** Between a name and its sign: quotes, brackets and blanks, at most so many. */
const LONGEST_GAP = 16;
const LONGEST_NAME = 64;
/** What may stand in a name: ASCII as listed, and everything beyond it. */
const NAME_CHARACTERS: readonly boolean[] = Array.from({ length: 128 }, (_, code) =>
  /[A-Za-z0-9_.$[\]-]/.test(String.fromCharCode(code)),
);
const isNameCharacter = (code: number) => (code < 128 ? NAME_CHARACTERS[code]! : code > 0xa0);

const SIGN = /[:=][=>]{0,2}[ \t]{0,8}|>/g;
const ARGUMENT = /(?<![^\s"'`,([])--([A-Za-z][A-Za-z0-9-]{0,60})[ \t]+(?=[^\s-])/g;

/** From each sign that a value follows (`=`, `:`, `>`) back to its name, and on to the value. */
function findNamed(text: string, verdict: NameTest, found: (span: Span) => void): void {
  SIGN.lastIndex = 0;
  for (let sign = SIGN.exec(text); sign !== null; sign = SIGN.exec(text)) {
    const [begin, end] = nameBefore(text, sign.index, sign[0] === ">");
    if (begin === end) continue;
    const says = verdict(text.slice(begin, end));
    if (says === "plain") continue;
    const after = SIGN.lastIndex;
    const value = valueBounds(text, after, says === "secret" ? lineRule(text, begin, end) : "word");
    // Read on behind the value, so that the whole is linear.
    SIGN.lastIndex = Math.max(addValue(text, value, says, found), after);
  }
  if (!text.includes("--")) return;
  for (const { index, 0: whole, 1: name } of text.matchAll(ARGUMENT)) {
    addValue(text, valueBounds(text, index + whole.length, "word"), verdict(name!), found);
  }
}

/** A word, and the one after it or after `is`: `your password is x`, `invalid token 'x'`, `password x` in .netrc. */
const SAID_VALUE = "[ \\t]{1,8}(?:(?:is|was|of)[ \\t]{1,8})?[\"'`]?([^\\s\"'`()<>{}[\\]]{4,200})";
const SAID_ALL = new RegExp(`(?<![\\p{L}\\p{N}_-])(\\p{L}[\\p{L}\\p{N}_-]{1,63})(?=${SAID_VALUE})`, "dgu");
/** Whether a text may have such a value: without digits only random letters are one. */
const SAID = /[ \t]["'`]?(?=[^\s]{0,200}\d)[^\s]{4}|[ \t]["'`]?[A-Za-z]{16}/;

/** In a sentence most words after the name of a secret are none, so the value has to look like a secret as well. */
function findSaid(text: string, verdict: NameTest, found: (span: Span) => void): void {
  for (const { 1: name, 2: value, indices } of text.matchAll(SAID_ALL)) {
    if (verdict(name!) === "plain") continue;
    const bare = value!.replace(/[.,;:!?]{1,200}$/, "");
    if (isOrdinaryValue(bare) || !(/\d/.test(bare) || looksRandom(bare))) continue;
    const [start] = indices![2]!;
    found({ start, end: start + bare.length, label: "redacted" });
  }
}

type Bounds = readonly [start: number, end: number];

/** The end of the value if it was hidden, else 0. */
function addValue(text: string, [start, end]: Bounds, says: NameVerdict, found: (span: Span) => void): number {
  if (end <= start || !isSecretValue(says, text.slice(start, Math.min(end, start + 100)))) return 0;
  found({ start, end, label: "redacted" });
  return end;
}

/** Where the name that ends before a sign stands; empty when there is none. */
function nameBefore(text: string, at: number, isTag: boolean): Bounds {
  let end = at;
  const gap = isTag ? "" : "\\\"'`) \t";
  while (end > 0 && at - end < LONGEST_GAP && gap.includes(text[end - 1]!)) end -= 1;
  let start = end;
  while (start > 0 && end - start < LONGEST_NAME && isNameCharacter(text.charCodeAt(start - 1))) start -= 1;
  return [start, end];
}

/** How far a value without quotes goes: to the next blank, to the end of its line, or there if nothing else follows in it. */
type Extent = "word" | "line" | "plain line";

/** Fields whose value has blanks and signs in it: `Cookie: a=b; c=d`. */
const WHOLE_LINE = /cookie|authorization$/i;
const LINE_START = /(?:^|[\r\n])[ \t]{0,16}(?:export[ \t]|set[ \t]|[-#;"'][ \t]?)?["']?$/i;

function lineRule(text: string, start: number, end: number): Extent {
  if (WHOLE_LINE.test(text.slice(start, end))) return "line";
  return LINE_START.test(text.slice(Math.max(0, start - 26), start)) ? "plain line" : "word";
}

/** The value that begins here, without its quotes. */
function valueBounds(text: string, start: number, extent: Extent): Bounds {
  let at = start;
  while (text[at] === "\\") at += 1;
  if (text[at] === '"' || text[at] === "'" || text[at] === "`") {
    return [at + 1, quotedEnd(text, at + 1, text[at]!, at > start)];
  }
  if (text[at] === "{" || text[at] === "[") return [at, bracketedEnd(text, at)];
  at = start;
  if (extent === "line") return [start, lineEnd(text, at)];
  SCHEME_WORD.lastIndex = at;
  if (SCHEME_WORD.test(text)) at = SCHEME_WORD.lastIndex;
  while (at < text.length && !VALUE_END.has(text[at]!)) at += 1;
  if (extent === "plain line" && at > start && (text[at] === " " || text[at] === "\t")) {
    // `password: correct horse battery staple`, and not `token=abc user=jane`.
    PLAIN_REST.lastIndex = at;
    if (PLAIN_REST.test(text)) at = PLAIN_REST.lastIndex;
  }
  return [start, at];
}

const PLAIN_REST = /[^=:&<>"'`{}\r\n]+(?=[\r\n]|$)/y;

function lineEnd(text: string, start: number): number {
  let at = start;
  while (at < text.length && text[at] !== "\r" && text[at] !== "\n") at += 1;
  return at;
}

const VALUE_END: ReadonlySet<string> = new Set("&\"'<>` \t\r\n");

function quotedEnd(text: string, start: number, close: string, escaped: boolean): number {
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === close) return at;
    // Inside of an escaped string its end is escaped as well.
    if (text[at] === "\\") {
      if (escaped && text[at + 1] === close) return at;
      at += 1;
    }
  }
  return text.length;
}

function bracketedEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at]!;
    if (character === "{" || character === "[") depth += 1;
    else if (character === "}" || character === "]") {
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (character === '"') at = quotedEnd(text, at + 1, '"', false);
  }
  return text.length;
}

function replaced(text: string, spans: Span[], marks: Marks): string {
  spans.sort((a, b) => a.start - b.start || b.end - a.end);
  let out = "";
  let at = 0;
  for (let i = 0; i < spans.length; ) {
    const { start, label } = spans[i]!;
    let { end } = spans[i]!;
    for (i += 1; i < spans.length && spans[i]!.start < end; i += 1) end = Math.max(end, spans[i]!.end);
    const secret = text.slice(start, end);
    out += text.slice(at, start) + (MARK.test(secret) ? secret : marks.secret(secret, label));
    at = end;
  }
  return out + text.slice(at);
}
