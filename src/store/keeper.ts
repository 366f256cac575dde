// store/keeper.ts: gathers what is to be kept and writes it in one batch at a time, at most a flush interval late

import type { Comparison } from "../model/comparison.ts";
import type { AuditEntry } from "../model/control.ts";
import type { Document } from "../model/document.ts";
import type { Store, Written } from "./contract.ts";
import { type Sample, type SampleParts, sampleOf } from "./sample.ts";

export type KeeperOptions = {
  readonly store: Store;
  /** Milliseconds: the most that a crash may lose. Written twice as often, since a write takes time too. */
  readonly flushMs: number;
  readonly parts: SampleParts;
  /** What changed since it was last asked; redacted already. */
  readonly changes: () => readonly Document[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
};

export type Keeper = {
  /** Keeps a sample of a comparison if its findings have had few of late. Redacting a body costs, so it is rationed. */
  readonly offer: (comparison: Comparison, findings: readonly string[]) => void;
  readonly audit: (entry: AuditEntry) => void;
  /** Writes everything that changed until now, and tells whether it is durable: documents and audit entries, that is. */
  readonly flush: () => Promise<Written>;
  /** Writes what is left. The store stays open. */
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** Samples of a finding that are kept at once; then one in a while, so that what is kept is not all of one minute. */
const AT_ONCE = 8;
const EVERY_MS = 10_000;
/** Samples between two writes, over all findings. */
const PER_FLUSH = 20;
const FINDINGS = 5_000;
/** After a sample that took long to redact, none is kept for so many times as long: the thread has others to serve. */
const REST = 20;
const LONG_MS = 2;
const DURABLE: Written = { durable: true };

export function createKeeper({ store, flushMs, parts, changes, now }: KeeperOptions): Keeper {
  const kept = new Map<string, { count: number; last: number }>();
  let samples: Sample[] = [];
  let entries: AuditEntry[] = [];
  /** One write at a time: a slow disk makes batches larger, not more. */
  let last: Promise<Written> = Promise.resolve(DURABLE);
  let waiting = 0;
  /** Monotonic milliseconds. */
  let restsUntil = 0;

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
    // Samples may be dropped for want of room, which says nothing of the rest.
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
      const from = performance.now();
      if (findings.length === 0 || samples.length >= PER_FLUSH || from < restsUntil || !isWanted(findings, at)) return;
      for (const finding of findings) {
        const one = kept.get(finding) ?? { count: 0, last: 0 };
        kept.delete(finding);
        kept.set(finding, { count: one.count + 1, last: at });
        if (kept.size > FINDINGS) kept.delete(kept.keys().next().value!);
      }
      samples.push(sampleOf(comparison, findings, parts));
      const took = performance.now() - from;
      if (took > LONG_MS) restsUntil = from + took * (1 + REST);
    },
    audit: (entry) => {
      entries.push(entry);
    },
    flush,
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      await flush();
    },
  };
}
