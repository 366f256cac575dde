// bodies/formats/multipart.ts: a multipart body as the list of its parts (RFC 2046, 5.1; RFC 7578)

import { Buffer } from "node:buffer";
import { partName } from "../../lib/named-values.ts";
import type { JsonText } from "../../model/difference.ts";
import { PER_ANSWER_FIELDS } from "../../model/per-answer-fields.ts";
import { type BodyType, declaredType, isJsonDocument } from "../body-type.ts";
import { textOf } from "../charset.ts";
import type { Content } from "../content.ts";
import type { Format } from "../format.ts";
import { linesOf } from "../lines.ts";
import { type MediaType, mediaType, withParameters } from "../media-type.ts";
import { list, lossless, object, oneOrList, type Read } from "../reader.ts";
import { ANY_INDEX, type Redaction, type Rewriter, type Standing } from "../redaction.ts";
import { rewriteAs } from "../rewrite.ts";

/** The empty line between a part's fields and its body; at the beginning of a part without fields. */
const HEAD_END = /^\r?\n|\r?\n\r?\n/;

/** Multiparts inside of multiparts, deeper than which they are bytes. */
const DEEPEST = 5;

/** The formats of parts. Passed in, since the registry that names them names multiparts too. */
export type FormatOf = (type: BodyType) => Format;

/** A multipart whose parts are read and rewritten by the formats of their own types. */
export function multipartFormat(formatOf: FormatOf): Format {
  return {
    read: (content, overdue) => readParts(content, { formatOf, depth: 0, overdue }),
    rewrite: rewriteMultipart(formatOf, 0),
  };
}

type Reading = { readonly formatOf: FormatOf; readonly depth: number; readonly overdue: (() => boolean) | undefined };

/** The boundary is made anew for each answer and has no weight, nor have preamble and epilogue. */
function readParts({ bytes, type }: Content, reading: Reading): Read {
  const whole = latin1(bytes);
  const boundary = boundaryOf(type, whole);
  if (boundary === undefined || boundary === "") return { fault: "a multipart without a boundary" };
  const parts = split(whole, boundary);
  if (parts === undefined) return { fault: "a multipart without its closing delimiter" };
  const documents: JsonText[] = [];
  for (const part of parts) {
    const end = HEAD_END.exec(part);
    const head = end === null ? part : part.slice(0, end.index);
    const body = end === null ? "" : part.slice(end.index + end[0].length);
    documents.push(partOf(head, Buffer.from(body, "latin1"), reading));
  }
  return { document: list(documents) };
}

function boundaryOf(type: MediaType | undefined, whole: string): string | undefined {
  return type?.parameters.get("boundary") ?? /^--([^\r\n]{1,70})\r?$/m.exec(whole.slice(0, 512))?.[1]?.trimEnd();
}

/** Delimiter lines with the line end before them; the first group is set in the last one. */
function delimiterPattern(boundary: string): RegExp {
  const escaped = boundary.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(?:^|\\r?\\n)--${escaped}(--)?[ \\t]*(?=\\r?\\n|$)`, "g");
}

/** What stands between delimiter lines; undefined where the last one is missing. */
function split(whole: string, boundary: string): string[] | undefined {
  const parts: string[] = [];
  let from = -1;
  for (const match of whole.matchAll(delimiterPattern(boundary))) {
    if (from >= 0) parts.push(whole.slice(from, match.index).replace(/^\r?\n/, ""));
    if (match[1] !== undefined) return from < 0 && parts.length === 0 ? [] : parts;
    from = match.index + match[0].length;
  }
  return undefined;
}

function partOf(head: string, body: Uint8Array, reading: Reading): JsonText {
  const lines = head.replace(/\r?\n[ \t]+/g, " ").split(/\r?\n/);
  const fields = lines.flatMap((line): [string, string][] => {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0)).trim().toLowerCase();
    return colon < 1 || PER_ANSWER_FIELDS.has(name) ? [] : [[name, line.slice(colon + 1).trim()]];
  });
  const type = mediaType(fields.find(([name]) => name === "content-type")?.[1]);
  const shown = fields.map(([name, value]) => [name, JSON.stringify(spelled(name, value))] as const);
  return object([
    ["fields", object(oneOrList(shown))],
    ["body", bodyOf({ bytes: body, type }, reading)],
  ]);
}

/** Parameters in one order and spelling; a nested boundary left out. */
function spelled(name: string, value: string): string {
  const text = lossless(Buffer.from(value, "latin1"));
  if (name !== "content-type" && name !== "content-disposition") return text;
  const { name: first, parameters } = withParameters(text);
  const kept = [...parameters].filter(([key]) => key !== "boundary").sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    first,
    ...kept.map(([key, said]) => `${key}=${key === "charset" ? said.toLowerCase() : JSON.stringify(said)}`),
  ].join("; ");
}

/** A part's body by its own type; one line of text is a string, more are a list. */
function bodyOf(content: Content, reading: Reading): JsonText {
  const type = partType(content);
  if (type === "multipart" && reading.depth < DEEPEST) {
    const read = readParts(content, { ...reading, depth: reading.depth + 1 });
    return "document" in read ? read.document : coded(content.bytes);
  }
  const text = textOf(content.bytes, content.type?.parameters.get("charset"));
  if (type === "bytes" || type === "multipart" || text.kind === "not") return coded(content.bytes);
  return textBody(type, { bytes: text.bytes, type: content.type }, reading);
}

/** Without a type a part is text (RFC 2046, 5.1). */
const partType = ({ type }: Content): BodyType => declaredType(type?.name ?? "text/plain") ?? "bytes";

function textBody(type: BodyType, content: Content, { formatOf, overdue }: Reading): JsonText {
  const text = lossless(content.bytes);
  if (type === "text" && isJsonDocument(content.bytes)) return text;
  const { read, largest = Number.POSITIVE_INFINITY } = formatOf(type);
  const result = type === "text" || content.bytes.length > largest ? undefined : read?.(content, overdue);
  if (result !== undefined && "document" in result) return result.document;
  return /[\r\n]/.test(text) ? linesOf(text) : JSON.stringify(text);
}

function coded(bytes: Uint8Array): JsonText {
  const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
  return object([
    ["bytes", `${bytes.length}`],
    ["base64", JSON.stringify(base64)],
  ]);
}

/** A part is hidden by its name; else each field, and the body by the format of the part's type. */
function rewriteMultipart(formatOf: FormatOf, depth: number): Rewriter {
  return ({ bytes, type }, redaction, at) => {
    const whole = latin1(bytes);
    const boundary = boundaryOf(type, whole);
    if (boundary === undefined || boundary === "") return undefined;
    const part = redaction.places.step(at, ANY_INDEX);
    let out = "";
    let from = 0;
    let isPart = false;
    const section = (text: string) =>
      isPart ? rewritePart(text, redaction, at, part, formatOf, depth) : redaction.text(utf8(text));
    for (const match of whole.matchAll(delimiterPattern(boundary))) {
      out += section(whole.slice(from, match.index)) + redaction.text(utf8(match[0]));
      from = match.index + match[0].length;
      isPart = match[1] === undefined;
    }
    return from === 0 ? undefined : out + section(whole.slice(from));
  };
}

function rewritePart(
  section: string,
  redaction: Redaction,
  at: Standing,
  part: Standing,
  formatOf: FormatOf,
  depth: number,
): string {
  const lineEnd = /^\r?\n/.exec(section)?.[0] ?? "";
  const rest = section.slice(lineEnd.length);
  const end = HEAD_END.exec(rest);
  const head = utf8(end === null ? rest : rest.slice(0, end.index));
  const shownHead = lineEnd + rewriteFields(head, redaction, redaction.places.step(part, "fields"));
  if (end === null) return shownHead;
  const body = rest.slice(end.index + end[0].length);
  const bodyAt = redaction.places.step(part, "body");
  if (redaction.places.secret(bodyAt) || redaction.hides(partName(head) ?? "", body.trim())) {
    return shownHead + end[0] + redaction.mark(body);
  }
  const content = { bytes: Buffer.from(body, "latin1"), type: mediaType(/^content-type:([^\r\n]*)/im.exec(head)?.[1]) };
  const type = partType(content);
  const format = type === "multipart" ? nestedFormat(formatOf, depth) : formatOf(type);
  return shownHead + end[0] + rewriteAs(type, format, content, redaction, redaction.places.both(at, bodyAt));
}

/** Deeper than the reader goes, a multipart is treated as bytes. */
const nestedFormat = (formatOf: FormatOf, depth: number): Format =>
  depth < DEEPEST ? { read: undefined, rewrite: rewriteMultipart(formatOf, depth + 1) } : formatOf("bytes");

/** Each field with its folded lines. */
function rewriteFields(head: string, { places, hides, mark, text }: Redaction, at: Standing): string {
  return head
    .split(/(\r?\n(?![ \t]))/)
    .map((field, i) => {
      const colon = field.indexOf(":");
      if (i % 2 === 1 || colon < 0) return text(field);
      const [name, value] = [field.slice(0, colon), field.slice(colon + 1).trim()];
      const isSecret = places.secret(places.step(at, name.trim().toLowerCase())) || hides(name.trim(), value);
      return isSecret ? `${name}: ${mark(value)}` : text(field);
    })
    .join("");
}

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");

const utf8 = (binary: string): string => Buffer.from(binary, "latin1").toString("utf8");
