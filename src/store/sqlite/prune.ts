// store/sqlite/prune.ts: keeps the file within its age and size, a small step at a time

import type { DatabaseSync } from "node:sqlite";
import { logBytes, PAGE } from "./database.ts";
import { numberOf } from "./schema.ts";

/** Rows and pages a step: some milliseconds, so that writes in between wait no longer than that. */
const ROWS = 100;
const PAGES = 512;

/**
 * One step; true when there is more to do.
 * @param before samples older than this go, in milliseconds since the epoch
 * @param force removes the oldest samples even below the limit: the disk is full
 */
export function pruneStep(database: DatabaseSync, maxBytes: number, before: number, force = false): boolean {
  const old = database
    .prepare("DELETE FROM samples WHERE seq IN (SELECT seq FROM samples WHERE at < ? ORDER BY at LIMIT ?)")
    .run(Math.trunc(before), ROWS).changes;
  const pages = numberOf(database, "page_count");
  const free = numberOf(database, "freelist_count");
  // Some way below the hard limit, so that a write seldom meets it.
  const room = (maxBytes - 2 * logBytes(maxBytes)) * 0.9;
  let pushed = 0;
  if (force || (pages - free) * PAGE > room) {
    pushed = Number(
      database.prepare("DELETE FROM samples WHERE seq IN (SELECT seq FROM samples ORDER BY at, seq LIMIT ?)").run(ROWS)
        .changes,
    );
  }
  // A few free pages are for the next writes; more go back to the disk.
  const spare = Math.max(64, pages / 10);
  if (free > spare) database.exec(`PRAGMA incremental_vacuum(${Math.min(PAGES, Math.ceil(free - spare))})`);
  return old === ROWS || pushed === ROWS || free - spare > PAGES;
}
