// redact/bodies.ts: a body of any type -> text without secrets

import { createHash } from "node:crypto";
import type { Sweep } from "./free-text.ts";
import type { JsonRedactor } from "./json.ts";
import { redactEvents, redactTable } from "./line-formats.ts";
import type { Hides, Marks } from "./marks.ts";
import type { Markup } from "./markup.ts";
import { createMultipart } from "./multipart.ts";
import type { Parameters } from "./parameters.ts";
import { ANY_INDEX, type Places, type Standing } from "./places.ts";

export type BodyParts = {
  readonly marks: Marks;
  readonly sweep: Sweep;
  readonly json: JsonRedactor;
  readonly markup: Markup;
  readonly parameters: Parameters;
  readonly hides: Hides;
  readonly places: Places;
};

/** A multipart body in a part of a multipart body ...: nobody nests deeper on purpose. */
const DEEPEST_PARTS = 4;

/**
 * `bytes` are without content codings. What is neither text in its charset nor in UTF-8 is not written down: its length
 * and a digest stand for it.
 */
export function createBodies(parts: BodyParts): (bytes: Uint8Array, mediaType: string | undefined) => string {
  const { marks, sweep, json, markup, parameters, hides, places } = parts;
  // Paths into lists of documents begin with the document's index, as the comparison spells them.
  const { root, both, step } = places;
  const item = step(root, ANY_INDEX);
  const starts = {
    lines: both(root, item),
    event: both(root, step(item, "data")),
    part: both(root, step(item, "body")),
  };

  /** By what it looks like: types lie, and an error page is not what was announced. */
  const looks = (text: string, at: Standing): string => {
    const first = /[^\s\ufeff\u001e]/.exec(text)?.[0];
    if (places.unnamed && json.sound(text, at) === undefined) return marks.secret(text);
    if (first === "{" || first === "[") return json.document(text, at);
    if (first === "<") return markup(text);
    return plain(text);
  };
  const plain = (text: string): string =>
    marks.hashed
      ? text
          .split(/(\r\n|\r|\n)/)
          .map((line, i) => (i % 2 === 1 || line === "" ? line : marks.leaf("text", line)))
          .join("")
      : sweep(text);

  const body = (bytes: Uint8Array, mediaType: string | undefined, depth: number): string => {
    const at = depth > 0 ? starts.part : root;
    if (bytes.length === 0) return "";
    const type = (mediaType ?? "").split(";", 1)[0]!.trim().toLowerCase();
    const whole = () => marks.secret(Buffer.from(bytes).toString("latin1"));
    if (places.secret(root) || places.secret(step(root, "\0"))) return whole();
    if (type.startsWith("multipart/") && depth < DEEPEST_PARTS) {
      if (places.unnamed) return whole();
      const multipart = createMultipart({ hides, marks, sweep, body: (one, of) => body(one, of, depth + 1) });
      const redacted = multipart(bytes, mediaType!);
      if (redacted !== undefined) return redacted;
    }
    const text = decoded(bytes, mediaType);
    if (text === undefined) return opaque(bytes, marks);
    const isForm = type === "application/x-www-form-urlencoded" && !/^\s*[{[<]/.test(text);
    const isTable = type === "text/csv" || type === "text/tab-separated-values";
    const isStream = type === "text/event-stream";
    if (places.unnamed && (isForm || isTable || isStream)) return whole();
    if (isForm) return parameters(text);
    if (isStream) return redactEvents(text, (data) => looks(data, starts.event));
    if (isTable) {
      const value = (cell: string) => (marks.hashed && cell !== "" ? marks.leaf("text", cell) : looks(cell, at));
      return redactTable(text, { hides, marks, value, ...(type === "text/csv" ? {} : { delimiter: "\t" }) });
    }
    if (!/[/+]json$/.test(type)) return looks(text, both(at, starts.lines));
    // A scalar alone is JSON too, and only its type says so.
    return (/^\s*["\d-]/.test(text) ? json.sound(text, at) : undefined) ?? looks(text, at);
  };
  return (bytes, mediaType) => body(bytes, mediaType, 0);
}

function decoded(bytes: Uint8Array, mediaType: string | undefined): string | undefined {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(mediaType ?? "")?.[1];
  for (const label of charset === undefined ? ["utf-8"] : [charset, "utf-8"]) {
    try {
      return new TextDecoder(label, { fatal: true }).decode(bytes);
    } catch {
      // An unknown label, or bytes that are not what they are said to be.
    }
  }
  // Nearly text: a few broken bytes in a type that is text must not hide the rest, nor save it from redaction.
  if (/^\s*(?:text\/|application\/(?:[^;]*\+)?(?:json|xml|javascript))/i.test(mediaType ?? "")) {
    return new TextDecoder("utf-8").decode(bytes);
  }
  return undefined;
}

function opaque(bytes: Uint8Array, marks: Marks): string {
  if (marks.hashed) return marks.leaf("bytes", Buffer.from(bytes).toString("latin1"));
  return `[${bytes.length} bytes, sha256 ${createHash("sha256").update(bytes).digest("hex")}]`;
}
