// bodies/rewrite.ts: a body of any type as text without its secrets, by the same formats that compare it

import { Buffer, isUtf8 } from "node:buffer";
import { asText, type BodyType, declaredType } from "./body-type.ts";
import type { Content } from "./content.ts";
import type { Format } from "./format.ts";
import { anyValue } from "./formats/text.ts";
import { textFrom } from "./lines.ts";
import type { Redaction, Standing } from "./redaction.ts";

/**
 * Rewrites a body by the format of its type, and by what it looks like where it is not of that type. Bytes that are no text
 * are not written: see {@link Redaction.opaque}.
 * @param at where the root of the body's document stands
 */
export function rewriteAs(
  type: BodyType,
  { rewrite, largest = Number.POSITIVE_INFINITY, exactPlaces = false }: Format,
  content: Content,
  redaction: Redaction,
  at: Standing,
): string {
  if (content.bytes.length === 0) return "";
  const bytes = readable(type, content);
  if (bytes === undefined) return redaction.opaque(content.bytes);
  const { unnamed } = redaction.places;
  const isRewritten = (exactPlaces || !unnamed) && bytes.length <= largest;
  const rewritten = isRewritten ? rewrite({ ...content, bytes }, redaction, at) : undefined;
  if (rewritten !== undefined) return rewritten;
  const text = textFrom(bytes);
  return unnamed ? (redaction.json(text, at) ?? redaction.mark(text)) : anyValue(text, redaction, at);
}

/** The bytes as the format's reader takes them, in UTF-8 but for a multipart's; undefined where they are no text. */
function readable(type: BodyType, content: Content): Uint8Array | undefined {
  if (type === "bytes") return isUtf8(content.bytes) ? content.bytes : undefined;
  const text = asText(type, content);
  if (text.kind === "text") return text.bytes;
  // A few broken bytes in what is declared to be text must not keep the rest from being shown.
  if (declaredType(content.type?.name) === undefined) return undefined;
  return Buffer.from(new TextDecoder("utf-8").decode(content.bytes));
}
