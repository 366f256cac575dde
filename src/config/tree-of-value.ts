// config/tree-of-value.ts: rules that a program gives as values -> the tree that the parser makes of text

import { type Keys, label } from "./locate.ts";
import type { Leaf, Spot, Tree } from "./tree.ts";

/** As for a config file. */
const MOST_NODES = 50_000;
const DEEPEST = 32;

/** What cannot be a part of a config: where, and what it is. */
export type NotPlain = { readonly path: string; readonly message: string; readonly hint?: string };

/**
 * The tree of a plain value. Each spot's `file` is the path of the value, and its line is 0. Members that are undefined are
 * left out. What YAML could not hold (a class instance, a function, a cycle, a getter that throws) goes to `faults`.
 * @param name of the whole value, with which every path begins
 */
export function treeOfValue(root: unknown, name: string, faults: NotPlain[]): Tree {
  let nodes = 0;
  return grow(root, [name], 0);

  function grow(value: unknown, keys: Keys, depth: number): Tree {
    const spot = spotAt(keys);
    nodes += 1;
    if (nodes > MOST_NODES) return refuse(spot, `more than ${MOST_NODES} values`);
    if (depth > DEEPEST) return refuse(spot, `more than ${DEEPEST} levels deep, or part of a cycle`);
    if (typeof value === "function" || typeof value === "symbol" || typeof value === "bigint") {
      return refuse(spot, `a ${typeof value} cannot be part of a rule`);
    }
    if (typeof value !== "object" || value === null) return leafOf(spot, value);
    try {
      if (Array.isArray(value)) {
        return { kind: "list", spot, items: Array.from(value, (item, i) => grow(item, [...keys, i], depth + 1)) };
      }
      if (!isPlain(value)) {
        const kind = value instanceof RegExp ? "a RegExp" : `an instance of ${value.constructor?.name || "a class"}`;
        const hint = value instanceof RegExp ? `give its source as text: ${JSON.stringify(value.source)}` : undefined;
        return refuse(spot, `${kind} cannot be part of a rule`, hint);
      }
      const entries = Object.keys(value).flatMap((key) => {
        const member = memberOf(value, key, [...keys, key]);
        if (member === undefined) return [];
        return [{ key, spotAt: () => spot, node: grow(member.value, [...keys, key], depth + 1) }];
      });
      return { kind: "map", spot, entries };
    } catch (error) {
      return refuse(spot, `reading it threw: ${messageOf(error)}`);
    }
  }

  function memberOf(object: object, key: string, keys: Keys): { readonly value: unknown } | undefined {
    try {
      const value: unknown = Reflect.get(object, key);
      return value === undefined ? undefined : { value };
    } catch (error) {
      refuse(spotAt(keys), `reading it threw: ${messageOf(error)}`);
      return undefined;
    }
  }

  function refuse(spot: Spot, message: string, hint?: string): Leaf {
    if (!message.startsWith("more than") || !faults.some((fault) => fault.message === message)) {
      faults.push({ path: spot.file, message, ...(hint === undefined ? {} : { hint }) });
    }
    return { ...leafOf(spot, null), broken: true };
  }
}

const spotAt = (keys: Keys): Spot => ({ file: label(keys), line: 0, column: 0 });

function leafOf(spot: Spot, value: unknown): Leaf {
  return { kind: "leaf", spot, value, shown: String(value), touched: false, broken: false, spotAt: () => spot };
}

/** Made by a literal, `JSON.parse` or `Object.create(null)`, in this realm or in another one. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
