// json/path.ts: a place in a document, spelled only where something differs

import { sameBytes, textOf } from "./strings.ts";
import { NAME, NAME_END, NAME_HASH, nameEscapedAt, type Tape } from "./tape.ts";

/** The way from the root to a node. `index` is -1 for a member, whose name then stands in the tape. */
export type Trail = {
  readonly above: Trail | undefined;
  /** About how long the path is, in characters, before it is spelled. */
  readonly length: number;
  readonly tape: Tape | undefined;
  readonly node: number;
  readonly index: number;
  /** For a member: the objects that it belongs to, of legacy and of the candidate. */
  readonly left: number;
  readonly right: number;
  text: string | undefined;
};

/** The path of the whole document (RFC 9535, 2.2). */
export const ROOT_PATH = "$";

/** The way to the root. Fresh for each comparison, because trails keep the paths spelled from them. */
export function rootTrail(): Trail {
  return { above: undefined, length: 1, tape: undefined, node: 0, index: -1, left: -1, right: -1, text: ROOT_PATH };
}

/** The way to a member, whose name stands in `tape`, of the objects `left` of legacy and `right` of the candidate. */
export function memberTrail(above: Trail, tape: Tape, node: number, left: number, right: number): Trail {
  const length = above.length + tape.nodes[node + NAME_END]! - tape.nodes[node + NAME]!;
  return { above, length, tape, node, index: -1, left, right, text: undefined };
}

/** The way to an element of a list, by its index from 0. */
export function elementTrail(above: Trail, index: number): Trail {
  return { above, length: above.length + 4, tape: undefined, node: 0, index, left: -1, right: -1, text: undefined };
}

/** The RFC 9535 normalized path in its short form. Without recursion: the trail may be long. */
export function pathOf(trail: Trail): string {
  if (trail.text !== undefined) return trail.text;
  const unspelled: Trail[] = [];
  let known: Trail = trail;
  while (known.text === undefined) {
    unspelled.push(known);
    known = known.above!;
  }
  let text = known.text;
  for (let step = unspelled.pop(); step !== undefined; step = unspelled.pop()) {
    text += step.tape === undefined ? `[${step.index}]` : stepOf(step.tape, step.node);
    step.text = text;
  }
  return text;
}

/** Steps spelled before, by the hash of their names: documents use the same few names again and again. Bounded. */
const steps = new Map<number, { readonly utf8: Buffer; readonly text: string }>();
const MOST_STEPS = 1_024;
const LONGEST_KEPT = 64;

function stepOf(tape: Tape, node: number): string {
  const hash = tape.nodes[node + NAME_HASH]!;
  const start = tape.nodes[node + NAME]!;
  const length = tape.nodes[node + NAME_END]! - start;
  const known = steps.get(hash);
  if (known !== undefined && known.utf8.length === length && sameBytes(tape.bytes, start, known.utf8, 0, length)) {
    return known.text;
  }
  const text = nameStep(nameOf(tape, node));
  if (length <= LONGEST_KEPT) {
    if (steps.size >= MOST_STEPS) steps.clear();
    steps.set(hash, { utf8: Buffer.from(tape.bytes.subarray(start, start + length)), text });
  }
  return text;
}

/**
 * The path with `[*]` for each member for which `isData` holds; undefined if it holds for none. Indexes stay: who makes a
 * place general takes them out.
 */
export function generalPathOf(trail: Trail, isData: (step: Trail) => boolean): string | undefined {
  // Asked for every difference, and most paths have no such member: nothing is spelled until one is found.
  let last: Trail | undefined = trail;
  while (last !== undefined && (last.index >= 0 || last.above === undefined || !isData(last))) last = last.above;
  if (last === undefined) return undefined;
  const steps: Trail[] = [];
  let step = trail;
  for (; step.above !== undefined; step = step.above) steps.push(step);
  let text = step.text ?? ROOT_PATH;
  for (const below of steps.reverse()) {
    if (below.index >= 0) text += `[${below.index}]`;
    else text += isData(below) ? "[*]" : stepOf(below.tape!, below.node);
  }
  return text;
}

/** A member's name without quotes and escapes. */
export function nameOf(tape: Tape, node: number): string {
  return textOf(tape.bytes, tape.nodes[node + NAME]!, tape.nodes[node + NAME_END]!, nameEscapedAt(tape, node));
}

/** `.name` for an identifier, else RFC 9535's normalized `['...']` (2.7); a lone surrogate, which has no form there, as \ud800. */
export function nameStep(name: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return `.${name}`;
  const escaped = name.replace(/[\u0000-\u001f'\\]|\p{Surrogate}/gu, (unit) => {
    const short = SHORT_ESCAPES[unit];
    return short ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
  return `['${escaped}']`;
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\f": "\\f",
  "\r": "\\r",
  "'": "\\'",
  "\\": "\\\\",
};
