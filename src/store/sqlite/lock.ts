// store/sqlite/lock.ts: one process at a time writes a data directory

import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { BUSY, failureOf } from "./failure.ts";
import { LOCK } from "./files.ts";

/** A lock on the data folder. The operating system releases it when the process ends. */
export type Lock =
  | { readonly kind: "held"; readonly release: () => void }
  | { readonly kind: "taken"; readonly by: string };

/**
 * A write transaction that is held open on a database of its own: the system lets go of it however the process ends, and
 * readers of the real database are not in its way. Throws when there is no writing here at all.
 * @param waitMs how long to wait for another to let go
 */
export function takeLock(dir: string, pid: number, waitMs: number): Lock {
  const path = join(dir, LOCK);
  try {
    return begin(path, pid, waitMs);
  } catch (error) {
    if (failureOf(error).kind !== "torn") throw error;
    // Not a database: no process can hold it.
    rmSync(path, { force: true });
    return begin(path, pid, waitMs);
  }
}

function begin(path: string, pid: number, waitMs: number): Lock {
  const lock = new DatabaseSync(path, { timeout: waitMs });
  try {
    lock.exec("BEGIN IMMEDIATE");
  } catch (error) {
    const by = failureOf(error).code === BUSY ? holder(lock) : undefined;
    lock.close();
    if (by === undefined) throw error;
    return { kind: "taken", by };
  }
  try {
    // For the message that another will show. A full disk must not keep us from holding the lock.
    lock.exec(`PRAGMA user_version = ${pid}; COMMIT; BEGIN IMMEDIATE`);
  } catch {
    if (!lock.isTransaction) lock.exec("BEGIN IMMEDIATE");
  }
  return { kind: "held", release: () => lock.close() };
}

function holder(lock: DatabaseSync): string {
  try {
    const pid = Number(Object.values(lock.prepare("PRAGMA user_version").get() ?? {})[0]);
    return pid > 0 ? `process ${pid}` : "another process";
  } catch {
    return "another process";
  }
}
