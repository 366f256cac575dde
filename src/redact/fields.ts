// redact/fields.ts: fields and request targets

import { decodeParameter } from "../bodies/formats/form.ts";
import { isSecretSegment } from "../lib/path-token.ts";
import type { NameTest } from "../lib/secret-names.ts";
import type { Fields } from "../model/fields.ts";
import type { Sweep } from "./free-text.ts";
import type { Hides, Marks } from "./marks.ts";

/** Redacts the parts of a message head. */
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

/** Redacts fields by name and value, cookies always, and targets by their parameters, credentials and path segments. */
export function createHeads(options: {
  readonly verdict: NameTest;
  readonly hides: Hides;
  /** A query without its secrets. */
  readonly parameters: (text: string) => string;
  readonly marks: Marks;
  readonly sweep: Sweep;
}): Heads {
  const { verdict, hides, parameters, marks, sweep } = options;

  const fieldValue = (name: string, value: string): string => {
    if (value === "") return value;
    if (name === "cookie" || name === "cookie2") {
      return value
        .split(/(;\s*)/)
        .map((one, i) => (i % 2 === 1 ? one : cookie(one)))
        .join("");
    }
    if (name === "set-cookie" || name === "set-cookie2") {
      const semicolon = value.indexOf(";");
      return semicolon < 0 ? cookie(value) : cookie(value.slice(0, semicolon)) + sweep(value.slice(semicolon));
    }
    if (!hides(name, value)) return marks.hashed && !PLAIN.has(name) ? marks.leaf("string", value) : sweep(value);
    // The scheme is no secret, and "the candidate got no Bearer" is worth knowing.
    const scheme = SCHEME.exec(value)?.[0] ?? "";
    return scheme + marks.secret(value.slice(scheme.length));
  };

  /** A cookie's value is a secret whatever its name is. */
  const cookie = (pair: string): string => {
    const equals = pair.indexOf("=");
    if (equals < 0) return pair === "" ? "" : marks.secret(pair);
    const [name, value] = [pair.slice(0, equals), pair.slice(equals + 1)];
    return `${sweep(name)}=${value === "" ? "" : marks.secret(value)}`;
  };

  const path = (text: string, route: string | undefined): string => {
    const segments = text.split("/");
    if (marks.hashed) {
      // What the route's template spells is known; every other segment is a value.
      const known = new Set(route?.slice(route.indexOf(" ") + 1).split("/"));
      const segment = (one: string) =>
        one === "" || known.has(one) ? one : marks.leaf("segment", decodeParameter(one));
      return segments.map(segment).join("/");
    }
    const shown = segments.map((one, i) => {
      const parameter = one.indexOf(";");
      const segment = decodeParameter(parameter < 0 ? one : one.slice(0, parameter));
      const before = i === 0 ? "plain" : verdict(decodeParameter(segments[i - 1]!));
      if (!isSecretSegment(segment, before)) return one;
      return marks.segment(segment) + (parameter < 0 ? "" : one.slice(parameter));
    });
    return sweep(shown.join("/"));
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
