// store/sqlite/pending.ts: what waits for the disk, within a limit; samples make way first

import type { AuditEntry } from "../../model/control.ts";
import type { Batch } from "../contract.ts";
import type { Mirror, Row } from "../mirror.ts";
import type { Rows, SampleRow } from "./rows.ts";

/** Records that were dropped, by kind. */
export type Lost = { samples: number; documents: number; audit: number };

/** One transaction's worth, and whether nothing that was given before is left out. */
export type Taken = { readonly rows: Rows; readonly all: boolean };

/** Records that wait to be written. */
export type Pending = {
  /** False when some of it had to be dropped; what was dropped is counted. */
  readonly add: (batch: Batch, samplesToo: boolean) => boolean;
  readonly take: () => Taken | undefined;
  /** Not written: documents and audit entries wait again, samples are lost. */
  readonly failed: (rows: Rows) => void;
  /** Never to be written: the statement itself failed. */
  readonly hopeless: (rows: Rows) => void;
  readonly audit: () => readonly AuditEntry[];
  readonly bytes: () => number;
  readonly lost: Lost;
};

const MOST_AUDIT = 1_000;

/** Keeps at most `maxBytes` of samples: one that would go past that is dropped and counted in `lost`. */
export function createPending(options: {
  readonly mirror: Mirror;
  readonly maxBytes: number;
  /** Of one transaction: the log of writes grows by it. */
  readonly batchBytes: number;
  readonly sampleBytes: number;
}): Pending {
  const { mirror, maxBytes, batchBytes, sampleBytes } = options;
  let samples: SampleRow[] = [];
  let bytes = 0;
  let audit: string[] = [];
  const lost: Lost = { samples: 0, documents: 0, audit: 0 };

  const log = (entries: readonly string[]) => {
    audit.push(...entries);
    if (audit.length > MOST_AUDIT) lost.audit += audit.splice(0, audit.length - MOST_AUDIT).length;
  };

  return {
    lost,
    audit: () => audit.map((entry) => JSON.parse(entry) as AuditEntry),
    bytes: () => bytes + mirror.dirtyBytes(),
    add: (batch, samplesToo) => {
      const before = lost.samples + lost.documents;
      for (const document of batch.documents) if (!mirror.put(document)) lost.documents += 1;
      for (const sample of batch.samples) {
        const json = samplesToo ? JSON.stringify(sample) : "";
        if (!samplesToo || json.length > sampleBytes || bytes + json.length > maxBytes) {
          lost.samples += 1;
          continue;
        }
        bytes += json.length;
        const { id, route, at, findings } = sample;
        samples.push({ id, route, at, findings, json });
      }
      log(batch.audit.map((entry) => JSON.stringify(entry)));
      return lost.samples + lost.documents === before;
    },
    take: () => {
      const documents = mirror.take(batchBytes);
      let bytesLeft = batchBytes - documents.reduce((sum, row: Row) => sum + (row.json?.length ?? 0), 0);
      let count = 0;
      while (count < samples.length && (bytesLeft > 0 || documents.length + count === 0)) {
        bytesLeft -= samples[count]!.json.length;
        bytes -= samples[count]!.json.length;
        count += 1;
      }
      const taken = samples.splice(0, count);
      const entries = audit;
      audit = [];
      if (documents.length + taken.length + entries.length === 0) return undefined;
      const all = samples.length === 0 && mirror.dirtyBytes() === 0;
      return { rows: { documents, samples: taken, audit: entries }, all };
    },
    failed: (rows) => {
      mirror.failed(rows.documents);
      lost.samples += rows.samples.length + samples.length;
      samples = [];
      bytes = 0;
      const later = audit;
      audit = [];
      log([...rows.audit, ...later]);
    },
    hopeless: (rows) => {
      lost.documents += rows.documents.length;
      lost.samples += rows.samples.length;
      lost.audit += rows.audit.length;
    },
  };
}
