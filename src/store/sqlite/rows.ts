// store/sqlite/rows.ts: what is written to and read from the tables

import type { DatabaseSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import type { AuditEntry } from "../../model/control.ts";
import { limitOf, type SampleFilter } from "../contract.ts";
import type { Row } from "../mirror.ts";
import type { Sample } from "../sample.ts";
import { isSample } from "../sample-shape.ts";
import { pack, unpack } from "./packing.ts";

/** A row of the table of samples. */
export type SampleRow = {
  readonly id: string;
  readonly route: string;
  readonly at: number;
  readonly findings: readonly string[];
  readonly json: string;
};

/** Reads and writes rows. */
export type Rows = {
  readonly documents: readonly Row[];
  readonly samples: readonly SampleRow[];
  /** JSON texts of entries. */
  readonly audit: readonly string[];
};

/** Limits on the rows of each table. */
export type Caps = { readonly samplesPerFinding: number; readonly auditEntries: number };

/** What was read, and how many rows were left out: damaged, or of a shape that this version does not know. */
export type RowsRead<T> = { readonly rows: readonly T[]; readonly unreadable: number };

/** Names are kept as JSON text: SQLite's UTF-8 would make one of all lone surrogates. */
const spelled = (name: string) => JSON.stringify(name);
const unspelled = (text: unknown): string => {
  const name: unknown = JSON.parse(String(text));
  if (typeof name !== "string") throw new Error("not a name");
  return name;
};

/** Of the texts of a row. A zero byte stands in none of them: SQLite would end the text there. */
const checksum = (...texts: readonly string[]) => crc32(texts.join("\0"));

/** Reads each row; one that cannot be read is counted and costs none of the others. */
function readEach<T>(
  rows: readonly Record<string, unknown>[],
  texts: readonly string[],
  read: (row: Record<string, unknown>) => T,
): RowsRead<T> {
  const sound: T[] = [];
  for (const row of rows) {
    try {
      const crc = row["crc"];
      if (crc === null || crc === checksum(...texts.map((name) => String(row[name])))) sound.push(read(row));
    } catch {
      // Counted below.
    }
  }
  return { rows: sound, unreadable: rows.length - sound.length };
}

/** Prepares the statements once; the answer writes all rows in one transaction, or throws and has written none. */
export function createWriter(database: DatabaseSync, caps: Caps): (rows: Rows) => void {
  const put = database.prepare(
    `INSERT INTO documents (kind, key, value, crc) VALUES (?, ?, ?, ?)
       ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value, crc = excluded.crc`,
  );
  const remove = database.prepare("DELETE FROM documents WHERE kind = ? AND key = ?");
  const removeSample = database.prepare("DELETE FROM samples WHERE id = ?");
  const keep = database.prepare("INSERT INTO samples (id, route, at, data, crc) VALUES (?, ?, ?, ?, ?)");
  const show = database.prepare("INSERT INTO shown (finding, seq) VALUES (?, ?)");
  const crowded = database.prepare(
    `DELETE FROM shown WHERE finding = ?1 AND seq IN
       (SELECT seq FROM shown WHERE finding = ?1 ORDER BY seq DESC LIMIT -1 OFFSET ?2) RETURNING seq`,
  );
  const orphan = database.prepare(
    "DELETE FROM samples WHERE seq = ?1 AND NOT EXISTS (SELECT 1 FROM shown WHERE seq = ?1)",
  );
  const log = database.prepare("INSERT INTO audit (entry, crc) VALUES (?, ?)");
  const clip = database.prepare("DELETE FROM audit WHERE seq <= (SELECT max(seq) FROM audit) - ?");

  const keepSample = ({ id, route, at, findings, json }: SampleRow) => {
    removeSample.run(spelled(id));
    const data = pack(json);
    const { lastInsertRowid } = keep.run(spelled(id), spelled(route), Math.trunc(at) || 0, data, checksum(data));
    const shown = new Set(findings.length === 0 ? [""] : findings);
    for (const finding of shown) {
      show.run(spelled(finding), lastInsertRowid);
      for (const { seq } of crowded.all(spelled(finding), caps.samplesPerFinding)) orphan.run(seq as number);
    }
  };

  return ({ documents, samples, audit }) => {
    database.exec("BEGIN IMMEDIATE");
    try {
      for (const { kind, key, json } of documents) {
        if (json === undefined) remove.run(spelled(kind), spelled(key));
        else put.run(spelled(kind), spelled(key), json, checksum(spelled(kind), spelled(key), json));
      }
      for (const sample of samples) keepSample(sample);
      for (const entry of audit) log.run(entry, checksum(entry));
      if (audit.length > 0) clip.run(caps.auditEntries);
      database.exec("COMMIT");
    } catch (error) {
      // Some failures roll back by themselves.
      if (database.isTransaction) database.exec("ROLLBACK");
      throw error;
    }
  };
}

/** Documents as JSON text that is known to be JSON. */
export function readDocuments(database: DatabaseSync, kind?: string): RowsRead<Row & { readonly json: string }> {
  const rows =
    kind === undefined
      ? database.prepare("SELECT kind, key, value, crc FROM documents").all()
      : database.prepare("SELECT kind, key, value, crc FROM documents WHERE kind = ?").all(spelled(kind));
  return readEach(rows, ["kind", "key", "value"], (row) => {
    const json = String(row["value"]);
    JSON.parse(json);
    return { kind: unspelled(row["kind"]), key: unspelled(row["key"]), json };
  });
}

/** See the contract for the order. */
export function readSamples(database: DatabaseSync, filter: SampleFilter): RowsRead<Sample> {
  const { finding, route } = filter;
  const order = finding === undefined ? "nth, at DESC, seq DESC" : "at DESC, seq DESC";
  const from =
    finding === undefined
      ? `(SELECT seq, min(nth) AS nth FROM
           (SELECT seq, row_number() OVER (PARTITION BY finding ORDER BY seq DESC) AS nth FROM shown) GROUP BY seq)`
      : "(SELECT seq FROM shown WHERE finding = $finding)";
  const where = route === undefined ? "" : "WHERE route = $route";
  const rows = database
    .prepare(`SELECT data, crc FROM ${from} JOIN samples USING (seq) ${where} ORDER BY ${order} LIMIT $limit`)
    .all({
      $limit: limitOf(filter),
      ...(finding === undefined ? {} : { $finding: spelled(finding) }),
      ...(route === undefined ? {} : { $route: spelled(route) }),
    });
  return readEach(rows, ["data"], (row) => {
    const sample: unknown = unpack(String(row["data"]));
    if (!isSample(sample)) throw new Error("not a sample");
    return sample;
  });
}

/** The latest audit entries, newest first. */
export function readAudit(database: DatabaseSync, limit: number): RowsRead<AuditEntry> {
  const rows = database
    .prepare("SELECT entry, crc FROM audit ORDER BY seq DESC LIMIT ?")
    .all(Math.max(0, Math.trunc(limit)));
  return readEach(rows, ["entry"], (row) => {
    const entry: unknown = JSON.parse(String(row["entry"]));
    if (!isEntry(entry)) throw new Error("not an entry of the audit log");
    return entry;
  });
}

function isEntry(value: unknown): value is AuditEntry {
  const { at, who, action, what } = (value ?? {}) as Partial<Record<keyof AuditEntry, unknown>>;
  return typeof at === "number" && [who, action, what].every((one) => typeof one === "string");
}
