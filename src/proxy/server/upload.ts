// proxy/server/upload.ts: a request's body on its way to legacy, at the speed of the slower of the two

import type { Fields } from "../../model/fields.ts";
import { fitTrailers } from "../upstream/http1/framing.ts";
import type { UpstreamCall } from "../upstream/upstream.ts";
import type { Client } from "./connection.ts";

/** Passes the body of one request on; keeps a copy of up to `keep` bytes for a shadow (-1: none). */
export class Upload {
  complete = false;
  private chunks: Buffer[] | undefined;
  private length = 0;
  private readonly keep: number;
  private readonly client: Client;
  private readonly call: UpstreamCall;

  constructor(client: Client, call: UpstreamCall, keep: number) {
    this.client = client;
    this.call = call;
    this.keep = keep;
    this.chunks = keep >= 0 ? [] : undefined;
  }

  took(bytes: Buffer): void {
    if (this.chunks !== undefined) {
      this.length += bytes.length;
      if (this.length > this.keep) this.chunks = undefined;
      else this.chunks.push(Buffer.from(bytes));
    }
    if (!this.call.write(bytes, () => this.client.release(bytes))) this.client.pauseBody();
  }

  /** The body is complete. Returns all of it if it was to be kept and was not too large. */
  ended(trailers: Fields): Uint8Array | undefined {
    this.complete = true;
    this.call.end(fitTrailers(trailers));
    return this.chunks && Buffer.concat(this.chunks);
  }
}
