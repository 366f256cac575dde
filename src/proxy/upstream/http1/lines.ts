// proxy/upstream/http1/lines.ts: field lines as RFC 9112, 5 has them, and what an operator may allow beyond that

import type { Fields } from "../../../model/fields.ts";

/** What is wrong with a message, in words for an operator. Never holds a field's value. */
export type Fault = string;

/** Deviations from RFC 9112 that are read with one meaning instead of refused. */
export type Lenient = {
  /** Lines may end with LF alone (RFC 9112, 2.2). */
  readonly bareLf: boolean;
  /** A field value may go on in the next line, behind white space (5.2). */
  readonly folding: boolean;
  /** White space may stand between a field's name and its colon (5.1). */
  readonly spaceBeforeColon: boolean;
  /** `Content-Length` beside `Transfer-Encoding: chunked` is dropped, and the chunks count (6.3). */
  readonly lengthAndChunks: boolean;
};

export const STRICT: Lenient = Object.freeze({
  bareLf: false,
  folding: false,
  spaceBeforeColon: false,
  lengthAndChunks: false,
});

/** Which characters may stand in a token (RFC 9110, 5.6.2), by their code. */
const TOKEN = new Uint8Array(256);
for (const character of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
  TOKEN[character.charCodeAt(0)] = 1;
}
const [HTAB, LF, CR, SP, COLON, DEL] = [9, 10, 13, 32, 58, 127];

/**
 * Reads the field lines of `text` from `from` on: each ends with CRLF, and an empty line ends them. Any deviation that is not
 * allowed is a fault: two recipients could read such a line in two ways.
 */
export function readFieldLines(text: string, from: number, lenient: Lenient = STRICT): Fields | Fault {
  const strict = readStrictly(text, from);
  if (typeof strict !== "string" || lenient === STRICT) return strict;
  let lines = text.slice(from);
  if (lenient.bareLf) lines = lines.replace(/(?<!\r)\n/g, "\r\n");
  if (lenient.folding) lines = lines.replace(/(?<=[^\r\n][\t ]*)\r\n[\t ]+/g, " ");
  if (lenient.spaceBeforeColon) lines = lines.replace(/^([^\t\r\n :]+)[\t ]+:/gm, "$1:");
  return readStrictly(lines, 0);
}

function readStrictly(text: string, from: number): Fields | Fault {
  const fields: string[] = [];
  const to = text.length - 2;
  if (text.charCodeAt(to) !== CR) return "a line that ends without CR";
  let at = from;
  while (at < to) {
    const nameStart = at;
    while (at < to && TOKEN[text.charCodeAt(at)] === 1) at++;
    if (text.charCodeAt(at) !== COLON || at === nameStart) return nameFault(text.charCodeAt(at), at === nameStart);
    const name = text.substring(nameStart, at);
    at++;
    let code = text.charCodeAt(at);
    while (code === SP || code === HTAB) code = text.charCodeAt(++at);
    const valueStart = at;
    let valueEnd = at;
    for (; at < to; at++) {
      code = text.charCodeAt(at);
      if (code === CR) break;
      if (code === LF) return "a line that ends without CR";
      if (code === DEL || (code < SP && code !== HTAB)) return "a control character in a field value";
      if (code !== SP && code !== HTAB) valueEnd = at + 1;
    }
    if (text.charCodeAt(at + 1) !== LF || at >= to) return "a CR within a line";
    at += 2;
    fields.push(name, text.substring(valueStart, valueEnd));
  }
  return fields;
}

/** What is wrong with a line that does not begin with a name and a colon. @param code of the character after the name */
function nameFault(code: number, unnamed: boolean): Fault {
  const space = code === SP || code === HTAB;
  if (unnamed) return space ? "a folded field line" : "a field line without a name";
  if (space) return "a space between a field's name and its colon";
  if (code === LF) return "a line that ends without CR";
  return code === CR ? "a field line without a colon" : "a character in a field's name that cannot stand there";
}
