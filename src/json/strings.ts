// json/strings.ts: strings and member names by code unit, as they mean rather than as they are written

import { isUtf8 } from "node:buffer";

/** Shorter runs are looked at here: a call into native code costs more than they do. */
const SHORT = 48;

/** `Buffer.toString` without its reading of arguments, which costs more than a short text does. */
type Slicing = Record<"asciiSlice" | "latin1Slice" | "utf8Slice", (start: number, end: number) => string>;

/** Bytes as text, a byte a character. */
export function latin1Between(bytes: Buffer, start: number, end: number): string {
  return (bytes as unknown as Slicing).latin1Slice(start, end);
}

/** UTF-8 as text. Most texts are short and ASCII, and cheaper as such. */
export function textBetween(bytes: Buffer, start: number, end: number): string {
  const slicing = bytes as unknown as Slicing;
  if (end - start > SHORT) return slicing.utf8Slice(start, end);
  for (let at = start; at < end; at++) if (bytes[at]! > 127) return slicing.utf8Slice(start, end);
  return slicing.asciiSlice(start, end);
}

/** Whether two runs of `length` bytes are equal. */
export function sameBytes(a: Buffer, aStart: number, b: Buffer, bStart: number, length: number): boolean {
  if (length > SHORT) return a.compare(b, bStart, bStart + length, aStart, aStart + length) === 0;
  for (let i = 0; i < length; i++) if (a[aStart + i] !== b[bStart + i]) return false;
  return true;
}

/** The text between and with the quotes at `start` and `end`; bytes that are not UTF-8 become U+FFFD. */
export function textOf(bytes: Buffer, start: number, end: number, escaped = true): string {
  if (!escaped) return textBetween(bytes, start + 1, end - 1);
  return JSON.parse(textBetween(bytes, start, end)) as string;
}

/** The text, or nothing where its bytes are not UTF-8 and so have no text. */
export function exactTextOf(bytes: Buffer, start: number, end: number): string | undefined {
  return isUtf8(bytes.subarray(start, end)) ? textOf(bytes, start, end) : undefined;
}

/**
 * Whether two quoted strings mean the same code units. For strings of which at least one has an escape; else equal bytes
 * decide. A byte that is not UTF-8 equals only itself, never the U+FFFD that a decoder would put in its place.
 */
export function sameText(a: Buffer, aStart: number, aEnd: number, b: Buffer, bStart: number, bEnd: number): boolean {
  const [left, right] = [exactTextOf(a, aStart, aEnd), exactTextOf(b, bStart, bEnd)];
  if (left !== undefined && right !== undefined) return left === right;
  if (left !== undefined || right !== undefined) return false;
  return sameUnits(unitsOf(a, aStart, aEnd), unitsOf(b, bStart, bEnd));
}

function sameUnits(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((unit, i) => unit === b[i]);
}

/** Broken UTF-8 in pieces that can be compared: each raw byte above ASCII by itself, each run between escapes decoded. */
function unitsOf(bytes: Buffer, start: number, end: number): string[] {
  const units: string[] = [];
  const latin1 = latin1Between(bytes, start + 1, end - 1);
  for (const [piece] of latin1.matchAll(/\\u.{4}|\\.|[^\\]/gs)) {
    if (piece.length === 1) units.push(piece.charCodeAt(0) < 0x80 ? piece : `raw ${piece}`);
    else {
      const unit = JSON.parse(`"${piece}"`) as string;
      units.push(unit.charCodeAt(0) < 0x80 ? unit : `unit ${unit}`);
    }
  }
  return units;
}

/**
 * The hash of a name from a few of its bytes, so that its cost does not grow with the name. Names that differ elsewhere share it:
 * equal hashes are followed by a look at the names, and where there are many of them by a table of whole names.
 */
export function nameHash(utf8: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length === 0) return 0;
  const middle = start + (length >> 1);
  const ends = (utf8[start]! << 24) | (utf8[end - 1]! << 16) | (utf8[middle]! << 8) | (length & 0xff);
  const inner = length < 3 ? 0 : (utf8[end - 2]! << 8) | utf8[start + (length >> 2)]!;
  return Math.imul(ends ^ Math.imul(inner, 0x9e3779b1), 0x85ebca6b) ^ (ends >>> 15);
}

/** The {@link nameHash} of a name without quotes, so that it can be looked up among nodes. */
export function hashName(name: string): number {
  const utf8 = Buffer.from(name);
  return nameHash(utf8, 0, utf8.length);
}

/** The {@link hashName} of a quoted name with escapes, at `start` up to `end`. */
export function hashEscapedName(bytes: Buffer, start: number, end: number): number {
  return hashName(textOf(bytes, start, end));
}

/** FNV-1a, 32 bits. */
export function bytesHash(bytes: Uint8Array, from: number, to: number): number {
  let hash = -2128831035;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ bytes[at]!, 16777619);
  return hash;
}
