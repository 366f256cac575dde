// store/sqlite/files.ts: the files of a data directory, and putting aside what cannot be used

import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

/** The name of the database file in the data folder. */
export const DATABASE = "parallel-run.db";
/** The name of the lock file in the data folder. */
export const LOCK = "parallel-run.lock";

/** Files put aside of each kind: the newest are the ones that a user may want to examine. */
const MOST_ASIDE = 3;

/**
 * Which file it is, whatever its name: a directory that was deleted or replaced under us shows by this. With the time of
 * its birth, since the number of a deleted file is soon given to another one.
 */
export type FileId = { readonly dev: bigint; readonly ino: bigint; readonly born: bigint };

/** Identifies a file by device, inode and time of birth. Undefined: there is none. */
export function fileId(path: string): FileId | undefined {
  const stats = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stats === undefined ? undefined : { dev: stats.dev, ino: stats.ino, born: stats.birthtimeNs };
}

/** Whether a path still leads to this file. */
export const sameFile = (one: FileId | undefined, other: FileId | undefined) =>
  one !== undefined && other !== undefined && one.dev === other.dev && one.ino === other.ino && one.born === other.born;

/** Renames the database with its log, so that it can still be opened by its new name. The new name is the answer. */
export function putAside(dir: string, why: "torn" | "earlier", now: number): string {
  const stamp = new Date(now).toISOString().replace(/[-:]/g, "").replace(/\.\d+/, "");
  let aside = `${DATABASE}.${why}-${stamp}`;
  for (let n = 2; existsSync(join(dir, aside)); n += 1) aside = `${DATABASE}.${why}-${stamp}-${n}`;
  for (const suffix of ["-wal", "-shm", ""]) {
    const from = join(dir, DATABASE + suffix);
    if (existsSync(from)) renameSync(from, join(dir, aside + suffix));
  }
  const all = readdirSync(dir)
    .filter((name) => name.startsWith(`${DATABASE}.${why}-`) && !/-(?:wal|shm)$/.test(name))
    .sort();
  for (const name of all.slice(0, -MOST_ASIDE)) {
    for (const suffix of ["-wal", "-shm", ""]) rmSync(join(dir, name + suffix), { force: true });
  }
  return join(dir, aside);
}

/** Bytes of the database and its log files. */
export function bytesOnDisk(dir: string): number {
  let bytes = 0;
  for (const suffix of ["", "-wal"])
    bytes += statSync(join(dir, DATABASE + suffix), { throwIfNoEntry: false })?.size ?? 0;
  return bytes;
}
