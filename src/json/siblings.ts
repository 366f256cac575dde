// json/siblings.ts: a value that stands elsewhere in the same object of the other side

import { sameLeaf } from "./equal.ts";
import { nameOf } from "./path.ts";
import { ARRAY, kindAt, NEXT, NUMBER, STRIDE, STRING, sourceOf, type Tape } from "./tape.ts";

/** Members that are looked at, and characters below which two values are alike by chance. */
const MEMBERS = 64;
const TELLING = 3;

/**
 * The one member of legacy's object, another than the one compared, that has the candidate's value: `total` has what is legacy's
 * `subtotal`. Undefined where there is none, or more than one, or where the value is short.
 * @param object legacy's object @param i legacy's value @param j the candidate's value
 */
export function siblingWith(a: Tape, object: number, i: number, b: Tape, j: number): string | undefined {
  const kind = kindAt(b, j);
  if (kind < NUMBER || kind >= ARRAY) return undefined;
  const end = a.nodes[object + NEXT]!;
  let found = -1;
  for (let at = object + STRIDE, n = 0; at < end && n < MEMBERS; at = a.nodes[at + NEXT]!, n++) {
    if (at === i || kindAt(a, at) >= ARRAY || !sameLeaf(a, at, b, j)) continue;
    if (found >= 0) return undefined;
    found = at;
  }
  if (found < 0 || sourceOf(b, j).length < (kind >= STRING ? TELLING + 2 : TELLING)) return undefined;
  return nameOf(a, found);
}
