// bodies/formats/yaml.ts: YAML as a JSON document: comments, styles, anchors and the order of keys have no weight

import { Buffer } from "node:buffer";
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  parseAllDocuments,
  type Scalar,
  type YAMLMap,
} from "yaml";
import type { JsonText } from "../../model/difference.ts";
import { textFrom } from "../lines.ts";
import { list, object, type Reader } from "../reader.ts";

/** Larger bodies are compared by lines: reading YAML takes about a second a megabyte. */
export const LARGEST_YAML = 512 * 1024;
/** What aliases may make of a body, in characters of JSON: so much, and so many times its length. */
const MOST_EXPANDED = 1024 * 1024;
const MOST_TIMES = 8;

/**
 * A stream of several documents is the list of them. Numbers are compared exactly, aliases by what they stand for, merge
 * keys (`<<`) by what they merge. A key that is no string is known by its text. A value with a tag of its own is an object
 * of one member, the tag: `{"!ref": ...}`.
 */
export const readYaml: Reader = ({ bytes }) => {
  const text = textFrom(bytes);
  const all = parseYaml(text);
  const error = all.flatMap(({ errors }) => errors.slice(0, 1))[0];
  if (error !== undefined) {
    return { fault: `not YAML (line ${text.slice(0, error.pos[0]).split("\n").length})` };
  }
  const budget = { left: MOST_EXPANDED + MOST_TIMES * text.length };
  try {
    const read = all.map((document) => documentText(document, budget));
    return { document: read.length === 1 ? read[0]! : read.length === 0 ? "null" : list(read) };
  } catch (error) {
    if (error instanceof Unreadable) return { fault: error.message };
    throw error;
  }
};

/**
 * The documents of a YAML text, as both the reader and the rewriter take it. Their errors are left without the lines around
 * them, which the parser would search for each of many errors.
 */
export function parseYaml(text: string): readonly Document[] {
  const options = { intAsBigInt: true, uniqueKeys: false, logLevel: "silent", prettyErrors: false } as const;
  return [...parseAllDocuments(text, options)] as readonly Document[];
}

class Unreadable extends Error {}

type Budget = { left: number };

/** A node under an anchor: its JSON once it is read whole. */
type Anchored = { readonly node: unknown; text: JsonText | undefined };

function documentText(document: Document, budget: Budget): JsonText {
  const anchors = new Map<string, Anchored>();

  const textOf = (node: unknown): JsonText => {
    if (node === null || node === undefined) return "null";
    if (isAlias(node)) return spent(resolved(node.source).text);
    const anchor = (node as { readonly anchor?: string }).anchor;
    const anchored: Anchored = { node, text: undefined };
    if (anchor !== undefined) anchors.set(anchor, anchored);
    anchored.text = tagged(node, plainText(node));
    return anchored.text;
  };

  const spent = (text: JsonText): JsonText => {
    budget.left -= text.length;
    if (budget.left < 0) throw new Unreadable("not read as YAML: its aliases multiply");
    return text;
  };

  const resolved = (anchor: string): { readonly node: unknown; readonly text: JsonText } => {
    const anchored = anchors.get(anchor);
    if (anchored === undefined) throw new Unreadable("not YAML: an alias without its anchor");
    const { node, text } = anchored;
    if (text === undefined) throw new Unreadable("not read as YAML: an alias stands for what it is a part of");
    return { node, text };
  };

  const plainText = (node: unknown): JsonText => {
    if (isMap(node)) return object(membersOf(node));
    if (isSeq(node)) return list(node.items.map(textOf));
    return isScalar(node) ? scalarText(node) : "null";
  };

  const membersOf = (map: YAMLMap): (readonly [string, JsonText])[] => {
    const own: (readonly [string, JsonText])[] = [];
    const merged: (readonly [string, JsonText])[] = [];
    for (const pair of map.items as Pair[]) {
      if (isMergeKey(pair.key)) merged.push(...mergedMembers(pair.value));
      else own.push([nameOf(pair.key), textOf(pair.value)]);
    }
    if (merged.length === 0) return own;
    const names = new Set(own.map(([name]) => name));
    // of several that are merged the first one counts
    for (const member of merged) {
      if (!names.has(member[0])) own.push(member);
      names.add(member[0]);
    }
    return own;
  };

  const mergedMembers = (value: unknown): (readonly [string, JsonText])[] => {
    const node = isAlias(value) ? resolved(value.source).node : value;
    if (isSeq(node)) return node.items.flatMap(mergedMembers);
    if (!isMap(node)) throw new Unreadable("not YAML: a merge key without a map");
    const members = membersOf(node);
    for (const [, text] of members) spent(text);
    return members;
  };

  const nameOf = (key: unknown): string => (isScalar(key) ? nameOfScalar(key) : textOf(key));

  return textOf(document.contents);
}

/** Unquoted, as every YAML 1.1 reader merges it. */
export const isMergeKey = (key: unknown): boolean => isScalar(key) && key.value === "<<" && key.type === "PLAIN";

const CORE_TAG = /^tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq|merge)$/;

/** A tag of the body's own; undefined for the tags of YAML itself, which say nothing that the value does not. */
export function tagOf(node: unknown): string | undefined {
  const { tag } = node as { readonly tag?: string };
  return tag === undefined || tag === "!" || CORE_TAG.test(tag) ? undefined : tag;
}

function tagged(node: unknown, text: JsonText): JsonText {
  const tag = tagOf(node);
  return tag === undefined ? text : object([[tag, text]]);
}

/** A member's name: a key that is no string is known by its text. */
export const nameOfScalar = ({ value, source }: Scalar): string =>
  typeof value === "string" ? value : (source ?? String(value));

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

function scalarText({ value, source }: Scalar): JsonText {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") {
    if (source !== undefined && JSON_NUMBER.test(source)) return source;
    return Number.isFinite(value) ? JSON.stringify(value) : object([["!!float", JSON.stringify(String(value))]]);
  }
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString("base64"));
  return JSON.stringify(value) ?? "null";
}
