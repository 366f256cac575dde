// store/redact/json.ts: redacts JSON as text, so that numbers, duplicate names and broken documents stay as they were written

import type { Marks } from "./marks.ts";
import { isCard } from "./patterns.ts";
import type { Places, Standing } from "./places.ts";
import type { Sweep } from "./sweep.ts";

export type JsonRedactor = {
  /** A document, or several in a row; from where it is not JSON on, it is treated as plain text. */
  readonly document: (text: string, at: Standing) => string;
  /** One document, its root standing at `at`; none when it is not JSON. */
  readonly sound: (text: string, at?: Standing) => string | undefined;
};

export type JsonParts = {
  readonly places: Places;
  readonly marks: Marks;
  readonly sweep: Sweep;
  /** Markup inside of a string. */
  readonly markup: (text: string) => string;
  readonly cards: boolean;
};

/** JSON in a string of JSON in a string ...: each level doubles the escapes, so real bodies stay far below. */
const DEEPEST_NESTING = 8;
const NUMBER = /-?[0-9][0-9.eE+-]*/y;
const WORD = /true|false|null/y;

export function createJsonRedactor({ places, marks, sweep, markup, cards }: JsonParts): JsonRedactor {
  const { step, secret } = places;

  /** Walks with a stack of its own, so that depth costs memory only. */
  const walk = (text: string, root: Standing, nesting: number, lenient: boolean): string | undefined => {
    let out = "";
    let copied = 0;
    let at = 0;
    const put = (from: number, to: number, replacement: string) => {
      out += text.slice(copied, from) + replacement;
      copied = to;
    };
    /** The rest is not JSON: what its names say is all that is known of it. */
    const rest = (): string | undefined => {
      if (!lenient) return undefined;
      const tail = text.slice(at);
      const hide = marks.hashed || places.nameless;
      put(at, text.length, tail === "" ? "" : hide ? marks.secret(tail) : sweep(tail));
      return out;
    };
    // Of each open list or object: where it stands, and the next index (-1 for an object).
    const standings: Standing[] = [];
    const indexes: number[] = [];
    let standing = root;
    let expects: "value" | "value or end" | "name or end" | "name" | "comma or end" = "value";
    let documents = 0;

    for (;;) {
      at = skipBlank(text, at);
      if (at === text.length) {
        if (standings.length > 0 || (expects === "value" && documents === 0)) return rest();
        return out + text.slice(copied);
      }
      const character = text[at]!;
      const open = indexes.at(-1);
      if (expects === "comma or end" && open === undefined) {
        if (!lenient) return undefined;
        // Another document behind this one: lines of JSON, or garbage, and then the rest is text.
        [expects, standing] = ["value", root];
      }
      switch (expects) {
        case "comma or end":
          if (character === "," && open !== undefined) {
            expects = open < 0 ? "name" : "value";
            at += 1;
            continue;
          }
          break;
        case "name":
        case "name or end": {
          if (character === "}" && expects === "name or end") break;
          if (character !== '"') return rest();
          const end = stringEnd(text, at);
          if (end < 0) return rest();
          const name = unquoted(text, at, end);
          const colon = skipBlank(text, end);
          if (text[colon] !== ":") return rest();
          const swept = sweepName(name);
          if (swept !== name) put(at, end, JSON.stringify(swept));
          standing = step(standings.at(-1)!, name);
          expects = "value";
          at = colon + 1;
          continue;
        }
        case "value or end":
          if (character === "]") break;
          expects = "value";
      }
      if (expects !== "value") {
        if (open === undefined || character !== (open < 0 ? "}" : "]")) return rest();
        standings.pop();
        indexes.pop();
        expects = "comma or end";
        at += 1;
        continue;
      }
      if (open !== undefined && open >= 0) {
        standing = step(standings.at(-1)!, open);
        indexes[indexes.length - 1] = open + 1;
      }
      if (standings.length === 0) documents += 1;
      if (secret(standing)) {
        const end = valueEnd(text, at);
        if (end < 0) {
          put(at, text.length, quote(marks.secret(text.slice(at))));
          return lenient ? out : undefined;
        }
        put(at, end, quote(marks.secret(character === '"' ? unquoted(text, at, end) : text.slice(at, end))));
        at = end;
      } else if (character === "{" || character === "[") {
        standings.push(standing);
        indexes.push(character === "{" ? -1 : 0);
        expects = character === "{" ? "name or end" : "value or end";
        at += 1;
        continue;
      } else {
        const end = scalarEnd(text, at);
        if (end < 0) return rest();
        const replacement = character === '"' ? string(text, at, end, standing, nesting) : scalar(text.slice(at, end));
        if (replacement !== undefined) put(at, end, replacement);
        at = end;
      }
      expects = "comma or end";
    }
  };

  // The same names come again and again; hostile ones must not fill the memory.
  const sweptNames = new Map<string, string>();
  const sweepName = (name: string): string => {
    let swept = sweptNames.get(name);
    if (swept === undefined) {
      swept = sweep(name);
      if (sweptNames.size >= 1_000) sweptNames.clear();
      if (name.length <= 100) sweptNames.set(name, swept);
    }
    return swept;
  };

  const string = (text: string, at: number, end: number, standing: Standing, nesting: number): string | undefined => {
    const value = unquoted(text, at, end);
    if (marks.hashed) return quote(marks.leaf("string", value));
    const redacted = nested(value, standing, nesting);
    return redacted === value ? undefined : quote(redacted);
  };

  /** A string that is itself JSON or markup is redacted as that. */
  const nested = (value: string, standing: Standing, nesting: number): string => {
    const first = value.charCodeAt(0) > 0x3c ? value[0] : /[^\s\ufeff]/.exec(value)?.[0];
    if (first === "{" || first === "[" || first === '"') {
      if (nesting >= DEEPEST_NESTING) return marks.secret(value);
      return walk(value, places.both(standing, places.root), nesting + 1, false) ?? sweep(value);
    }
    return first === "<" ? markup(value) : sweep(value);
  };

  const scalar = (text: string): string | undefined => {
    if (text === "null") return undefined;
    if (marks.hashed) return quote(marks.leaf(text === "true" || text === "false" ? "boolean" : "number", text));
    return cards && isCard(text) ? quote(marks.secret(text, "card")) : undefined;
  };

  return {
    document: (text, at) => walk(text, at, 0, true)!,
    sound: (text, at = places.root) => walk(text, at, 0, false),
  };
}

const quote = (text: string) => JSON.stringify(text);

/** JSON's white space, the record separator of JSON sequences, and a byte order mark. */
function skipBlank(text: string, from: number): number {
  let at = from;
  for (let code = text.charCodeAt(at); isBlank(code); code = text.charCodeAt(at)) at += 1;
  return at;
}

const isBlank = (code: number) =>
  code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09 || code === 0x1e || code === 0xfeff;

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

/** One past the closing quote, or -1. */
function stringEnd(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 0x22) return i + 1;
    if (code === 0x5c) i += 1;
  }
  return -1;
}

function scalarEnd(text: string, at: number): number {
  if (text[at] === '"') return stringEnd(text, at);
  const end = skip(NUMBER, text, at);
  if (end > at) return end;
  const word = skip(WORD, text, at);
  return word > at ? word : -1;
}

/** One past the value that begins here, however deep it is, or -1. */
function valueEnd(text: string, at: number): number {
  if (text[at] !== "{" && text[at] !== "[") return scalarEnd(text, at);
  let depth = 0;
  for (let i = at; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 0x7b || code === 0x5b) depth += 1;
    else if (code === 0x7d || code === 0x5d) {
      depth -= 1;
      if (depth === 0) return i + 1;
    } else if (code === 0x22) {
      const end = stringEnd(text, i);
      if (end < 0) return -1;
      i = end - 1;
    }
  }
  return -1;
}

const ESCAPE = /\\(?:u([0-9A-Fa-f]{4})|([\s\S]))/g;
const SHORT: ReadonlyMap<string, string> = new Map([
  ["b", "\b"],
  ["t", "\t"],
  ["n", "\n"],
  ["f", "\f"],
  ["r", "\r"],
]);

/** What a string literal says; unlike JSON.parse it takes control characters and odd escapes as they come. */
function unquoted(text: string, at: number, end: number): string {
  const inner = text.slice(at + 1, end - 1);
  if (!inner.includes("\\")) return inner;
  return inner.replace(ESCAPE, (_, hex: string | undefined, short: string | undefined) =>
    hex === undefined ? (SHORT.get(short!) ?? short!) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
