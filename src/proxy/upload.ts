// proxy/upload.ts: a request's body on its way to legacy, at the speed of the slower of the two

import type { IncomingMessage } from "node:http";
import { madeGarbage } from "./garbage.ts";
import type { Call } from "./wire/call.ts";

/** Hears how the body moves. */
export type Uploading = {
  /** A piece came; `waiting`: the next one is up to the client. */
  uploadMoved(waiting: boolean): void;
  /** It came to its end; here is all of it, if it was to be kept and was not too large. */
  uploadEnded(kept: Uint8Array | undefined): void;
  /** The client's connection ended within it. */
  uploadBroke(): void;
};

/** Pipes the body of one request; keeps a copy of up to `keep` bytes for a shadow (-1: none). */
export class Upload {
  complete = false;
  /** The client waits for a `100 Continue` before it sends the body. */
  readonly expecting: boolean;
  private chunks: Buffer[] | undefined;
  private length = 0;
  private readonly keep: number;
  private readonly request: IncomingMessage;
  private readonly call: Call;
  private readonly owner: Uploading;

  constructor(request: IncomingMessage, call: Call, owner: Uploading, keep: number) {
    this.request = request;
    this.call = call;
    this.owner = owner;
    this.keep = keep;
    this.chunks = keep >= 0 ? [] : undefined;
    this.expecting = request.headers.expect !== undefined;
    request.on("data", (chunk: Buffer) => this.took(chunk));
    request.on("end", () => this.ended());
    request.on("close", () => {
      if (!this.complete) this.owner.uploadBroke();
    });
  }

  resume(): void {
    this.request.resume();
  }

  private took(chunk: Buffer): void {
    if (this.chunks !== undefined) {
      this.length += chunk.length;
      if (this.length > this.keep) this.chunks = undefined;
      else this.chunks.push(Buffer.from(chunk));
    }
    const room = this.call.write(chunk);
    madeGarbage(chunk.length);
    if (!room) this.request.pause();
    this.owner.uploadMoved(room);
  }

  private ended(): void {
    this.complete = true;
    this.call.end(this.request.rawTrailers);
    this.owner.uploadEnded(this.chunks && Buffer.concat(this.chunks));
  }
}
