// store/sqlite/worker.ts: the thread that has the database; SQLite is synchronous, and a disk may take its time

import { accessSync, constants, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";
import { openDatabase } from "./database.ts";
import { BUSY, FULL, failureOf } from "./failure.ts";
import { bytesOnDisk, DATABASE, type FileId, fileId, sameFile } from "./files.ts";
import { type Lock, takeLock } from "./lock.ts";
import type { Ask, Envelope, Reply, WorkerSettings } from "./messages.ts";
import { pruneStep, pushOut } from "./prune.ts";
import { createWriter, type Rows, readAudit, readDocuments, readSamples } from "./rows.ts";
import { MIGRATIONS } from "./schema.ts";

const { dir, maxBytes, caps, pid } = workerData as WorkerSettings;

type Held = { readonly database: DatabaseSync; readonly file: FileId; readonly write: (rows: Rows) => void };
let lock: Lock | undefined;
let held: Held | undefined;

parentPort!.on("message", ({ id, message }: Envelope<Ask>) => {
  const reply = attempt(message);
  const envelope: Envelope<Reply> = { id, bytes: sizeNow(), message: reply };
  parentPort!.postMessage(envelope);
  if (message.ask === "close") parentPort!.close();
});

function attempt(message: Ask): Reply {
  try {
    return answer(message);
  } catch (error) {
    const { kind, detail, code } = failureOf(error);
    // A full disk leaves the handle as good as it was; after other failures that is not known.
    const reopen = kind === "torn" || (kind === "disk" && code !== FULL && code !== BUSY);
    if (reopen) letGo();
    return { reply: "failed", kind, detail, reopen };
  }
}

function answer(message: Ask): Reply {
  if (message.ask === "open") return open(message);
  if (message.ask === "close") {
    letGo();
    return { reply: "done", more: false };
  }
  if (held === undefined) return { reply: "failed", kind: "disk", detail: "the database is not open", reopen: true };
  const { database } = held;
  switch (message.ask) {
    case "write":
      // Writing on into a file that was deleted succeeds, and is never read.
      if (!sameFile(fileId(join(dir, DATABASE)), held.file)) {
        letGo();
        return {
          reply: "failed",
          kind: "disk",
          detail: `${join(dir, DATABASE)} was removed or replaced`,
          reopen: true,
        };
      }
      write(held, message.rows);
      return { reply: "done", more: false };
    case "samples": {
      const { rows: samples, unreadable } = readSamples(database, message.filter);
      return { reply: "samples", samples, unreadable };
    }
    case "audit": {
      const { rows: entries, unreadable } = readAudit(database, message.limit);
      return { reply: "audit", entries, unreadable };
    }
    case "prune":
      return { reply: "done", more: pruneStep(database, maxBytes, message.before) };
  }
}

function open(ask: Extract<Ask, { ask: "open" }>): Reply {
  letGo();
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  accessSync(dir, constants.W_OK); // says more plainly than SQLite what is wrong
  lock = takeLock(dir, pid, ask.lockWaitMs);
  if (lock.kind === "taken") {
    const detail = `${dir} is in use by ${lock.by}: each process needs a data directory of its own`;
    lock = undefined;
    return { reply: "hands off", detail };
  }
  const opened = openDatabase(dir, { maxBytes, ...ask });
  if (opened.kind !== "open") {
    letGo();
    if (opened.kind === "newer") return { reply: "hands off", detail: opened.detail };
    return { reply: "failed", kind: "disk", detail: opened.detail, reopen: true };
  }
  const { database, file, empty, aside } = opened;
  held = { database, file, write: createWriter(database, caps) };
  const { rows: documents, unreadable } = ask.running ? { rows: [], unreadable: 0 } : readDocuments(database);
  return { reply: "open", file, empty, documents, unreadable, ...(aside === undefined ? {} : { aside }) };
}

function write({ database, write: all }: Held, rows: Rows): void {
  try {
    all(rows);
    // Nothing to write is a question, whether the disk is back: without a page to write there would be no answer.
    if (isEmpty(rows)) database.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
  } catch (error) {
    if (failureOf(error).code !== FULL) throw error;
    // Old samples are removed for new ones, in the file itself if the disk has none.
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    pushOut(database, 2 * sizeOf(rows));
    all(rows);
  }
}

function sizeOf({ documents, samples, audit }: Rows): number {
  let bytes = audit.join("").length;
  for (const { json } of documents) bytes += json?.length ?? 0;
  for (const { json } of samples) bytes += json.length;
  return bytes;
}

const isEmpty = ({ documents, samples, audit }: Rows) => documents.length + samples.length + audit.length === 0;

function letGo(): void {
  try {
    held?.database.close();
  } catch {
    // What could not be written at closing is found in the log of writes by the next who opens.
  }
  held = undefined;
  if (lock?.kind === "held") lock.release();
  lock = undefined;
}

function sizeNow(): number {
  try {
    return bytesOnDisk(dir);
  } catch {
    return 0;
  }
}
