// bodies/lines.ts: text and its lines

import { Buffer } from "node:buffer";

/** The lines of a text as a JSON list of strings, whatever the line ends are. A line end at the end makes an empty last line. */
export function linesOf(text: string): string {
  return JSON.stringify(oneLineEnd(text).split("\n"));
}

/** The text with every line end (CRLF, CR) written as LF. */
export function oneLineEnd(text: string): string {
  return text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
}

/** Bytes that are known to be UTF-8, as text. */
export function textFrom(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}
