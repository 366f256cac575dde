// bodies/formats/sequences.ts: JSON lines, JSON documents in a row and JSON text sequences (RFC 7464) as lists of documents

import { Buffer } from "node:buffer";
import { isJson, jsonDocumentsIn } from "../../json/index.ts";
import { textFrom } from "../lines.ts";
import { list, type Read, type Reader } from "../reader.ts";
import { ANY_INDEX, type Rewriter } from "../redaction.ts";

const RECORD_SEPARATOR = "\x1e";

/**
 * One document a line, empty lines are none; or objects and arrays that follow each other, of several lines each or without
 * any line end. Documents go over as they were written, so numbers stay exact.
 */
export const readJsonLines: Reader = ({ bytes }) => {
  const lines = documents(textFrom(bytes).split("\n"), "line");
  if ("document" in lines) return lines;
  const inRow = jsonDocumentsIn(bytes);
  return inRow === undefined ? lines : { document: list(inRow) };
};

/** Whether a body is two or more JSON objects or arrays in a row, in lines of their own if `inLines`. */
export function isSeveralJson(bytes: Uint8Array, inLines: boolean): boolean {
  if (!/^[\ufeff\s]*[{[]/.test(Buffer.from(bytes.subarray(0, 64)).toString("utf8"))) return false;
  const found = jsonDocumentsIn(bytes);
  if (found === undefined || found.length < 2) return false;
  return (
    !inLines ||
    found.length ===
      textFrom(bytes)
        .split("\n")
        .filter((line) => line.trim() !== "").length
  );
}

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

/** A place in one document counts for all, and one that is written for a single document counts for each. */
export const rewriteJsonDocuments: Rewriter = ({ bytes }, { places, documents }, at) =>
  documents(textFrom(bytes), places.both(at, places.step(at, ANY_INDEX)));
