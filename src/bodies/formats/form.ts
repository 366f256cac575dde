// bodies/formats/form.ts: application/x-www-form-urlencoded as an object of its names

import { Buffer } from "node:buffer";
import { textFrom } from "../lines.ts";
import { lossless, object, oneOrList, type Reader } from "../reader.ts";
import type { Redaction, Rewriter } from "../redaction.ts";

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

/** A body that begins like JSON or markup is no form, whatever its type says. */
export const rewriteForm: Rewriter = ({ bytes }, redaction) => {
  const text = textFrom(bytes);
  return /^\s*[{[<]/.test(text) ? undefined : rewriteParameters(text, redaction);
};

/**
 * `name=value&...`, a form or a query, with nothing encoded anew but what is redacted. Names and values are judged decoded.
 * `&`, and `;` as HTML once allowed, separate parameters.
 */
export function rewriteParameters(text: string, redaction: Redaction): string {
  const each = text
    .split(/([&;])/)
    .map((part, i) => (i % 2 === 1 ? part : rewriteParameter(part, redaction)))
    .join("");
  // Then as a whole: what separates parameters may have been a part of a value, as the `;` of `&#64;`.
  return redaction.text(each);
}

function rewriteParameter(parameter: string, { hides, mark, hashed, leaf, text, value }: Redaction): string {
  const equals = parameter.indexOf("=");
  if (equals < 0) return text(parameter);
  const [name, raw] = [parameter.slice(0, equals), parameter.slice(equals + 1)];
  if (raw === "") return parameter;
  const content = decodeParameter(raw);
  if (hides(decodeParameter(name), content)) return `${text(name)}=${mark(content)}`;
  if (hashed) return `${text(name)}=${leaf("string", content)}`;
  const redacted = value(content);
  return `${text(name)}=${redacted === content ? raw : encodeLoosely(redacted)}`;
}

/** Decodes `+` and percent-encoding. It does not fail: bytes that are not UTF-8 become U+FFFD. */
export function decodeParameter(text: string): string {
  if (!/[%+]/.test(text)) return text;
  const plain = text.replaceAll("+", " ");
  if (!plain.includes("%")) return plain;
  try {
    return decodeURIComponent(plain);
  } catch {
    const bytes = plain.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    return Buffer.from(bytes, "latin1").toString("utf8");
  }
}

/** Readable, with only what would end the parameter or change its meaning encoded. */
function encodeLoosely(text: string): string {
  return text.replace(/[\u0000-\u0020%&;#+]/g, (unit) => `%${unit.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
