// store/sqlite/schema.ts: the schema, as the ordered list of what each version changed

import type { DatabaseSync } from "node:sqlite";

/** "prun": says whose file it is. */
export const APPLICATION_ID = 0x7072756e;

/**
 * The step at index i makes version i + 1 out of version i. A step that was released is never changed: files of every
 * version are out there.
 */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE documents (
     kind TEXT NOT NULL,
     key TEXT NOT NULL,
     value TEXT NOT NULL,
     PRIMARY KEY (kind, key)
   ) STRICT;
   CREATE TABLE samples (
     seq INTEGER PRIMARY KEY AUTOINCREMENT,
     id TEXT NOT NULL UNIQUE,
     route TEXT NOT NULL,
     at INTEGER NOT NULL,
     data TEXT NOT NULL
   ) STRICT;
   CREATE INDEX samples_by_time ON samples (at);
   CREATE TABLE shown (
     finding TEXT NOT NULL,
     seq INTEGER NOT NULL REFERENCES samples (seq) ON DELETE CASCADE,
     PRIMARY KEY (finding, seq)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX shown_by_sample ON shown (seq);
   CREATE TABLE audit (
     seq INTEGER PRIMARY KEY AUTOINCREMENT,
     entry TEXT NOT NULL
   ) STRICT;`,
  // A checksum of each row's texts, so that a damaged one is known from a sound one; rows of before have none.
  `ALTER TABLE documents ADD COLUMN crc INTEGER;
   ALTER TABLE samples ADD COLUMN crc INTEGER;
   ALTER TABLE audit ADD COLUMN crc INTEGER;`,
];

/** The result of bringing a database to the current schema. */
export type Migrated =
  | { readonly kind: "current" }
  /** Made by a newer program: not to be touched. */
  | { readonly kind: "newer"; readonly version: number }
  /** A sound database, and not one of ours. */
  | { readonly kind: "foreign" };

/** Brings a database to the last version, each step with its version in a transaction of its own. Throws what SQLite throws. */
export function migrate(database: DatabaseSync, migrations: readonly string[] = MIGRATIONS): Migrated {
  const version = numberOf(database, "user_version");
  const application = numberOf(database, "application_id");
  const tables = database.prepare("SELECT count(*) AS n FROM sqlite_schema").get()?.["n"];
  if (application !== APPLICATION_ID && (tables !== 0 || version !== 0)) return { kind: "foreign" };
  if (version > migrations.length) return { kind: "newer", version };
  for (let next = version; next < migrations.length; next += 1) {
    database.exec("BEGIN IMMEDIATE");
    try {
      database.exec(migrations[next]!);
      database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
      database.exec(`PRAGMA user_version = ${next + 1}`);
      database.exec("COMMIT");
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      throw error;
    }
  }
  return { kind: "current" };
}

/** The value of a pragma that is a number. */
export function numberOf(database: DatabaseSync, pragma: string): number {
  const row = database.prepare(`PRAGMA ${pragma}`).get();
  return Number(Object.values(row ?? {})[0] ?? 0);
}
