// compare/readers.ts: which reader makes a JSON document of which type

import type { BodyType, Content } from "./body-type.ts";
import type { Read } from "./document.ts";

const READERS: ReadonlyMap<BodyType, (content: Content) => Read> = new Map();

/** The reader of a type; none for those that are compared as text. */
export function readerOf(type: BodyType): ((content: Content) => Read) | undefined {
  return READERS.get(type);
}
