// json/step.ts: from the rules' place of a container to the place of one of its children

import { nameOf } from "./path.ts";
import type { Place } from "./rules.ts";
import { kindAt, NAME_HASH, OBJECT, type Tape } from "./tape.ts";

/** A name is decoded only if some rule may spell it. */
export function stepTo(
  place: Place,
  tape: Tape,
  container: number,
  child: number,
  index: number,
  length: number,
): Place {
  if (place.free) return place;
  if (kindAt(tape, container) !== OBJECT) return place.next.element(index, length);
  if (!place.next.hashes.has(tape.nodes[child + NAME_HASH]!)) return place.next.unnamed();
  return place.next.named(nameOf(tape, child));
}
