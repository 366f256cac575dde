// store/contract.ts: what a store keeps and promises, whichever it is

import type { AuditEntry } from "../model/control.ts";
import type { Document } from "../model/document.ts";
import type { Sample } from "./sample.ts";

/** Written together or not at all. A document whose value is `null` is removed. Everything is already redacted. */
export type Batch = {
  readonly documents: readonly Document[];
  readonly samples: readonly Sample[];
  readonly audit: readonly AuditEntry[];
};

/** `durable`: on disk, or in memory where that is the store; it survives the death of the process (see openSqliteStore). */
export type Written = { readonly durable: boolean };

/** The state of a store, and what it lost since it was opened. */
export type StoreStats = {
  /** Where things are kept now: a SQLite store that may not touch its file keeps them in memory. */
  readonly kind: "memory" | "sqlite";
  /** Of the files, the log of writes included; or of what memory holds, roughly. */
  readonly bytes: number;
  readonly state: "ok" | "degraded";
  /** For a person: why it is degraded, or that a torn file was put aside. */
  readonly detail?: string;
  /** What was given to the store since its start and could not be kept. */
  readonly lost: { readonly samples: number; readonly documents: number; readonly audit: number };
  /** Stored rows that cannot be read: damaged, or of a shape that is not known. They are left out of what is read. */
  readonly unreadable: number;
  /** Bytes that wait to be written. */
  readonly pendingBytes: number;
};

/** Which samples to read. */
export type SampleFilter = {
  readonly finding?: string;
  readonly route?: string;
  /** At most this many; 100 without it, and never more than 1,000. */
  readonly limit?: number;
};

/** No function rejects or throws for a failure of the disk: samples are lost first, and `stats` reports it. */
export type Store = {
  /** Resolves when the batch is durable, or when it is known that it is not for now. Documents are then tried again. */
  readonly write: (batch: Batch) => Promise<Written>;
  /** The latest of each, also of those not yet durable. */
  readonly documents: (kind?: string) => Promise<readonly Document[]>;
  /** Of one finding: newest first. Of several: the newest of each finding, then the next of each, and so on. */
  readonly samples: (filter: SampleFilter) => Promise<readonly Sample[]>;
  /** Newest first. */
  readonly audit: (limit: number) => Promise<readonly AuditEntry[]>;
  readonly stats: () => StoreStats;
  /** Removes what is too old or too much, in small steps. Also runs by itself. */
  readonly prune: () => Promise<void>;
  /** Writes what waits, within a few seconds, and closes. */
  readonly close: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** The limits of a store. */
export type StoreLimits = {
  /** Samples older than this go, in milliseconds. */
  readonly keepMs: number;
  /** Of everything that is kept. At least a mebibyte. */
  readonly maxBytes: number;
  /** Newer ones push out older ones; so no finding pushes out another. Default 50. */
  readonly samplesPerFinding?: number;
  /** The newest of the audit log. Default 10,000. */
  readonly auditEntries?: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
};

/** Samples kept of a finding, unless the limits say otherwise. */
export const SAMPLES_PER_FINDING = 50;
/** Audit entries kept, unless the limits say otherwise. */
export const AUDIT_ENTRIES = 10_000;
/** The most samples that one read returns. */
export const MOST_SAMPLES = 1_000;
const SOME_SAMPLES = 100;

/** The number of samples that a filter asks for, within bounds. */
export function limitOf(filter: SampleFilter): number {
  return Math.max(0, Math.min(MOST_SAMPLES, Math.trunc(filter.limit ?? SOME_SAMPLES)));
}
