// store/redact/sweep.ts: takes secrets out of any text, whatever it is: messages, URLs, broken documents

import { MARK, type Marks } from "./marks.ts";
import { FINDERS, type Span } from "./patterns.ts";
import type { RedactPattern } from "./settings.ts";
import { type View, viewsOf } from "./views.ts";

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

function isSuspicious(text: string): boolean {
  const seen = marksIn(text);
  if ((seen & (ESCAPES | NAMES | AT | SLASH | DIGITS)) !== 0) return true;
  return ((seen & SPACE) !== 0 && SCHEMES.test(text)) || text.includes("eyJ");
}

/**
 * `names` are secret wherever a value follows them (`token=...`, `"token": "..."`, `<token>...`); `lines` likewise, with
 * all of their line (`Cookie: a=b; c=d`). Both in lower case. The credentials in a URL's authority go always.
 */
export function createSweep(options: {
  readonly names: readonly string[];
  readonly lines: readonly string[];
  readonly patterns: readonly RedactPattern[];
  readonly marks: Marks;
}): Sweep {
  const { marks } = options;
  const lines = new Set(options.lines);
  const words = [...new Set([...options.names, ...options.lines])].filter((word) => word !== "");
  // Longest first, so that `token` does not take what is `token-id`.
  words.sort((a, b) => b.length - a.length);
  const named =
    words.length === 0
      ? undefined
      : new RegExp(
          `(?<![\\p{L}\\p{N}])(${words.map(literal).join("|")})(?:[\\]\\\\"'\`)]{0,8}\\s{0,8}(?:=>?|:)\\s{0,8}|>)`,
          "giu",
        );
  const finders = [...new Set(options.patterns)].map((pattern) => FINDERS[pattern]);

  return (text) => {
    if (text.length < 2 || !isSuspicious(text)) return text;
    const spans: Span[] = [];
    for (const view of viewsOf(text)) {
      const found = (span: Span) => spans.push(original(view, span));
      findAuthorities(view.text, found);
      if (named !== undefined) findNamed(view.text, named, lines, found);
      for (const find of finders) find(view.text, found);
    }
    return spans.length === 0 ? text : replaced(text, spans, marks);
  };
}

const literal = (word: string) => word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");

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

function findNamed(text: string, named: RegExp, lines: ReadonlySet<string>, found: (span: Span) => void): void {
  named.lastIndex = 0;
  for (let match = named.exec(text); match !== null; match = named.exec(text)) {
    const [start, end] = valueBounds(text, named.lastIndex, lines.has(match[1]!.toLowerCase()));
    if (end > start) found({ start, end, label: "redacted" });
    // Read on behind the value, so that the whole is linear.
    named.lastIndex = Math.max(end, named.lastIndex);
  }
}

/** The value that begins here, without its quotes. */
function valueBounds(text: string, start: number, line: boolean): [start: number, end: number] {
  let at = start;
  while (text[at] === "\\") at += 1;
  if (text[at] === '"' || text[at] === "'" || text[at] === "`") {
    return [at + 1, quotedEnd(text, at + 1, text[at]!, at > start)];
  }
  if (text[at] === "{" || text[at] === "[") return [at, bracketedEnd(text, at)];
  at = start;
  if (line) {
    while (at < text.length && text[at] !== "\r" && text[at] !== "\n") at += 1;
    return [start, at];
  }
  SCHEME_WORD.lastIndex = at;
  if (SCHEME_WORD.test(text)) at = SCHEME_WORD.lastIndex;
  while (at < text.length && !VALUE_END.has(text[at]!)) at += 1;
  return [start, at];
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
