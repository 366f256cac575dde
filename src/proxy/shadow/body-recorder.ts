// proxy/shadow/body-recorder.ts: keeps a body within the limits, else measures it; a body is never cut and then kept

import { createHash, type Hash } from "node:crypto";
import { type Body, type Kept, NO_BODY } from "../../model/body.ts";
import type { BufferPool } from "./buffer-pool.ts";

/** Bytes that all captures of a proxy may hold together, and the memory they lie in, if it is to be used again. */
export type Budget = { used: number; readonly limit: number; readonly buffers?: BufferPool };

/** Records one body. */
export type BodyRecorder = {
  /** The head says that the body has so many bytes: one past the bounds is measured from its first byte, and not kept. */
  expect(length: number): void;
  /** Takes the next bytes; they are copied where they are kept. */
  add(bytes: Uint8Array): void;
  /** The body so far; call it once, at the end. `unread`: the rest of it is left where it is. */
  body(unread?: boolean): Body;
  /** It is longer than the whole body that it would have to be equal to: there is nothing more to learn from reading on. */
  surplus(): boolean;
  /** Gives the bytes back to the budget. The body's holder has its own limits. */
  release(): void;
  /** Gives the memory back: reading the body is a bug from here on, and throws. Not calling it costs a collection. */
  free(): void;
};

/** What a capture that follows another needs of it. */
export type Leader = BodyRecorder & Led;
type Led = { readonly chunks: readonly Uint8Array[]; finished(): Body | undefined };

/** Captures a body on its own. Past `maxBody`, or past the budget, only its length and SHA-256 go on. */
export function createBodyRecorder(maxBody: number, budget: Budget): Leader {
  return new Keeping(maxBody, budget);
}

/**
 * Captures the candidate's body beside legacy's. While its bytes are the same as those that legacy's capture has already,
 * nothing is copied: the equal case, which is nearly all of them, costs one comparison and no memory.
 */
export function followBodyRecorder(leader: Leader, maxBody: number, budget: Budget): BodyRecorder {
  return new Following(leader, maxBody, budget);
}

/** Captures a body on its own, or beside one that is there already: another side's, or of another time. */
export function captureFor(beside: Body | undefined, maxBody: number, budget: Budget): BodyRecorder {
  if (beside?.kind !== "kept") return createBodyRecorder(maxBody, budget);
  return new Following({ chunks: beside.chunks, finished: () => beside }, maxBody, budget);
}

/** Records nothing: for a body that is not compared. */
export const NO_BODY_RECORDER: BodyRecorder = {
  ...{ expect() {}, add() {}, release() {}, free() {} },
  ...{ body: () => NO_BODY, surplus: () => false },
};

/** Bytes in one piece up to which memory of their own is cheaper than a buffer. */
const OWN = 4096;

/** A body in memory that will be used again. */
class PooledBody implements Kept {
  readonly kind = "kept";
  readonly length: number;
  #chunks: readonly Uint8Array[] | undefined;

  constructor(chunks: readonly Uint8Array[], length: number) {
    this.#chunks = chunks;
    this.length = length;
  }

  get chunks(): readonly Uint8Array[] {
    if (this.#chunks === undefined) throw new Error("a body was read after its memory had been given back");
    return this.#chunks;
  }

  end(): void {
    this.#chunks = undefined;
  }
}

class Keeping implements Leader {
  readonly chunks: Uint8Array[] = [];
  private length = 0;
  private charged = 0;
  private hash: Hash | undefined = undefined;
  private whole: Body | undefined = undefined;
  private pooled: PooledBody | undefined = undefined;
  private buffers: Uint8Array[] = [];
  /** Bytes used of the last buffer. */
  private at = 0;
  private freed = false;
  private readonly maxBody: number;
  private readonly budget: Budget;

  constructor(maxBody: number, budget: Budget) {
    this.maxBody = maxBody;
    this.budget = budget;
  }

  expect(length: number): void {
    if (length > this.maxBody && this.length === 0) this.hash ??= createHash("sha256");
  }

  add(bytes: Uint8Array): void {
    if (bytes.length === 0 || this.freed) return;
    this.length += bytes.length;
    if (this.hash === undefined) {
      if (this.length <= this.maxBody && this.budget.used + bytes.length <= this.budget.limit) {
        this.budget.used += bytes.length;
        this.charged += bytes.length;
        this.keep(bytes);
        return;
      }
      // The chunks stay until release: a follower may still need them to measure the beginning that it shares.
      this.hash = createHash("sha256");
      for (const chunk of this.chunks) this.hash.update(chunk);
    }
    this.hash.update(bytes);
  }

  private keep(bytes: Uint8Array): void {
    const { buffers } = this.budget;
    if (buffers === undefined || (bytes.length <= OWN && this.buffers.length === 0)) {
      this.chunks.push(Buffer.from(bytes));
      return;
    }
    for (let from = 0; from < bytes.length; ) {
      let buffer = this.buffers.at(-1);
      if (buffer === undefined || this.at === buffer.length) {
        buffer = buffers.acquire(bytes.length - from);
        this.buffers.push(buffer);
        this.at = 0;
      }
      const run = Math.min(buffer.length - this.at, bytes.length - from);
      const chunk = buffer.subarray(this.at, this.at + run);
      chunk.set(run === bytes.length ? bytes : bytes.subarray(from, from + run));
      this.chunks.push(chunk);
      this.at += run;
      from += run;
    }
  }

  /** Takes over bytes that another capture keeps, uncharged. */
  share(bytes: Uint8Array): void {
    this.length += bytes.length;
    this.chunks.push(bytes);
  }

  finished(): Body | undefined {
    return this.whole;
  }

  size(): number {
    return this.length;
  }

  surplus(): boolean {
    return false;
  }

  body(): Body {
    if (this.whole === undefined) {
      const { hash, length, chunks } = this;
      if (hash !== undefined) this.whole = Object.freeze({ kind: "measured", length, sha256: hash.digest("hex") });
      else if (length === 0) this.whole = NO_BODY;
      else {
        this.whole = this.pooled = new PooledBody(chunks, length);
        if (this.freed) this.pooled.end();
      }
    }
    return this.whole;
  }

  release(): void {
    this.budget.used -= this.charged;
    this.charged = 0;
  }

  free(): void {
    if (this.freed) return;
    this.freed = true;
    this.release();
    this.pooled?.end();
    this.chunks.length = 0;
    for (const buffer of this.buffers.splice(0)) this.budget.buffers!.release(buffer);
  }
}

class Following implements BodyRecorder {
  private readonly leader: Led;
  private readonly maxBody: number;
  private readonly budget: Budget;
  /** How far the bodies are known to be equal: a chunk of the leader's and an offset into it. */
  private chunk = 0;
  private offset = 0;
  private own: Keeping | undefined = undefined;
  private stated = 0;

  constructor(leader: Led, maxBody: number, budget: Budget) {
    this.leader = leader;
    this.maxBody = maxBody;
    this.budget = budget;
  }

  expect(length: number): void {
    this.stated = length;
    if (length > this.maxBody && this.chunk === 0 && this.offset === 0) this.part().expect(length);
  }

  add(bytes: Uint8Array): void {
    if (this.own !== undefined) {
      this.own.add(bytes);
      return;
    }
    const { chunks } = this.leader;
    let at = 0;
    while (at < bytes.length) {
      const theirs = chunks[this.chunk];
      if (theirs === undefined) break; // ahead of legacy
      const run = Math.min(theirs.length - this.offset, bytes.length - at);
      const equal = Buffer.prototype.compare.call(theirs, bytes, at, at + run, this.offset, this.offset + run) === 0;
      if (!equal) break;
      at += run;
      this.offset += run;
      if (this.offset === theirs.length) {
        this.chunk++;
        this.offset = 0;
      }
    }
    if (at < bytes.length) this.part().add(bytes.subarray(at));
  }

  surplus(): boolean {
    return this.size() > this.maxBody && this.leader.finished()?.kind === "kept";
  }

  body(unread = false): Body {
    if (unread) return Object.freeze({ kind: "measured", length: this.size(), sha256: "", unread });
    if (this.own !== undefined) return this.own.body();
    const theirs = this.leader.finished();
    const all = this.chunk === this.leader.chunks.length && this.offset === 0;
    if (theirs?.kind === "kept" && all) return theirs;
    return this.part().body();
  }

  release(): void {
    this.own?.release();
  }

  free(): void {
    this.own?.free();
  }

  /** Bytes that the body has at least: those that came, or those that its head promises. */
  private size(): number {
    return Math.max(this.stated, this.own?.size() ?? 0);
  }

  /** From here on the bodies go separate ways; what was equal stays shared. */
  private part(): Keeping {
    const own = new Keeping(this.maxBody, this.budget);
    const { chunks } = this.leader;
    for (let i = 0; i < this.chunk; i++) own.share(chunks[i]!);
    if (this.offset > 0) own.share(chunks[this.chunk]!.subarray(0, this.offset));
    this.own = own;
    return own;
  }
}
