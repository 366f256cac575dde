// proxy/upstream/http1/parser.ts: bytes from an upstream -> one response; incremental, strict but for what is allowed

import type { Fields } from "../../../model/fields.ts";
import { BodyParser, type BodySink, NO_FIELDS } from "./body.ts";
import { frame, type ResponseHead } from "./framing.ts";
import { type Fault, type Lenient, readFieldLines } from "./lines.ts";

/** Receives a response as it comes. Bytes are valid during the call only. */
export type ResponseSink = BodySink & {
  onInformation(status: number, reason: string, fields: Fields): void;
  /** A 101 to a request that asked for it. From here on `onData` has the other protocol's bytes. */
  onUpgrade(reason: string, fields: Fields): void;
  onHead(head: ResponseHead): void;
};

/** What a response may have before it is a protocol failure. */
export type ResponseLimits = {
  /** Bytes of a head, and of all trailers. */
  readonly maxHead: number;
  /** Informational responses before the final one. */
  readonly maxInformation: number;
  readonly lenient: Lenient;
};

const [DONE, HEAD, BODY] = [0, 1, 2];

/** Reads the responses of one connection, one at a time: `begin` for each request, then `read` what comes. */
export class ResponseParser {
  /** Nothing of a response has come since `begin`. */
  untouched = true;
  private state = DONE;
  private toHead = false;
  private upgrades = false;
  private text = "";
  private informations = 0;
  private readonly body: BodyParser;
  private readonly sink: ResponseSink;
  private readonly limits: ResponseLimits;
  private readonly lenient: Lenient;

  constructor(sink: ResponseSink, limits: ResponseLimits) {
    this.sink = sink;
    this.limits = limits;
    this.lenient = limits.lenient;
    this.body = new BodyParser(sink, limits.maxHead, this.lenient);
  }

  /** The next bytes answer a request. @param toHead its method is HEAD @param upgrades it asks for another protocol */
  begin(toHead: boolean, upgrades = false): void {
    this.state = HEAD;
    this.toHead = toHead;
    this.upgrades = upgrades;
    this.text = "";
    this.informations = 0;
    this.untouched = true;
  }

  /** The sink wants no more of this response. */
  stop(): void {
    this.state = DONE;
    this.body.stop();
  }

  /** The peer ended the connection. A fault unless that is how the body ends; `undefined` when all is well. */
  finish(): Fault | undefined {
    if (this.state === DONE) return undefined;
    if (this.untouched) return "the connection ended before an answer";
    if (this.state === HEAD) return "the connection ended within the head";
    if (!this.body.finish()) return "the connection ended within the body";
    this.state = DONE;
    return undefined;
  }

  /**
   * Takes `bytes[0, length)`. Returns how many of them belong to the response (fewer when it ended sooner), or a fault.
   */
  read(bytes: Buffer, length: number): number | Fault {
    let at = 0;
    while (at < length && this.state !== DONE) {
      this.untouched = false;
      const next = this.state === HEAD ? this.readHead(bytes, at, length) : this.body.read(bytes, at, length);
      if (typeof next === "string") return next;
      at = next;
      if (this.state === BODY && this.body.done) this.state = DONE;
    }
    return at;
  }

  private readHead(bytes: Buffer, at: number, length: number): number | Fault {
    const before = this.text.length;
    // Most heads come whole: only they are decoded then, and not the body behind them.
    const found = before === 0 && !this.lenient.bareLf ? bytes.indexOf("\r\n\r\n", at, "latin1") : -1;
    const text = this.text + bytes.toString("latin1", at, found < 0 ? length : Math.min(length, found + 4));
    const size = this.lenient.bareLf ? looseEnd(text, before) : strictEnd(text, before);
    if (size > this.limits.maxHead || (size < 0 && text.length > this.limits.maxHead)) {
      return `a head of more than ${this.limits.maxHead} bytes`;
    }
    if (size < 0) return this.keepHead(text) ?? length;
    this.text = "";
    return this.readWholeHead(size === text.length ? text : text.slice(0, size)) ?? at + size - before;
  }

  /** An incomplete head: looked at already, lest what will never be one be waited for. */
  private keepHead(text: string): Fault | undefined {
    if (!"HTTP/1.".startsWith(text.slice(0, 7))) return "not an HTTP/1 response";
    if (!this.lenient.bareLf && /(?<!\r)\n/.test(text)) return "a line that ends without CR";
    this.text = text;
    return undefined;
  }

  private readWholeHead(text: string): Fault | undefined {
    const lineEnd = text.indexOf("\n");
    const line = text.slice(0, text.charCodeAt(lineEnd - 1) === 13 ? lineEnd - 1 : lineEnd);
    // `HTTP/1.1 200` without the space that should end it is common, and can mean one thing only.
    const status = /^(HTTP\/1\.[01]) ([1-9]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/.exec(line);
    if (status === null) return "not an HTTP/1 status line";
    if (!this.lenient.bareLf && text.charCodeAt(lineEnd - 1) !== 13) return "a line that ends without CR";
    const raw = readFieldLines(text, lineEnd + 1, this.lenient);
    if (typeof raw === "string") return raw;
    const code = Number(status[2]);
    const reason = status[3] ?? "";
    if (code < 200) return this.readInformation(code, reason, status[1]!, raw);
    const head = frame(status[1]!, code, reason, raw, this.toHead, this.lenient);
    if (typeof head === "string") return head;
    const { framing } = head;
    const empty = framing === "none" || framing === 0;
    this.state = empty ? DONE : BODY;
    if (!empty) this.body.begin(framing);
    this.sink.onHead(head);
    if (empty) this.sink.onEnd(NO_FIELDS);
    return undefined;
  }

  private readInformation(code: number, reason: string, version: string, raw: Fields): Fault | undefined {
    if (code === 101) {
      if (!this.upgrades) return "an upgrade that was not asked for";
      this.state = BODY;
      this.body.begin("close");
      this.sink.onUpgrade(reason, raw);
      return undefined;
    }
    if (++this.informations > this.limits.maxInformation) return "too many informational responses";
    const head = frame(version, 204, reason, raw, true);
    if (typeof head === "string") return head;
    this.sink.onInformation(code, reason, head.fields);
    return undefined;
  }
}

/** The length of the head that `text` begins with, or -1. Its first `before` characters hold no whole one. */
function strictEnd(text: string, before: number): number {
  const found = text.indexOf("\r\n\r\n", Math.max(0, before - 3));
  return found < 0 ? -1 : found + 4;
}

function looseEnd(text: string, before: number): number {
  const search = /\n\r?\n/g;
  search.lastIndex = Math.max(0, before - 2);
  return search.exec(text) === null ? -1 : search.lastIndex;
}
