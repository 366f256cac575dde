// bodies/content-codings.ts: undoes content codings, with a limit against bombs (RFC 9110, 8.4)

import { constants } from "node:buffer";
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from "node:zlib";
import { type Fields, fieldValues } from "../model/fields.ts";

/** The bytes under the codings; or why they could not be had. */
export type Decoded =
  | { readonly kind: "decoded"; readonly bytes: Uint8Array }
  | { readonly kind: "broken" | "unknown" | "too_large"; readonly coding: string };

type Undo = (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Uint8Array;

const UNDO: ReadonlyMap<string, Undo> = new Map<string, Undo>([
  ["gzip", gunzipSync],
  ["x-gzip", gunzipSync],
  ["deflate", inflate],
  ["br", brotliDecompressSync],
  ["zstd", zstdDecompressSync],
]);

/** More than this many codings on one body is nobody's need. */
const MOST = 5;

/** Registered codings that change the bytes and cannot be undone here (IANA, HTTP Content Coding Registry). */
const NOT_UNDONE: ReadonlySet<string> = new Set([
  ...["aes128gcm", "compress", "dcb", "dcz", "exi", "pack200-gzip", "x-compress"],
]);

/**
 * The codings of a body in the order they were applied, lower case. Left out are `identity` and what is no content coding at
 * all, such as a charset (`UTF-8`), `none` or `binary`: no server means by it that the bytes were changed.
 */
export function codingsOf(fields: Fields): string[] {
  return fieldValues(fields, "content-encoding")
    .flatMap((line) => line.split(","))
    .map((coding) =>
      coding
        .split(";", 1)[0]!
        .trim()
        .replace(/^"(.*)"$/, "$1")
        .toLowerCase(),
    )
    .filter((coding) => UNDO.has(coding) || NOT_UNDONE.has(coding));
}

/**
 * Undoes the codings, last applied first. An empty body is empty in every coding.
 * @param max bytes that may come out of each step
 */
export function decode(bytes: Uint8Array, codings: readonly string[], max: number): Decoded {
  if (bytes.length === 0) return { kind: "decoded", bytes };
  if (codings.length > MOST) return { kind: "unknown", coding: codings.join(", ") };
  let now = bytes;
  for (const coding of codings.toReversed()) {
    const undo = UNDO.get(coding);
    if (undo === undefined) return { kind: "unknown", coding };
    try {
      now = undo(now, { maxOutputLength: Math.max(1, Math.min(max, constants.MAX_LENGTH)) });
    } catch (error) {
      return { kind: tooLarge(error) ? "too_large" : "broken", coding };
    }
  }
  return { kind: "decoded", bytes: now };
}

/** `deflate` is the zlib format (RFC 9110, 8.4.1.2), but some send raw deflate. */
function inflate(bytes: Uint8Array, options: { readonly maxOutputLength: number }): Uint8Array {
  try {
    return inflateSync(bytes, options);
  } catch (error) {
    if (tooLarge(error)) throw error;
    return inflateRawSync(bytes, options);
  }
}

function tooLarge(error: unknown): boolean {
  return error instanceof RangeError || (error as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE";
}
