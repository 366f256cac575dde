// bodies/charset.ts: a body's bytes as text, by byte order mark, parameter or the document's own word

import { Buffer, isAscii, isUtf8 } from "node:buffer";

/**
 * The text as UTF-8 bytes, and whether it was read in another charset than the declared one; or the charset that the bytes
 * are not in.
 */
export type Text =
  | { readonly kind: "text"; readonly bytes: Uint8Array; readonly note?: string }
  | { readonly kind: "not"; readonly charset: string };

/**
 * Reads text and gives it as UTF-8 without a byte order mark; the same bytes, uncopied, where they are that already. What the
 * bytes show goes before what is declared: a byte order mark, and whether they can be UTF-16 at all.
 * @param declared a charset by its label, from a parameter or from inside the document
 */
export function textOf(bytes: Uint8Array, declared: string | undefined): Text {
  const marked = byteOrderMark(bytes);
  if (marked === "utf-8") return textOf(bytes.subarray(3), "utf-8");
  const wide = marked ?? looksWide(bytes);
  const said = known(declared);
  if (wide !== undefined) return decoded(bytes, wide, said?.startsWith("utf-16") === false ? said : undefined);
  if (said?.startsWith("utf-16") !== true) return decoded(bytes, said ?? "utf-8", undefined);
  const isNarrow = isUtf8(bytes) && !bytes.includes(0);
  return decoded(bytes, isNarrow ? "utf-8" : said, isNarrow ? said : undefined);
}

/** @param declared the charset that was declared, where another one is read */
function decoded(bytes: Uint8Array, charset: string, declared: string | undefined): Text {
  const text = textIn(bytes, charset);
  if (declared === undefined || text.kind === "not") return text;
  return { ...text, note: `read as ${charset}, which its bytes are, though it is declared to be ${declared}` };
}

function textIn(bytes: Uint8Array, charset: string): Text {
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

/** Bytes looked at for UTF-16 without its mark: four characters. */
const LOOKED_AT = 8;

/**
 * UTF-16 without a byte order mark, by its zero bytes: text begins with ASCII, and no other charset has a zero in every
 * second place. UTF-8 and the charsets of one byte have none at all.
 */
export function looksWide(bytes: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  if (bytes.length < 4 || bytes.length % 2 !== 0) return undefined;
  let [le, be] = [true, true];
  for (let i = 0; i + 1 < Math.min(bytes.length, LOOKED_AT) && (le || be); i += 2) {
    le &&= bytes[i] !== 0 && bytes[i + 1] === 0;
    be &&= bytes[i] === 0 && bytes[i + 1] !== 0;
  }
  if (le) return "utf-16le";
  return be ? "utf-16be" : undefined;
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
