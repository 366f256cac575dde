// json/in-place.ts: lists whose elements stand where they stood, so that nothing needs to be paired

import { sameLeaf } from "./equal.ts";
import { identifiedInPlace } from "./identity.ts";
import { mayBeStrangers } from "./other-identities.ts";
import type { Place } from "./rules.ts";
import { stepTo } from "./step.ts";
import { ARRAY, END, kindAt, START, type Tape } from "./tape.ts";

/** Scalars that are compared each with each. */
const FEW = 4;

/**
 * What needs no pairing: the few scalars that one list has in the place of as many others, none of them the same, and
 * elements whose keys say that each stands where it stood.
 */
export function isInPlace(
  a: Tape,
  left: readonly number[],
  b: Tape,
  right: readonly number[],
  from: number,
  to: number,
  turned: boolean,
  list: Place,
  i: number,
): boolean {
  if (left.length === 1) return !mayBeStrangers(a, left[0]!, b, right[0]!, stepTo(list, a, i, left[0]!, 0, 1));
  if (kindAt(a, left[from]!) >= ARRAY) {
    if (to - from === 1) return false;
    const place = stepTo(list, a, i, left[from]!, from, left.length);
    return turned
      ? identifiedInPlace(b, right, a, left, from, to, place)
      : identifiedInPlace(a, left, b, right, from, to, place);
  }
  if (to - from > FEW) return false;
  for (let k = from; k < to; k++) {
    if (kindAt(a, left[k]!) >= ARRAY || kindAt(b, right[k]!) >= ARRAY) return false;
    for (let m = from; m < to; m++) if (sameLeaf(a, left[k]!, b, right[m]!)) return false;
  }
  return true;
}

/** Which text comes first, byte by byte. */
export function sourceOrder(a: Tape, i: number, b: Tape, j: number): number {
  return a.bytes.compare(b.bytes, b.nodes[j + START], b.nodes[j + END], a.nodes[i + START], a.nodes[i + END]);
}
