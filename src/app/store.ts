// app/store.ts: opens the store that the config names, and gives back to evidence what was kept

import { codingsOf, decode } from "../compare/index.ts";
import type { Config } from "../config/index.ts";
import type { Document } from "../model/document.ts";
import {
  createStoreWriter,
  openMemoryStore,
  openSqliteStore,
  type Redactor,
  type Store,
  type StoreStats,
  type StoreWriter,
} from "../store/index.ts";
import type { Log } from "../telemetry/index.ts";

/** A sample's body; redacting a larger one would take the clients' thread too long. */
const MAX_SAMPLE_BODY = 128 * 1024;

/** State that is stored as documents. */
export type Fold = {
  /** The documents that changed since the last call. */
  readonly changes: () => readonly Document[];
  /** Restores the state. Documents that cannot be read are left out and counted. */
  readonly restore: (documents: readonly Document[]) => { readonly unreadable: number };
};

/** What was restored from a store, and what keeps it up to date. */
export type Kept = {
  readonly keeper: StoreWriter;
  /** What a reader of the report must know of the store: it cannot write, or records of the last run are missing. */
  readonly warnings: () => readonly string[];
};

/** Opens the store that the config names. It always opens: where it cannot write, it keeps to memory and reports that. */
export async function openStore(config: Config, now: () => number, log: Log): Promise<Store> {
  const limits = { keepMs: config.store.keep, maxBytes: config.store.maxSize, now };
  const onState = ({ kind, state, detail, lost }: StoreStats) =>
    log[state === "ok" ? "info" : "warn"]({ event: "store", kind, state, detail, lost });
  return config.store.kind === "sqlite" && config.data !== undefined
    ? await openSqliteStore({ ...limits, dir: config.data, onState })
    : openMemoryStore(limits);
}

/** Restores the folds from the store, in their order, and opens the writer that keeps their changes. */
export async function restoreAndKeep(
  config: Config,
  parts: {
    readonly now: () => number;
    readonly store: Store;
    readonly folds: readonly Fold[];
    readonly redactor: Redactor;
    readonly log: Log;
  },
): Promise<Kept> {
  const { now, store, folds, redactor, log } = parts;
  const documents = await store.documents();
  const unreadable = folds.reduce((sum, fold) => sum + fold.restore(documents).unreadable, 0);
  if (unreadable > 0)
    log.warn({ event: "store", unreadable }, "stored documents are of another shape than is known: they are left out");
  const keeper = createStoreWriter({
    store,
    flushMs: config.store.flush,
    // A member's name may be a secret too, and the noise book knows places as they came. What has one is not kept.
    changes: () => folds.flatMap((fold) => fold.changes()).filter((document) => !holdsSecret(document, redactor)),
    now,
    parts: {
      redactor,
      maxBody: MAX_SAMPLE_BODY,
      decode: (bytes, fields) => {
        const decoded = decode(bytes, codingsOf(fields), MAX_SAMPLE_BODY);
        return decoded.kind === "decoded" ? decoded.bytes : undefined;
      },
    },
  });
  const warnings = () => {
    const { state, detail } = store.stats();
    const says = state === "degraded" ? "Evidence may not survive a restart" : "The store";
    return [
      ...(detail === undefined ? [] : [`${says}: ${detail}.`]),
      ...(unreadable === 0 ? [] : [`Stored records that could not be read, and are missing here: ${unreadable}.`]),
    ];
  };
  return { keeper, warnings };
}

/** Findings and causes were made of what was redacted before; only the noise book was not. */
function holdsSecret({ kind, value }: Document, redactor: Redactor): boolean {
  return kind === "noise" && textsOf(value).some((text) => redactor.text(text) !== text);
}

function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsOf) : [];
}
