// store/sqlite/database.ts: opens the database of a data directory, whatever state it is found in

import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { failureOf } from "./failure.ts";
import { bytesOnDisk, DATABASE, type FileId, fileId, putAside, sameFile } from "./files.ts";
import { APPLICATION_ID, MIGRATIONS, migrate, numberOf } from "./schema.ts";

/** An open database. */
export type Opened = {
  readonly kind: "open";
  readonly database: DatabaseSync;
  readonly file: FileId;
  /** Nothing was in it. */
  readonly empty: boolean;
  /** Where an unusable file went, and why. */
  readonly aside?: string;
};

/** The result of opening a database. */
export type Opening =
  | Opened
  | { readonly kind: "newer"; readonly detail: string }
  | { readonly kind: "failed"; readonly detail: string };

/** Bytes of a page of the database. */
export const PAGE = 4096;
/** Beyond this the check would be felt at the start; a torn page of a large file is found when it is read. */
const CHECKED_BYTES = 64 << 20;

/** The log of writes may grow to so much before it is folded into the database: a part of the limit, at most 8 MiB. */
export const logBytes = (maxBytes: number) => Math.min(8 << 20, Math.max(64 * PAGE, Math.floor(maxBytes / 8)));

/**
 * Never throws. A file that is no sound database of ours is put aside and a new one begun; so is one that appeared while
 * we were running without it (`own` is the file we had, if we had one), because what it says is older than what we know.
 */
export function openDatabase(
  dir: string,
  options: {
    readonly maxBytes: number;
    readonly now: number;
    readonly running: boolean;
    readonly own?: FileId;
    /** What is already known to be wrong with the file that is there. */
    readonly torn?: string;
  },
): Opening {
  let aside: string | undefined;
  let torn = options.torn;
  // Once for a torn file, once for an earlier one; a third time would be our own fault.
  for (let attempt = 0; attempt < 3; attempt += 1) {
    let database: DatabaseSync | undefined;
    try {
      mkdirSync(dir, { recursive: true, mode: 0o700 });
      const path = join(dir, DATABASE);
      if (torn !== undefined) throw tornError(torn);
      const newer = inspect(dir);
      if (newer !== undefined) {
        const detail = `${path} is of version ${newer}, made by a newer parallel-run: it is left untouched`;
        return { kind: "newer", detail };
      }
      // Samples are readable by this user only; what SQLite puts beside the file takes its mode.
      closeSync(openSync(path, "a", 0o600));
      database = new DatabaseSync(path, { timeout: 2_000 });
      const migrated = prepare(database, options.maxBytes);
      const file = fileId(path)!;
      const empty = isEmpty(database);
      const earlier = options.running && !empty && !sameFile(file, options.own);
      if (migrated.kind === "current" && !earlier) {
        return { kind: "open", database, file, empty, ...(aside === undefined ? {} : { aside }) };
      }
      database.close();
      const moved = putAside(dir, earlier ? "earlier" : "torn", options.now);
      aside = earlier
        ? `an earlier database was put aside as ${moved}`
        : `a database of another program was put aside as ${moved}`;
    } catch (error) {
      const failure = failureOf(error);
      try {
        if (database?.isOpen) database.close();
        if (failure.kind !== "torn") return { kind: "failed", detail: `${dir}: ${failure.detail}` };
        torn = undefined;
        aside = `a torn database (${failure.detail}) was put aside as ${putAside(dir, "torn", options.now)}`;
      } catch (second) {
        return { kind: "failed", detail: `${dir}: ${failureOf(second).detail}` };
      }
    }
  }
  return { kind: "failed", detail: `${dir}: no sound database could be made` };
}

function prepare(database: DatabaseSync, maxBytes: number) {
  const log = logBytes(maxBytes);
  // Before the first table; a database that has some keeps what it was made with.
  database.exec("PRAGMA auto_vacuum = INCREMENTAL");
  const migrated = migrate(database);
  if (migrated.kind !== "current") return migrated;
  database.exec(
    `PRAGMA journal_mode = WAL;
     PRAGMA synchronous = NORMAL;
     PRAGMA foreign_keys = ON;
     PRAGMA temp_store = MEMORY;
     PRAGMA wal_autocheckpoint = ${Math.floor(log / PAGE)};
     PRAGMA journal_size_limit = ${log};
     PRAGMA max_page_count = ${Math.floor((maxBytes - 2 * log) / PAGE)}`,
  );
  return migrated;
}

function check(database: DatabaseSync): void {
  const said = Object.values(database.prepare("PRAGMA quick_check(1)").get() ?? {})[0];
  if (said !== "ok") throw tornError(String(said));
}

const tornError = (detail: string) => Object.assign(new Error(detail), { errcode: 11 });

/**
 * Opened read-only first: opening a file to write folds its log into it, and then it would have been touched. The
 * version where it is one that we do not know; throws when the file is torn.
 */
function inspect(dir: string): number | undefined {
  const path = join(dir, DATABASE);
  if (fileId(path) === undefined) return undefined;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: 2_000 });
    const version = numberOf(database, "user_version");
    if (numberOf(database, "application_id") === APPLICATION_ID && version > MIGRATIONS.length) return version;
    if (bytesOnDisk(dir) <= CHECKED_BYTES) check(database);
    return undefined;
  } catch (error) {
    if (failureOf(error).kind === "torn") throw error;
    return undefined; // opening it to write will say what is wrong
  } finally {
    if (database?.isOpen) database.close();
  }
}

function isEmpty(database: DatabaseSync): boolean {
  try {
    return (
      database
        .prepare("SELECT 1 FROM documents UNION ALL SELECT 1 FROM samples UNION ALL SELECT 1 FROM audit LIMIT 1")
        .get() === undefined
    );
  } catch {
    return numberOf(database, "page_count") === 0; // not ours: it has no such tables
  }
}
