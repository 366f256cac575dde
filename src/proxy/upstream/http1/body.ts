// proxy/upstream/http1/body.ts: takes the framing off one message's body (RFC 9112, 6 and 7); incremental and strict

import type { Fields } from "../../../model/fields.ts";
import { type Fault, type Lenient, readFieldLines } from "./lines.ts";

/** Receives a body. Bytes are valid during the call only: the caller may overwrite them after it. */
export type BodySink = {
  /** `last`: the body is known to end with these bytes. */
  onData(bytes: Buffer, last: boolean): void;
  onEnd(trailers: Fields): void;
};

const [DONE, LENGTH, CLOSE, SIZE, EXTENSION, SIZE_LF, CHUNK, CHUNK_CR, CHUNK_LF, TRAILERS] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
];
const [HTAB, LF, CR, SP, ZERO, SEMICOLON] = [9, 10, 13, 32, 48, 59];
/** An empty list of fields, shared. */
export const NO_FIELDS: Fields = Object.freeze([]);
/** Hexadecimal digits of a chunk's size after its leading zeros: 2^48 bytes, and exact as a number. */
const MAX_DIGITS = 12;
/** Bytes of chunk extensions and leading zeros in one message. They mean nothing here and could go on without end. */
const MAX_EXTENSIONS = 16 * 1024;

/**
 * Reads one body at a time: `begin`, then `read` until `done`. The chunks of one read reach the sink in one piece, moved
 * together within the buffer that was read: otherwise a body of one-byte chunks would cost a write for each byte.
 */
export class BodyParser {
  private state = DONE;
  /** Bytes to come of the body, or of the present chunk. */
  private left = 0;
  private digits = 0;
  private extensions = 0;
  /** The trailers so far; the length of their last line; whether CR came last; whether their last line is complete. */
  private text = "";
  private line = 0;
  private cr = false;
  private ended = false;
  private readonly sink: BodySink;
  private readonly maxTrailers: number;
  private readonly lenient: Lenient;

  constructor(sink: BodySink, maxTrailers: number, lenient: Lenient) {
    this.sink = sink;
    this.maxTrailers = maxTrailers;
    this.lenient = lenient;
  }

  /** No body is under way. */
  get done(): boolean {
    return this.state === DONE;
  }

  /** A body begins: of so many bytes (at least 1), in chunks, or up to the end of the connection. */
  begin(framing: number | "chunked" | "close"): void {
    this.text = "";
    this.digits = this.extensions = this.line = 0;
    this.cr = this.ended = false;
    this.left = typeof framing === "number" ? framing : 0;
    this.state = framing === "chunked" ? SIZE : framing === "close" ? CLOSE : LENGTH;
  }

  /** The rest of this body is not wanted. */
  stop(): void {
    this.state = DONE;
  }

  /** The peer ended the connection. False: the body is incomplete. */
  finish(): boolean {
    if (this.state !== CLOSE) return this.state === DONE;
    this.state = DONE;
    this.sink.onEnd(NO_FIELDS);
    return true;
  }

  /** Takes `bytes[at, length)`. Returns the index after the last byte that belongs to the body, or a fault. */
  read(bytes: Buffer, at: number, length: number): number | Fault {
    if (this.state === LENGTH) {
      const end = Math.min(length, at + this.left);
      this.left -= end - at;
      const last = this.left === 0;
      if (last) this.state = DONE;
      this.sink.onData(bytes.subarray(at, end), last);
      if (last) this.sink.onEnd(NO_FIELDS);
      return end;
    }
    if (this.state === CLOSE) {
      this.sink.onData(bytes.subarray(at, length), false);
      return length;
    }
    return this.readChunks(bytes, at, length);
  }

  private readChunks(bytes: Buffer, start: number, length: number): number | Fault {
    let at = start;
    let from = -1; // where the chunks of this read are moved together, and how far they reach
    let to = -1;
    let end: Fields | Fault | undefined;
    while (at < length && end === undefined) {
      if (this.state === CHUNK) {
        const next = Math.min(length, at + this.left);
        this.left -= next - at;
        if (this.left === 0) this.state = CHUNK_CR;
        if (from < 0) {
          from = at;
          to = next;
        } else {
          bytes.copyWithin(to, at, next);
          to += next - at;
        }
        at = next;
      } else if (this.state === TRAILERS) {
        const begun = at;
        at = this.endOfTrailers(bytes, at, length);
        end = this.readTrailers(bytes.toString("latin1", begun, at));
      } else {
        end = this.readSyntax(bytes[at++]!);
      }
    }
    if (typeof end === "object") this.state = DONE;
    if (from >= 0) this.sink.onData(bytes.subarray(from, to), false);
    if (typeof end === "string") return end;
    if (end !== undefined) this.sink.onEnd(end);
    return at;
  }

  /** One byte of what stands between chunks. */
  private readSyntax(byte: number): Fault | undefined {
    switch (this.state) {
      case SIZE: {
        const digit = hex(byte);
        if (digit >= 0) {
          this.left = this.left * 16 + digit;
          this.digits++;
          if (this.left === 0 && byte === ZERO) return this.meaningless();
          if (this.left >= 16 ** MAX_DIGITS) return "a chunk size beyond counting";
        } else if (this.digits === 0) return "a malformed chunk size";
        else if (byte === CR) this.state = SIZE_LF;
        else if (byte === LF && this.lenient.bareLf) this.sizeEnded();
        else if (byte === SEMICOLON || byte === SP || byte === HTAB) this.state = EXTENSION;
        else return "a malformed chunk size";
        return undefined;
      }
      case EXTENSION:
        if (byte === CR) this.state = SIZE_LF;
        else if (byte === LF && this.lenient.bareLf) this.sizeEnded();
        else if (byte === LF || byte === 0) return "a malformed chunk extension";
        else return this.meaningless();
        return undefined;
      case SIZE_LF:
        if (byte !== LF) return "a malformed chunk size";
        this.sizeEnded();
        return undefined;
      case CHUNK_CR:
        if (byte === LF && this.lenient.bareLf) this.chunkEnded();
        else if (byte !== CR) return "a chunk longer than its size";
        else this.state = CHUNK_LF;
        return undefined;
      default:
        if (byte !== LF) return "a chunk longer than its size";
        this.chunkEnded();
        return undefined;
    }
  }

  private meaningless(): Fault | undefined {
    return ++this.extensions > MAX_EXTENSIONS ? "chunk extensions without end" : undefined;
  }

  private sizeEnded(): void {
    this.state = this.left === 0 ? TRAILERS : CHUNK;
  }

  private chunkEnded(): void {
    this.left = this.digits = 0;
    this.state = SIZE;
  }

  /** The index after the empty line that ends the trailers, or `length` where that line is still to come. */
  private endOfTrailers(bytes: Buffer, from: number, length: number): number {
    for (let at = from; at < length; at++) {
      const byte = bytes[at];
      if (byte === LF) {
        if (this.line === 0) {
          this.ended = true;
          return at + 1;
        }
        this.line = 0;
        this.cr = false;
      } else if (byte === CR && !this.cr) this.cr = true;
      else {
        this.line++;
        this.cr = byte === CR;
      }
    }
    return length;
  }

  private readTrailers(more: string): Fields | Fault | undefined {
    this.text += more;
    if (this.text.length > this.maxTrailers) return "the trailers are too large";
    if (!this.ended) return undefined;
    return this.text === "\r\n" ? NO_FIELDS : readFieldLines(this.text, 0, this.lenient);
  }
}

/** The value of a hexadecimal digit, or -1. */
function hex(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
