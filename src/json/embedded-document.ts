// json/embedded-document.ts: the JSON document that a JSON string holds

import { scanDocument } from "./scan.ts";
import { exactTextOf } from "./strings.ts";
import { ARRAY, END, ESCAPED, kindAt, newTape, START, STRING, type Tape } from "./tape.ts";

/** The document that a string holds: an object or an array; undefined where it holds anything else. */
export function documentIn(tape: Tape, node: number): Tape | undefined {
  const kind = kindAt(tape, node);
  if (kind !== STRING && kind !== ESCAPED) return undefined;
  const text = exactTextOf(tape.bytes, tape.nodes[node + START]!, tape.nodes[node + END]!);
  if (text === undefined || !text.isWellFormed() || !/^[\s\ufeff]*[{[]/.test(text)) return undefined;
  const inner = newTape(Buffer.from(text), new Int32Array(256));
  return scanDocument(inner) && kindAt(inner, 0) >= ARRAY ? inner : undefined;
}
