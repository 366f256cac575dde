// store/mirror.ts: the latest of every document in memory, as JSON text, and which of them are not on disk yet

import type { Document } from "../model/document.ts";

/** A document to be written; without `json` it is to be removed. */
export type Row = { readonly kind: string; readonly key: string; readonly json?: string };

/** The latest documents, in memory, within a number of bytes. */
export type Mirror = {
  /** False when there is no room for it: the one before it stays. */
  readonly put: (document: Document) => boolean;
  /** From disk: nothing to be written again. */
  readonly restore: (row: Row) => void;
  readonly documents: (kind?: string) => Document[];
  /** Takes rows that are to be written, at most so many bytes of them and at least one; put back with `failed`. */
  readonly take: (maxBytes: number) => readonly Row[];
  readonly failed: (rows: readonly Row[]) => void;
  /** The disk has none of it: all is to be written. */
  readonly forgotten: () => void;
  readonly bytes: () => number;
  readonly dirtyBytes: () => number;
};

type Entry = { readonly kind: string; readonly key: string; readonly json: string | undefined };

/** Beside the text, for what a map holds of an entry. */
const OVERHEAD = 100;

/**
 * A failing disk loses no document while the process lives, and a file that vanished is written anew from here. Costs the
 * text of all documents in memory, at most `maxBytes`.
 */
export function createMirror(maxBytes: number): Mirror {
  const entries = new Map<string, Entry>();
  const dirty = new Set<string>();
  let bytes = 0;
  let dirtyBytes = 0;
  // JSON of both: no pair of names can be mistaken for another.
  const nameOf = (kind: string, key: string) => JSON.stringify([kind, key]);
  const sizeOf = (name: string, entry: Entry | undefined) =>
    entry === undefined ? 0 : 2 * name.length + (entry.json?.length ?? 0) + OVERHEAD;

  const soil = (name: string) => {
    if (dirty.has(name)) return;
    dirty.add(name);
    dirtyBytes += sizeOf(name, entries.get(name));
  };
  const clean = (name: string) => {
    if (dirty.delete(name)) dirtyBytes -= sizeOf(name, entries.get(name));
  };
  const set = (name: string, entry: Entry) => {
    const was = dirty.has(name);
    if (was) clean(name);
    bytes += sizeOf(name, entry) - sizeOf(name, entries.get(name));
    entries.set(name, entry);
    if (was) soil(name);
  };

  return {
    put: ({ kind, key, value }) => {
      const json = value === null || value === undefined ? undefined : JSON.stringify(value);
      const name = nameOf(kind, key);
      const before = entries.get(name);
      if (before?.json === json && (before !== undefined || json === undefined)) return true;
      const entry: Entry = { kind, key, json };
      if (json !== undefined && bytes + sizeOf(name, entry) - sizeOf(name, before) > maxBytes) return false;
      set(name, entry);
      soil(name);
      return true;
    },
    restore: ({ kind, key, json }) => set(nameOf(kind, key), { kind, key, json }),
    documents: (kind) => {
      const documents: Document[] = [];
      for (const entry of entries.values()) {
        if (entry.json === undefined || (kind !== undefined && entry.kind !== kind)) continue;
        documents.push({ kind: entry.kind, key: entry.key, value: JSON.parse(entry.json) });
      }
      return documents;
    },
    take: (most) => {
      const rows: Row[] = [];
      let taken = 0;
      for (const name of dirty) {
        const entry = entries.get(name)!;
        const size = sizeOf(name, entry);
        if (rows.length > 0 && taken + size > most) break;
        taken += size;
        clean(name);
        rows.push(entry.json === undefined ? { kind: entry.kind, key: entry.key } : { ...entry, json: entry.json });
        // A removal that is on its way is remembered no longer; if it fails it comes back.
        if (entry.json === undefined) {
          bytes -= size;
          entries.delete(name);
        }
      }
      return rows;
    },
    failed: (rows) => {
      for (const { kind, key, json } of rows) {
        const name = nameOf(kind, key);
        if (json === undefined && !entries.has(name)) set(name, { kind, key, json });
        soil(name);
      }
    },
    forgotten: () => {
      for (const name of entries.keys()) soil(name);
    },
    bytes: () => bytes,
    dirtyBytes: () => dirtyBytes,
  };
}
