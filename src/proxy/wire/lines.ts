// proxy/wire/lines.ts: field lines as RFC 9112, 5 has them, and nothing more lenient than that

import type { Fields } from "../../model/fields.ts";

/** Which characters may stand in a token (RFC 9110, 5.6.2), by their code. */
const TOKEN = new Uint8Array(256);
for (const character of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
  TOKEN[character.charCodeAt(0)] = 1;
}
const [HTAB, LF, CR, SP, COLON, DEL] = [9, 10, 13, 32, 58, 127];

/**
 * Reads field lines, each ended by CRLF, from `text[from, to)`. `undefined` when a line is malformed: no colon, a space
 * before it, obsolete folding, a bare CR or LF, a control character. Whoever guesses what such a line means is how
 * two machines come to disagree about one message.
 */
export function readFieldLines(text: string, from: number, to: number): Fields | undefined {
  const fields: string[] = [];
  let at = from;
  while (at < to) {
    const nameStart = at;
    while (at < to && TOKEN[text.charCodeAt(at)] === 1) at++;
    if (at === nameStart || at >= to || text.charCodeAt(at) !== COLON) return undefined;
    const name = text.substring(nameStart, at);
    at++;
    let code = text.charCodeAt(at);
    while (at < to && (code === SP || code === HTAB)) code = text.charCodeAt(++at);
    const valueStart = at;
    let valueEnd = at;
    for (; at < to; at++) {
      code = text.charCodeAt(at);
      if (code === CR) break;
      if (code === LF || code === DEL || (code < SP && code !== HTAB)) return undefined;
      if (code !== SP && code !== HTAB) valueEnd = at + 1;
    }
    if (at + 1 >= to || text.charCodeAt(at + 1) !== LF) return undefined;
    at += 2;
    fields.push(name, text.substring(valueStart, valueEnd));
  }
  return fields;
}
