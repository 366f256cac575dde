// bodies/body-type.ts: what kind of document a body is, by its media type and, where that says little, by a look

import { Buffer } from "node:buffer";
import { isJson } from "../json/index.ts";
import { anyText, declaredInside, looksWide, type Text, textOf } from "./charset.ts";
import type { Content } from "./content.ts";
import { isSeveralJson } from "./formats/sequences.ts";
import { unwrapJson } from "./json-prefix.ts";
import { isJsonType } from "./media-type.ts";

/** What kind of document a body is: the key of its format in the registry. */
export type BodyType =
  | "json"
  | "json lines"
  | "json sequence"
  | "wrapped json"
  | "yaml"
  | "xml"
  | "html"
  | "form"
  | "csv"
  | "multipart"
  | "events"
  | "text"
  | "bytes";

/** The names under which JSON lines go: `x-ndjson`, `jsonl`, `vnd.elasticsearch+x-ndjson` and their kin. */
const JSON_LINES = /^[a-z]+\/(?:[\w.-]*[.+])?(?:x-)?(?:nd-?json|ld-?json|json-?lines?|jsonl|json-?stream)$/;

/** The names of YAML: `application/yaml`, `text/x-yaml`, `application/vnd.oai.openapi+yaml`. */
const YAML = /^[a-z]+\/(?:[\w.-]*[.+])?(?:x-)?ya?ml$/;

const BY_NAME: ReadonlyMap<string, BodyType> = new Map([
  ["application/stream+json", "json lines"],
  ["application/json-seq", "json sequence"],
  ["application/geo+json-seq", "json sequence"],
  ["application/xml", "xml"],
  ["text/xml", "xml"],
  ["text/html", "html"],
  ["application/x-www-form-urlencoded", "form"],
  ["text/csv", "csv"],
  ["application/csv", "csv"],
  ["text/tab-separated-values", "csv"],
  ["text/event-stream", "events"],
  ["application/javascript", "text"],
  ["application/ecmascript", "text"],
  ["application/x-javascript", "text"],
  ["application/toml", "text"],
  ["application/graphql", "text"],
  ["application/sql", "text"],
  ["application/x-sh", "text"],
]);

/** Of `application`, what is surely no text; others of its kind are looked at. */
const BINARY =
  /^application\/(?:[\w.+-]*(?:protobuf|proto|grpc|msgpack|cbor|zip|gzip|tar|compressed|archive|zstd|brotli|bson|avro|parquet|thrift|wasm|pdf|postscript|font|opendocument|openxmlformats|excel|word|powerpoint)[\w.+-]*|x-(?:7z-compressed|bzip2?|rar-compressed))$/;

/** What a media type says; nothing where it says nothing about what the bytes are. */
export function declaredType(name: string | undefined): BodyType | undefined {
  if (name === undefined || name === "application/octet-stream") return undefined;
  const exact = BY_NAME.get(name);
  if (exact !== undefined) return exact;
  if (JSON_LINES.test(name)) return "json lines";
  if (YAML.test(name)) return "yaml";
  if (isJsonType(name)) return "json";
  if (name.endsWith("+json-seq")) return "json sequence";
  if (name.endsWith("+xml")) return "xml";
  if (name.startsWith("multipart/")) return "multipart";
  if (name.startsWith("text/")) return "text";
  return /^(?:audio|font|image|video)\//.test(name) || BINARY.test(name) ? "bytes" : undefined;
}

/** Types whose label is often wrong, so that a look decides: a JSON document under `text/plain` is JSON. */
const DOUBTFUL: ReadonlySet<BodyType | undefined> = new Set([undefined, "text", "html"]);

/** How to compare two bodies: by legacy's type, or as what both look like; `mixed` where only one looks like JSON. */
export function typeOfBoth(legacy: Content, candidate: Content): BodyType | "mixed" {
  const declared = declaredType(legacy.type?.name) ?? declaredType(candidate.type?.name);
  if (!DOUBTFUL.has(declared)) return declared!;
  const [ours, theirs] = [narrow(legacy), narrow(candidate)];
  const [a, b] = [isJsonDocument(ours), isJsonDocument(theirs)];
  if (a && b) return "json";
  if ((a || isSeveralJson(ours, true)) && (b || isSeveralJson(theirs, true))) return "json lines";
  if (a !== b) return "mixed";
  if (unwrapJson(ours) !== undefined && unwrapJson(theirs) !== undefined) return "wrapped json";
  return declared ?? sniffBoth(ours, theirs);
}

/** The bytes of a body, as UTF-8 where they are UTF-16. */
function narrow({ bytes }: Content): Uint8Array {
  if (looksWide(bytes) === undefined && !hasWideMark(bytes)) return bytes;
  const text = textOf(bytes, undefined);
  return text.kind === "text" ? text.bytes : bytes;
}

const hasWideMark = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);

/** Whether a body without a telling type is one JSON object or array. */
export const looksLikeJson = (content: Content): boolean => isJsonDocument(narrow(content));

/** How two bodies that are declared to be JSON, and are none, are JSON all the same; undefined if they are not. */
export function unusualJson(legacy: Uint8Array, candidate: Uint8Array): "json lines" | "wrapped json" | undefined {
  if (isSeveralJson(legacy, false) || isSeveralJson(candidate, false)) return "json lines";
  return unwrapJson(legacy) !== undefined && unwrapJson(candidate) !== undefined ? "wrapped json" : undefined;
}

/** What both look like, for bodies of no declared type or of neither's declared type. */
export function sniffBoth(legacy: Uint8Array, candidate: Uint8Array): BodyType {
  const [a, b] = [sniff(legacy), sniff(candidate)];
  if (a === b) return a;
  return a === "bytes" || b === "bytes" ? "bytes" : "text";
}

function sniff(bytes: Uint8Array): BodyType {
  const head = headOf(bytes);
  if (head.startsWith("<?xml")) return "xml";
  if (/^(?:<!doctype html|<html)[\s>]/i.test(head)) return "html";
  return looksBinary(bytes) ? "bytes" : "text";
}

/** Whether a body is a JSON object or array; a lone number or string could as well be text. */
export function isJsonDocument(bytes: Uint8Array): boolean {
  return /^[{[]/.test(headOf(bytes)) && isJson(bytes);
}

/** The beginning, without what may stand before a document. */
function headOf(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 512)).toString("utf8");
  return head.replace(/^\ufeff?\s*/, "");
}

/** Control characters that text does not have; UTF-16 is text. */
function looksBinary(bytes: Uint8Array): boolean {
  if (hasWideMark(bytes) || looksWide(bytes) !== undefined) return false;
  const end = Math.min(bytes.length, 4096);
  for (let i = 0; i < end; i++) {
    const byte = bytes[i]!;
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0c && byte !== 0x0d && byte !== 0x1b) return true;
  }
  return false;
}

/** A body as UTF-8 text, by the charset that its type, its marks or itself declare. */
export function asText(type: BodyType, { bytes, type: media }: Content): Text {
  if (type === "multipart") return { kind: "text", bytes }; // its parts have charsets of their own
  const parameter = media?.parameters.get("charset");
  const inside = type === "xml" || type === "html" ? declaredInside(bytes, type) : undefined;
  const text = textOf(bytes, parameter ?? inside);
  // What a browser makes of a page that says nothing and is no UTF-8.
  const silent = type === "html" && parameter === undefined && inside === undefined;
  return silent && text.kind === "not" ? { kind: "text", bytes: anyText(bytes) } : text;
}

/** The type of one body alone, decided as {@link typeOfBoth} and {@link unusualJson} decide that of two like it. */
export function typeOfOne(content: Content): BodyType {
  const type = typeOfBoth(content, content);
  if (type === "mixed") return "text"; // not for a body and itself
  return type === "json" && !isJson(content.bytes) ? (unusualJson(content.bytes, content.bytes) ?? "json") : type;
}
