// bodies/formats/multipart.ts: a multipart body as the list of its parts (RFC 2046, 5.1; RFC 7578)

import { Buffer } from "node:buffer";
import { isJson } from "../../json/index.ts";
import type { JsonText } from "../../model/difference.ts";
import { PER_ANSWER_FIELDS } from "../../model/per-answer-fields.ts";
import { type BodyType, declaredType, isJsonDocument } from "../body-type.ts";
import { textOf } from "../charset.ts";
import type { Content } from "../content.ts";
import { linesOf } from "../lines.ts";
import { type MediaType, mediaType, withParameters } from "../media-type.ts";
import { list, lossless, object, oneOrList, type Read, type Reader } from "../reader.ts";
import { readEvents } from "./events.ts";
import { readForm } from "./form.ts";
import { readHtml } from "./html.ts";
import { readJsonLines, readJsonSequence } from "./sequences.ts";
import { readXml } from "./xml.ts";
import { readYaml } from "./yaml.ts";

/** Multiparts inside of multiparts, deeper than which they are bytes. */
const DEEPEST = 5;

const PART_READERS: ReadonlyMap<BodyType, Reader> = new Map<BodyType, Reader>([
  ["json lines", readJsonLines],
  ["json sequence", readJsonSequence],
  ["form", readForm],
  ["events", readEvents],
  ["xml", readXml],
  ["html", readHtml],
  ["yaml", readYaml],
]);

/** The boundary is made anew for each answer and has no weight, nor have preamble and epilogue. */
export const readMultipart: Reader = (content, overdue) => readParts(content, 0, overdue);

function readParts({ bytes, type }: Content, depth: number, overdue?: () => boolean): Read {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  const boundary =
    type?.parameters.get("boundary") ?? /^--([^\r\n]{1,70})\r?$/m.exec(whole.slice(0, 512))?.[1]?.trimEnd();
  if (boundary === undefined || boundary === "") return { fault: "a multipart without a boundary" };
  const parts = split(whole, boundary);
  if (parts === undefined) return { fault: "a multipart without its closing delimiter" };
  const documents: JsonText[] = [];
  for (const part of parts) {
    const end = /^\r?\n|\r?\n\r?\n/.exec(part);
    const head = end === null ? part : part.slice(0, end.index);
    const body = end === null ? "" : part.slice(end.index + end[0].length);
    documents.push(partOf(head, Buffer.from(body, "latin1"), depth, overdue));
  }
  return { document: list(documents) };
}

/** What stands between delimiter lines; nothing where the last one is missing. */
function split(whole: string, boundary: string): string[] | undefined {
  const escaped = boundary.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const delimiter = new RegExp(`(?:^|\\r?\\n)--${escaped}(--)?[ \\t]*(?=\\r?\\n|$)`, "g");
  const parts: string[] = [];
  let from = -1;
  for (const match of whole.matchAll(delimiter)) {
    if (from >= 0) parts.push(whole.slice(from, match.index).replace(/^\r?\n/, ""));
    if (match[1] !== undefined) return from < 0 && parts.length === 0 ? [] : parts;
    from = match.index + match[0].length;
  }
  return undefined;
}

function partOf(head: string, body: Uint8Array, depth: number, overdue?: () => boolean): JsonText {
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
    ["body", bodyOf({ bytes: body, type }, depth, overdue)],
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
function bodyOf(content: Content, depth: number, overdue?: () => boolean): JsonText {
  const type = declaredType(content.type?.name ?? "text/plain") ?? "bytes";
  if (type === "multipart" && depth < DEEPEST) {
    const read = readParts(content, depth + 1, overdue);
    return "document" in read ? read.document : coded(content.bytes);
  }
  const text = textOf(content.bytes, content.type?.parameters.get("charset"));
  if (type === "bytes" || type === "multipart" || text.kind === "not") return coded(content.bytes);
  return textBody(type, { bytes: text.bytes, type: content.type }, overdue);
}

function textBody(
  type: BodyType,
  content: Content & { readonly type: MediaType | undefined },
  overdue?: () => boolean,
): JsonText {
  const text = lossless(content.bytes);
  if (type === "json" ? isJson(content.bytes) : type === "text" && isJsonDocument(content.bytes)) return text;
  const read = PART_READERS.get(type)?.(content, overdue);
  if (read !== undefined && "document" in read) return read.document;
  return /[\r\n]/.test(text) ? linesOf(text) : JSON.stringify(text);
}

function coded(bytes: Uint8Array): JsonText {
  const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
  return object([
    ["bytes", `${bytes.length}`],
    ["base64", JSON.stringify(base64)],
  ]);
}
