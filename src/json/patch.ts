// json/patch.ts: RFC 6902 on a document's text, so that what is not touched stays as it was written

import type { PatchOperation } from "../model/rules.ts";
import { isExactlySame } from "./equal.ts";
import { membersOf } from "./members.ts";
import { nameOf } from "./path.ts";
import { scanDocument } from "./scan.ts";
import { ARRAY, END, kindAt, newTape, OBJECT, START, type Tape } from "./tape.ts";

/** A value: still text, or opened because a pointer leads through it. Members keep their order, repeated names too. */
type Tree =
  | { readonly kind: "text"; readonly tape: Tape; readonly node: number }
  | { readonly kind: "object"; readonly members: { name: string; value: Tree }[] }
  | { readonly kind: "array"; readonly elements: Tree[] };

/** The document after a patch, and the operations that applied. */
export type Patched = { readonly bytes: Buffer; readonly applied: readonly PatchOperation[] };

/**
 * Applies the operations in their order. One that cannot be applied, such as a path that is not there, is passed over; a `test`
 * that fails ends the patch, for that is what it is put before other operations for.
 */
export function patched(tape: Tape, operations: readonly PatchOperation[]): Patched {
  const holder = { root: textTree(tape, 0) };
  const applied: PatchOperation[] = [];
  for (const operation of operations) {
    const done = apply(holder, operation);
    if (!done && operation.op === "test") break;
    if (done && operation.op !== "test") applied.push(operation);
  }
  if (applied.length === 0) return { bytes: tape.bytes, applied };
  const pieces: Buffer[] = [];
  write(holder.root, pieces);
  return { bytes: Buffer.concat(pieces), applied };
}

type Holder = { root: Tree };
type Spot = {
  readonly get: () => Tree | undefined;
  readonly add: (value: Tree) => boolean;
  readonly remove: () => boolean;
};

function textTree(tape: Tape, node: number): Tree {
  return { kind: "text", tape, node };
}

function treeOf(value: unknown): Tree | undefined {
  const text = JSON.stringify(value);
  if (text === undefined) return undefined;
  const tape = newTape(Buffer.from(text), new Int32Array(256));
  return scanDocument(tape) ? textTree(tape, 0) : undefined;
}

function apply(holder: Holder, operation: PatchOperation): boolean {
  const spot = spotAt(holder, operation.path);
  if (spot === undefined) return false;
  switch (operation.op) {
    case "remove":
      return spot.remove();
    case "test": {
      const [here, wanted] = [spot.get(), treeOf(operation.value)];
      return here !== undefined && wanted !== undefined && sameTree(here, wanted);
    }
    case "add": {
      const value = treeOf(operation.value);
      return value !== undefined && spot.add(value);
    }
    case "replace": {
      const value = treeOf(operation.value);
      return value !== undefined && spot.get() !== undefined && replaced(spot, value);
    }
    case "copy": {
      const value = spotAt(holder, operation.from)?.get();
      return value !== undefined && spot.add(copied(value));
    }
    case "move": {
      if (operation.path === operation.from || operation.path.startsWith(`${operation.from}/`)) return false;
      const source = spotAt(holder, operation.from);
      const value = source?.get();
      if (source === undefined || value === undefined || !source.remove()) return false;
      if (spotAt(holder, operation.path)?.add(value) === true) return true;
      spotAt(holder, operation.from)?.add(value);
      return false;
    }
  }
}

function replaced(spot: Spot, value: Tree): boolean {
  return spot.remove() && spot.add(value);
}

/** A place named by a JSON pointer (RFC 6901); nothing if what should hold it is not there. */
function spotAt(holder: Holder, pointer: string): Spot | undefined {
  if (pointer === "") {
    const put = (value: Tree): boolean => {
      holder.root = value;
      return true;
    };
    return { get: () => holder.root, add: put, remove: () => put(treeOf(null)!) };
  }
  if (!pointer.startsWith("/")) return undefined;
  const steps = pointer
    .slice(1)
    .split("/")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  const last = steps.pop()!;
  let tree: Tree = opened(holder.root);
  holder.root = tree;
  for (const step of steps) {
    const next: Tree | undefined = child(tree, step);
    if (next === undefined) return undefined;
    tree = next;
  }
  if (tree.kind === "object") return memberSpot(tree.members, last);
  return tree.kind === "array" ? elementSpot(tree.elements, last) : undefined;
}

/** The last of a repeated name is the one that counts, as in most readers. */
function memberSpot(members: { name: string; value: Tree }[], name: string): Spot {
  const at = (): number => members.findLastIndex((member) => member.name === name);
  return {
    get: () => members[at()]?.value,
    add: (value) => {
      const here = at();
      if (here >= 0) members[here]!.value = value;
      else members.push({ name, value });
      return true;
    },
    remove: () => at() >= 0 && members.splice(at(), 1).length === 1,
  };
}

function elementSpot(elements: Tree[], step: string): Spot | undefined {
  const index = step === "-" ? elements.length : /^(?:0|[1-9]\d{0,14})$/.test(step) ? Number(step) : -1;
  if (index < 0) return undefined;
  return {
    get: () => elements[index],
    add: (value) => {
      if (index > elements.length) return false;
      elements.splice(index, 0, value);
      return true;
    },
    remove: () => elements.splice(index, 1).length === 1,
  };
}

function child(tree: Tree, step: string): Tree | undefined {
  if (tree.kind === "object") {
    const member = tree.members.findLast(({ name }) => name === step);
    if (member === undefined) return undefined;
    member.value = opened(member.value);
    return member.value;
  }
  if (tree.kind !== "array" || !/^(?:0|[1-9]\d{0,14})$/.test(step)) return undefined;
  const element = tree.elements[Number(step)];
  if (element === undefined) return undefined;
  const open = opened(element);
  tree.elements[Number(step)] = open;
  return open;
}

function opened(tree: Tree): Tree {
  if (tree.kind !== "text" || kindAt(tree.tape, tree.node) < ARRAY) return tree;
  const { tape, node } = tree;
  const children = membersOf(tape, node);
  if (kindAt(tape, node) !== OBJECT) return { kind: "array", elements: children.map((at) => textTree(tape, at)) };
  return { kind: "object", members: children.map((at) => ({ name: nameOf(tape, at), value: textTree(tape, at) })) };
}

/** What was opened must not be shared by two places. Only as deep as pointers have led. */
function copied(tree: Tree): Tree {
  if (tree.kind === "object") {
    return { kind: "object", members: tree.members.map(({ name, value }) => ({ name, value: copied(value) })) };
  }
  return tree.kind === "array" ? { kind: "array", elements: tree.elements.map(copied) } : tree;
}

function sameTree(a: Tree, b: Tree): boolean {
  const [left, right] = [tapeOf(a), tapeOf(b)];
  return isExactlySame(left.tape, left.node, right.tape, right.node);
}

function tapeOf(tree: Tree): { readonly tape: Tape; readonly node: number } {
  if (tree.kind === "text") return tree;
  const pieces: Buffer[] = [];
  write(tree, pieces);
  const tape = newTape(Buffer.concat(pieces), new Int32Array(1024));
  scanDocument(tape);
  return { tape, node: 0 };
}

function write(tree: Tree, pieces: Buffer[]): void {
  if (tree.kind === "text") {
    const { tape, node } = tree;
    pieces.push(tape.bytes.subarray(tape.nodes[node + START], tape.nodes[node + END]));
    return;
  }
  const isObject = tree.kind === "object";
  pieces.push(Buffer.from(isObject ? "{" : "["));
  const children = tree.kind === "object" ? tree.members.map(({ value }) => value) : tree.elements;
  for (const [k, value] of children.entries()) {
    const name = tree.kind === "object" ? `${JSON.stringify(tree.members[k]!.name)}:` : "";
    pieces.push(Buffer.from(k === 0 ? name : `,${name}`));
    write(value, pieces);
  }
  pieces.push(Buffer.from(isObject ? "}" : "]"));
}
