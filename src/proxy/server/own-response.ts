// proxy/server/own-response.ts: a response that the proxy itself makes, as it is written on the wire

import { STATUS_CODES } from "node:http";
import type { Fields } from "../../model/fields.ts";

/** A response of our own: a short text that says why. @param fields beside those that frame it */
export function ownAnswer(
  status: number,
  says: string,
  fields: readonly string[],
  close: boolean,
  toHead: boolean,
): string {
  const text = `parallel-run: ${says}\n`;
  const all = [
    ...["Content-Type", "text/plain; charset=utf-8", "Content-Length", String(text.length), ...fields],
    ...(close ? ["Connection", "close"] : []),
  ];
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${fieldLines(all)}\r\n${toHead ? "" : text}`;
}

/** Field lines as they are written on the wire. */
export function fieldLines(fields: Fields): string {
  let text = "";
  for (let i = 0; i < fields.length; i += 2) text += `${fields[i]}: ${fields[i + 1]}\r\n`;
  return text;
}
