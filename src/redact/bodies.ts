// redact/bodies.ts: a body of any type -> text without secrets, by the formats of bodies/

import { createHash } from "node:crypto";
import { mediaType } from "../bodies/media-type.ts";
import type { Redaction } from "../bodies/redaction.ts";
import { rewriteBody } from "../bodies/registry.ts";
import type { JsonRedactor } from "./json.ts";
import type { Marks } from "./marks.ts";

/** How a value looks that no type describes: by its first character. Byte order marks and record separators go before it. */
const FIRST = /[^\s\ufeff\u001e]/;

/** The JSON in a body is judged by its places; that in a value which stands at no place (`byNames`) by names alone. */
export type RedactionParts = Pick<Redaction, "places" | "hides" | "text" | "besidePlaces" | "markup"> & {
  readonly marks: Marks;
  readonly json: JsonRedactor;
  readonly jsonByNames: JsonRedactor;
};

/** What the formats of bodies/ ask for. */
export function createRedaction({ marks, json, jsonByNames, ...rest }: RedactionParts): Redaction {
  const { places, text: sweep, markup } = rest;
  const lines = (text: string): string =>
    text
      .split(/(\r\n|\r|\n)/)
      .map((line, i) => (i % 2 === 1 || line === "" ? line : marks.leaf("text", line)))
      .join("");
  return {
    ...rest,
    mark: marks.secret,
    hashed: marks.hashed,
    leaf: marks.leaf,
    opaque: (bytes) => opaque(bytes, marks),
    json: (text, at) => json.sound(text, at),
    documents: (text, at) => json.document(text, at),
    value: (text, at) => {
      const first = FIRST.exec(text)?.[0];
      if (first === "{" || first === "[") {
        if (at !== undefined) return json.document(text, at);
        const sound = jsonByNames.sound(text, places.root);
        if (sound !== undefined) return sound;
      }
      if (first === "<") return markup(text);
      return at !== undefined && marks.hashed ? lines(text) : sweep(text);
    },
  };
}

/** Takes a body without content codings. A secret place that is the whole document hides the body whole. */
export function createBodies(redaction: Redaction): (bytes: Uint8Array, type: string | undefined) => string {
  const { places, mark } = redaction;
  return (bytes, type) => {
    if (bytes.length === 0) return "";
    const isWhole = places.secret(places.root) || places.secret(places.step(places.root, "\0"));
    if (isWhole) return mark(Buffer.from(bytes).toString("latin1"));
    return rewriteBody({ bytes, type: mediaType(type) }, redaction, places.root);
  };
}

function opaque(bytes: Uint8Array, marks: Marks): string {
  if (marks.hashed) return marks.leaf("bytes", Buffer.from(bytes).toString("latin1"));
  return `[${bytes.length} bytes, sha256 ${createHash("sha256").update(bytes).digest("hex")}]`;
}
