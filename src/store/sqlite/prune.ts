// store/sqlite/prune.ts: keeps the file within its age and size, a small step at a time

import type { DatabaseSync } from "node:sqlite";
import { logBytes, PAGE } from "./database.ts";
import { numberOf } from "./schema.ts";

/** Rows, bytes and pages a step: some milliseconds, so that writes in between wait no longer than that. */
const ROWS = 100;
const BYTES = 4 << 20;
const PAGES = 512;

/**
 * One step; true when there is more to do.
 * @param before samples older than this go, in milliseconds since the epoch
 */
export function pruneStep(database: DatabaseSync, maxBytes: number, before: number): boolean {
  const old = database
    .prepare("DELETE FROM samples WHERE seq IN (SELECT seq FROM samples WHERE at < ? ORDER BY at LIMIT ?)")
    .run(Math.trunc(before), ROWS).changes;
  const pages = numberOf(database, "page_count");
  const free = numberOf(database, "freelist_count");
  // Some way below the hard limit, so that a write seldom meets it.
  const over = (pages - free) * PAGE - (maxBytes - 2 * logBytes(maxBytes)) * 0.9;
  const pushed = over > 0 ? pushOut(database, Math.min(BYTES, over)) : 0;
  // A few free pages are for the next writes; more go back to the disk.
  const spare = Math.max(64, pages / 10);
  if (free > spare) database.exec(`PRAGMA incremental_vacuum(${Math.min(PAGES, Math.ceil(free - spare))})`);
  const more = old === ROWS || pushed > 0 || free - spare > PAGES;
  // What was removed and moved has gone through the log of writes, which then is as large as all of it.
  if (!more) database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  return more;
}

/** Removes the oldest samples until so many bytes are free, or nothing is left; how many went. */
export function pushOut(database: DatabaseSync, bytes: number): number {
  const oldest = database.prepare("SELECT seq, octet_length(data) AS bytes FROM samples ORDER BY at, seq");
  const going: number[] = [];
  let freed = 0;
  for (const row of oldest.iterate()) {
    if (freed >= bytes || going.length >= 10 * ROWS) break;
    going.push(Number(row["seq"]));
    freed += Number(row["bytes"]);
  }
  if (going.length === 0) return 0;
  const remove = database.prepare("DELETE FROM samples WHERE seq = ?");
  database.exec("BEGIN IMMEDIATE");
  try {
    for (const seq of going) remove.run(seq);
    database.exec("COMMIT");
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
  return going.length;
}
