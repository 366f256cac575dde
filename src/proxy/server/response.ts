// proxy/server/response.ts: writes one response to a client: legacy's as it came, framed as this client can read it; or one of our own

import type { Fields } from "../../model/fields.ts";
import type { BufferPool } from "../shadow/buffer-pool.ts";
import { fitTrailers, type ResponseHead } from "../upstream/http1/framing.ts";
import type { Client } from "./connection.ts";
import { fieldLines, ownAnswer } from "./own-response.ts";

/** Bytes of a piece of the body up to which it is written as text, together with what frames it: one plain write. */
const ONE_WRITE = 4096;

/** Writes one response to a client, in the client's version of HTTP. */
export class ClientResponse {
  /** A final head was written or waits to be sent with the body. */
  begun = false;
  ended = false;
  /** The client's connection ends after it. */
  private last = false;
  private chunked = false;
  /** The head, until the first bytes of the body come or `flush`. */
  private held = "";
  private readonly client: Client;
  private readonly buffers: BufferPool;
  private readonly http10: boolean;

  constructor(client: Client, buffers: BufferPool, http10: boolean) {
    this.client = client;
    this.buffers = buffers;
    this.http10 = http10;
  }

  /** An informational response, its reason and fields as they came. HTTP/1.0 knows none. */
  information(status: number, reason: string, fields: Fields): void {
    if (!this.http10) this.client.write(`HTTP/1.1 ${status} ${reason}\r\n${fieldLines(fields)}\r\n`);
  }

  /**
   * Legacy's head. The body ends with its length, with chunks, or with the connection, as this client can read it.
   * @param close no further request is wanted on this connection
   */
  start(head: ResponseHead, close: boolean): void {
    const { framing, fields, codingAt } = head;
    const unknown = framing === "chunked" || framing === "close";
    this.begun = true;
    this.chunked = unknown && !this.http10;
    this.last = close || (unknown && this.http10);
    let text = `HTTP/1.1 ${head.status} ${head.reason}\r\n`;
    for (let i = 0; i < fields.length; i += 2) {
      if (this.chunked && i === codingAt) text += "Transfer-Encoding: chunked\r\n";
      text += `${fields[i]}: ${fields[i + 1]}\r\n`;
    }
    if (this.chunked && (codingAt < 0 || codingAt >= fields.length)) text += "Transfer-Encoding: chunked\r\n";
    if (this.last) text += "Connection: close\r\n";
    else if (this.http10) text += "Connection: keep-alive\r\n";
    this.held = `${text}\r\n`;
  }

  /** A piece of the body; the bytes are copied. False: wait for the client's `onWritable`. */
  write(bytes: Buffer): boolean {
    const { client, held } = this;
    if (bytes.length === 0) return true;
    const before = this.chunked ? `${held}${bytes.length.toString(16)}\r\n` : held;
    this.held = "";
    if (bytes.length <= ONE_WRITE) {
      return client.write(`${before}${bytes.toString("latin1")}${this.chunked ? "\r\n" : ""}`);
    }
    const { buffers } = this;
    const buffer = buffers.acquire(bytes.length);
    const own = buffer.subarray(0, bytes.length);
    own.set(bytes);
    return client.writeParts(before, own, this.chunked ? "\r\n" : "", () => buffers.release(buffer));
  }

  /** Sends the head now, where no body has come yet. */
  flush(): void {
    if (this.held !== "") this.client.write(this.held);
    this.held = "";
  }

  /** The end of the body. */
  end(trailers: Fields): void {
    this.ended = true;
    if (this.chunked) this.held += `0\r\n${trailers.length === 0 ? "" : fieldLines(fitTrailers(trailers))}\r\n`;
    this.flush();
    this.client.finish(this.last);
  }

  /** A 101: the connection goes on in another protocol. */
  switch(reason: string, fields: Fields): void {
    this.begun = this.ended = true;
    this.client.write(`HTTP/1.1 101 ${reason}\r\n${fieldLines(fields)}\r\n`);
  }

  /** A response of our own, in place of one that did not come. */
  own(status: number, says: string, fields: readonly string[], close: boolean, toHead: boolean): void {
    this.begun = this.ended = true;
    this.client.write(ownAnswer(status, says, fields, close, toHead));
    this.client.finish(close);
  }
}
