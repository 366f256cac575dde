// json/embedded.ts: JSON inside of JSON strings, compared as JSON where a rule says that it is there

import { newEquality } from "./equal.ts";
import { pathOf, type Trail } from "./path.ts";
import type { Walk } from "./report-difference.ts";
import { scanDocument } from "./scan.ts";
import { exactTextOf } from "./strings.ts";
import { ARRAY, END, ESCAPED, kindAt, newTape, START, STRING, type Tape } from "./tape.ts";

/** A comparison of the documents in two strings, which goes on in the outer one's name; undefined unless both hold one. */
export function embeddedWalk(w: Walk, i: number, j: number): Walk | undefined {
  const [a, b] = [documentIn(w.legacy.tape, i), documentIn(w.candidate.tape, j)];
  if (a === undefined || b === undefined) return undefined;
  return {
    ...w,
    legacy: { tape: a, prints: undefined },
    candidate: { tape: b, prints: undefined },
    equality: newEquality(a, b, { head: 0, tail: 0 }),
    outside: 0,
    gate: w.gate === undefined ? undefined : { found: false, at: undefined },
    deferred: [],
    dictionaries: new Map(),
  };
}

/** The way to the root of the document in a string: the way to the string. */
export function embeddedTrail(trail: Trail): Trail {
  const { length } = trail;
  return { above: undefined, length, tape: undefined, node: 0, index: -1, left: -1, right: -1, text: pathOf(trail) };
}

/** The document that a string holds: an object or an array; undefined where it holds anything else. */
export function documentIn(tape: Tape, node: number): Tape | undefined {
  const kind = kindAt(tape, node);
  if (kind !== STRING && kind !== ESCAPED) return undefined;
  const text = exactTextOf(tape.bytes, tape.nodes[node + START]!, tape.nodes[node + END]!);
  if (text === undefined || !text.isWellFormed() || !/^[\s\ufeff]*[{[]/.test(text)) return undefined;
  const inner = newTape(Buffer.from(text), new Int32Array(256));
  return scanDocument(inner) && kindAt(inner, 0) >= ARRAY ? inner : undefined;
}
