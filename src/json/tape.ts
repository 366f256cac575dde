// json/tape.ts: a JSON text as a flat list of nodes that point into its bytes; no value is ever made

import { textBetween } from "./strings.ts";

/**
 * Nodes in document order, eight integers each; a node is named by its offset in `nodes`. Values stay in `bytes`: what is
 * equal is never decoded, and numbers keep every digit.
 */
export type Tape = {
  readonly bytes: Buffer;
  nodes: Int32Array;
  /** The end of the nodes in use. */
  used: number;
  /** Where the text stopped being JSON, as a byte offset; -1 while it is sound. */
  fault: number;
};

/** Integers of one node. */
export const STRIDE = 8;
/** First byte of the value, and the byte after its last. */
export const START = 0;
/** Byte offset after the value. */
export const END = 1;
/** The node after this one and all below it. */
export const NEXT = 2;
/** The kind of value, with {@link NAME_ESCAPED}. */
export const KIND = 3;
/** For a member: its name with the quotes, as byte offsets, and the name's hash. Elsewhere 0. */
export const NAME = 4;
export const NAME_END = 5;
export const NAME_HASH = 6;
/** Members or elements. For a leaf of the candidate, `~node` of a leaf of legacy that is written the same, name included; or 0. */
export const COUNT = 7;

/** The kinds of values, in an order that the engine relies on: scalars before containers. */
export const NULL = 1;
export const TRUE = 2;
export const FALSE = 3;
export const NUMBER = 4;
export const STRING = 5;
/** A string with at least one escape: equal bytes are equal strings, different bytes may be. */
export const ESCAPED = 6;
export const ARRAY = 7;
export const OBJECT = 8;
export const KIND_BITS = 0xff;
/** Beside the kind: the member's name has an escape. */
export const NAME_ESCAPED = 0x100;

/** The kind of a node, without flags. */
export const kindAt = (tape: Tape, node: number): number => tape.nodes[node + KIND]! & KIND_BITS;
/** Whether a member's name has an escape. */
export const nameEscapedAt = (tape: Tape, node: number): boolean => (tape.nodes[node + KIND]! & NAME_ESCAPED) !== 0;
/** The node after a node and all below it. */
export const nextAt = (tape: Tape, node: number): number => tape.nodes[node + NEXT]!;
/** Members or elements of a container. */
export const countAt = (tape: Tape, node: number): number => tape.nodes[node + COUNT]!;

/** JSON's own types; both booleans and both ways to write a string are one. */
export function typeOf(kind: number): number {
  if (kind === FALSE) return TRUE;
  return kind === ESCAPED ? STRING : kind;
}

/** A value as it was written. A fresh string: it does not keep the body alive. */
export function sourceOf(tape: Tape, node: number): string {
  return textBetween(tape.bytes, tape.nodes[node + START]!, tape.nodes[node + END]!);
}

/** An empty tape for a text; `nodes` belongs to the caller and may be replaced by a larger array while reading. */
export function newTape(bytes: Buffer, nodes: Int32Array): Tape {
  return { bytes, nodes, used: 0, fault: -1 };
}
