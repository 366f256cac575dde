// proxy/admission/request-text.ts: what a server may read in the body of a request, whatever its type

import { brotliDecompressSync, inflateRawSync, unzipSync, zstdDecompressSync } from "node:zlib";
import type { Fields } from "../../model/fields.ts";
import { decodePercent } from "./path-spellings.ts";

/** Bytes. What is larger when decoded is not parsed, and is not known to be a read. */
const MAX_DECODED = 512 * 1024;

/**
 * The body as text, with escapes undone: of percent-encoding, of JSON and YAML strings, of markup, of quoted strings. Of
 * UTF-16 and UTF-32 the NULs are left out. Undefined where a content coding cannot be undone.
 */
export function textsOf(body: Uint8Array, fields: Fields): string[] | undefined {
  const plain = withoutCodings(body, fields);
  if (plain === undefined) return undefined;
  const written = plain.toString("latin1").replaceAll("\0", "");
  if (!/[%\\&]/.test(written)) return [written];
  const text = decodePercent(written)
    .replace(/\\u\{?([0-9a-f]{2,6})\}?|\\x([0-9a-f]{2})|&#x([0-9a-f]{1,6});?/gi, (all, ...hex: string[]) =>
      character(Number.parseInt(hex.slice(0, 3).find((digits) => digits !== undefined)!, 16), all),
    )
    .replace(/&#(\d{1,7});?/g, (all, digits: string) => character(Number(digits), all));
  return text.includes("\\") ? [text, text.replaceAll("\\", "")] : [text];
}

function character(code: number, written: string): string {
  return code < 0x80 ? String.fromCharCode(code) : written;
}

function withoutCodings(body: Uint8Array, fields: Fields): Buffer | undefined {
  const codings: string[] = [];
  for (let i = 0; i < fields.length; i += 2) {
    if (fields[i]!.length === 16 && fields[i]!.toLowerCase() === "content-encoding") {
      codings.push(...fields[i + 1]!.toLowerCase().split(","));
    }
  }
  let text: Buffer = Buffer.from(body.buffer, body.byteOffset, body.length);
  for (const coding of codings.reverse().map((each) => each.trim())) {
    if (coding === "" || coding === "identity" || coding === "utf-8") continue;
    const decode = DECODERS[coding];
    if (decode === undefined) return undefined;
    try {
      text = decode(text);
    } catch {
      return undefined; // not of this coding, or larger than the limit
    }
  }
  return text;
}

const LIMIT = { maxOutputLength: MAX_DECODED };
const DECODERS: Record<string, (bytes: Buffer) => Buffer> = Object.assign(Object.create(null), {
  gzip: (bytes: Buffer) => unzipSync(bytes, LIMIT),
  "x-gzip": (bytes: Buffer) => unzipSync(bytes, LIMIT),
  // RFC 9110, 8.4.1.2: zlib's format; some clients send it without its head.
  deflate: (bytes: Buffer) => ((bytes[0]! & 15) === 8 ? unzipSync(bytes, LIMIT) : inflateRawSync(bytes, LIMIT)),
  br: (bytes: Buffer) => brotliDecompressSync(bytes, LIMIT),
  zstd: (bytes: Buffer) => zstdDecompressSync(bytes, LIMIT),
});
