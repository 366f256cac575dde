// json/shared.ts: reads the second text with the help of the first, where both begin and end alike

import { scanDocument, scanInside } from "./scan.ts";
import { sameBytes } from "./strings.ts";
import {
  ARRAY,
  COUNT,
  END,
  KIND,
  KIND_BITS,
  kindAt,
  NAME,
  NAME_END,
  NEXT,
  OBJECT,
  START,
  STRIDE,
  type Tape,
} from "./tape.ts";

/** How many bytes two texts share at their beginnings and, beyond those, at their ends. */
export type Shared = { readonly head: number; readonly tail: number };

/** Below this share of the text there is little to gain. */
const WORTH = 1 / 8;

/** The common beginning and end of two texts, in bytes. They do not overlap. */
export function sharedEnds(a: Buffer, b: Buffer): Shared {
  const shorter = Math.min(a.length, b.length);
  let head = equalBlocks(shorter, (from, length) => sameBytes(a, from, b, from, length));
  while (head < shorter && a[head] === b[head]) head += 1;
  const most = shorter - head;
  const [last, other] = [a.length - 1, b.length - 1];
  let tail = equalBlocks(most, (from, length) =>
    sameBytes(a, a.length - from - length, b, b.length - from - length, length),
  );
  while (tail < most && a[last - tail] === b[other - tail]) tail += 1;
  return { head, tail };
}

const SMALLEST = 256;
const LARGEST = 65_536;

/** The length of a common run but for its last few bytes: native comparison of ever larger blocks, then of ever smaller ones. */
function equalBlocks(most: number, same: (from: number, length: number) => boolean): number {
  let run = 0;
  let block = SMALLEST;
  while (run + block <= most && same(run, block)) {
    run += block;
    if (block < LARGEST) block *= 2;
  }
  for (block >>= 1; block >= SMALLEST; block >>= 1) if (run + block <= most && same(run, block)) run += block;
  return run;
}

/**
 * Fills `b` from the bytes that it does not share with `a`, which has been read and is sound. What both texts have at their
 * ends is copied from a's nodes: equal bytes in an equal place mean the same. The nodes are those that reading all of `b` would
 * give. False: `b` is not JSON.
 */
export function scanBeside(a: Tape, b: Tape, { head, tail }: Shared): boolean {
  if (head + tail >= WORTH * a.bytes.length) {
    const around = containersAround(a, head, a.bytes.length - tail);
    // What was put in may begin like what it stands before, `{"id":`: the container that it seems to be in is then not it.
    for (let tries = 0; tries < TRIES && around.length > 0; tries++, around.pop()) {
      if (continued(a, b, head, tail, around)) return true;
    }
  }
  b.used = 0;
  b.fault = -1;
  return scanDocument(b, a);
}

const TRIES = 3;

function continued(a: Tape, b: Tape, head: number, tail: number, around: readonly number[]): boolean {
  const s = a.nodes;
  const rest = a.bytes.length - tail;
  const shift = b.bytes.length - a.bytes.length;
  const inner = around.at(-1)!;

  // all children that end, delimiter included, within the shared head
  const end = s[inner + NEXT]!;
  let [children, next, from] = [0, inner + STRIDE, s[inner + START]! + 1];
  while (next < end && s[next + END]! < head) {
    from = s[next + END]!;
    children += 1;
    next = s[next + NEXT]!;
  }
  room(b, a.used);
  copy(s, 0, next, b.nodes, 0);
  for (let at = 0; at < next; at += STRIDE) if ((b.nodes[at + KIND]! & KIND_BITS) < ARRAY) b.nodes[at + COUNT] = ~at;
  for (const [k, container] of around.entries()) {
    b.nodes[container + NEXT] = k === 0 ? -1 : around[k - 1]!;
    b.nodes[container + END] = container;
  }
  b.nodes[inner + COUNT] = children;
  b.used = next;

  // the children from which on the rest is shared: the text is known where one of them begins
  let known = next;
  const begins = (node: number): number => (kindAt(a, inner) === OBJECT ? s[node + NAME]! : s[node + START]!) + shift;
  const after = (offset: number): number => {
    while (known < end && (s[known + START]! < rest || begins(known) < rest + shift || begins(known) < offset)) {
      known = s[known + NEXT]!;
    }
    return known < end ? begins(known) : Number.POSITIVE_INFINITY;
  };
  const stopped = scanInside(
    b,
    inner,
    from,
    { at: after(0), after, close: s[inner + END]! - 1 + shift },
    { tape: a, next: next < end ? next : -1, end },
  );
  if (stopped < 0) return false;
  if (stopped === s[inner + END]! - 1 + shift && (known >= end || begins(known) !== stopped)) known = end;
  appendRest(a, b, around, known, end, shift);
  return true;
}

/** The containers whose brackets are both shared, from the root inwards: all that differs lies in the last. */
function containersAround(a: Tape, head: number, rest: number): number[] {
  const s = a.nodes;
  const found: number[] = [];
  let node = 0;
  const last = a.used;
  while (node < last && s[node + START]! < head) {
    if (s[node + END]! - 1 < rest) {
      node = s[node + NEXT]!; // ends before what differs, or in it
    } else if (kindAt(a, node) >= ARRAY) {
      found.push(node);
      node += STRIDE;
    } else break;
  }
  return found;
}

/** Copies the nodes from `known` on, moved by what the middle has grown or shrunk, and closes the containers around it. */
function appendRest(a: Tape, b: Tape, around: readonly number[], known: number, end: number, shift: number): void {
  const s = a.nodes;
  const moved = b.used - known;
  const inner = around.at(-1)!;
  room(b, a.used + moved);
  const t = b.nodes;
  copy(s, known, a.used, t, b.used);
  b.used = a.used + moved;
  for (let at = known + moved; at < b.used; at += STRIDE) {
    t[at + START]! += shift;
    t[at + END]! += shift;
    t[at + NEXT]! += moved;
    if ((t[at + KIND]! & KIND_BITS) < ARRAY) t[at + COUNT] = ~(at - moved);
    if (t[at + NAME_END] !== 0) {
      t[at + NAME]! += shift;
      t[at + NAME_END]! += shift;
    }
  }
  for (const container of around) {
    t[container + END] = s[container + END]! + shift;
    t[container + NEXT] = s[container + NEXT]! + moved;
    if (container !== inner) t[container + COUNT] = s[container + COUNT]!;
    t[container + KIND] = s[container + KIND]!;
  }
  for (let at = known; at < end; at = s[at + NEXT]!) t[inner + COUNT]! += 1;
}

/** A few integers are copied sooner than a view on them is made. */
const FEW = 512;

function copy(from: Int32Array, start: number, end: number, to: Int32Array, at: number): void {
  if (end - start > FEW) to.set(from.subarray(start, end), at);
  else for (let k = start, m = at; k < end; k++, m++) to[m] = from[k]!;
}

/** Makes room for so many integers and a node more, keeping what is there. */
function room(tape: Tape, used: number): void {
  if (tape.nodes.length >= used + STRIDE) return;
  const larger = new Int32Array(used + (used >> 3) + STRIDE);
  larger.set(tape.nodes.subarray(0, Math.min(tape.used, tape.nodes.length)));
  tape.nodes = larger;
}
