// store/sqlite/rows.ts: what is written to and read from the tables

import type { DatabaseSync } from "node:sqlite";
import type { AuditEntry } from "../../model/control.ts";
import { limitOf, type SampleFilter } from "../contract.ts";
import type { Row } from "../mirror.ts";
import type { Sample } from "../sample.ts";
import { pack, unpack } from "./packing.ts";

export type SampleRow = {
  readonly id: string;
  readonly route: string;
  readonly at: number;
  readonly findings: readonly string[];
  readonly json: string;
};

export type Rows = {
  readonly documents: readonly Row[];
  readonly samples: readonly SampleRow[];
  /** JSON texts of entries. */
  readonly audit: readonly string[];
};

export type Caps = { readonly samplesPerFinding: number; readonly auditEntries: number };

/** Names are kept as JSON text: SQLite's UTF-8 would make one of all lone surrogates. */
const spelled = (name: string) => JSON.stringify(name);
const unspelled = (text: unknown) => JSON.parse(String(text)) as string;

/** Prepares the statements once; the answer writes all rows in one transaction, or throws and has written none. */
export function createWriter(database: DatabaseSync, caps: Caps): (rows: Rows) => void {
  const put = database.prepare(
    "INSERT INTO documents (kind, key, value) VALUES (?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value",
  );
  const remove = database.prepare("DELETE FROM documents WHERE kind = ? AND key = ?");
  const forget = database.prepare("DELETE FROM samples WHERE id = ?");
  const keep = database.prepare("INSERT INTO samples (id, route, at, data) VALUES (?, ?, ?, ?)");
  const show = database.prepare("INSERT INTO shown (finding, seq) VALUES (?, ?)");
  const crowded = database.prepare(
    `DELETE FROM shown WHERE finding = ?1 AND seq IN
       (SELECT seq FROM shown WHERE finding = ?1 ORDER BY seq DESC LIMIT -1 OFFSET ?2) RETURNING seq`,
  );
  const orphan = database.prepare(
    "DELETE FROM samples WHERE seq = ?1 AND NOT EXISTS (SELECT 1 FROM shown WHERE seq = ?1)",
  );
  const log = database.prepare("INSERT INTO audit (entry) VALUES (?)");
  const clip = database.prepare("DELETE FROM audit WHERE seq <= (SELECT max(seq) FROM audit) - ?");

  const keepSample = ({ id, route, at, findings, json }: SampleRow) => {
    forget.run(spelled(id));
    const { lastInsertRowid } = keep.run(spelled(id), spelled(route), Math.trunc(at) || 0, pack(json));
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
        else put.run(spelled(kind), spelled(key), json);
      }
      for (const sample of samples) keepSample(sample);
      for (const entry of audit) log.run(entry);
      if (audit.length > 0) clip.run(caps.auditEntries);
      database.exec("COMMIT");
    } catch (error) {
      // Some failures roll back by themselves.
      if (database.isTransaction) database.exec("ROLLBACK");
      throw error;
    }
  };
}

export function readDocuments(database: DatabaseSync, kind?: string): Row[] {
  const rows =
    kind === undefined
      ? database.prepare("SELECT kind, key, value FROM documents").all()
      : database.prepare("SELECT kind, key, value FROM documents WHERE kind = ?").all(spelled(kind));
  return rows.map((row) => ({ kind: unspelled(row["kind"]), key: unspelled(row["key"]), json: String(row["value"]) }));
}

/** See the contract for the order. */
export function readSamples(database: DatabaseSync, filter: SampleFilter): Sample[] {
  const { finding, route } = filter;
  const order = finding === undefined ? "nth, at DESC, seq DESC" : "at DESC, seq DESC";
  const from =
    finding === undefined
      ? `(SELECT seq, min(nth) AS nth FROM
           (SELECT seq, row_number() OVER (PARTITION BY finding ORDER BY seq DESC) AS nth FROM shown) GROUP BY seq)`
      : "(SELECT seq FROM shown WHERE finding = $finding)";
  const where = route === undefined ? "" : "WHERE route = $route";
  const rows = database
    .prepare(`SELECT data FROM ${from} JOIN samples USING (seq) ${where} ORDER BY ${order} LIMIT $limit`)
    .all({
      $limit: limitOf(filter),
      ...(finding === undefined ? {} : { $finding: spelled(finding) }),
      ...(route === undefined ? {} : { $route: spelled(route) }),
    });
  return rows.map((row) => unpack(String(row["data"])));
}

export function readAudit(database: DatabaseSync, limit: number): AuditEntry[] {
  const rows = database
    .prepare("SELECT entry FROM audit ORDER BY seq DESC LIMIT ?")
    .all(Math.max(0, Math.trunc(limit)));
  return rows.map((row) => JSON.parse(String(row["entry"])) as AuditEntry);
}
