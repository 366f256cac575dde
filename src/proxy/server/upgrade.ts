// proxy/server/upgrade.ts: an upgraded connection (RFC 9110, 7.8): bytes both ways between a client and legacy; never shadowed

import type { BufferPool } from "../shadow/buffer-pool.ts";
import type { ResponseListener, UpstreamCall } from "../upstream/upstream.ts";
import type { Client, Serving } from "./connection.ts";

/** What legacy sends is for the client and the reverse, each at the other's speed. When one end closes, so does the other. */
export class Tunnel implements ResponseListener, Serving {
  private readonly client: Client;
  private readonly call: UpstreamCall;
  private readonly buffers: BufferPool;
  private ended = false;

  constructor(client: Client, call: UpstreamCall, buffers: BufferPool) {
    this.client = client;
    this.call = call;
    this.buffers = buffers;
  }

  onData(bytes: Buffer): void {
    const buffer = this.buffers.acquire(bytes.length);
    const own = buffer.subarray(0, bytes.length);
    own.set(bytes);
    if (!this.client.writeParts("", own, "", () => this.buffers.release(buffer))) this.call.pause();
  }

  onEnd(): void {
    this.client.close();
  }

  onFailure(): void {
    this.client.destroy(true);
  }

  onDrain(): void {
    this.client.resumeBody();
  }

  onBody(bytes: Buffer): void {
    if (!this.call.tunnel(bytes, () => this.client.release(bytes))) this.client.pauseBody();
  }

  /** The client sends nothing more, and may still read: docker attach and `nc -N` do so. */
  onBodyEnd(): void {
    if (!this.ended) this.call.endTunnel();
    this.ended = true;
  }

  onWritable(): void {
    this.call.resume();
  }

  onGone(): void {
    this.call.abort();
  }

  onStart(): void {}
  onInformation(): void {}
  onUpgrade(): void {}
  onHead(): void {}
  onPause(): void {}
  onFault(): void {}
}
