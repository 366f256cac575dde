// redact/parameters.ts: query strings and form bodies, each parameter judged by its decoded name and value

import type { Sweep } from "./free-text.ts";
import type { Hides, Marks } from "./marks.ts";

export type Parameters = (text: string) => string;

/**
 * `name=value&...` with nothing re-encoded but what is redacted. `hides` is asked with the decoded name and value; `value` redacts
 * a decoded value that is not secret by name (JSON in a parameter). `&`, and `;` as HTML once allowed, part parameters.
 */
export function createParameters(options: {
  readonly hides: Hides;
  readonly value: (text: string) => string;
  readonly marks: Marks;
  readonly sweep: Sweep;
}): Parameters {
  const { hides, value, marks, sweep } = options;
  const one = (parameter: string): string => {
    const equals = parameter.indexOf("=");
    if (equals < 0) return sweep(parameter);
    const [name, raw] = [parameter.slice(0, equals), parameter.slice(equals + 1)];
    if (raw === "") return parameter;
    const decoded = decode(raw);
    if (hides(decode(name), decoded)) return `${sweep(name)}=${marks.secret(decoded)}`;
    if (marks.hashed) return `${sweep(name)}=${marks.leaf("string", decoded)}`;
    const redacted = value(decoded);
    return redacted === decoded ? `${sweep(name)}=${raw}` : `${sweep(name)}=${encodeLoosely(redacted)}`;
  };
  const each = (text: string) =>
    text
      .split(/([&;])/)
      .map((part, i) => (i % 2 === 1 ? part : one(part)))
      .join("");
  // Then as a whole: what parts parameters may have been a part of a value, as the `;` of `&#64;`.
  return (text) => sweep(each(text));
}

/** Percent and plus decoding that never fails: what is no UTF-8 is shown as such. */
export function decode(text: string): string {
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

/** Readable, with only what would break the parameter's bounds encoded. */
function encodeLoosely(text: string): string {
  return text.replace(/[\u0000-\u0020%&;#+]/g, (unit) => `%${unit.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
