// reconcile/pack.ts: a batch of jobs as one transferable buffer and a little plain data

import type { Response } from "../model/answer.ts";
import type { Body } from "../model/body.ts";
import type { Job } from "./comparer.ts";

/** A response whose kept body lies in the batch's buffer. A body's chunks may be slices of large shared buffers, and a
 * structured clone would copy those whole; so the bytes are gathered once and the one buffer is transferred. */
type PackedResponse = Omit<Response, "body"> & { readonly body: PackedBody };
type PackedBody = { readonly at: number; readonly length: number } | Exclude<Body, { kind: "kept" }>;
type PackedJob = Omit<Job, "legacy" | "candidate"> & {
  readonly legacy: PackedResponse;
  readonly candidate: PackedResponse;
};

export type Batch = { readonly bytes: ArrayBuffer; readonly jobs: readonly PackedJob[] };

/** Bytes of kept bodies in a job. */
export function sizeOf(job: Job): number {
  return keptLength(job.legacy.body) + keptLength(job.candidate.body);
}

function keptLength(body: Body): number {
  return body.kind === "kept" ? body.length : 0;
}

export function pack(jobs: readonly Job[]): Batch {
  let total = 0;
  for (const job of jobs) total += sizeOf(job);
  const bytes = new Uint8Array(total);
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
    bytes: bytes.buffer,
    jobs: jobs.map((job) => ({
      ...job,
      legacy: packResponse(job.legacy),
      candidate: packResponse(job.candidate),
    })),
  };
}

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
