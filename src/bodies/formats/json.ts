// bodies/formats/json.ts: one JSON document (RFC 8259), bare or in a wrapper

import { Buffer } from "node:buffer";
import { isJson } from "../../json/index.ts";
import { unwrapJson } from "../json-prefix.ts";
import { textFrom } from "../lines.ts";
import type { Reader } from "../reader.ts";
import type { Rewriter } from "../redaction.ts";

/** The document as it was written. */
export const readJson: Reader = ({ bytes }) => (isJson(bytes) ? { document: textFrom(bytes) } : { fault: "not JSON" });

/** Numbers, white space and escapes stay as they were written. */
export const rewriteJson: Rewriter = ({ bytes }, { json }, at) =>
  isJson(bytes) ? json(textFrom(bytes), at) : undefined;

/** The document in a call, or behind a prefix that keeps it from being read as a script. */
export const readWrappedJson: Reader = ({ bytes }) => {
  const inner = unwrapJson(bytes);
  return inner === undefined ? { fault: "not JSON in a call or behind a prefix" } : { document: textFrom(inner.bytes) };
};

/** What stands around the document is redacted as text. */
export const rewriteWrappedJson: Rewriter = ({ bytes }, { json, text }, at) => {
  const inner = unwrapJson(bytes)?.bytes;
  const document = inner === undefined ? undefined : json(textFrom(inner), at);
  if (inner === undefined || document === undefined) return undefined;
  const start = inner.byteOffset - bytes.byteOffset;
  const [before, after] = [bytes.subarray(0, start), bytes.subarray(start + inner.length)];
  return text(Buffer.from(before).toString("utf8")) + document + text(Buffer.from(after).toString("utf8"));
};
