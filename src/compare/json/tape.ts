// compare/json/tape.ts: a JSON text as a flat list of nodes that point into its bytes; no value is ever made

import { hashEscapedName, nameHash, textBetween } from "./strings.ts";

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
  /** Member names already spelled as a step of a path, by hash, with a node that has the name. */
  steps: Map<number, { readonly node: number; readonly text: string }> | undefined;
};

export const STRIDE = 8;
/** First byte of the value, and the byte after its last. */
export const START = 0;
export const END = 1;
/** The node after this one and all below it. */
export const NEXT = 2;
export const KIND = 3;
/** For a member: its name with the quotes, as byte offsets, and the name's hash. Elsewhere 0. */
export const NAME = 4;
export const NAME_END = 5;
export const NAME_HASH = 6;
/** Members or elements. */
export const COUNT = 7;

export const NULL = 1;
export const TRUE = 2;
export const FALSE = 3;
export const NUMBER = 4;
export const STRING = 5;
/** A string with at least one escape: equal bytes are equal strings, different bytes may be. */
export const ESCAPED = 6;
export const ARRAY = 7;
export const OBJECT = 8;
const KIND_BITS = 0xff;
/** Beside the kind: the member's name has an escape. */
const NAME_ESCAPED = 0x100;

export const kindAt = (tape: Tape, node: number): number => tape.nodes[node + KIND]! & KIND_BITS;
export const nameEscapedAt = (tape: Tape, node: number): boolean => (tape.nodes[node + KIND]! & NAME_ESCAPED) !== 0;
export const nextAt = (tape: Tape, node: number): number => tape.nodes[node + NEXT]!;
export const countAt = (tape: Tape, node: number): number => tape.nodes[node + COUNT]!;
export const isContainer = (kind: number): boolean => kind >= ARRAY;

/** JSON's own types; both booleans and both ways to write a string are one. */
export function typeOf(kind: number): number {
  if (kind === FALSE) return TRUE;
  return kind === ESCAPED ? STRING : kind;
}

/** A value as it was written. A fresh string: it does not keep the body alive. */
export function sourceOf(tape: Tape, node: number): string {
  return textBetween(tape.bytes, tape.nodes[node + START]!, tape.nodes[node + END]!);
}

export function newTape(bytes: Buffer, nodes: Int32Array): Tape {
  return { bytes, nodes, used: 0, fault: -1, steps: undefined };
}

/** Reads a whole document (RFC 8259, as `JSON.parse` judges it; a UTF-8 byte order mark may lead). False: see `fault`. */
export function scanDocument(tape: Tape): boolean {
  const b = tape.bytes;
  const bom = b.length >= 3 && b[0] === 0xef && b[1] === 0xbb && b[2] === 0xbf;
  let p = scan(tape, bom ? 3 : 0, 0, -1, undefined);
  if (p < 0) return false;
  while (p < b.length && isSpace(b[p]!)) p += 1;
  if (p < b.length) tape.fault = p;
  return p === b.length;
}

const isSpace = (c: number): boolean => c <= 32 && (c === 32 || c === 10 || c === 13 || c === 9);

/** Where a scan that began inside a container may end: see `scanInside`. */
type Stop = {
  readonly container: number;
  /** The next offset at which a child may begin that is known from there on; moved on when a child begins after it. */
  at: number;
  readonly after: (offset: number) => number;
  /** Where the container's bracket must close it. */
  readonly close: number;
};

/**
 * Reads on inside the open `container`, whose first children stand in the nodes up to `used` already: `from` follows the last of
 * them. Ends where a child begins at one of the known offsets, or at the container's bracket. Returns the offset, or -1: then the
 * text has to be read from its beginning.
 */
export function scanInside(tape: Tape, container: number, from: number, stop: Omit<Stop, "container">): number {
  return scan(tape, from, tape.used, container, { ...stop, container });
}

/**
 * Reads one value, or on inside an open container, into the tape's nodes from `at` on. Without recursion, so no depth is too
 * deep. Returns the offset after what was read, or -1 with `fault` set.
 */
function scan(tape: Tape, from: number, at: number, open: number, stop: Stop | undefined): number {
  const b: Uint8Array = tape.bytes;
  const to = b.length;
  const stopOpen = stop === undefined ? -2 : stop.container;
  let t = tape.nodes;
  let room = t.length - STRIDE;
  // `open` is the innermost open container; while one is open, its NEXT holds the one around it
  let p = from;
  let c = 0;
  let naming = false;
  let ended = at > open + STRIDE; // a value has just ended, rather than being about to begin
  if (open >= 0 && !ended) {
    naming = (t[open + KIND]! & KIND_BITS) === OBJECT;
    while (p < to && isSpace(b[p]!)) p += 1;
    if (b[p] === (naming ? 125 : 93)) ended = true;
  }

  reading: for (;;) {
    if (!ended) {
      while (p < to && isSpace(b[p]!)) p += 1;
      if (open === stopOpen && p >= stop!.at) {
        if (p > stop!.at) stop!.at = stop!.after(p);
        if (p === stop!.at) {
          tape.used = at;
          return p;
        }
      }
      if (at > room) {
        t = grown(t);
        tape.nodes = t;
        room = t.length - STRIDE;
      }
      let escapedName = 0;
      if (naming) {
        if (p >= to || b[p] !== 34) return failed(tape, p);
        t[at + NAME] = p;
        p += 1;
        for (;;) {
          if (p >= to) return failed(tape, p);
          c = b[p]!;
          if (c === 34) break;
          if (c === 92) {
            p = escaped(b, p, to);
            if (p < 0) return failed(tape, ~p);
            escapedName = NAME_ESCAPED;
          } else {
            if (c < 32) return failed(tape, p);
            p += 1;
          }
        }
        p += 1;
        t[at + NAME_END] = p;
        t[at + NAME_HASH] =
          escapedName === 0 ? nameHash(b, t[at + NAME]! + 1, p - 1) : hashEscapedName(tape.bytes, t[at + NAME]!, p);
        while (p < to && isSpace(b[p]!)) p += 1;
        if (p >= to || b[p] !== 58) return failed(tape, p);
        p += 1;
        while (p < to && isSpace(b[p]!)) p += 1;
      } else {
        t[at + NAME] = 0;
        t[at + NAME_END] = 0;
        t[at + NAME_HASH] = 0;
      }

      if (p >= to) return failed(tape, p);
      c = b[p]!;
      t[at + START] = p;
      let kind = 0;
      if (c === 34) {
        kind = STRING;
        p += 1;
        for (;;) {
          while (p < to) {
            c = b[p]!;
            if (c === 34 || c === 92 || c < 32) break;
            p += 1;
          }
          if (p >= to || c < 32) return failed(tape, p);
          if (c === 34) break;
          p = escaped(b, p, to);
          if (p < 0) return failed(tape, ~p);
          kind = ESCAPED;
        }
        p += 1;
      } else if (c === 123 || c === 91) {
        t[at + KIND] = (c === 123 ? OBJECT : ARRAY) | escapedName;
        t[at + NEXT] = open;
        t[at + COUNT] = 0;
        open = at;
        at += STRIDE;
        p += 1;
        while (p < to && isSpace(b[p]!)) p += 1;
        if (p >= to || b[p] !== c + 2) {
          naming = c === 123;
          continue;
        }
      } else if (c === 45 || (c >= 48 && c <= 57)) {
        kind = NUMBER;
        if (c === 45) c = ++p < to ? b[p]! : 0;
        if (c === 48) c = ++p < to ? b[p]! : 0;
        else if (c >= 49 && c <= 57) {
          do c = ++p < to ? b[p]! : 0;
          while (c >= 48 && c <= 57);
        } else return failed(tape, p);
        if (c === 46) {
          c = ++p < to ? b[p]! : 0;
          if (c < 48 || c > 57) return failed(tape, p);
          do c = ++p < to ? b[p]! : 0;
          while (c >= 48 && c <= 57);
        }
        if (c === 101 || c === 69) {
          c = ++p < to ? b[p]! : 0;
          if (c === 43 || c === 45) c = ++p < to ? b[p]! : 0;
          if (c < 48 || c > 57) return failed(tape, p);
          do c = ++p < to ? b[p]! : 0;
          while (c >= 48 && c <= 57);
        }
      } else if (c === 116 && p + 4 <= to && b[p + 1] === 114 && b[p + 2] === 117 && b[p + 3] === 101) {
        kind = TRUE;
        p += 4;
      } else if (
        c === 102 &&
        p + 5 <= to &&
        b[p + 1] === 97 &&
        b[p + 2] === 108 &&
        b[p + 3] === 115 &&
        b[p + 4] === 101
      ) {
        kind = FALSE;
        p += 5;
      } else if (c === 110 && p + 4 <= to && b[p + 1] === 117 && b[p + 2] === 108 && b[p + 3] === 108) {
        kind = NULL;
        p += 4;
      } else return failed(tape, p);

      if (kind !== 0) {
        t[at + END] = p;
        t[at + KIND] = kind | escapedName;
        t[at + COUNT] = 0;
        at += STRIDE;
        t[at - STRIDE + NEXT] = at;
        if (open >= 0) t[open + COUNT]! += 1;
      }
    }
    ended = false;

    // a value has ended, or an empty container is about to: close what closes here
    for (;;) {
      if (open < 0) {
        tape.used = at;
        return p;
      }
      while (p < to && isSpace(b[p]!)) p += 1;
      if (p >= to) return failed(tape, p);
      c = b[p]!;
      naming = (t[open + KIND]! & KIND_BITS) === OBJECT;
      if (c === 44 && at > open + STRIDE) {
        p += 1;
        continue reading;
      }
      if (c !== (naming ? 125 : 93)) return failed(tape, p);
      if (open === stopOpen) {
        tape.used = at;
        return p === stop!.close ? p : failed(tape, p);
      }
      p += 1;
      const around = t[open + NEXT]!;
      t[open + NEXT] = at;
      t[open + END] = p;
      open = around;
      if (open >= 0) t[open + COUNT]! += 1;
    }
  }
}

/** The offset after the escape at `p`, or the complement of where it is broken. */
function escaped(b: Uint8Array, p: number, to: number): number {
  if (p + 1 >= to) return ~to;
  const c = b[p + 1]!;
  if (c === 117) {
    for (let i = p + 2; i < p + 6; i++) {
      if (i >= to) return ~to;
      const h = b[i]! | 32;
      if (!((h >= 97 && h <= 102) || (b[i]! >= 48 && b[i]! <= 57))) return ~i;
    }
    return p + 6;
  }
  // " \ / b f n r t
  if (c === 34 || c === 92 || c === 47 || c === 98 || c === 102 || c === 110 || c === 114 || c === 116) return p + 2;
  return ~(p + 1);
}

function failed(tape: Tape, at: number): number {
  tape.fault = at;
  return -1;
}

function grown(nodes: Int32Array): Int32Array {
  const larger = new Int32Array(Math.max(nodes.length * 2, 1024));
  larger.set(nodes);
  return larger;
}
