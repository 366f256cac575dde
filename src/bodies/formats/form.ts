// bodies/formats/form.ts: application/x-www-form-urlencoded as an object of its names

import { Buffer } from "node:buffer";
import { lossless, object, oneOrList, type Reader } from "../reader.ts";

/** Names without order, the values of one name in theirs. What is no percent-encoding stays as it is (WHATWG URL, 5.1). */
export const readForm: Reader = ({ bytes }) => {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1").trim();
  const pairs = text
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const equals = pair.indexOf("=");
      const [name, value] = equals < 0 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
      return [decoded(name), JSON.stringify(decoded(value))] as const;
    });
  return { document: object(oneOrList(pairs)) };
};

function decoded(part: string): string {
  const bytes = part
    .replaceAll("+", " ")
    .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return lossless(Buffer.from(bytes, "latin1"));
}
