// store/store-writer.ts: gathers what is to be kept and writes it in one batch at a time, at most a flush interval late

import type { Comparison } from "../model/comparison.ts";
import type { AuditEntry } from "../model/control.ts";
import type { Document } from "../model/document.ts";
import type { Store, Written } from "./contract.ts";
import { type Sample, type SampleParts, sampleOf } from "./sample.ts";

/** What a store writer writes, where and how often. */
export type StoreWriterOptions = {
  readonly store: Store;
  /** Milliseconds: the most that a crash may lose. Written twice as often, since a write takes time too. */
  readonly flushMs: number;
  readonly parts: SampleParts;
  /** What changed since the last call; redacted already. */
  readonly changes: () => readonly Document[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
};

/** Writes samples, documents and audit entries in batches. */
export type StoreWriter = {
  /** Keeps a sample of a comparison if its findings have had few of late. Redacting a body costs, so it is rationed. */
  readonly offer: (comparison: Comparison, findings: readonly string[]) => void;
  readonly audit: (entry: AuditEntry) => void;
  /** Writes everything that changed until now, and reports whether it is durable: documents and audit entries, that is. */
  readonly flush: () => Promise<Written>;
  /** Samples of findings that wanted one and were not kept, because redacting them would have gone past a limit. */
  readonly omitted: () => number;
  /** Writes what is left. The store stays open. */
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** Samples of a finding that are kept at once; then one in a while, so that what is kept is not all of one minute. */
const AT_ONCE = 8;
const EVERY_MS = 10_000;
/** Samples between two writes, over all findings. */
const PER_FLUSH = 20;
const FINDINGS = 5_000;
/**
 * Redacting runs on the thread that serves clients, at some 4 MB/s. So many bytes of bodies a second, and so many at once after
 * a pause: about a fifteenth of the thread's time. Bytes and not milliseconds, so that what is kept does not depend on how fast
 * or busy the machine is.
 */
const BYTES_PER_SECOND = 256 * 1024;
const BYTES_AT_ONCE = 512 * 1024;
/** What a sample costs beside its bodies: its fields, target and reasons, in bytes of body. */
const REST_OF_SAMPLE = 2 * 1024;
const DURABLE: Written = { durable: true };

/** Writes on a timer until it is disposed of. */
export function createStoreWriter({ store, flushMs, parts, changes, now }: StoreWriterOptions): StoreWriter {
  const kept = new Map<string, { count: number; last: number }>();
  let samples: Sample[] = [];
  let entries: AuditEntry[] = [];
  /** One write at a time: a slow disk makes batches larger, not more. */
  let last: Promise<Written> = Promise.resolve(DURABLE);
  let waiting = 0;
  /** Bytes that may be redacted now. Below 0 after a sample that was larger than what was left. */
  let bytes = BYTES_AT_ONCE;
  let refilled = now();
  let omitted = 0;

  function hasBytes(at: number): boolean {
    bytes = Math.min(BYTES_AT_ONCE, bytes + (Math.max(0, at - refilled) / 1_000) * BYTES_PER_SECOND);
    refilled = at;
    return bytes > 0;
  }

  function isWanted(findings: readonly string[], at: number): boolean {
    return findings.some((finding) => {
      const one = kept.get(finding);
      return one === undefined || one.count < AT_ONCE || at - one.last >= EVERY_MS;
    });
  }

  async function write(before: Written): Promise<Written> {
    const documents = changes();
    const batch = { documents, audit: entries, samples: [] };
    const some = samples;
    samples = [];
    entries = [];
    // Samples may be dropped at a limit; the rest may still be durable.
    if (some.length > 0) void store.write({ documents: [], samples: some, audit: [] });
    if (documents.length + batch.audit.length === 0 && before.durable && some.length === 0) return before;
    // Also when there is nothing new: what an earlier write could not keep is tried again.
    return store.write(batch);
  }

  /** In turn: what a flush that is under way has taken must be durable before a later one says so. */
  function flush(): Promise<Written> {
    waiting += 1;
    last = last.then(write).finally(() => {
      waiting -= 1;
    });
    return last;
  }

  const timer = setInterval(() => {
    if (waiting === 0) void flush();
  }, flushMs / 2);
  timer.unref();

  return {
    offer: (comparison, findings) => {
      const at = now();
      if (findings.length === 0 || !isWanted(findings, at)) return;
      if (samples.length >= PER_FLUSH || !hasBytes(at)) {
        omitted += 1;
        return;
      }
      for (const finding of findings) {
        const one = kept.get(finding) ?? { count: 0, last: 0 };
        kept.delete(finding);
        kept.set(finding, { count: one.count + 1, last: at });
        if (kept.size > FINDINGS) kept.delete(kept.keys().next().value!);
      }
      const sample = sampleOf(comparison, findings, parts);
      samples.push(sample);
      bytes -= costOf(sample);
    },
    audit: (entry) => {
      entries.push(entry);
    },
    flush,
    omitted: () => omitted,
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      await flush();
    },
  };
}

/** Bytes that were redacted for it, by the length of their text. */
function costOf({ request, legacy, candidate }: Sample): number {
  const bodies = [
    request.body,
    ...[legacy, candidate].map((answer) => (answer.kind === "response" ? answer.body : undefined)),
  ];
  return bodies.reduce((sum, body) => sum + (body?.kind === "text" ? body.text.length : 0), REST_OF_SAMPLE);
}
