// lib/clip.ts: bounds what of a value is passed on, looked at and shown, so that one large value cannot hold up everyone

import { digestText } from "./digest.ts";

/** Stands at the end of a text that was cut. Patterns take what begins before it for a secret, though they do not see its end. */
export const CUT = "…";

/** Characters of one value that are looked at. */
export const LOOKED_AT = 8_192;

/** Characters of one value that are shown. What begins before this ends within {@link LOOKED_AT}, or is hidden to its end. */
export const SHOWN = 4_096;

/** A text of at most `most` characters; a longer one is cut and ends in {@link CUT}. */
export function clipText(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = most - CUT.length;
  // Not within a character that takes two units.
  const half = (text.charCodeAt(end - 1) & 0xfc00) === 0xd800;
  return text.slice(0, half ? end - 1 : end) + CUT;
}

/** The same for a JSON text. A string stays one; of a list or an object the beginning is left, which is no JSON. */
export function clipJson(json: string, most: number): string {
  if (json.length <= most) return json;
  if (json[0] !== '"') return clipText(json, most);
  let end = most - CUT.length - 1;
  // Not within an escape: back to before the last backslash that begins one.
  const slash = json.lastIndexOf("\\", end - 1);
  if (slash >= end - 5) {
    let first = slash;
    while (json[first - 1] === "\\") first -= 1;
    const begins = first + ((slash - first) & ~1);
    if (begins + (json[begins + 1] === "u" ? 6 : 2) > end) end = begins;
  }
  if ((json.charCodeAt(end - 1) & 0xfc00) === 0xd800) end -= 1;
  return `${json.slice(0, end)}${CUT}"`;
}

/**
 * A value that may be passed on: one longer than {@link LOOKED_AT} is cut, and a digest of the whole stands behind the cut,
 * so that different values stay different. The digest is removed before the value is shown.
 */
export function boundJson(json: string): string {
  if (json.length <= LOOKED_AT) return json;
  const cut = clipJson(json, LOOKED_AT);
  return cut.endsWith('"') ? `${cut.slice(0, -1)}${digestText(json)}"` : cut + digestText(json);
}
