// test/support/select-path.ts: the places of a parsed JSON value that a path names

import type { Path, Segment, Selector, Trail } from "../../src/jsonpath/path.ts";
import { normalizedPath } from "./normalized-path.ts";

/** One place that was found. `path` is its normalized path. */
export type Found = { readonly path: string; readonly trail: Trail; readonly value: unknown };

/** A node and the way to it, as a chain, so that a deep walk does not copy its trail at every step. */
type Node = { readonly value: unknown; readonly up: Node | undefined; readonly step: string | number };

/**
 * The nodes that a query selects, in RFC 9535's order, duplicates included; members in the object's own order. Lazy: a
 * caller who wants at most so many takes so many. Depth costs memory, never stack.
 */
export function* selectPath(path: Path, value: unknown): Generator<Found, void, undefined> {
  let nodes: Iterable<Node> = [{ value, up: undefined, step: "" }];
  for (const segment of path.segments) nodes = select(segment, nodes);
  for (const node of nodes) {
    const trail = trailOf(node);
    yield { path: normalizedPath(trail), trail, value: node.value };
  }
}

function* select(segment: Segment, nodes: Iterable<Node>): Generator<Node, void, undefined> {
  for (const node of nodes) {
    for (const visited of segment.descendant ? descendants(node) : [node]) {
      for (const selector of segment.selectors) yield* selected(selector, visited);
    }
  }
}

/** The node and everything below it, parents first. */
function* descendants(node: Node): Generator<Node, void, undefined> {
  const pending = [node];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    yield next;
    const below = [...children(next)];
    for (let i = below.length - 1; i >= 0; i -= 1) pending.push(below[i]!);
  }
}

function* children(node: Node): Generator<Node, void, undefined> {
  const { value } = node;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) yield { value: value[index], up: node, step: index };
  } else if (isObject(value)) {
    for (const name of Object.keys(value)) yield { value: value[name], up: node, step: name };
  }
}

function* selected(selector: Selector, node: Node): Generator<Node, void, undefined> {
  const { value } = node;
  switch (selector.kind) {
    case "wildcard":
      yield* children(node);
      return;
    case "name":
      // `hasOwn`: a name is the user's word, and `constructor` is no member of `{}`.
      if (isObject(value) && Object.hasOwn(value, selector.name)) {
        yield { value: value[selector.name], up: node, step: selector.name };
      }
      return;
    case "index": {
      if (!Array.isArray(value)) return;
      const index = selector.index < 0 ? value.length + selector.index : selector.index;
      if (index >= 0 && index < value.length) yield { value: value[index], up: node, step: index };
      return;
    }
    case "slice":
      if (!Array.isArray(value)) return;
      for (const index of sliceIndexes(selector, value.length)) yield { value: value[index], up: node, step: index };
  }
}

/** The indexes that a slice takes from a list of this length, in its order (RFC 9535, 2.3.4.2.2). */
function* sliceIndexes(
  slice: Extract<Selector, { kind: "slice" }>,
  length: number,
): Generator<number, void, undefined> {
  const step = slice.step ?? 1;
  if (step === 0) return;
  const from = (index: number) => (index >= 0 ? index : length + index);
  if (step > 0) {
    const start = Math.min(Math.max(from(slice.start ?? 0), 0), length);
    const end = Math.min(Math.max(from(slice.end ?? length), 0), length);
    for (let index = start; index < end; index += step) yield index;
    return;
  }
  const start = Math.min(Math.max(slice.start === undefined ? length - 1 : from(slice.start), -1), length - 1);
  const end = slice.end === undefined ? -1 : Math.min(Math.max(from(slice.end), -1), length - 1);
  for (let index = start; index > end; index += step) yield index;
}

function trailOf(node: Node): (string | number)[] {
  const trail: (string | number)[] = [];
  for (let at = node; at.up !== undefined; at = at.up) trail.push(at.step);
  return trail.reverse();
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
