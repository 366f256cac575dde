// store/sqlite/failure.ts: what SQLite says went wrong, in the three kinds that are treated differently

/**
 * `torn`: the file is no sound database. `disk`: full, read-only, gone, or locked by another; it may pass. `bug`: the
 * statement itself is at fault, and trying it again would fail again.
 */
export type SqliteFailure = { readonly kind: "torn" | "disk" | "bug"; readonly code: number; readonly detail: string };

/** Primary result codes (sqlite.org/rescode.html). */
const TORN: readonly number[] = [11, 26]; // CORRUPT, NOTADB
const DISK: readonly number[] = [3, 5, 6, 7, 8, 10, 13, 14, 15]; // PERM, BUSY, LOCKED, NOMEM, READONLY, IOERR, FULL, CANTOPEN, PROTOCOL
/** SQLITE_BUSY: another process holds the database. */
export const BUSY = 5;
/** SQLITE_FULL: the disk or the quota is full. */
export const FULL = 13;

export function failureOf(error: unknown): SqliteFailure {
  const { errcode, code, message } = error as { errcode?: unknown; code?: unknown; message?: unknown };
  const detail = String(message ?? error);
  if (typeof errcode === "number") {
    const primary = errcode & 0xff;
    return { kind: TORN.includes(primary) ? "torn" : DISK.includes(primary) ? "disk" : "bug", code: primary, detail };
  }
  // Of the file system: ENOSPC, EROFS, EACCES, ENOTDIR, ...
  if (typeof code === "string" && /^E[A-Z0-9]+$/.test(code)) return { kind: "disk", code: 0, detail };
  return { kind: "bug", code: 0, detail };
}
