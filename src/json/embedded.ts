// json/embedded.ts: JSON inside of JSON strings, compared as JSON where a rule says that it is there

import { documentIn } from "./embedded-document.ts";
import { newEquality } from "./equal.ts";
import { pathOf, type Trail } from "./path.ts";
import type { Walk } from "./report-difference.ts";

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
