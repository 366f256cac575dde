// compare/charset.ts: a body's bytes as text, by byte order mark, parameter or the document's own word

import { Buffer, isAscii, isUtf8 } from "node:buffer";

/** The text as UTF-8 bytes; or the charset that the bytes are not in. */
export type Text =
  | { readonly kind: "text"; readonly bytes: Uint8Array }
  | { readonly kind: "not"; readonly charset: string };

/**
 * Reads text and gives it as UTF-8 without a byte order mark; the same bytes, uncopied, where they are that already.
 * @param declared a charset by its label, from a parameter or from inside the document
 */
export function textOf(bytes: Uint8Array, declared: string | undefined): Text {
  const marked = byteOrderMark(bytes);
  if (marked === "utf-8") return textOf(bytes.subarray(3), "utf-8");
  const charset = marked ?? known(declared) ?? "utf-8";
  if (charset === "utf-8") return isUtf8(bytes) ? { kind: "text", bytes } : { kind: "not", charset };
  if (charset !== "utf-16le" && charset !== "utf-16be" && isAscii(bytes) && !STATEFUL.has(charset)) {
    return { kind: "text", bytes };
  }
  try {
    return { kind: "text", bytes: Buffer.from(new TextDecoder(charset, { fatal: true }).decode(bytes)) };
  } catch {
    return { kind: "not", charset };
  }
}

/** Charsets in which ASCII bytes may mean something else. */
const STATEFUL = new Set(["iso-2022-jp", "replacement", "utf-7"]);

/** Every byte a character: for text that is in no charset it claims. Different bytes stay different. */
export function anyText(bytes: Uint8Array): Uint8Array {
  return Buffer.from(new TextDecoder("windows-1252").decode(bytes));
}

function byteOrderMark(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return "utf-8";
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  return undefined;
}

/** The canonical name of a charset that can be read. */
function known(label: string | undefined): string | undefined {
  if (label === undefined) return undefined;
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return undefined;
  }
}

/** The charset that an XML declaration or an HTML `meta` names, in the first kilobyte. */
export function declaredInside(bytes: Uint8Array, markup: "xml" | "html"): string | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 1024)).toString("latin1");
  if (markup === "xml") return /^<\?xml\s[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/.exec(head)?.[1];
  return /<meta\s[^>]*?charset\s*=\s*["']?\s*([\w.:-]+)/i.exec(head)?.[1];
}
