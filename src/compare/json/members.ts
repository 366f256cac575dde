// compare/json/members.ts: which member of one object is which of the other, whatever their order

import { sameBytes, sameText, textOf } from "./strings.ts";
import { COUNT, NAME, NAME_END, NAME_HASH, NEXT, nameEscapedAt, STRIDE, type Tape } from "./tape.ts";

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
const FEW = 12;

/** The children of a container. */
export function membersOf(tape: Tape, container: number): number[] {
  const { nodes } = tape;
  const count = nodes[container + COUNT]!;
  const members = new Array<number>(count);
  for (let k = 0, at = container + STRIDE; k < count; k++, at = nodes[at + NEXT]!) members[k] = at;
  return members;
}

export function sameName(a: Tape, i: number, b: Tape, j: number): boolean {
  const [s, t] = [a.nodes, b.nodes];
  if (s[i + NAME_HASH] !== t[j + NAME_HASH]) return false;
  const [start, other] = [s[i + NAME]!, t[j + NAME]!];
  const [end, otherEnd] = [s[i + NAME_END]!, t[j + NAME_END]!];
  if (end - start === otherEnd - other && sameBytes(a.bytes, start, b.bytes, other, end - start)) return true;
  return (nameEscapedAt(a, i) || nameEscapedAt(b, j)) && sameText(a.bytes, start, end, b.bytes, other, otherEnd);
}

export function pairMembers(a: Tape, i: number, b: Tape, j: number): Members {
  const [count, otherCount] = [a.nodes[i + COUNT]!, b.nodes[j + COUNT]!];
  const pairs: number[] = [];
  let [p, q, k] = [i + STRIDE, j + STRIDE, 0];
  const both = Math.min(count, otherCount);
  while (k < both && sameName(a, p, b, q)) {
    pairs.push(p, q);
    p = a.nodes[p + NEXT]!;
    q = b.nodes[q + NEXT]!;
    k += 1;
  }
  const inStep = k === count && k === otherCount;
  if (repeats(a, i) || (!inStep && repeats(b, j))) return byName(a, i, b, j);
  if (inStep) return { pairs, missing: NONE, extra: NONE, repeated: NONE };
  return count - k <= FEW && otherCount - k <= FEW
    ? eachWithEach(a, p, count - k, b, q, otherCount - k, pairs)
    : byName(a, i, b, j);
}

function eachWithEach(a: Tape, p: number, left: number, b: Tape, q: number, right: number, pairs: number[]): Members {
  const others: number[] = [];
  for (let k = 0, at = q; k < right; k++, at = b.nodes[at + NEXT]!) others.push(at);
  let missing: number[] | undefined;
  let open = right;
  for (let k = 0, at = p; k < left; k++, at = a.nodes[at + NEXT]!) {
    let found = -1;
    for (let m = 0; m < right; m++) {
      const other = others[m]!;
      if (other >= 0 && sameName(a, at, b, other)) {
        found = other;
        others[m] = -1;
        open -= 1;
        break;
      }
    }
    if (found >= 0) pairs.push(at, found);
    else {
      missing ??= [];
      missing.push(at);
    }
  }
  const extra = open === 0 ? NONE : others.filter((node) => node >= 0);
  return { pairs, missing: missing ?? NONE, extra, repeated: NONE };
}

/** Whether an object has a name twice. */
export function repeats(tape: Tape, object: number): boolean {
  const { nodes } = tape;
  const count = nodes[object + COUNT]!;
  if (count > FEW) return repeatsAmongMany(tape, object);
  const end = nodes[object + NEXT]!;
  for (let at = object + STRIDE; at < end; at = nodes[at + NEXT]!) {
    const hash = nodes[at + NAME_HASH];
    for (let on = nodes[at + NEXT]!; on < end; on = nodes[on + NEXT]!) {
      if (nodes[on + NAME_HASH] === hash && sameName(tape, at, tape, on)) return true;
    }
  }
  return false;
}

function repeatsAmongMany(tape: Tape, object: number): boolean {
  const members = membersOf(tape, object);
  const hashes = new Set<number>();
  for (const node of members) hashes.add(tape.nodes[node + NAME_HASH]!);
  if (hashes.size === members.length) return false;
  return new Set(members.map((node) => nameKey(tape, node))).size < members.length;
}

/** A string that is equal for equal names only, invalid UTF-8 included. */
function nameKey(tape: Tape, node: number): string {
  const [start, end] = [tape.nodes[node + NAME]!, tape.nodes[node + NAME_END]!];
  const text = textOf(tape.bytes, start, end);
  return text.includes("\ufffd") ? `${text} ${tape.bytes.toString("latin1", start, end)}` : text;
}

function byName(a: Tape, i: number, b: Tape, j: number): Members {
  const names = new Map<string, { legacy: number[]; candidate: number[] }>();
  const of = (key: string) => {
    let nodes = names.get(key);
    if (nodes === undefined) {
      nodes = { legacy: [], candidate: [] };
      names.set(key, nodes);
    }
    return nodes;
  };
  for (const node of membersOf(a, i)) of(nameKey(a, node)).legacy.push(node);
  for (const node of membersOf(b, j)) of(nameKey(b, node)).candidate.push(node);
  const members = { pairs: [] as number[], missing: [] as number[], extra: [] as number[], repeated: [] as Repeated[] };
  for (const nodes of names.values()) {
    const { legacy, candidate } = nodes;
    if (legacy.length > 1 || candidate.length > 1) members.repeated.push(nodes);
    else if (candidate.length === 0) members.missing.push(legacy[0]!);
    else if (legacy.length === 0) members.extra.push(candidate[0]!);
    else members.pairs.push(legacy[0]!, candidate[0]!);
  }
  return members;
}

type Repeated = Members["repeated"][number];
