// jsonpath/parse.ts: the text of an RFC 9535 query -> a Path, or what is wrong with it and where

import type { Path, Segment, Selector } from "./path.ts";

/** `column` counts from 1, in UTF-16 code units of the path's own text. */
export type PathFault = { readonly message: string; readonly column: number };

/** Longer than any place a person means; it bounds what a rule can cost. */
const LONGEST = 2_000;
const BLANK = /[ \t\n\r]*/y;
const INTEGER = /-?(?:0|[1-9][0-9]*)/y;
const NAME =
  /[A-Za-z_\u0080-\ud7ff\ue000-\uffff\u{10000}-\u{10ffff}][A-Za-z0-9_\u0080-\ud7ff\ue000-\uffff\u{10000}-\u{10ffff}]*/uy;
const FILTERS = "filters are not supported: name places by names, indexes, slices, `*` and `..`";
const FUNCTIONS = "functions are not supported: name places by names, indexes, slices, `*` and `..`";
const UNESCAPED: ReadonlyMap<string, string> = new Map([
  ["b", "\b"],
  ["t", "\t"],
  ["n", "\n"],
  ["f", "\f"],
  ["r", "\r"],
  ["/", "/"],
  ["\\", "\\"],
]);

/**
 * Reads an RFC 9535 query: names, indexes, slices, wildcards, descendants, several of them in one bracket. Integers are
 * within I-JSON's range. Filters and functions are refused.
 */
export function parsePath(text: string): { readonly path: Path } | { readonly fault: PathFault } {
  const reader = { text, at: 0 };
  try {
    return { path: { text, segments: query(reader) } };
  } catch (error) {
    if (error instanceof Refusal) return { fault: { message: error.message, column: error.at + 1 } };
    throw error;
  }
}

/** Leaves the recursive descent; it never leaves this file. */
class Refusal extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

type Reader = { readonly text: string; at: number };

function query(reader: Reader): Segment[] {
  if (reader.text.length > LONGEST) throw new Refusal(`a path has at most ${LONGEST} characters`, LONGEST);
  if (!take(reader, "$")) throw new Refusal("a path begins with `$`, the whole body", 0);
  const segments: Segment[] = [];
  while (reader.at < reader.text.length) {
    const before = reader.at;
    skipBlank(reader);
    if (reader.at === reader.text.length) throw new Refusal("a path does not end with white space", before);
    segments.push(segment(reader));
  }
  return segments;
}

function segment(reader: Reader): Segment {
  if (take(reader, "[")) return { descendant: false, selectors: bracketed(reader) };
  if (!take(reader, ".")) throw unexpected(reader, "`.`, `..` or `[`");
  const descendant = take(reader, ".");
  if (descendant && take(reader, "[")) return { descendant, selectors: bracketed(reader) };
  if (take(reader, "*")) return { descendant, selectors: [{ kind: "wildcard" }] };
  const name = match(reader, NAME);
  if (name === undefined) throw unexpected(reader, `a name or \`*\` after \`${descendant ? ".." : "."}\``);
  if (reader.text[reader.at] === "(") throw new Refusal(FUNCTIONS, reader.at - name.length);
  return { descendant, selectors: [{ kind: "name", name }] };
}

function bracketed(reader: Reader): Selector[] {
  const selectors: Selector[] = [];
  do {
    skipBlank(reader);
    selectors.push(selector(reader));
    skipBlank(reader);
  } while (take(reader, ","));
  if (!take(reader, "]")) throw unexpected(reader, "`,` or `]`");
  return selectors;
}

function selector(reader: Reader): Selector {
  const { text, at } = reader;
  const first = text[at];
  if (first === "?") throw new Refusal(FILTERS, at);
  if (first === "'" || first === '"') return { kind: "name", name: quoted(reader, first) };
  if (take(reader, "*")) return { kind: "wildcard" };
  const start = integer(reader);
  const afterStart = reader.at;
  skipBlank(reader);
  if (take(reader, ":")) return slice(reader, start);
  reader.at = afterStart;
  if (start !== undefined) return { kind: "index", index: start };
  const word = match(reader, NAME);
  if (word === undefined) throw unexpected(reader, "a quoted name, an index, a slice or `*`");
  if (text[reader.at] === "(") throw new Refusal(FUNCTIONS, at);
  throw new Refusal(`a name in brackets is quoted: \`['${word}']\``, at);
}

function slice(reader: Reader, start: number | undefined): Selector {
  skipBlank(reader);
  const end = integer(reader);
  let step: number | undefined;
  const afterEnd = reader.at;
  skipBlank(reader);
  if (take(reader, ":")) {
    const afterColon = reader.at;
    skipBlank(reader);
    step = integer(reader);
    if (step === undefined) reader.at = afterColon;
  } else reader.at = afterEnd;
  return {
    kind: "slice",
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
    ...(step === undefined ? {} : { step }),
  };
}

function integer(reader: Reader): number | undefined {
  const { at } = reader;
  const digits = match(reader, INTEGER);
  if (digits === undefined) return undefined;
  if (digits === "-0") throw new Refusal("`-0` is not an index", at);
  if (/[0-9]/.test(reader.text[reader.at] ?? "")) throw new Refusal("an index has no leading zero", at);
  const value = Number(digits);
  if (!Number.isSafeInteger(value)) throw new Refusal("an index is within ±(2^53 - 1)", at);
  return value;
}

function quoted(reader: Reader, quote: string): string {
  const { text, at: begin } = reader;
  reader.at += 1;
  let name = "";
  for (;;) {
    const character = text[reader.at];
    if (character === undefined) throw new Refusal(`this name lacks its closing ${quote}`, begin);
    if (character < " ") throw new Refusal("a control character in a name is escaped: `\\n`, `\\u0000`", reader.at);
    reader.at += 1;
    if (character === quote) return name;
    name += character === "\\" ? escaped(reader, quote) : character;
  }
}

/** What follows a backslash. */
function escaped(reader: Reader, quote: string): string {
  const begin = reader.at - 1;
  const character = reader.text[reader.at] ?? "";
  reader.at += 1;
  if (character === quote) return quote;
  const plain = UNESCAPED.get(character);
  if (plain !== undefined) return plain;
  if (character !== "u") throw new Refusal(`\`\\${character}\` is not an escape`, begin);
  const unit = hex(reader, begin);
  if (unit < 0xd800 || unit > 0xdfff) return String.fromCharCode(unit);
  // A high surrogate is one half of a character: the other half follows, as an escape too.
  const low = unit < 0xdc00 && take(reader, "\\") && take(reader, "u") ? hex(reader, begin) : 0;
  if (low < 0xdc00 || low > 0xdfff) throw new Refusal("half of a surrogate pair is not a character", begin);
  return String.fromCharCode(unit, low);
}

function hex(reader: Reader, begin: number): number {
  const digits = reader.text.slice(reader.at, reader.at + 4);
  if (!/^[0-9A-Fa-f]{4}$/.test(digits)) throw new Refusal("`\\u` takes four hexadecimal digits", begin);
  reader.at += 4;
  return Number.parseInt(digits, 16);
}

function take(reader: Reader, character: string): boolean {
  if (reader.text[reader.at] !== character) return false;
  reader.at += 1;
  return true;
}

function match(reader: Reader, pattern: RegExp): string | undefined {
  pattern.lastIndex = reader.at;
  const found = pattern.exec(reader.text)?.[0];
  if (found === undefined) return undefined;
  reader.at += found.length;
  return found;
}

function skipBlank(reader: Reader): void {
  match(reader, BLANK);
}

function unexpected(reader: Reader, wanted: string): Refusal {
  const found = reader.text.codePointAt(reader.at);
  if (found === undefined) return new Refusal(`the path ends where ${wanted} is expected`, reader.at);
  const shown =
    found < 0x20 || found === 0x7f ? `\\x${found.toString(16).padStart(2, "0")}` : String.fromCodePoint(found);
  return new Refusal(`expected ${wanted}, found \`${shown}\``, reader.at);
}
