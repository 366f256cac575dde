// proxy/wire/parser.ts: bytes from an upstream -> one response; incremental and strict

import type { Fields } from "../../model/fields.ts";
import { type Fault, frame, type ResponseHead } from "./frame.ts";
import { readFieldLines } from "./lines.ts";

/** Who hears of a response as it comes. Bytes are borrowed: they are overwritten after the call. */
export type ResponseSink = {
  onInformation(status: number, reason: string, fields: Fields): void;
  onHead(head: ResponseHead): void;
  /** `last`: the body is known to end with these bytes. */
  onData(bytes: Buffer, last: boolean): void;
  onEnd(trailers: Fields): void;
};

/** Limits of one response: bytes of a head and of all trailers; informational responses before the final one. */
export type ResponseLimits = { readonly maxHead: number; readonly maxInformation: number };

const [HEAD, LENGTH, SIZE, EXTENSION, SIZE_LF, CHUNK, CHUNK_CR, CHUNK_LF, TRAILERS, CLOSE, DONE] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
];
const [LF, CR] = [10, 13];
const NO_FIELDS: Fields = Object.freeze([]);
/** Bytes of chunk extensions in one message: they mean nothing to us and can be sent without end. */
const MAX_EXTENSIONS = 16 * 1024;

/** Reads the responses of one connection, one at a time: `begin` for each request, then `read` what comes. */
export class ResponseParser {
  /** Nothing of a response has come since `begin`. */
  untouched = true;
  private state = DONE;
  private toHead = false;
  private text = "";
  private left = 0;
  private digits = 0;
  private extensions = 0;
  private crlf = 0;
  private informations = 0;
  private readonly sink: ResponseSink;
  private readonly limits: ResponseLimits;

  constructor(sink: ResponseSink, limits: ResponseLimits) {
    this.sink = sink;
    this.limits = limits;
  }

  /** No response is awaited or under way. */
  get done(): boolean {
    return this.state === DONE;
  }

  /** The next bytes answer a request; `toHead` when its method is HEAD. */
  begin(toHead: boolean): void {
    this.state = HEAD;
    this.toHead = toHead;
    this.text = "";
    this.informations = 0;
    this.untouched = true;
  }

  /** The sink wants no more of this response. */
  stop(): void {
    this.state = DONE;
  }

  /** The peer ended the connection. A fault unless that is how the body ends; `undefined` when all is well. */
  finish(): Fault | undefined {
    if (this.state === DONE) return undefined;
    if (this.state === CLOSE) {
      this.state = DONE;
      this.sink.onEnd(NO_FIELDS);
      return undefined;
    }
    if (this.untouched) return "the connection ended before an answer";
    return this.state === HEAD ? "the connection ended within the head" : "the connection ended within the body";
  }

  /**
   * Takes `bytes[0, length)`. Returns how many of them belong to the response (fewer when it ended sooner), or a fault.
   */
  read(bytes: Buffer, length: number): number | Fault {
    let at = 0;
    while (at < length) {
      switch (this.state) {
        case HEAD: {
          this.untouched = false;
          const next = this.readHead(bytes, at, length);
          if (typeof next === "string") return next;
          at = next;
          break;
        }
        case LENGTH:
        case CHUNK: {
          const end = Math.min(length, at + this.left);
          this.left -= end - at;
          const chunked = this.state === CHUNK;
          if (this.left === 0) this.state = chunked ? CHUNK_CR : DONE;
          const part = bytes.subarray(at, end);
          at = end;
          const last = !chunked && this.left === 0;
          this.sink.onData(part, last);
          if (last) {
            this.sink.onEnd(NO_FIELDS);
            return at;
          }
          break;
        }
        case CLOSE:
          this.sink.onData(bytes.subarray(at, length), false);
          return length;
        case TRAILERS: {
          const next = this.readTrailers(bytes, at, length);
          if (typeof next === "string") return next;
          at = next;
          break;
        }
        case DONE:
          return at;
        default: {
          const fault = this.readChunkSyntax(bytes[at]!);
          if (fault !== undefined) return fault;
          at++;
        }
      }
    }
    return at;
  }

  private readHead(bytes: Buffer, at: number, length: number): number | Fault {
    let end: number;
    let text: string;
    if (this.text === "") {
      const found = bytes.indexOf("\r\n\r\n", at, "latin1");
      end = found < 0 || found + 4 > length ? -1 : found + 4;
      text = bytes.toString("latin1", at, end < 0 ? length : end);
      if (end < 0) return this.keepHead(text, length);
    } else {
      const before = this.text.length;
      text = this.text + bytes.toString("latin1", at, length);
      const found = text.indexOf("\r\n\r\n", Math.max(0, before - 3));
      if (found < 0) return this.keepHead(text, length);
      text = text.slice(0, found + 4);
      end = at + text.length - before;
    }
    if (text.length > this.limits.maxHead) return "the head is too large";
    this.text = "";
    return this.judgeHead(text) ?? end;
  }

  private keepHead(text: string, length: number): number | Fault {
    if (text.length > this.limits.maxHead) return "the head is too large";
    if (!"HTTP/1.".startsWith(text.slice(0, 7))) return "not an HTTP/1 response";
    this.text = text;
    return length;
  }

  private judgeHead(text: string): Fault | undefined {
    const lineEnd = text.indexOf("\r\n");
    const line = text.slice(0, lineEnd);
    // `HTTP/1.1 200` without the space that should end it is common, and can mean one thing only.
    const status = /^(HTTP\/1\.[01]) ([1-9]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/.exec(line);
    if (status === null) return "not an HTTP/1 status line";
    const raw = readFieldLines(text, lineEnd + 2, text.length - 2);
    if (raw === undefined) return "a malformed field line";
    const code = Number(status[2]);
    const reason = status[3] ?? "";

    if (code < 200) {
      if (code === 101) return "an upgrade that nobody asked for";
      if (++this.informations > this.limits.maxInformation) return "too many informational responses";
      const head = frame(status[1]!, 204, reason, raw, true);
      if (typeof head === "string") return head;
      this.sink.onInformation(code, reason, head.fields);
      return undefined;
    }
    const head = frame(status[1]!, code, reason, raw, this.toHead);
    if (typeof head === "string") return head;
    const { framing } = head;
    const empty = framing === "none" || framing === 0;
    this.extensions = 0;
    this.startSize();
    if (typeof framing === "number") this.left = framing;
    this.state = empty ? DONE : framing === "chunked" ? SIZE : framing === "close" ? CLOSE : LENGTH;
    this.sink.onHead(head);
    if (empty) this.sink.onEnd(NO_FIELDS);
    return undefined;
  }

  private startSize(): void {
    this.left = 0;
    this.digits = 0;
  }

  /** One byte of what stands between chunks. */
  private readChunkSyntax(byte: number): Fault | undefined {
    switch (this.state) {
      case SIZE: {
        const digit = hex(byte);
        if (digit >= 0) {
          if (++this.digits > 12) return "a chunk size without end";
          this.left = this.left * 16 + digit;
        } else if (this.digits === 0) return "a malformed chunk size";
        else if (byte === CR) this.state = SIZE_LF;
        else if (byte === 59 || byte === 32 || byte === 9) this.state = EXTENSION;
        else return "a malformed chunk size";
        return undefined;
      }
      case EXTENSION:
        if (byte === CR) this.state = SIZE_LF;
        else if (byte === LF || byte === 0) return "a malformed chunk extension";
        else if (++this.extensions > MAX_EXTENSIONS) return "chunk extensions without end";
        return undefined;
      case SIZE_LF:
        if (byte !== LF) return "a malformed chunk size";
        this.state = this.left === 0 ? TRAILERS : CHUNK;
        this.crlf = 2; // the line that ended counts as the first half of an empty one
        return undefined;
      case CHUNK_CR:
        if (byte !== CR) return "a chunk longer than its size";
        this.state = CHUNK_LF;
        return undefined;
      default:
        if (byte !== LF) return "a chunk longer than its size";
        this.startSize();
        this.state = SIZE;
        return undefined;
    }
  }

  private readTrailers(bytes: Buffer, at: number, length: number): number | Fault {
    let end = at;
    while (end < length && this.crlf < 4) {
      const byte = bytes[end++];
      if (byte === CR) this.crlf = this.crlf === 2 ? 3 : 1;
      else if (byte === LF && (this.crlf === 1 || this.crlf === 3)) this.crlf++;
      else if (byte === LF) return "a bare line feed among trailers";
      else this.crlf = 0;
    }
    this.text += bytes.toString("latin1", at, end);
    if (this.text.length > this.limits.maxHead) return "the trailers are too large";
    if (this.crlf < 4) return end;
    const trailers = readFieldLines(this.text, 0, this.text.length - 2);
    if (trailers === undefined) return "a malformed trailer";
    this.text = "";
    this.state = DONE;
    this.sink.onEnd(trailers);
    return end;
  }
}

/** The value of a hexadecimal digit, or -1. */
function hex(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
