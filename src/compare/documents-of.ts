// compare/documents-of.ts: the documents that paths are written against, for those who show what stands around a place

import { asText, typeOfBoth, unusualJson } from "../bodies/body-type.ts";
import { linesOf, textFrom } from "../bodies/lines.ts";
import { mediaType } from "../bodies/media-type.ts";
import { FORMATS } from "../bodies/registry.ts";
import { isJson } from "../json/index.ts";
import type { JsonText } from "../model/difference.ts";

/** What two bodies were compared as, and each as JSON text where it could be read as that. */
export type Documents = { readonly type: string; readonly legacy?: JsonText; readonly candidate?: JsonText };

/**
 * Two bodies as the documents that the paths of their differences lead into, before any rule.
 * @param type a media type for both, as {@link compareBodies} takes it
 */
export function documentsOf(legacy: Uint8Array, candidate: Uint8Array, type: string | undefined): Documents {
  const media = mediaType(type);
  const [a, b] = [
    { bytes: legacy, type: media },
    { bytes: candidate, type: media },
  ];
  const declared = typeOfBoth(a, b);
  const isNone = declared === "json" && !isJson(legacy) && !isJson(candidate);
  const both = (isNone ? unusualJson(legacy, candidate) : undefined) ?? declared;
  if (both === "mixed" || both === "bytes") return { type: "bytes" };
  const read = (content: typeof a): JsonText | undefined => {
    const text = asText(both, content);
    if (text.kind === "not") return undefined;
    const result = FORMATS[both].read?.({ ...content, bytes: text.bytes }) ?? { fault: "not read" };
    return "document" in result ? result.document : undefined;
  };
  const [x, y] = [read(a), read(b)];
  if (both !== "text" && x === undefined && y === undefined) return documentsAsText(a.bytes, b.bytes);
  return { type: both, ...(x === undefined ? {} : { legacy: x }), ...(y === undefined ? {} : { candidate: y }) };
}

/** What is not of its type on either side was compared as text. */
function documentsAsText(legacy: Uint8Array, candidate: Uint8Array): Documents {
  return { type: "text", legacy: linesOf(textFrom(legacy)), candidate: linesOf(textFrom(candidate)) };
}
