import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { openReader, openSqliteStore } from "../../src/store/index.ts";
import { entry, NOW, sample, storeContract, write } from "./contract.ts";

const base = mkdtempSync(join(tmpdir(), "store-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));

describe("the sqlite store", () => {
  let n = 0;
  const place = () => {
    n += 1;
    return join(base, `${n}`);
  };
  const limits = { keepMs: 1e12, maxBytes: 8 << 20, now: () => NOW };
  storeContract((over) => openSqliteStore({ ...over, dir: place() }));

  test("is nobody else's to read", async () => {
    const dir = place();
    await using store = await openSqliteStore({ ...limits, dir });
    await write(store, { documents: [], samples: [sample("a", ["a"])], audit: [] });
    const open = readdirSync(dir).filter((name) => (statSync(join(dir, name)).mode & 0o077) !== 0);
    expect([open.filter((name) => !name.endsWith(".lock")), statSync(dir).mode & 0o077]).toEqual([[], 0]);
  });

  test("has after a restart what it had before it, whatever the names", async () => {
    const name = fc.oneof(fc.constantFrom("__proto__", "", "\0", "\ud800", "\udc00", "ud800", "'", '"'), fc.string());
    const documents = fc.uniqueArray(fc.record({ kind: name, key: name, value: fc.jsonValue() }), {
      maxLength: 20,
      selector: (one) => JSON.stringify([one.kind, one.key]),
    });
    await fc.assert(
      fc.asyncProperty(documents, name, async (all, odd) => {
        const dir = place();
        const before = await openSqliteStore({ ...limits, dir });
        const kept = sample(odd, [odd], { route: odd });
        await write(before, { documents: all, samples: [kept], audit: [entry(odd)] });
        await before.close();
        await using after = await openSqliteStore({ ...limits, dir });
        const opened = openReader(dir);
        if (opened.kind !== "open") throw new Error(opened.message);
        using reader = opened.reader;
        const left = all
          .filter(({ value }) => value !== null)
          .map((one) => JSON.stringify(one))
          .sort();
        for (const source of [after, reader]) {
          expect((await source.documents()).map((one) => JSON.stringify(one)).sort()).toEqual(left);
          expect(await source.samples({ finding: odd, route: odd })).toEqual([kept]);
          expect(await source.audit(1)).toEqual([entry(odd)]);
        }
      }),
      { numRuns: 8 },
    );
  });

  test("shrinks a file that is over a lower limit, keeping the newest", async () => {
    const dir = place();
    const body = "x".repeat(20_000);
    const large = await openSqliteStore({ ...limits, dir, samplesPerFinding: 1_000 });
    for (let i = 0; i < 150; i += 1)
      await write(large, { samples: [sample(`s${i}`, ["f"], { at: NOW + i }, [body, `${body}y`])] });
    await large.close();
    await using small = await openSqliteStore({ ...limits, dir, maxBytes: 2 << 20, samplesPerFinding: 1_000 });
    expect(small.stats().bytes).toBeGreaterThan(4 << 20);
    await small.prune();
    await write(small, { samples: [sample("new", ["f"], { at: NOW + 999 })] });
    await small.prune();
    expect(small.stats().bytes).toBeLessThanOrEqual(2 << 20);
    expect((await small.samples({ limit: 2 })).map(({ id }) => id)).toEqual(["new", "s149"]);
    expect(small.stats().state).toBe("ok");
  });
});
