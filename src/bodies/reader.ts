// bodies/reader.ts: a body of some type as one JSON document

import { Buffer, isUtf8 } from "node:buffer";
import type { JsonText } from "../model/difference.ts";
import type { Content } from "./content.ts";

/** A body as a JSON document, or why it is not of its type. A fault's words never hold the body's content. */
export type Read = { readonly document: JsonText } | { readonly fault: string };

/** Reads a body whose bytes are UTF-8 (those of a multipart are as they came). It does not throw. */
export type Reader = (content: Content, overdue?: () => boolean) => Read;

/** A JSON object from pairs of a name and a value's JSON text; no name may come twice. */
export function object(members: Iterable<readonly [string, JsonText]>): JsonText {
  const parts: string[] = [];
  for (const [name, value] of members) parts.push(`${JSON.stringify(name)}:${value}`);
  return `{${parts.join(",")}}`;
}

/** A JSON array of JSON texts. */
export function list(items: readonly JsonText[]): JsonText {
  return `[${items.join(",")}]`;
}

/** A value for each name: the one it has, or the list of them, in the order they came. */
export function oneOrList(pairs: Iterable<readonly [string, JsonText]>): Map<string, JsonText> {
  const all = new Map<string, JsonText[]>();
  for (const [name, value] of pairs) {
    const before = all.get(name);
    if (before) before.push(value);
    else all.set(name, [value]);
  }
  return new Map([...all].map(([name, values]) => [name, values.length === 1 ? values[0]! : list(values)]));
}

/** Bytes as text; where they are not UTF-8, each byte above ASCII is a lone surrogate, so that none is lost. */
export function lossless(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isUtf8(buffer)) return buffer.toString("utf8");
  return buffer.toString("latin1").replace(/[\x80-\xff]/g, (byte) => String.fromCharCode(0xdc00 + byte.charCodeAt(0)));
}
