// store/memory.ts: a store that forgets with the process

import type { AuditEntry } from "../model/control.ts";
import { AUDIT_ENTRIES, limitOf, SAMPLES_PER_FINDING, type Store, type StoreLimits } from "./contract.ts";
import { createMirror } from "./mirror.ts";
import type { Sample } from "./sample.ts";

type Kept = { readonly sample: Sample; readonly bytes: number; readonly order: number; readonly shows: Set<string> };

/** Half of `maxBytes` for documents and half for samples, so that neither can starve the other. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: one closure over the kept samples and their order
export function openMemoryStore(limits: StoreLimits): Store {
  const perFinding = limits.samplesPerFinding ?? SAMPLES_PER_FINDING;
  const auditEntries = limits.auditEntries ?? AUDIT_ENTRIES;
  const maxBytes = Math.max(1 << 20, limits.maxBytes) / 2;
  const mirror = createMirror(maxBytes);
  const kept = new Map<string, Kept>();
  /** Of each finding its samples, oldest first; those of no finding under the empty name. */
  const shown = new Map<string, Set<string>>();
  const entries: AuditEntry[] = [];
  const lost = { samples: 0, documents: 0, audit: 0 };
  let bytes = 0;
  let order = 0;

  const drop = (id: string) => {
    const one = kept.get(id);
    if (one === undefined) return;
    kept.delete(id);
    bytes -= one.bytes;
    for (const finding of one.shows) release(finding, id);
  };
  const release = (finding: string, id: string) => {
    const ids = shown.get(finding);
    ids?.delete(id);
    if (ids?.size === 0) shown.delete(finding);
  };
  const oldest = (): string | undefined => kept.keys().next().value;

  const keep = (sample: Sample) => {
    const size = JSON.stringify(sample).length;
    if (size > maxBytes / 16) {
      lost.samples += 1;
      return;
    }
    drop(sample.id);
    order += 1;
    const shows = new Set(sample.findings.length === 0 ? [""] : sample.findings);
    kept.set(sample.id, { sample, bytes: size, order, shows });
    bytes += size;
    for (const finding of [...shows]) {
      const ids = shown.get(finding) ?? new Set<string>();
      shown.set(finding, ids.add(sample.id));
      if (ids.size <= perFinding) continue;
      const first = ids.values().next().value!;
      const pushed = kept.get(first)!;
      pushed.shows.delete(finding);
      release(finding, first);
      if (pushed.shows.size === 0) drop(first);
    }
    for (let id = oldest(); bytes > maxBytes && id !== undefined; id = oldest()) drop(id);
  };

  const close = async () => {};
  return {
    write: async ({ documents, samples, audit }) => {
      for (const document of documents) if (!mirror.put(document)) lost.documents += 1;
      mirror.take(Number.POSITIVE_INFINITY);
      for (const sample of samples) keep(sample);
      entries.push(...audit);
      if (entries.length > auditEntries) entries.splice(0, entries.length - auditEntries);
      return { durable: true };
    },
    documents: async (kind) => mirror.documents(kind),
    samples: async (filter) => {
      const { finding, route } = filter;
      const rank = (one: Kept): number => {
        if (finding !== undefined) return 0;
        let best = Number.POSITIVE_INFINITY;
        for (const name of one.shows) {
          const newer = [...shown.get(name)!].filter((id) => kept.get(id)!.order > one.order).length;
          best = Math.min(best, newer);
        }
        return best;
      };
      return [...kept.values()]
        .filter(
          (one) =>
            (finding === undefined || one.shows.has(finding)) && (route === undefined || one.sample.route === route),
        )
        .map((one) => ({ one, rank: rank(one) }))
        .sort((a, b) => a.rank - b.rank || b.one.sample.at - a.one.sample.at || b.one.order - a.one.order)
        .slice(0, limitOf(filter))
        .map(({ one }) => one.sample);
    },
    audit: async (limit) => entries.slice(Math.max(0, entries.length - Math.max(0, limit))).reverse(),
    stats: () => ({
      kind: "memory",
      bytes: bytes + mirror.bytes(),
      state: "ok",
      lost: { ...lost },
      unreadable: 0,
      pendingBytes: 0,
    }),
    prune: async () => {
      const before = limits.now() - limits.keepMs;
      for (const [id, { sample }] of kept) if (sample.at < before) drop(id);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
