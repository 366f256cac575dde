// store/redact/heads.ts: fields and request targets

import type { Fields } from "../../model/fields.ts";
import type { Marks } from "./marks.ts";
import { decode, type Parameters } from "./parameters.ts";
import type { Sweep } from "./sweep.ts";

export type Heads = {
  readonly fields: (fields: Fields) => Fields;
  /** One value of the field of this lower-case name. */
  readonly fieldValue: (name: string, value: string) => string;
  readonly target: (target: string, route?: string) => string;
};

const SCHEME = /^(basic|bearer|digest|negotiate|token|apikey|aws4-hmac-sha256)(\s+)/i;
/** Hashed, these still say what they say: without them a sample could not be read at all. */
const PLAIN: ReadonlySet<string> = new Set([
  "content-type",
  "content-encoding",
  "content-length",
  "cache-control",
  "vary",
]);

export function createHeads(options: {
  readonly secretFields: ReadonlySet<string>;
  readonly parameters: Parameters;
  readonly marks: Marks;
  readonly sweep: Sweep;
}): Heads {
  const { secretFields, parameters, marks, sweep } = options;

  const fieldValue = (name: string, value: string): string => {
    if (value === "") return value;
    if (!secretFields.has(name)) return marks.hashed && !PLAIN.has(name) ? marks.leaf("string", value) : sweep(value);
    if (name === "cookie")
      return value
        .split(/(;\s*)/)
        .map((one, i) => (i % 2 === 1 ? one : cookie(one)))
        .join("");
    if (name === "set-cookie") {
      const semicolon = value.indexOf(";");
      return semicolon < 0 ? cookie(value) : cookie(value.slice(0, semicolon)) + sweep(value.slice(semicolon));
    }
    // The scheme is no secret, and "the candidate got no Bearer" is worth knowing.
    const scheme = SCHEME.exec(value)?.[0] ?? "";
    return scheme + marks.secret(value.slice(scheme.length));
  };

  const cookie = (pair: string): string => {
    const equals = pair.indexOf("=");
    if (equals < 0) return pair === "" ? "" : marks.secret(pair);
    const [name, value] = [pair.slice(0, equals), pair.slice(equals + 1)];
    return `${sweep(name)}=${value === "" ? "" : marks.secret(value)}`;
  };

  const path = (text: string, route: string | undefined): string => {
    if (!marks.hashed) return sweep(text);
    // What the route's template spells is known; every other segment is a value.
    const known = new Set(route?.slice(route.indexOf(" ") + 1).split("/"));
    const segment = (one: string) => (one === "" || known.has(one) ? one : marks.leaf("segment", decode(one)));
    return text.split("/").map(segment).join("/");
  };

  return {
    fieldValue,
    fields: (fields) =>
      fields.map((text, i) => (i % 2 === 0 ? sweep(text) : fieldValue(fields[i - 1]!.toLowerCase(), text))),
    target: (target, route) => {
      const absolute = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(target)?.[0] ?? "";
      const query = target.indexOf("?", absolute.length);
      const pathEnd = query < 0 ? target.length : query;
      const shown = sweep(absolute) + path(target.slice(absolute.length, pathEnd), route);
      return query < 0 ? shown : `${shown}?${parameters(target.slice(query + 1))}`;
    },
  };
}
