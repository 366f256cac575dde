// config/locate.ts: from a path of keys and indexes to the tree, and back to words

import type { Entry, Leaf, Spot, Tree } from "./tree.ts";

/** The path of a key in a config: names, and indexes of lists. */
export type Keys = readonly PropertyKey[];

/** The deepest node on the way, its entry if it is one of a map, and what of the way is left. */
export type Located = { readonly node: Tree; readonly entry?: Entry; readonly rest: Keys };

/** Finds a key. What the file does not have is returned as `rest`, with the nearest enclosing node. */
export function locate(tree: Tree, keys: Keys): Located {
  let node = tree;
  let entry: Entry | undefined;
  for (const [index, key] of keys.entries()) {
    const next: Entry | undefined = node.kind === "map" ? node.entries.find((one) => one.key === key) : undefined;
    const below: Tree | undefined = node.kind === "list" && typeof key === "number" ? node.items[key] : next?.node;
    if (below === undefined) return { node, ...(entry === undefined ? {} : { entry }), rest: keys.slice(index) };
    [node, entry] = [below, next];
  }
  return { node, ...(entry === undefined ? {} : { entry }), rest: [] };
}

/** The position of a key's value, or of the nearest enclosing node that the file has. */
export function spotOf(tree: Tree, keys: Keys): Spot {
  return locate(tree, keys).node.spot;
}

/** Whether something is written there, be it wrong; also a plain value where a map of keys would be. */
export function isWritten(tree: Tree, keys: Keys): boolean {
  const { node, rest } = locate(tree, keys);
  if (node.kind === "leaf") return node.value !== null || node.broken;
  return rest.length === 0;
}

/** `routes[0].compare.ignore[1]`. */
export function label(keys: Keys): string {
  return keys.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    const name = String(key);
    if (!/^[A-Za-z][A-Za-z0-9]*$/.test(name)) return `${text}[${name}]`;
    return text === "" ? name : `${text}.${name}`;
  }, "");
}

/** The tree without some of its nodes. What lost something on the way is added to `altered`. */
export function without(tree: Tree, gone: ReadonlySet<Tree>, altered: Set<Tree>): Tree {
  if (tree.kind === "leaf") return tree;
  const keep = (node: Tree) => without(node, gone, altered);
  const children = tree.kind === "list" ? tree.items : tree.entries.map(({ node }) => node);
  const lost = children.some((node) => gone.has(node)) || altered.has(tree);
  const smaller: Tree =
    tree.kind === "list"
      ? { ...tree, items: tree.items.filter((item) => !gone.has(item)).map(keep) }
      : {
          ...tree,
          entries: tree.entries
            .filter(({ node }) => !gone.has(node))
            .map((entry) => ({ ...entry, node: keep(entry.node) })),
        };
  if (lost) altered.add(smaller);
  return smaller;
}

/** The tree with a value from a flag, or of the environment, in it. A part that is not a map of keys stays as it is, for its own fault. */
export function withFlag(tree: Tree, keys: readonly string[], value: string, flag: string): Tree {
  const spot: Spot = { file: flag, line: 0, column: 0 };
  const leaf: Leaf = { kind: "leaf", spot, value, shown: value, touched: true, broken: false, spotAt: () => spot };
  const [first, ...rest] = keys;
  if (first === undefined) return leaf;
  if (tree.kind === "list") return tree;
  const entries = tree.kind === "map" ? tree.entries : [];
  const old = entries.find(({ key }) => key === first);
  const empty: Tree = { kind: "map", spot, entries: [] };
  const node = withFlag(old?.node ?? empty, rest, value, flag);
  const entry: Entry = { key: first, spotAt: old?.spotAt ?? (() => spot), node };
  return { kind: "map", spot: tree.spot, entries: [...entries.filter(({ key }) => key !== first), entry] };
}
