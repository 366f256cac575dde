import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { openReader, openSqliteStore, type StoreStats } from "../../src/store/index.ts";
import { entry, NOW, sample, write } from "./contract.ts";

const base = mkdtempSync(join(tmpdir(), "store-damaged-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));

let dir = "";
let states: StoreStats[] = [];
const file = () => join(dir, "parallel-run.db");
const open = () =>
  openSqliteStore({
    ...{ dir, keepMs: 1e12, maxBytes: 16 << 20, now: () => NOW, lockWaitMs: 0 },
    onState: (state) => states.push(state),
  });

beforeEach(async () => {
  dir = mkdtempSync(join(base, "run-"));
  states = [];
  await using store = await open();
  await write(store, {
    documents: ["one", "two", "three"].map((key) => ({
      kind: "k",
      key,
      value: { marked: `value of ${key}`, n: [1, 2] },
    })),
    samples: ["s1", "s2", "s3"].map((id) => sample(id, ["f"], {}, [`legacy of ${id}`, `candidate of ${id}`])),
    audit: [entry("first"), entry("second"), entry("third")],
  });
});

/** Changes one bit of one byte in the text of a row. */
function flip(text: string, offset: number): void {
  const bytes = readFileSync(file());
  const at = bytes.indexOf(text);
  expect(at).toBeGreaterThan(0);
  bytes[at + offset]! ^= 1;
  writeFileSync(file(), bytes);
}

const documentsLeft = async (): Promise<string[]> => {
  await using store = await open();
  return (await store.documents()).map(({ key }) => key).sort();
};

describe("one damaged row", () => {
  test.each([0, 3, 8, 11])("of a document is left out, counted and said (byte %i)", async (offset) => {
    flip("value of two", offset);
    expect(await documentsLeft()).toEqual(["one", "three"]);
    expect(states.at(-1)).toMatchObject({
      state: "ok",
      unreadable: 1,
      detail: "1 stored row cannot be read and is left out",
    });
    const opened = openReader(dir);
    if (opened.kind !== "open") throw new Error(opened.message);
    using reader = opened.reader;
    expect(reader.documents().map(({ key }) => key)).toEqual(expect.arrayContaining(["one", "three"]));
    expect(reader.unreadable()).toBe(1);
  });

  test("whose name or JSON is broken is left out", async () => {
    flip('{"marked":"value of one"', 0);
    flip('"two"', 1);
    expect(await documentsLeft()).toEqual(["three"]);
  });

  test("of a sample or of the audit log costs none of the others", async () => {
    flip("legacy of s2", 0);
    flip("second", 1);
    await using store = await open();
    expect((await store.samples({ finding: "f" })).map(({ id }) => id).sort()).toEqual(["s1", "s3"]);
    expect((await store.audit(9)).map(({ what }) => what)).toEqual([entry("third").what, entry("first").what]);
    await store.samples({ finding: "f" });
    expect(store.stats()).toMatchObject({ unreadable: 2, detail: "2 stored rows cannot be read and are left out" });
  });

  test("is written over by the next value of its name", async () => {
    flip("value of two", 2);
    {
      await using store = await open();
      await write(store, { documents: [{ kind: "k", key: "two", value: "new" }] });
    }
    expect(await documentsLeft()).toEqual(["one", "three", "two"]);
  });
});

test("rows of another shape, which someone else wrote, are left out", async () => {
  const database = new DatabaseSync(file());
  database.exec(`UPDATE documents SET value = '{"other":true}' WHERE key = '"two"'`);
  database.exec(
    `INSERT INTO samples (id, route, at, data) VALUES ('"x"', '"r"', 1, '{"id":"x"}'), ('"y"', '"r"', 1, 'null')`,
  );
  database.exec(`INSERT INTO shown (finding, seq) SELECT '"f"', seq FROM samples WHERE id IN ('"x"', '"y"')`);
  database.exec(`INSERT INTO audit (entry) VALUES ('[]'), ('{"at":1}')`);
  database.close();
  expect(await documentsLeft()).toEqual(["one", "three"]);
  await using store = await open();
  expect(await store.samples({ finding: "f" })).toHaveLength(3);
  expect(await store.audit(9)).toHaveLength(3);
  expect(store.stats().unreadable).toBe(1 + 2 + 2);
});

test("a row of a version without checksums is read as it is", async () => {
  const database = new DatabaseSync(file());
  database.exec("UPDATE documents SET crc = NULL");
  database.close();
  expect(await documentsLeft()).toEqual(["one", "three", "two"]);
});
