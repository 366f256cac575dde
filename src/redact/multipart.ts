// redact/multipart.ts: bodies of several parts (RFC 2046, 5.1), each redacted by its own name and type

import { partName } from "../lib/named-values.ts";
import type { Sweep } from "./free-text.ts";
import type { Hides, Marks } from "./marks.ts";

export type Multipart = (bytes: Uint8Array, mediaType: string) => string | undefined;

const BOUNDARY = /;\s*boundary\s*=\s*(?:"([^"]+)"|([^\s;"]+))/i;
const TYPE = /^content-type:[ \t]*([^\r\n]*)/im;

/** None when the body does not have the boundary that its type names. */
export function createMultipart(options: {
  readonly hides: Hides;
  readonly body: (bytes: Uint8Array, mediaType: string) => string;
  readonly marks: Marks;
  readonly sweep: Sweep;
}): Multipart {
  const { hides, body, marks, sweep } = options;
  const part = (bytes: Buffer): string => {
    const blank = bytes.indexOf("\r\n\r\n");
    const [headEnd, gap] = blank >= 0 ? [blank, 4] : [bytes.indexOf("\n\n"), 2];
    if (headEnd < 0) return sweep(bytes.toString("utf8"));
    const head = bytes.toString("utf8", 0, headEnd);
    const content = bytes.subarray(headEnd + gap);
    const text = content.toString("latin1");
    const separator = bytes.toString("latin1", headEnd, headEnd + gap);
    const shown = hides(partName(head) ?? "", text.trim())
      ? marks.secret(text)
      : body(content, TYPE.exec(head)?.[1] ?? "text/plain");
    return sweep(head) + separator + shown;
  };

  return (bytes, mediaType) => {
    const found = BOUNDARY.exec(mediaType);
    if (found === null) return undefined;
    const delimiter = Buffer.from(`--${found[1] ?? found[2]}`, "latin1");
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = buffer.indexOf(delimiter);
    if (at < 0) return undefined;
    let out = sweep(buffer.toString("utf8", 0, at));
    while (at >= 0) {
      const begin = at + delimiter.length;
      const next = buffer.indexOf(delimiter, begin);
      const end = next < 0 ? buffer.length : next;
      out += sweep(delimiter.toString("latin1"));
      // `--` ends the body; what follows is an epilogue without fields.
      const rest = buffer.subarray(begin, end);
      out += rest.toString("latin1", 0, 2) === "--" ? sweep(rest.toString("utf8")) : part(rest);
      at = next;
    }
    return out;
  };
}
