// compare/documents/sequences.ts: NDJSON and JSON text sequences (RFC 7464) as lists of documents

import { Buffer } from "node:buffer";
import { isJson } from "../json/index.ts";
import { textFrom } from "../text.ts";
import { list, type Read, type Reader } from "./read.ts";

const RECORD_SEPARATOR = "\x1e";

/** One document a line; empty lines are none. Documents go over as they were written, so numbers stay exact. */
export const readJsonLines: Reader = ({ bytes }) => {
  return documents(textFrom(bytes).split("\n"), "line");
};

/** Each document after a record separator; one cut short at the end is not told from a shorter one, so it is a fault. */
export const readJsonSequence: Reader = ({ bytes }) => {
  const [before = "", ...records] = textFrom(bytes).split(RECORD_SEPARATOR);
  if (before.trim() !== "") return { fault: "not a JSON sequence: text before the first record separator" };
  const last = records.at(-1);
  if (last !== undefined && /^\s*[^\s"{[][^\s]*$/.test(last))
    return { fault: "not a JSON sequence: the last document is cut" };
  return documents(records, "record");
};

function documents(texts: readonly string[], unit: string): Read {
  const kept: string[] = [];
  for (const [i, text] of texts.entries()) {
    const document = text.trim();
    if (document === "") continue;
    if (!isJson(Buffer.from(document))) return { fault: `${unit} ${i + 1} is not JSON` };
    kept.push(document);
  }
  return { document: list(kept) };
}
