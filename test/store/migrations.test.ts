import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, test } from "vitest";
import { openReader, openSqliteStore } from "../../src/store/index.ts";
import { APPLICATION_ID, MIGRATIONS, migrate } from "../../src/store/sqlite/schema.ts";
import { entry, NOW, sample } from "./contract.ts";

const dir = mkdtempSync(join(tmpdir(), "store-migrations-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const SAMPLES = [
  sample("s1", ["f1"]),
  sample("s2", ["f1", "f2"], { route: "GET /b" }, ["plain", "text"]),
  sample("s3", []),
];
const DOCUMENTS = [
  { kind: "finding", key: "f1", value: { count: 3, path: "$.a" } },
  { kind: "__proto__", key: "\ud800", value: [1.5, "x", null] },
];

describe("a database of version 1", () => {
  test("is read by this version with nothing lost", async () => {
    copyFileSync(join(import.meta.dirname, "fixtures/version-1.db"), join(dir, "parallel-run.db"));
    await using store = await openSqliteStore({ dir, keepMs: 1e13, maxBytes: 1 << 20, now: () => NOW });
    expect(store.stats()).toMatchObject({ kind: "sqlite", state: "ok" });
    expect(store.stats()).not.toHaveProperty("detail");
    expect(await store.documents()).toEqual(expect.arrayContaining(DOCUMENTS));
    expect(await store.documents()).toHaveLength(DOCUMENTS.length);
    const samples = await store.samples({});
    expect(samples.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual(SAMPLES);
    expect(await store.audit(9)).toEqual([entry("second"), entry("first")]);
    const opened = openReader(dir);
    expect(opened.kind).toBe("open");
    if (opened.kind === "open") opened.reader.close();
  });
});

describe("migrations", () => {
  const steps = [
    "CREATE TABLE a (x) STRICT",
    "ALTER TABLE a ADD COLUMN y TEXT",
    "CREATE TABLE b AS SELECT x FROM a",
  ].map((step) => step.replace("(x) STRICT", "(x TEXT) STRICT"));
  const version = (database: DatabaseSync) => database.prepare("PRAGMA user_version").get()?.["user_version"];

  test("bring a database from every earlier version to the last, keeping what is in it", () => {
    for (let from = 0; from <= steps.length; from += 1) {
      const database = new DatabaseSync(":memory:");
      expect(migrate(database, steps.slice(0, from))).toEqual({ kind: "current" });
      if (from > 0) database.exec("INSERT INTO a (x) VALUES ('kept')");
      expect(migrate(database, steps)).toEqual({ kind: "current" });
      expect(version(database)).toBe(steps.length);
      expect(database.prepare("SELECT x, y FROM a").all()).toEqual(from > 0 ? [{ x: "kept", y: null }] : []);
      expect(database.prepare("PRAGMA application_id").get()?.["application_id"]).toBe(APPLICATION_ID);
    }
  });

  test("that fail leave the version before them whole", () => {
    const database = new DatabaseSync(":memory:");
    const broken = [...steps.slice(0, 2), "CREATE TABLE c (x); INSERT INTO nowhere VALUES (1)"];
    expect(() => migrate(database, broken)).toThrow(/nowhere/);
    expect(version(database)).toBe(2);
    expect(database.prepare("SELECT name FROM sqlite_schema").all()).toEqual([{ name: "a" }]);
    expect(migrate(database, steps)).toEqual({ kind: "current" });
  });

  test("touch neither a newer database nor another program's", () => {
    const newer = new DatabaseSync(":memory:");
    migrate(newer, [...MIGRATIONS, "CREATE TABLE later (x)"]);
    expect(migrate(newer)).toEqual({ kind: "newer", version: MIGRATIONS.length + 1 });
    const foreign = new DatabaseSync(":memory:");
    foreign.exec("CREATE TABLE theirs (x)");
    expect(migrate(foreign)).toEqual({ kind: "foreign" });
    expect(version(foreign)).toBe(0);
  });
});
