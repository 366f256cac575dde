// verify/job-buffer.ts: a batch of jobs as one buffer that both threads can read, and a little plain data

import type { Answer, Response } from "../model/answer.ts";
import type { Body } from "../model/body.ts";
import type { Exchange } from "../model/exchange.ts";
import type { Job } from "./comparer.ts";

/** A response whose kept body lies in the batch's buffer. A body's chunks may be slices of large shared buffers, and a
 * structured clone would copy those whole; so the bytes are gathered once, and the one buffer is shared. */
type PackedResponse = Omit<Response, "body"> & { readonly body: PackedBody };
type PackedBody = { readonly at: number; readonly length: number } | Exclude<Body, { kind: "kept" }>;
type PackedJob = Omit<Job, "legacy" | "candidate"> & {
  readonly legacy: PackedResponse;
  readonly candidate: PackedResponse;
};

/** Jobs with all their bodies in one buffer, to be posted to a worker. */
export type Batch = { readonly bytes: ArrayBuffer | SharedArrayBuffer; readonly jobs: readonly PackedJob[] };

/**
 * Memory for one batch after another. A buffer for each would be 64 KB of garbage or more a comparison, outside the heap,
 * where only a full collection on the thread that serves clients would find it in time.
 */
export type Hold = (bytes: number) => ArrayBuffer | SharedArrayBuffer;

/** Bytes of bodies from which a pair is large: it is compared apart from others, and rechecked a few at a time. */
export const LARGE_BYTES = 128 * 1024;

const LEAST_HELD = 64 * 1024;
/** A larger batch has memory of its own, which goes to its reader: it must not stay resident because of one large body. */
const MOST_HELD = 2 * 1024 * 1024;

/** The memory is the last batch's until the next is asked for: its reader must be done by then. */
export function createHold(): Hold {
  let held = new SharedArrayBuffer(0);
  return (bytes) => {
    if (bytes > MOST_HELD) return new ArrayBuffer(bytes);
    if (held.byteLength < bytes) held = new SharedArrayBuffer(Math.max(LEAST_HELD, 2 ** Math.ceil(Math.log2(bytes))));
    return held;
  };
}

/** Bytes of the bodies that both answers keep; a failure keeps none. */
export function sizeOf({ legacy, candidate }: Pick<Exchange, "legacy" | "candidate">): number {
  return keptLength(legacy) + keptLength(candidate);
}

function keptLength(answer: Answer): number {
  return answer.kind === "response" && answer.body.kind === "kept" ? answer.body.length : 0;
}

/** Puts jobs into one buffer. Reuses the memory of `hold` where it fits. */
export function pack(jobs: readonly Job[], hold: Hold): Batch {
  let total = 0;
  for (const job of jobs) total += sizeOf(job);
  const memory = hold(total);
  const bytes = new Uint8Array(memory);
  let at = 0;
  const packBody = (body: Body): PackedBody => {
    if (body.kind !== "kept") return body;
    const start = at;
    for (const chunk of body.chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return { at: start, length: body.length };
  };
  const packResponse = (response: Response): PackedResponse => ({ ...response, body: packBody(response.body) });
  return {
    bytes: memory,
    jobs: jobs.map((job) => ({
      ...job,
      legacy: packResponse(job.legacy),
      candidate: packResponse(job.candidate),
    })),
  };
}

/** The job at this position. Its bodies are views of the batch. */
export function unpack(batch: Batch, index: number): Job {
  const { legacy, candidate, ...job } = batch.jobs[index]!;
  const body = (packed: PackedBody): Body =>
    "at" in packed
      ? { kind: "kept", chunks: [new Uint8Array(batch.bytes, packed.at, packed.length)], length: packed.length }
      : packed;
  return {
    ...job,
    legacy: { ...legacy, body: body(legacy.body) },
    candidate: { ...candidate, body: body(candidate.body) },
  };
}
