// redact/json.ts: redacts JSON as text, so that numbers, duplicate names and broken documents stay as they were written
// biome-ignore-all lint/style/noExcessiveLinesPerFile: one state machine over text, whose states share their variables

import type { Standing } from "../bodies/redaction.ts";
import {
  createKeyLines,
  isNameLike,
  isNamingMember,
  isValueMember,
  NAMING_ATTRIBUTES,
  partName,
} from "../lib/named-values.ts";
import { isSecretSegment } from "../lib/path-token.ts";
import { isSecretValue, type NameTest, type NameVerdict, worse } from "../lib/secret-names.ts";
import type { Sweep } from "./free-text.ts";
import type { Marks } from "./marks.ts";
import { isCard } from "./patterns.ts";
import type { SecretPlaces } from "./places.ts";

/** Redacts JSON text in place: what is not secret keeps its numbers, white space and escapes. */
export type JsonRedactor = {
  /** A document, or several in a row; from where it is not JSON on, it is treated as plain text. */
  readonly document: (text: string, at: Standing, says?: NameVerdict) => string;
  /** One document, its root standing at `at` under a name that says so much; none when it is not JSON. */
  readonly sound: (text: string, at?: Standing, says?: NameVerdict) => string | undefined;
};

/** What a {@link JsonRedactor} decides by and writes. */
export type JsonParts = {
  readonly places: SecretPlaces;
  /** Judges the names of members. */
  readonly verdict: NameTest;
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

/** What is put in the place of a run of the text. In the order of the text, none within another. */
type Replacement = { readonly start: number; readonly end: number; readonly text: string };

/** A name that a member of an object says, and the members whose values it names. */
type Name = { readonly name: string; readonly of: (member: string) => boolean };

/** A value in an object whose name may be said by another member, and the replacements within it. */
type NamedValue = {
  readonly member: string;
  readonly start: number;
  readonly end: number;
  readonly content: string;
  readonly from: number;
  readonly to: number;
};

/** An open list or object. */
type Frame = {
  readonly standing: Standing;
  /** The next index; -1 for an object. */
  index: number;
  /** What the name of the list says of its elements. */
  readonly says: NameVerdict;
  /** Of an object: the names that its members give to its values, and those values. */
  readonly naming: Name[];
  readonly values: NamedValue[];
  /** Of a list: follows private keys that are given line by line. */
  keyLines: ((line: string) => boolean) | undefined;
  /** Of a list: what the element before says of the next one: `{"key":"password"}`. */
  nextSays: NameVerdict;
  /** Where this begins in the text and among the replacements, and the member that it is the value of. */
  readonly start: number;
  readonly from: number;
  readonly member: string | undefined;
};

/** A redactor of JSON text. Time is linear in the text, and memory grows with its depth only. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: one state machine over text, whose states share their variables
export function createJsonRedactor({ places, verdict, marks, sweep, markup, cards }: JsonParts): JsonRedactor {
  const { step, secret } = places;

  /** Walks with a stack of its own, so that depth costs memory only. */
  // biome-ignore lint/complexity/noExcessiveLinesPerFunction: one state machine over text, whose states share their variables
  const walk = (
    text: string,
    root: Standing,
    rootSays: NameVerdict,
    nesting: number,
    lenient: boolean,
  ): string | undefined => {
    const replacements: Replacement[] = [];
    const frames: Frame[] = [];
    let at = 0;
    let standing = root;
    let says = rootSays;
    let member: string | undefined;
    let expects: "value" | "value or end" | "name or end" | "name" | "comma or end" = "value";
    let documents = 0;

    const put = (start: number, end: number, replacement: string) =>
      replacements.push({ start, end, text: replacement });
    const whole = () => assembled(text, replacements);
    /** The rest is not JSON: what its names say is all that is known of it. */
    const rest = (): string | undefined => {
      if (!lenient) return undefined;
      const tail = text.slice(at);
      const isNamed = frames.at(-1)?.naming.some(({ name }) => verdict(name) !== "plain") === true;
      const hide = marks.hashed || places.nameless || isNamed || (says !== "plain" && expects !== "comma or end");
      if (tail !== "") put(at, text.length, hide ? marks.secret(tail) : sweep(tail));
      return whole();
    };
    /** A value came to its end: it may be what another member of its object names, or such a name. */
    const ended = (start: number, end: number, from: number, name: string | undefined, content: string) => {
      const frame = frames.at(-1);
      if (frame === undefined || name === undefined) return;
      frame.values.push({ member: name, start, end, content, from, to: replacements.length });
      if (text[start] !== '"') return;
      const names = namesIn(name, content, frame);
      if (names !== undefined) (names.isOfParent ? frames.at(-2) : frame)?.naming.push(names);
    };
    const close = ({ naming, values }: Frame) => {
      const secrets = naming.filter(({ name }) => verdict(name) !== "plain");
      if (secrets.length === 0) return;
      for (const { member: of, start, end, content, from, to } of values.toReversed()) {
        const isHidden = secrets.some((one) => {
          if (!one.of(of)) return false;
          // A doubtful name says nothing of a whole list or object.
          const isContainer = text[start] === "{" || text[start] === "[";
          return isSecretValue(isContainer ? onlySecret(verdict(one.name)) : verdict(one.name), content);
        });
        if (isHidden) replacements.splice(from, to - from, { start, end, text: quote(marks.secret(content)) });
      }
    };
    /** What an element with one member says of the next one, as in a property list. */
    const nextOf = ({ values: [only, ...more] }: Frame): NameVerdict => {
      const isNaming =
        only !== undefined && more.length === 0 && text[only.start] === '"' && NAMING_ELEMENT.test(only.member);
      return isNaming && isNameLike(only.content.trim()) ? verdict(only.content.trim()) : "plain";
    };

    for (;;) {
      at = skipBlank(text, at);
      if (at === text.length) {
        if (frames.length > 0 || (expects === "value" && documents === 0)) return rest();
        return whole();
      }
      const character = text[at]!;
      const open = frames.at(-1);
      if (expects === "comma or end" && open === undefined) {
        if (!lenient) return undefined;
        // Another document behind this one: lines of JSON, or garbage, and then the rest is text.
        [expects, standing, says, member] = ["value", root, rootSays, undefined];
      }
      switch (expects) {
        case "comma or end":
          if (character === "," && open !== undefined) {
            expects = open.index < 0 ? "name" : "value";
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
          standing = step(open!.standing, name);
          says = verdict(name);
          member = name;
          expects = "value";
          at = colon + 1;
          continue;
        }
        case "value or end":
          if (character === "]") break;
          expects = "value";
      }
      if (expects !== "value") {
        if (open === undefined || character !== (open.index < 0 ? "}" : "]")) return rest();
        frames.pop();
        at += 1;
        if (open.index < 0) {
          close(open);
          const list = frames.at(-1);
          if (list !== undefined && list.index >= 0) list.nextSays = nextOf(open);
        }
        ended(open.start, at, open.from, open.member, text.slice(open.start, at));
        expects = "comma or end";
        continue;
      }
      if (open !== undefined && open.index >= 0) {
        standing = step(open.standing, open.index);
        says = worse(open.says, open.nextSays);
        open.nextSays = "plain";
        member = undefined;
        open.index += 1;
      }
      if (frames.length === 0) documents += 1;
      const from = replacements.length;
      const start = at;
      if (secret(standing) || says === "secret") {
        const end = valueEnd(text, at);
        if (end < 0) {
          put(at, text.length, quote(marks.secret(text.slice(at))));
          return lenient ? whole() : undefined;
        }
        const content = character === '"' ? unquoted(text, at, end) : text.slice(at, end);
        const replacement =
          secret(standing) || isSecretValue(says, content) ? quote(marks.secret(content)) : blank(content);
        if (replacement !== undefined) put(at, end, replacement);
        at = end;
      } else if (character === "{" || character === "[") {
        const index = character === "{" ? -1 : 0;
        const known = { naming: [], values: [], keyLines: undefined, nextSays: "plain" as const };
        frames.push({ ...known, standing, index, says, start, from, member });
        expects = character === "{" ? "name or end" : "value or end";
        at += 1;
        continue;
      } else {
        const end = scalarEnd(text, at);
        if (end < 0) return rest();
        const content = character === '"' ? unquoted(text, at, end) : text.slice(at, end);
        let isHidden = isSecretValue(says, content);
        if (character === '"' && open !== undefined && open.index >= 0) {
          open.keyLines ??= createKeyLines();
          isHidden = open.keyLines(content) || isHidden;
        }
        const replacement = isHidden
          ? quote(marks.secret(content))
          : character === '"'
            ? string(content, standing, nesting)
            : scalar(content);
        if (replacement !== undefined) put(at, end, replacement);
        at = end;
        ended(start, end, from, member, content);
      }
      expects = "comma or end";
    }
  };

  // The same names come again and again; hostile ones must not fill the memory.
  const sweptNames = new Map<string, string>();
  const sweepName = (name: string): string => {
    let swept = sweptNames.get(name);
    if (swept === undefined) {
      swept = name.length >= 16 && isSecretSegment(name) ? marks.segment(name) : sweep(name);
      if (sweptNames.size >= 1_000) sweptNames.clear();
      if (name.length <= 100) sweptNames.set(name, swept);
    }
    return swept;
  };

  const string = (value: string, standing: Standing, nesting: number): string | undefined => {
    if (marks.hashed) return quote(marks.leaf("string", value));
    const redacted = nested(value, standing, nesting);
    return redacted === value ? undefined : quote(redacted);
  };

  /** A string that is itself JSON or markup is redacted as that. */
  const nested = (value: string, standing: Standing, nesting: number): string => {
    const first = value.charCodeAt(0) > 0x3c ? value[0] : /[^\s\ufeff]/.exec(value)?.[0];
    if (first === "{" || first === "[" || first === '"') {
      if (nesting >= DEEPEST_NESTING) return marks.secret(value);
      return walk(value, places.both(standing, places.root), "plain", nesting + 1, false) ?? sweep(value);
    }
    return first === "<" ? markup(value) : sweep(value);
  };

  const scalar = (text: string): string | undefined => {
    if (text === "null") return undefined;
    if (marks.hashed) return quote(marks.leaf(text === "true" || text === "false" ? "boolean" : "number", text));
    return cards && isCard(text) ? quote(marks.secret(text, "card")) : undefined;
  };

  /** `true`, `null` or nothing under a secret name: shown, or hashed as any other value. */
  const blank = (text: string): string | undefined => (text === "true" || text === "false" ? scalar(text) : undefined);

  return {
    document: (text, at, says = "plain") => walk(text, at, says, 0, true)!,
    sound: (text, at = places.root, says = "plain") => walk(text, at, says, 0, false),
  };
}

const NAMING_ELEMENT = /^(?:name|key|dt|th)$/i;

/** The name that a member with a string gives to others: in a record, an element, or a part of a multipart body. */
function namesIn(member: string, content: string, frame: Frame): (Name & { readonly isOfParent: boolean }) | undefined {
  if (member === "content-disposition" && frame.member === "fields") {
    const name = partName(content);
    return name === undefined ? undefined : { name, of: (one) => one === "body", isOfParent: true };
  }
  if (!isNameLike(content)) return undefined;
  if (isNamingMember(member)) return { name: content, of: isValueMember, isOfParent: false };
  const isNaming = (one: string) => one.startsWith("@") && NAMING_ATTRIBUTES.has(one.slice(1).toLowerCase());
  return isNaming(member) ? { name: content, of: (one) => !isNaming(one), isOfParent: false } : undefined;
}

const onlySecret = (says: NameVerdict): NameVerdict => (says === "secret" ? says : "plain");

function assembled(text: string, replacements: readonly Replacement[]): string {
  let out = "";
  let at = 0;
  for (const { start, end, text: replacement } of replacements) {
    out += text.slice(at, start) + replacement;
    at = end;
  }
  return out + text.slice(at);
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
