import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, test, vi } from "vitest";
import { openReader, openSqliteStore, type SqliteOptions, type Store, type StoreStats } from "../../src/store/index.ts";
import { entry, NOW, sample, write } from "./contract.ts";

const base = mkdtempSync(join(tmpdir(), "store-faults-"));
const mounted: string[] = [];
afterAll(() => {
  for (const dir of mounted) umount(dir);
  rmSync(base, { recursive: true, force: true });
});

let n = 0;
const place = () => {
  n += 1;
  return join(base, `${n}`);
};
const open = (dir: string, over: Partial<SqliteOptions> = {}) =>
  openSqliteStore({ dir, keepMs: 1e12, maxBytes: 16 << 20, now: () => NOW, retryMs: 5, lockWaitMs: 0, ...over });
const file = (dir: string) => join(dir, "parallel-run.db");
const documents = (...values: readonly unknown[]) => values.map((value, i) => ({ kind: "k", key: `${i}`, value }));
const values = async (store: Store) => (await store.documents("k")).map(({ value }) => value);
const onDisk = (dir: string) => {
  const opened = openReader(dir);
  if (opened.kind !== "open") throw new Error(opened.message);
  using reader = opened.reader;
  return reader.documents("k").map(({ value }) => value);
};
const until = (store: Store, state: StoreStats["state"]) =>
  vi.waitFor(() => expect(store.stats().state).toBe(state), { timeout: 60_000, interval: 5 });

/** A file system of its own, of so many KiB, where the machine lets us. */
function mount(kib: number): string | undefined {
  const dir = place();
  mkdirSync(dir);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${kib}k`, "none", dir], { stdio: "ignore" });
    mounted.push(dir);
    return dir;
  } catch {
    return undefined;
  }
}
function umount(dir: string): void {
  execFileSync("umount", ["-l", dir], { stdio: "ignore" });
}

async function filled(dir: string): Promise<void> {
  await using store = await open(dir);
  for (let i = 0; i < 50; i += 1) {
    await write(store, {
      documents: [{ kind: "k", key: `${i}`, value: "d".repeat(2_000) }],
      samples: [sample(`s${i}`, ["f"], {}, ["x".repeat(5_000), "y".repeat(5_000)])],
    });
  }
}

describe("a file that is no sound database", () => {
  const ruin: Record<string, (path: string) => void> = {
    "is text": (path) => writeFileSync(path, "no database ".repeat(1_000)),
    "is a few bytes": (path) => writeFileSync(path, "SQLite"),
    "is cut in half": (path) => truncateSync(path, Math.floor(statSync(path).size / 2)),
    "is cut within a page": (path) => truncateSync(path, statSync(path).size - 1_000),
    "is overwritten in the middle": (path) => {
      const fd = openSync(path, "r+");
      for (let page = 2; page < 60; page += 3) writeSync(fd, Buffer.alloc(4_096, 0xa5), 0, 4_096, page * 4_096);
    },
    "is another program's": (path) => {
      rmSync(path);
      const other = new DatabaseSync(path);
      other.exec("CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)");
      other.close();
    },
  };
  for (const [how, spoil] of Object.entries(ruin)) {
    test(`and ${how} is put aside, said so, and a new one begun`, async () => {
      const dir = place();
      await filled(dir);
      spoil(file(dir));
      const before = readFileSync(file(dir));
      const told: StoreStats[] = [];
      const store = await open(dir, { onState: (stats) => told.push(stats) });
      expect(store.stats()).toMatchObject({ kind: "sqlite", state: "ok" });
      expect(told.at(-1)?.detail).toMatch(/was put aside as .*\.torn-2027/);
      const aside = readdirSync(dir).filter((name) => /\.torn-[^-]+$/.test(name));
      expect(aside).toHaveLength(1);
      expect(readFileSync(join(dir, aside[0]!)).equals(before)).toBe(true);
      expect(await write(store, { documents: documents(1) })).toEqual({ durable: true });
      await store.close();
      expect(onDisk(dir)).toEqual([1]);
    });
  }

  test("is kept three times at most", async () => {
    const dir = place();
    for (let i = 0; i < 6; i += 1) {
      mkdirSync(dir, { recursive: true });
      writeFileSync(file(dir), `no database ${i} `.repeat(1_000));
      await (await open(dir, { now: () => NOW + i * 1_000 })).close();
    }
    expect(readdirSync(dir).filter((name) => name.includes(".torn-"))).toHaveLength(3);
  });

  test("in place of the lock is no obstacle", async () => {
    const dir = place();
    mkdirSync(dir);
    writeFileSync(join(dir, "parallel-run.lock"), "no database ".repeat(1_000));
    await using store = await open(dir);
    expect(store.stats().state).toBe("ok");
  });

  test("and becomes so while it is in use is put aside, and all documents are written anew", async () => {
    const dir = place();
    await filled(dir);
    const store = await open(dir);
    const fd = openSync(file(dir), "r+");
    for (let page = 1; page < 200; page += 1) writeSync(fd, Buffer.alloc(4_096, 0xa5), 0, 4_096, page * 4_096);
    for (let i = 0; i < 20; i += 1)
      await write(store, { documents: documents("new"), samples: [sample(`t${i}`, ["f"])] });
    await store.samples({});
    await vi.waitFor(
      async () => {
        await write(store, { documents: documents("newer") });
        expect(store.stats().state).toBe("ok");
        expect(readdirSync(dir).join()).toContain(".torn-");
      },
      { timeout: 60_000 },
    );
    await store.close();
    expect(onDisk(dir)).toHaveLength(50);
    expect(onDisk(dir)).toContain("newer");
  });
});

describe("a directory that is not ours to write", () => {
  test("because another process has it is left alone, with its number, and memory is used", async () => {
    const dir = place();
    const first = await open(dir);
    await write(first, { documents: documents("first") });
    await using second = await open(dir);
    expect(second.stats()).toMatchObject({ kind: "memory", state: "degraded" });
    expect(second.stats().detail).toContain(`in use by process ${process.pid}`);
    expect(
      await write(second, { documents: documents("second"), samples: [sample("s", ["f"])], audit: [entry("x")] }),
    ).toEqual({ durable: false });
    expect(await values(second)).toEqual(["second"]);
    expect(await second.samples({})).toHaveLength(1);
    expect(await second.audit(9)).toHaveLength(1);
    await first.close();
    expect(onDisk(dir)).toEqual(["first"]);
    await using third = await open(dir);
    expect(third.stats()).toMatchObject({ kind: "sqlite", state: "ok" });
  });

  test("because a newer version made its file stays untouched to the byte", async () => {
    const dir = place();
    await filled(dir);
    const database = new DatabaseSync(file(dir));
    database.exec("PRAGMA user_version = 99");
    database.close();
    const before = readFileSync(file(dir));
    const store = await open(dir);
    expect(store.stats()).toMatchObject({ kind: "memory", state: "degraded" });
    expect(store.stats().detail).toContain("version 99");
    await write(store, { documents: documents("memory") });
    expect(await values(store)).toEqual(["memory"]);
    await store.close();
    expect(readFileSync(file(dir)).equals(before)).toBe(true);
    expect(openReader(dir)).toMatchObject({ kind: "unreadable", message: expect.stringContaining("version 99") });
  });
});

describe("a disk that fails", () => {
  test("at the start costs samples only, and is used once it is there", async () => {
    const dir = place();
    writeFileSync(dir, "a file where the directory should be");
    const told: string[] = [];
    const store = await open(dir, { onState: ({ state }) => told.push(state) });
    expect(store.stats().state).toBe("degraded");
    expect(
      await write(store, { documents: documents(1, 2), samples: [sample("a", ["f"])], audit: [entry("early")] }),
    ).toEqual({ durable: false });
    expect(store.stats().lost).toEqual({ samples: 1, documents: 0, audit: 0 });
    expect(await values(store)).toEqual([1, 2]);
    expect((await store.audit(9)).map(({ what }) => what)).toEqual(["early"]);
    rmSync(dir);
    await until(store, "ok");
    expect(await write(store, { documents: documents(3), samples: [sample("b", ["f"])] })).toEqual({ durable: true });
    expect(told.at(-1)).toBe("ok");
    await store.close();
    expect(onDisk(dir)).toEqual([3, 2]);
    const reader = openReader(dir);
    expect(reader.kind === "open" && reader.reader.audit(9).map(({ what }) => what)).toEqual(["early"]);
  });

  test("at the start, with an earlier database behind it, does not write over what was known", async () => {
    const dir = place();
    await filled(dir);
    const hidden = `${dir}-hidden`;
    execFileSync("mv", [dir, hidden]);
    writeFileSync(dir, "");
    const store = await open(dir, { retryMs: 50 });
    await write(store, { documents: documents("new") });
    execFileSync("bash", ["-c", `rm ${dir} && mv ${hidden} ${dir}`]);
    await until(store, "ok");
    expect(store.stats().detail).toMatch(/an earlier database was put aside as .*\.earlier-/);
    await write(store, {});
    await store.close();
    expect(onDisk(dir)).toEqual(["new"]);
    const aside = readdirSync(dir).find((name) => /\.earlier-[^-]+$/.test(name))!;
    const database = new DatabaseSync(join(dir, aside));
    expect(database.prepare("SELECT count(*) AS n FROM documents").get()).toEqual({ n: 50 });
    database.close();
  });

  test("because its directory was deleted is noticed, and everything is written anew", async () => {
    const dir = place();
    const store = await open(dir);
    await write(store, { documents: documents("a", "b") });
    rmSync(dir, { recursive: true });
    await write(store, { documents: [{ kind: "k", key: "2", value: "c" }], samples: [sample("s", ["f"])] });
    await vi.waitFor(
      async () => expect(await write(store, { samples: [sample("s", ["f"])] })).toEqual({ durable: true }),
      { timeout: 60_000 },
    );
    expect(await store.samples({})).toHaveLength(1);
    await store.close();
    expect(onDisk(dir).sort()).toEqual(["a", "b", "c"]);
  });

  test("because documents alone fill the limit keeps running and says so", async () => {
    const store = await open(place(), { maxBytes: 1 << 20 });
    for (let i = 0; i < 40; i += 1) {
      await write(store, { documents: [{ kind: "big", key: `${i}`, value: "x".repeat(60_000) }] });
    }
    expect(store.stats().state).toBe("degraded");
    expect(store.stats().bytes).toBeLessThanOrEqual(1 << 20);
    expect(await store.documents("big")).toHaveLength(40);
    await write(store, {
      documents: Array.from({ length: 40 }, (_, i) => ({ kind: "big", key: `${i}`, value: null })),
    });
    await until(store, "ok");
    await store.close();
  });

  const tiny = mount(1_024);
  test.skipIf(tiny === undefined)(
    "because it is full costs samples only, and is used again once there is room",
    async () => {
      const dir = join(tiny!, "data");
      const store = await open(dir);
      await write(store, { documents: documents(0) });
      const filler = join(tiny!, "filler");
      const fd = openSync(filler, "w");
      const fill = () => {
        for (const size of [64_000, 4_096, 512]) {
          try {
            while (writeSync(fd, Buffer.alloc(size)) === size);
          } catch {
            // full
          }
        }
      };
      fill();
      let i = 0;
      for (; store.stats().state === "ok" && i < 1_000; i += 1) {
        const body = "x".repeat(8_000);
        await write(store, {
          documents: [...documents(i), { kind: "once", key: `${i}`, value: body }],
          samples: [sample(`s${i}`, ["f"], {}, [body, `${body}y`])],
          audit: [entry(`${i}`)],
        });
        fill();
      }
      expect(store.stats()).toMatchObject({ state: "degraded", detail: expect.stringMatching(/full|I\/O/) });
      await write(store, { documents: documents("last"), samples: [sample("lost", ["f"])] });
      expect(store.stats().lost.samples).toBeGreaterThan(0);
      expect(await values(store)).toEqual(["last"]);
      rmSync(filler);
      truncateSync(`/proc/self/fd/${fd}`, 0);
      await until(store, "ok");
      expect(await write(store, { documents: documents("after") })).toEqual({ durable: true });
      await store.close();
      expect(onDisk(dir)).toEqual(["after"]);
      // What failed was written later, without being given again.
      const opened = openReader(dir);
      if (opened.kind !== "open") throw new Error(opened.message);
      using reader = opened.reader;
      expect(reader.documents("once")).toHaveLength(i);
      expect(reader.audit(2_000).map(({ what }) => what)).toEqual(Array.from({ length: i }, (_, n) => `${i - 1 - n}`));
    },
  );

  const readOnly = mount(4_096);
  test.skipIf(readOnly === undefined)(
    "because it turns read-only is survived, is read all the same, and is used again",
    async () => {
      const dir = join(readOnly!, "data");
      const store = await open(dir);
      await write(store, { documents: documents(0), samples: [sample("s", ["f"])] });
      await store.close();
      const remount = (how: string) => execFileSync("mount", ["-o", `remount,${how}`, readOnly!], { stdio: "ignore" });
      remount("ro");
      expect(onDisk(dir)).toEqual([0]);
      const again = await open(dir);
      expect(again.stats()).toMatchObject({ state: "degraded", detail: expect.stringMatching(/read-?only/i) });
      await write(again, { documents: documents(1), samples: [sample("t", ["f"])] });
      expect(again.stats().lost.samples).toBe(1);
      remount("rw");
      await until(again, "ok");
      await again.close();
      expect(onDisk(dir)).toEqual([1]);
    },
  );
});

describe("what waits for the disk", () => {
  test("is bounded: samples beyond it are dropped and counted, documents are not", async () => {
    const store = await open(place(), { maxPendingBytes: 200_000 });
    const body = "x".repeat(10_000);
    const all = Array.from({ length: 200 }, (_, i) =>
      write(store, { documents: documents(i), samples: [sample(`s${i}`, [`${i}`], {}, [body, `${body}!`])] }),
    );
    expect(store.stats().pendingBytes).toBeLessThan(300_000);
    const written = await Promise.all(all);
    const { lost } = store.stats();
    expect(lost.documents).toBe(0);
    expect(lost.samples).toBeGreaterThan(150);
    expect(written.filter(({ durable }) => !durable)).toHaveLength(lost.samples);
    expect(await store.samples({ limit: 1_000 })).toHaveLength(200 - lost.samples);
    await store.close();
  });

  test("is written by close, and what comes after close is refused and counted", async () => {
    const dir = place();
    const store = await open(dir);
    const written = Promise.all([1, 2, 3].map((value) => write(store, { documents: documents(value) })));
    await store.close();
    expect(await written).toEqual([{ durable: true }, { durable: true }, { durable: true }]);
    expect(await write(store, { documents: documents(4) })).toEqual({ durable: false });
    expect(store.stats().lost.documents).toBe(1);
    expect(onDisk(dir)).toEqual([3]);
  });
});

describe("a reader", () => {
  test("reads beside a writer without being in its way, and sees what is acknowledged", async () => {
    const dir = place();
    await using store = await open(dir);
    await write(store, { documents: documents(0) });
    const opened = openReader(dir);
    if (opened.kind !== "open") throw new Error(opened.message);
    using reader = opened.reader;
    for (let i = 1; i <= 50; i += 1) {
      expect(await write(store, { documents: documents(i), samples: [sample(`s${i}`, ["f"])] })).toEqual({
        durable: true,
      });
      expect(reader.documents("k")[0]!.value).toBe(i);
    }
    expect(reader.samples({ finding: "f", limit: 2 }).map(({ id }) => id)).toEqual(["s50", "s49"]);
  });

  test("says what to do when there is nothing to read", () => {
    expect(openReader(place())).toMatchObject({
      kind: "unreadable",
      message: expect.stringContaining("does not exist"),
    });
    const dir = place();
    mkdirSync(dir);
    writeFileSync(file(dir), "no database ".repeat(1_000));
    expect(openReader(dir)).toMatchObject({ kind: "unreadable", message: expect.stringContaining("not a database") });
  });
});
