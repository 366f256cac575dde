// json/members.ts: which member of one object is which of the other, whatever their order

import { exactTextOf, latin1Between, sameBytes, sameText } from "./strings.ts";
import { COUNT, NAME, NAME_END, NAME_HASH, NEXT, nameEscapedAt, STRIDE, type Tape } from "./tape.ts";

/** How the members of two objects pair, as nodes. */
export type Members = {
  /** Legacy node, candidate node, legacy node, ...: in legacy's order. */
  readonly pairs: readonly number[];
  readonly missing: readonly number[];
  readonly extra: readonly number[];
  /** Names that one side has more than once (RFC 8259 leaves their meaning open), each with every node that has it. */
  readonly repeated: readonly { readonly legacy: readonly number[]; readonly candidate: readonly number[] }[];
};

const NONE: readonly never[] = [];
/** Up to so many names are compared each with each; more are looked up. */
export const FEW = 12;

/** The children of a container. */
export function membersOf(tape: Tape, container: number): number[] {
  const { nodes } = tape;
  const count = nodes[container + COUNT]!;
  const members = new Array<number>(count);
  for (let k = 0, at = container + STRIDE; k < count; k++, at = nodes[at + NEXT]!) members[k] = at;
  return members;
}

/** Whether two members have the same name, however it is escaped. */
export function sameName(a: Tape, i: number, b: Tape, j: number): boolean {
  const s = a.nodes;
  const t = b.nodes;
  if (s[i + NAME_HASH] !== t[j + NAME_HASH]) return false;
  const start = s[i + NAME]!;
  const other = t[j + NAME]!;
  const end = s[i + NAME_END]!;
  const otherEnd = t[j + NAME_END]!;
  if (end - start === otherEnd - other && sameBytes(a.bytes, start, b.bytes, other, end - start)) return true;
  return (nameEscapedAt(a, i) || nameEscapedAt(b, j)) && sameText(a.bytes, start, end, b.bytes, other, otherEnd);
}

/** Whether two objects have a name in common; two empty ones do. */
export function sharesNames(a: Tape, i: number, b: Tape, j: number): boolean {
  if (a.nodes[i + COUNT] === 0 && b.nodes[j + COUNT] === 0) return true;
  const { pairs, repeated } = pairMembers(a, i, b, j);
  return pairs.length > 0 || repeated.some(({ legacy, candidate }) => legacy.length > 0 && candidate.length > 0);
}

/** Pairs the members of two objects by name. */
export function pairMembers(a: Tape, i: number, b: Tape, j: number): Members {
  const [count, otherCount] = [a.nodes[i + COUNT]!, b.nodes[j + COUNT]!];
  if (repeats(a, i) || repeats(b, j)) {
    return pairedTables(tableOf(a, i + STRIDE, count), tableOf(b, j + STRIDE, otherCount));
  }
  return pairRest(a, i + STRIDE, count, b, j + STRIDE, otherCount);
}

/** Pairs the `left` members from `p` on with the `right` members from `q` on, where no name repeats. */
export function pairRest(a: Tape, p: number, left: number, b: Tape, q: number, right: number): Members {
  return left > FEW || right > FEW
    ? pairedTables(tableOf(a, p, left), tableOf(b, q, right))
    : eachWithEach(a, p, left, b, q, right);
}

function eachWithEach(a: Tape, p: number, left: number, b: Tape, q: number, right: number): Members {
  const matched = matchFew(a, p, left, b, q, right);
  const [pairs, missing]: [number[], number[]] = [[], []];
  for (let k = 0; k < left; k++) {
    if (MATCHES[k]! < 0) missing.push(LEFT[k]!);
    else pairs.push(LEFT[k]!, MATCHES[k]!);
  }
  const extra = matched === right ? NONE : [...RIGHT.subarray(0, right)].filter((node) => node >= 0);
  return { pairs, missing, extra, repeated: NONE };
}

const LEFT = new Int32Array(FEW);
const RIGHT = new Int32Array(FEW);
/** For each of `LEFT` the node on the other side with its name, or -1. Good until the next call of `matchFew`. */
export const MATCHES = new Int32Array(FEW);

/** Finds counterparts by name for a few members that follow each other. Returns how many have one. */
export function matchFew(a: Tape, p: number, left: number, b: Tape, q: number, right: number): number {
  for (let k = 0, at = q; k < right; k++, at = b.nodes[at + NEXT]!) RIGHT[k] = at;
  let matched = 0;
  // where the next name probably is: after the last one, or before it
  let last = -1;
  let hint = 0;
  for (let k = 0, at = p; k < left; k++, at = a.nodes[at + NEXT]!) {
    const hash = a.nodes[at + NAME_HASH]!;
    let found = hint >= 0 && hint < right && isNamed(a, at, hash, b, RIGHT[hint]!) ? hint : -1;
    for (let m = 0; found < 0 && m < right; m++) if (isNamed(a, at, hash, b, RIGHT[m]!)) found = m;
    LEFT[k] = at;
    MATCHES[k] = -1;
    if (found < 0) continue;
    MATCHES[k] = RIGHT[found]!;
    RIGHT[found] = -1;
    matched += 1;
    hint = found > last ? found + 1 : found - 1;
    last = found;
  }
  return matched;
}

function isNamed(a: Tape, at: number, hash: number, b: Tape, other: number): boolean {
  return other >= 0 && b.nodes[other + NAME_HASH] === hash && sameName(a, at, b, other);
}

const HASHES = new Int32Array(FEW);

/** Whether an object has a name twice. */
export function repeats(tape: Tape, object: number): boolean {
  const { nodes } = tape;
  const count = nodes[object + COUNT]!;
  if (count > FEW) return repeatsAmongMany(tape, object);
  // two sets of hash bits: only a name whose bits both were there before is looked at again
  let low = 0;
  let high = 0;
  for (let k = 0, at = object + STRIDE; k < count; k++, at = nodes[at + NEXT]!) {
    const hash = nodes[at + NAME_HASH]!;
    const bit = 1 << (hash & 31);
    const other = 1 << ((hash >>> 5) & 31);
    if ((low & bit) !== 0 && (high & other) !== 0) {
      for (let m = 0; m < k; m++) if (HASHES[m] === hash && repeatsBefore(tape, object, at)) return true;
    }
    HASHES[k] = hash;
    low |= bit;
    high |= other;
  }
  return false;
}

function repeatsBefore(tape: Tape, object: number, member: number): boolean {
  for (let at = object + STRIDE; at < member; at = tape.nodes[at + NEXT]!) {
    if (sameName(tape, at, tape, member)) return true;
  }
  return false;
}

function repeatsAmongMany(tape: Tape, object: number): boolean {
  const { nodes } = tape;
  const count = nodes[object + COUNT]!;
  const hashes = new Set<number>();
  for (let k = 0, at = object + STRIDE; k < count; k++, at = nodes[at + NEXT]!) hashes.add(nodes[at + NAME_HASH]!);
  return hashes.size < count && tableOf(tape, object + STRIDE, count).size < count;
}

/** The nodes of each name, in the order in which names first come. */
function tableOf(tape: Tape, from: number, count: number): Map<string, number[]> {
  const names = new Map<string, number[]>();
  for (let k = 0, at = from; k < count; k++, at = tape.nodes[at + NEXT]!) {
    const key = nameKey(tape, at);
    const nodes = names.get(key);
    if (nodes === undefined) names.set(key, [at]);
    else nodes.push(at);
  }
  return names;
}

/** A string that is equal for equal names only: their UTF-8, a byte a character, and what is not UTF-8 as it is. */
function nameKey(tape: Tape, node: number): string {
  const [start, end] = [tape.nodes[node + NAME]!, tape.nodes[node + NAME_END]!];
  if (!nameEscapedAt(tape, node)) return latin1Between(tape.bytes, start + 1, end - 1);
  const text = exactTextOf(tape.bytes, start, end);
  // no UTF-8 holds these words' first byte
  if (text === undefined) return `\xffbroken ${latin1Between(tape.bytes, start, end)}`;
  return text.isWellFormed() ? Buffer.from(text).toString("latin1") : `\xffsurrogates ${text}`;
}

type Table = ReadonlyMap<string, readonly number[]>;

function pairedTables(left: Table, right: Table): Members {
  const [pairs, missing, extra]: [number[], number[], number[]] = [[], [], []];
  const repeated: { legacy: readonly number[]; candidate: readonly number[] }[] = [];
  for (const [name, legacy] of left) {
    const candidate = right.get(name) ?? NONE;
    if (legacy.length > 1 || candidate.length > 1) repeated.push({ legacy, candidate });
    else if (candidate.length === 0) missing.push(legacy[0]!);
    else pairs.push(legacy[0]!, candidate[0]!);
  }
  for (const [name, candidate] of right) {
    if (left.has(name)) continue;
    if (candidate.length > 1) repeated.push({ legacy: NONE, candidate });
    else extra.push(candidate[0]!);
  }
  return { pairs, missing, extra, repeated };
}
