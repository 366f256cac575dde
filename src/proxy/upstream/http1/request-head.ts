// proxy/upstream/http1/request-head.ts: bytes from a client -> the head of one request (RFC 9112, 3 and 5); incremental and strict

import type { Fields } from "../../../model/fields.ts";
import { type Fault, readFieldLines } from "./lines.ts";

/** A request's head as it came. Each character is one byte (latin1). */
export type RawHead = {
  readonly method: string;
  readonly target: string;
  readonly version: "HTTP/1.0" | "HTTP/1.1";
  readonly fields: Fields;
};

/** Why a head cannot be read, and the status that says so. */
export type HeadFault = { readonly status: 400 | 414 | 431 | 505; readonly says: Fault };

const METHOD = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
/** More than one space between the parts has one meaning (RFC 9112, 3). Any byte above ASCII may stand in a target. */
const REQUEST_LINE = new RegExp(`^(${METHOD}) +([!-~\\x80-\\xff]+) +HTTP/(\\d)\\.(\\d)$`);
/** What a request line may begin with. */
const BEGUN_LINE = new RegExp(`^${METHOD}(?: +[!-~\\x80-\\xff]*(?: +(?:H(?:T(?:T(?:P(?:/[\\d.]*)?)?)?)?)?)?)?\\r?$`);
const [LF, CR] = [10, 13];

/** Reads the heads of one connection, one after another. */
export class RequestHeadParser {
  private text = "";
  /** Bytes of empty lines before the head: they may come (RFC 9112, 2.2), but not without end. */
  private blank = 0;
  private readonly maxHead: number;

  /** @param maxHead bytes of a head, with its request line */
  constructor(maxHead: number) {
    this.maxHead = maxHead;
  }

  /** A head has begun and is not complete. */
  get begun(): boolean {
    return this.text !== "" || this.blank > 0;
  }

  /** Takes `bytes[at, length)`. Returns how many bytes were used and the head, if it is complete; or what is wrong with it. */
  read(bytes: Buffer, at: number, length: number): { readonly used: number; readonly head?: RawHead } | HeadFault {
    let from = at;
    if (this.text === "") {
      while (from < length && (bytes[from] === CR || bytes[from] === LF)) from++;
      this.blank += from - at;
      if (this.blank > this.maxHead) return { status: 400, says: "empty lines without end" };
      if (from === length) return { used: length - at };
    }
    const before = this.text.length;
    const found = before === 0 ? bytes.indexOf("\r\n\r\n", from, "latin1") : -1;
    const whole = found >= 0 && found + 4 <= length;
    const text = this.text + bytes.toString("latin1", from, whole ? found + 4 : length);
    const end = whole ? text.length : text.indexOf("\r\n\r\n", Math.max(0, before - 3)) + 4;
    if ((end < 4 ? text.length : end) > this.maxHead) return this.tooLarge(text);
    if (end < 4) {
      const fault = incompleteFault(text, before);
      if (fault !== undefined) return { status: 400, says: fault };
      this.text = text;
      return { used: length - at };
    }
    this.text = "";
    this.blank = 0;
    const head = readWholeHead(end === text.length ? text : text.slice(0, end));
    return "says" in head ? head : { used: from - at + end - before, head };
  }

  private tooLarge(text: string): HeadFault {
    const says = `a head of more than ${this.maxHead} bytes`;
    return { status: text.lastIndexOf("\r\n", this.maxHead) < 0 ? 414 : 431, says };
  }
}

/** What is wrong already with the beginning of a head, of which `before` characters were looked at before. */
function incompleteFault(text: string, before: number): Fault | undefined {
  for (let lf = text.indexOf("\n", before); lf >= 0; lf = text.indexOf("\n", lf + 1)) {
    if (text.charCodeAt(lf - 1) !== CR) return "a line that ends without CR";
  }
  const lineEnd = text.indexOf("\r\n");
  if (lineEnd >= 0 && lineEnd < before - 1) return undefined;
  const line = lineEnd < 0 ? BEGUN_LINE.test(text) : REQUEST_LINE.test(text.slice(0, lineEnd));
  return line ? undefined : "not an HTTP/1 request line";
}

function readWholeHead(text: string): RawHead | HeadFault {
  const lineEnd = text.indexOf("\r\n");
  const line = REQUEST_LINE.exec(text.slice(0, lineEnd));
  if (line === null) {
    const bare = text.lastIndexOf("\n", lineEnd) >= 0;
    return { status: 400, says: bare ? "a line that ends without CR" : "not an HTTP/1 request line" };
  }
  const [, method = "", target = "", major, minor] = line;
  if (major !== "1" || (minor !== "0" && minor !== "1")) return { status: 505, says: "a version other than HTTP/1" };
  const fields = readFieldLines(text, lineEnd + 2);
  if (typeof fields === "string") return { status: 400, says: fields };
  return { method, target, version: minor === "0" ? "HTTP/1.0" : "HTTP/1.1", fields };
}
