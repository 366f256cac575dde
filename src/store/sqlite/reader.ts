// store/sqlite/reader.ts: reads a data directory beside the process that writes it, or after it

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import type { AuditEntry } from "../../model/control.ts";
import type { Document } from "../../model/document.ts";
import type { SampleFilter } from "../contract.ts";
import type { Sample } from "../sample.ts";
import { failureOf } from "./failure.ts";
import { DATABASE, fileId } from "./files.ts";
import { type RowsRead, readAudit, readDocuments, readSamples } from "./rows.ts";
import { APPLICATION_ID, MIGRATIONS, numberOf } from "./schema.ts";

/** Reads only. Each call sees one moment of the store; like a query, it throws when the disk fails. */
export type Reader = {
  readonly documents: (kind?: string) => readonly Document[];
  /** Rows that were left out of what was read so far, because they cannot be read. */
  readonly unreadable: () => number;
  readonly samples: (filter: SampleFilter) => readonly Sample[];
  /** Newest first. */
  readonly audit: (limit: number) => readonly AuditEntry[];
  readonly close: () => void;
  readonly [Symbol.dispose]: () => void;
};

/** A database opened for reading only. */
export type OpenedReader =
  | { readonly kind: "open"; readonly reader: Reader }
  /** For a person: what is wrong with the directory, and what to do. */
  | { readonly kind: "unreadable"; readonly message: string };

export function openReader(dir: string): OpenedReader {
  const path = join(dir, DATABASE);
  if (fileId(path) === undefined) {
    return { kind: "unreadable", message: `${path} does not exist: name the directory that \`serve --data\` writes` };
  }
  try {
    const database = openToRead(path);
    const version = numberOf(database, "user_version");
    if (numberOf(database, "application_id") === APPLICATION_ID && version === MIGRATIONS.length) {
      return { kind: "open", reader: readerOf(database) };
    }
    database.close();
    const message =
      version > MIGRATIONS.length
        ? `${path} is of version ${version}, made by a newer parallel-run: read it with that one`
        : `${path} is not a database of this version: \`serve\` brings it up to date when it opens it`;
    return { kind: "unreadable", message };
  } catch (error) {
    return { kind: "unreadable", message: `${path}: ${failureOf(error).detail}` };
  }
}

function openToRead(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
    numberOf(database, "user_version");
    return database;
  } catch (error) {
    database?.close();
    // Where the directory may not be written and no process has the file open, it does not change either.
    if (failureOf(error).kind === "torn") throw error;
    const url = pathToFileURL(path);
    url.searchParams.set("immutable", "1");
    return new DatabaseSync(url, { readOnly: true });
  }
}

function readerOf(database: DatabaseSync): Reader {
  const close = () => {
    if (database.isOpen) database.close();
  };
  /** By kind of query: what is read again is not counted again. */
  const left = new Map<string, number>();
  const counted = <T>(of: string, { rows, unreadable }: RowsRead<T>): readonly T[] => {
    left.set(of, Math.max(left.get(of) ?? 0, unreadable));
    return rows;
  };
  return {
    documents: (kind) =>
      counted("documents", readDocuments(database, kind)).map(({ kind: of, key, json }) => ({
        kind: of,
        key,
        value: JSON.parse(json) as unknown,
      })),
    samples: (filter) => counted("samples", readSamples(database, filter)),
    audit: (limit) => counted("audit", readAudit(database, limit)),
    unreadable: () => [...left.values()].reduce((sum, count) => sum + count, 0),
    close,
    [Symbol.dispose]: close,
  };
}
