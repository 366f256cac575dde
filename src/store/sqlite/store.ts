// store/sqlite/store.ts: the durable store: memory in front, a thread with the database behind
// biome-ignore-all lint/style/noExcessiveLinesPerFile: to be divided

import {
  AUDIT_ENTRIES,
  type Batch,
  SAMPLES_PER_FINDING,
  type Store,
  type StoreLimits,
  type StoreStats,
  type Written,
} from "../contract.ts";
import { openMemoryStore } from "../memory.ts";
import { createMirror } from "../mirror.ts";
import { logBytes } from "./database.ts";
import { type FileId, sameFile } from "./files.ts";
import type { Reply } from "./messages.ts";
import { createPending, type Taken } from "./pending.ts";
import { createThread } from "./thread.ts";

/** Where the database is, and its limits. */
export type SqliteOptions = StoreLimits & {
  /** Made if it is not there. One process at a time may write it. */
  readonly dir: string;
  /** Called when the state changes, and when a file was put aside. */
  readonly onState?: (stats: StoreStats) => void;
  /** Of documents, all of which are in memory too. Default 64 MiB. */
  readonly maxDocumentBytes?: number;
  /** Of samples that wait for the disk; beyond it they are dropped and counted. Default 16 MiB. */
  readonly maxPendingBytes?: number;
  /** How long to wait for another process to leave the directory. Default 3 s. */
  readonly lockWaitMs?: number;
  /** First pause before a failing disk is tried again; it doubles up to 30 s. Default 1 s. */
  readonly retryMs?: number;
  /** Default one minute. */
  readonly pruneEveryMs?: number;
};

const LONGEST_RETRY_MS = 30_000;
/** Opening may check a file of hundreds of megabytes. */
const OPEN_MS = 60_000;
const WRITE_MS = 30_000;
const READ_MS = 10_000;
const CLOSE_MS = 5_000;

/**
 * Resolves once the documents of the last run are read; it never rejects and the store works in any case. What is
 * acknowledged survives the death of the process at any moment; after a loss of power the last moments before it may be
 * missing (WAL with `synchronous = NORMAL`), the file is sound.
 */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: to be divided
export async function openSqliteStore(options: SqliteOptions): Promise<Store> {
  const maxBytes = Math.max(1 << 20, options.maxBytes);
  const caps = {
    samplesPerFinding: options.samplesPerFinding ?? SAMPLES_PER_FINDING,
    auditEntries: options.auditEntries ?? AUDIT_ENTRIES,
  };
  const thread = createThread({ dir: options.dir, maxBytes, caps, pid: process.pid });
  const mirror = createMirror(options.maxDocumentBytes ?? 64 << 20);
  const pending = createPending({
    mirror,
    maxBytes: options.maxPendingBytes ?? 16 << 20,
    batchBytes: logBytes(maxBytes) / 2,
    sampleBytes: maxBytes / 16,
  });
  /** In place of the file, once it is known that it is not ours to write. */
  let instead: Store | undefined;
  let state: "ok" | "degraded" = "degraded";
  let detail: string | undefined = "not opened yet";
  let file: FileId | undefined;
  let torn: string | undefined;
  let isOpen = false;
  let running = false;
  let closing = false;
  let busy: Promise<void> | undefined;
  let retryMs = options.retryMs ?? 1_000;
  let retryTimer: NodeJS.Timeout | undefined;
  let ticket = 0;
  let waiting: { readonly ticket: number; readonly resolve: (written: Written) => void }[] = [];

  /** Of each query the most rows that it had to leave out: what is read again is not counted again. */
  const unreadable = { documents: 0, samples: 0, audit: 0 };
  const unreadableRows = () => unreadable.documents + unreadable.samples + unreadable.audit;
  const leave = (of: keyof typeof unreadable, count: number) => {
    if (count <= unreadable[of]) return;
    unreadable[of] = count;
    options.onState?.(stats());
  };
  const shownDetail = (): string | undefined => {
    const rows = unreadableRows();
    if (rows === 0) return detail;
    const left = `${rows} stored ${rows === 1 ? "row" : "rows"} cannot be read and ${rows === 1 ? "is" : "are"} left out`;
    return detail === undefined ? left : `${detail}; ${left}`;
  };

  const stats = (): StoreStats => ({
    kind: instead === undefined ? "sqlite" : "memory",
    bytes: instead === undefined ? thread.bytes() : instead.stats().bytes,
    state,
    ...(shownDetail() === undefined ? {} : { detail: shownDetail()! }),
    lost: { ...pending.lost },
    unreadable: unreadableRows(),
    pendingBytes: pending.bytes(),
  });

  const become = (next: "ok" | "degraded", why: string | undefined) => {
    const changed = next !== state || why !== detail;
    state = next;
    detail = why;
    if (changed) options.onState?.(stats());
  };

  const settle = (durable: boolean, upTo = Number.POSITIVE_INFINITY) => {
    const done = waiting.filter((one) => one.ticket <= upTo);
    waiting = waiting.filter((one) => one.ticket > upTo);
    for (const { resolve } of done) resolve({ durable });
  };

  const degrade = (why: string, reopen: boolean) => {
    if (reopen) isOpen = false;
    become("degraded", why);
    settle(false);
    if (closing || retryTimer !== undefined) return;
    retryTimer = setTimeout(() => {
      retryTimer = undefined;
      run(recover);
    }, retryMs);
    retryTimer.unref();
    retryMs = Math.min(LONGEST_RETRY_MS, retryMs * 2);
  };

  const recovered = (why?: string) => {
    retryMs = options.retryMs ?? 1_000;
    become("ok", why);
  };

  /** One thing at a time is asked of the thread to write; the answer of a step is whether to go on. */
  const run = (first: () => Promise<boolean>) => {
    if (busy !== undefined) return;
    busy = (async () => {
      for (let go = await first(); go; go = await writeSome());
    })().finally(() => {
      busy = undefined;
      // Another process may have opened it since the last check.
      if (waiting.length > 0 && isOpen && state === "ok") run(writeSome);
    });
  };

  const open = async (): Promise<boolean> => {
    const reply = await thread.ask(
      {
        ask: "open",
        now: options.now(),
        lockWaitMs: options.lockWaitMs ?? 3_000,
        running,
        ...(file === undefined ? {} : { own: file }),
        ...(torn === undefined ? {} : { torn }),
      },
      OPEN_MS,
    );
    if (reply.reply === "hands off") {
      await stepAside(reply.detail);
      return false;
    }
    if (reply.reply !== "open") {
      running = true;
      degrade(reply.reply === "failed" ? reply.detail : "unexpected answer", true);
      return false;
    }
    for (const row of reply.documents) mirror.restore(row);
    if (running && (reply.empty || !sameFile(file, reply.file))) mirror.forgotten();
    file = reply.file;
    torn = undefined;
    isOpen = true;
    running = true;
    recovered(reply.aside);
    leave("documents", reply.unreadable);
    return true;
  };

  const stepAside = async (why: string) => {
    instead = openMemoryStore(options);
    const documents = mirror.documents();
    if (documents.length > 0) await instead.write({ documents, samples: [], audit: pending.audit() });
    become("degraded", `${why}; what is found is kept in memory only`);
    settle(false);
    await thread.end();
  };

  const recover = async (): Promise<boolean> => {
    if (!isOpen) return open();
    // Nothing may be left to write by which to see that the disk is back.
    const rows = pending.take()?.rows ?? { documents: [], samples: [], audit: [] };
    return finish({ rows, all: false }, await thread.ask({ ask: "write", rows }, WRITE_MS), 0);
  };

  const writeSome = async (): Promise<boolean> => {
    if (!isOpen || instead !== undefined) return false;
    const upTo = ticket;
    const taken = pending.take();
    if (taken === undefined) {
      settle(true, upTo);
      return false;
    }
    return finish(taken, await thread.ask({ ask: "write", rows: taken.rows }, WRITE_MS), upTo);
  };

  const finish = (taken: Taken, reply: Reply, upTo: number): boolean => {
    if (reply.reply === "done") {
      if (state === "degraded") recovered();
      if (taken.all) settle(true, upTo);
      return true;
    }
    const {
      kind,
      detail: why,
      reopen,
    } = reply.reply === "failed" ? reply : { kind: "bug", detail: "unexpected answer", reopen: false };
    if (kind === "bug") {
      pending.hopeless(taken.rows);
      become(state, `a write was refused: ${why}`);
      settle(false, upTo);
      return true;
    }
    pending.failed(taken.rows);
    if (kind === "torn") torn = why;
    degrade(why, reopen);
    return false;
  };

  const write = async (batch: Batch): Promise<Written> => {
    if (closing) {
      pending.lost.samples += batch.samples.length;
      pending.lost.documents += batch.documents.length;
      pending.lost.audit += batch.audit.length;
      return { durable: false };
    }
    if (instead !== undefined) {
      await instead.write(batch);
      return { durable: false };
    }
    const whole = pending.add(batch, state === "ok");
    if (state !== "ok") return { durable: false };
    ticket += 1;
    const mine = ticket;
    const written = await new Promise<Written>((resolve) => {
      waiting.push({ ticket: mine, resolve });
      run(writeSome);
    });
    return { durable: written.durable && whole };
  };

  const prune = async () => {
    if (instead !== undefined) return instead.prune();
    for (let more = isOpen, steps = 0; more && steps < 10_000; steps += 1) {
      const reply = await thread.ask({ ask: "prune", before: options.now() - options.keepMs }, WRITE_MS);
      more = reply.reply === "done" && reply.more;
      if (reply.reply === "failed" && reply.kind !== "bug") {
        if (reply.kind === "torn") torn = reply.detail;
        degrade(reply.detail, reply.reopen);
      }
    }
  };
  const pruneTimer = setInterval(() => void prune(), options.pruneEveryMs ?? 60_000);
  pruneTimer.unref();

  const close = async () => {
    if (closing) return;
    closing = true;
    clearInterval(pruneTimer);
    clearTimeout(retryTimer);
    if (instead === undefined) {
      const late = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_MS).unref());
      await Promise.race([busy, late]);
      if (isOpen) {
        run(writeSome);
        await Promise.race([busy, late]);
      }
      await thread.ask({ ask: "close" }, CLOSE_MS);
    }
    settle(false);
    await thread.end();
  };

  run(open);
  await busy;
  return {
    write,
    documents: async (kind) => (instead === undefined ? mirror.documents(kind) : instead.documents(kind)),
    samples: async (filter) => {
      if (instead !== undefined) return instead.samples(filter);
      const reply = isOpen ? await thread.ask({ ask: "samples", filter }, READ_MS) : undefined;
      if (reply?.reply !== "samples") return [];
      leave("samples", reply.unreadable);
      return reply.samples;
    },
    audit: async (limit) => {
      if (instead !== undefined) return instead.audit(limit);
      const reply = isOpen ? await thread.ask({ ask: "audit", limit }, READ_MS) : undefined;
      const written = reply?.reply === "audit" ? reply.entries : [];
      if (reply?.reply === "audit") leave("audit", reply.unreadable);
      return [...pending.audit().toReversed(), ...written].slice(0, Math.max(0, limit));
    },
    stats,
    prune,
    close,
    [Symbol.asyncDispose]: close,
  };
}
