// config/tree.ts: YAML text -> a tree in which everything knows its place, with `${ENV}` filled in

import { isAlias, isMap, isScalar, isSeq, LineCounter, type ParsedNode, parseDocument } from "yaml";
import { type Environment, substitute } from "./environment.ts";
import type { Fault } from "./fault.ts";
import { offsetIn } from "./offset.ts";
import { syntaxFault } from "./syntax.ts";

/** A position in a file; line and column count from 1, and are 0 if there is none. */
export type Spot = { readonly file: string; readonly line: number; readonly column: number };

/** A scalar. `shown` is its source text, fit for messages: what the environment put in is not in it. */
export type Leaf = {
  readonly kind: "leaf";
  readonly spot: Spot;
  readonly value: unknown;
  readonly shown: string;
  readonly touched: boolean;
  /** A fault of this very value has been reported: what it means further on is not worth another. */
  readonly broken: boolean;
  /** The place of a character of the value. */
  readonly spotAt: (offset: number) => Spot;
};

/** A member of a map; `spotAt` gives the position of a character of its key. */
export type Entry = { readonly key: string; readonly spotAt: (offset: number) => Spot; readonly node: Tree };
/** A parsed YAML document with the position of each node. */
export type Tree =
  | Leaf
  | { readonly kind: "map"; readonly spot: Spot; readonly entries: Entry[] }
  | { readonly kind: "list"; readonly spot: Spot; readonly items: Tree[] };

/** Far above any real config: they bound what a hostile or generated file costs. */
const MOST_TEXT = 1_048_576;
const MOST_NODES = 50_000;
const DEEPEST = 32;

/** Reads one YAML 1.2 document. The tree is there even with faults, unless the text is no YAML at all. */
export function readTree(
  given: string,
  file: string,
  env: Environment,
): { readonly tree?: Tree; readonly faults: readonly Fault[] } {
  // A byte order mark is no character of the first line.
  const text = given.startsWith("\ufeff") ? given.slice(1) : given;
  if (text.length > MOST_TEXT) return { faults: [{ file, line: 1, column: 1, message: "a config has at most 1 MiB" }] };
  const lines = new LineCounter();
  const spot = (offset: number): Spot => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  // Keys that stand twice are found below: the parser would compare each with each.
  const options = {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    resolveKnownTags: false,
    version: "1.2",
  } as const;
  const document = parseDocument(text, { ...options, logLevel: "error" });
  const broken = syntaxFault(document, text);
  if (broken !== undefined) return { faults: [{ ...spot(broken.offset), ...broken.fault }] };
  const faults: Fault[] = [];
  const grow = grower(text, env, spot, faults);
  const tree = document.contents === null ? emptyMap(spot(0)) : grow(document.contents as ParsedNode, 0);
  const isEmpty = tree.kind === "leaf" && tree.value === null;
  return { tree: isEmpty ? emptyMap(spot(0)) : tree, faults };
}

function emptyMap(spot: Spot): Tree {
  return { kind: "map", spot, entries: [] };
}

/** Turns the parser's nodes into ours, within the limits; what is wrong goes to `faults`. */
function grower(text: string, env: Environment, spot: (offset: number) => Spot, faults: Fault[]) {
  const anchors = new Map<string, ParsedNode>();
  let nodes = 0;
  return grow;

  function grow(node: ParsedNode, depth: number): Tree {
    const at = spot(node.range[0]);
    nodes += 1;
    if (nodes > MOST_NODES) return refuse(at, `more than ${MOST_NODES} values, aliases included`);
    if (depth > DEEPEST) return refuse(at, `more than ${DEEPEST} levels deep`);
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target === undefined) return refuse(at, `no anchor &${node.source} before this alias`);
      return grow(target, depth + 1);
    }
    if (node.tag) return refuse(at, `the tag ${node.tag} has no meaning here`, "write the plain value");
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    if (isSeq(node)) {
      return { kind: "list", spot: at, items: node.items.map((item) => grow(item as ParsedNode, depth + 1)) };
    }
    if (!isMap(node)) return leaf(node, at);
    const entries: Entry[] = [];
    const seen = new Set<string>();
    for (const { key, value } of node.items) {
      const keySpot = spot(key.range[0]);
      if (!isScalar(key)) {
        refuse(keySpot, "a key is a plain word");
        continue;
      }
      const name = key.source ?? "";
      if (seen.has(name)) refuse(keySpot, `the key ${name} is written twice`, "keep one of them");
      else entries.push({ key: name, spotAt: placesIn(key, name), node: under(value, keySpot, depth) });
      seen.add(name);
    }
    return { kind: "map", spot: at, entries };
  }

  function under(value: ParsedNode | null, keySpot: Spot, depth: number): Tree {
    return value === null ? nothing(keySpot) : grow(value, depth + 1);
  }

  function placesIn({ range: [start, end] }: ParsedNode, value: string): (offset: number) => Spot {
    return (offset) => spot(start + offsetIn(text.slice(start, end), value, offset));
  }

  function leaf(node: ParsedNode, at: Spot): Leaf {
    if (!isScalar(node)) return nothing(at);
    const [start, end] = node.range;
    const source = text.slice(start, end);
    const value: unknown = node.value;
    if (typeof value !== "string") return { ...nothing(at), value, shown: source };
    const { text: filled, touched, faults: missing } = substitute(value, env);
    const spotAt = placesIn(node, value);
    for (const { offset, message, hint } of missing) faults.push({ ...spotAt(offset), message, hint });
    const broken = missing.length > 0;
    return {
      kind: "leaf",
      spot: at,
      value: broken ? null : filled,
      shown: value,
      touched,
      broken,
      spotAt: touched ? () => at : spotAt,
    };
  }

  function refuse(at: Spot, message: string, hint?: string): Leaf {
    // Once past a limit everything is: say that once.
    if (!message.startsWith("more than") || !faults.some((fault) => fault.message === message)) {
      faults.push({ ...at, message, ...(hint === undefined ? {} : { hint }) });
    }
    return { ...nothing(at), broken: true };
  }
}

function nothing(spot: Spot): Leaf {
  return { kind: "leaf", spot, value: null, shown: "", touched: false, broken: false, spotAt: () => spot };
}

/**
 * The tree as plain values. An empty value means that the key is not set, but for `value`, where null is a JSON value.
 * Names are own members, `__proto__` too.
 */
export function plain(tree: Tree, json = false): unknown {
  if (tree.kind === "leaf") return tree.value;
  if (tree.kind === "list") return tree.items.map((item) => plain(item, json));
  const object: Record<string, unknown> = {};
  for (const { key, node } of tree.entries) {
    const asJson = json || key === "value";
    const value = plain(node, asJson);
    const set = value === null && !asJson ? undefined : value;
    Object.defineProperty(object, key, { value: set, enumerable: true, configurable: true, writable: true });
  }
  return object;
}
