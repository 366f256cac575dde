// test/store/contract.ts: what every store must do, run for each of them

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AuditEntry } from "../../src/model/control.ts";
import type { Document } from "../../src/model/document.ts";
import type { Sample, Store, StoreLimits } from "../../src/store/index.ts";

export const NOW = 1_800_000_000_000;
const DAY = 86_400_000;

export function sample(
  id: string,
  findings: readonly string[],
  over: Partial<Sample> = {},
  bodies = ['{"a":1}', '{"a":2}'],
): Sample {
  const answer = (text: string) => ({
    kind: "response" as const,
    status: 200,
    reason: "OK",
    fields: ["Content-Type", "application/json"],
    trailers: [],
    body: { kind: "text" as const, text },
    firstByteMs: 1,
    durationMs: 2,
  });
  return {
    id,
    route: "GET /a",
    at: NOW,
    outcome: "mismatch",
    reason: "",
    findings,
    request: { method: "GET", target: "/a", fields: [] },
    legacy: answer(bodies[0]!),
    candidate: answer(bodies[1]!),
    ...over,
  };
}

export const entry = (what: string): AuditEntry => ({ at: NOW, who: "me", action: "control", what });

export const write = (store: Store, batch: Partial<Parameters<Store["write"]>[0]>) =>
  store.write({ documents: [], samples: [], audit: [], ...batch });

export function storeContract(open: (limits: StoreLimits) => Promise<Store>): void {
  const limits = (over: Partial<StoreLimits> = {}): StoreLimits => ({
    keepMs: 14 * DAY,
    maxBytes: 8 << 20,
    now: () => NOW,
    ...over,
  });
  const ids = async (store: Store, filter: Parameters<Store["samples"]>[0]) =>
    (await store.samples(filter)).map(({ id }) => id);

  describe("documents", () => {
    test("the last one written of each name is what is read, whatever the names and values", async () => {
      const name = fc.oneof(
        fc.constantFrom("__proto__", "constructor", "toString", "a/b", "m~n", "0", "", "\0", "\ud800", "\udc00"),
        fc.string(),
      );
      const value = fc.oneof({ weight: 4, arbitrary: fc.jsonValue() }, fc.constant(null));
      const batches = fc.array(fc.array(fc.record({ kind: name, key: name, value }), { maxLength: 8 }), {
        maxLength: 5,
      });
      await fc.assert(
        fc.asyncProperty(batches, async (all) => {
          await using store = await open(limits());
          const expected = new Map<string, Document>();
          for (const documents of all) {
            expect(await write(store, { documents })).toEqual({ durable: true });
            for (const one of documents) expected.set(JSON.stringify([one.kind, one.key]), one);
          }
          const byName = (documents: Iterable<Document>) =>
            [...documents].map((one) => JSON.stringify([one.kind, one.key, one.value])).sort();
          const left = [...expected.values()].filter((one) => one.value !== null);
          expect(byName(await store.documents())).toEqual(byName(left));
          for (const { kind } of left) {
            expect(byName(await store.documents(kind))).toEqual(byName(left.filter((one) => one.kind === kind)));
          }
        }),
        { numRuns: 12 },
      );
    });

    test("writes in flight at the same time are all acknowledged and all there", async () => {
      await using store = await open(limits());
      const written = await Promise.all(
        Array.from({ length: 200 }, (_, i) => write(store, { documents: [{ kind: "k", key: `${i % 50}`, value: i }] })),
      );
      expect(written.every(({ durable }) => durable)).toBe(true);
      const values = (await store.documents("k")).map(({ value }) => Number(value)).sort((a, b) => a - b);
      expect(values).toEqual(Array.from({ length: 50 }, (_, i) => 150 + i));
    });

    test("what is read is a copy that a caller may change", async () => {
      await using store = await open(limits());
      await write(store, { documents: [{ kind: "k", key: "a", value: { list: [1] } }] });
      const [one] = await store.documents();
      (one!.value as { list: number[] }).list.push(2);
      expect((await store.documents())[0]!.value).toEqual({ list: [1] });
    });
  });

  describe("samples", () => {
    test("come back whole, also those that no patch could give back", async () => {
      await using store = await open(limits());
      const bodies = fc.tuple(
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.constantFrom(
            '{"a": 1.0}',
            "12345678901234567890",
            '{"a":1,"a":2}',
            '{"__proto__":1}',
            '{"constructor":{"a":1}}',
            "[".repeat(20_000) + "]".repeat(20_000),
          ),
        ),
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.constantFrom('{"a": 1.0}', "12345678901234567891", '{"__proto__":{"a":2}}', '{"constructor":{"a":2}}'),
        ),
      );
      let n = 0;
      await fc.assert(
        fc.asyncProperty(bodies, async (both) => {
          n += 1;
          const one = sample(`s${n}`, ["f"], { at: NOW + n }, both);
          await write(store, { samples: [one] });
          expect(await store.samples({ finding: "f", limit: 1 })).toEqual([one]);
        }),
        { numRuns: 60 },
      );
    });

    test("of one finding come newest first, and only its own", async () => {
      await using store = await open(limits());
      await write(store, { samples: [1, 2, 3].map((n) => sample(`a${n}`, ["a"], { at: NOW + n })) });
      await write(store, { samples: [sample("b1", ["b", "a"], { at: NOW + 9, route: "GET /b" }), sample("none", [])] });
      expect(await ids(store, { finding: "a" })).toEqual(["b1", "a3", "a2", "a1"]);
      expect(await ids(store, { finding: "a", route: "GET /a", limit: 2 })).toEqual(["a3", "a2"]);
      expect(await ids(store, { finding: "__proto__" })).toEqual([]);
    });

    test("of several findings come in turns, so that a loud one does not hide a quiet one", async () => {
      await using store = await open(limits());
      for (let n = 0; n < 20; n += 1) await write(store, { samples: [sample(`loud${n}`, ["loud"], { at: NOW + n })] });
      await write(store, {
        samples: [sample("quiet", ["quiet"], { at: NOW - 99 }), sample("plain", [], { at: NOW - 100 })],
      });
      expect(await ids(store, { limit: 4 })).toEqual(["loud19", "quiet", "plain", "loud18"]);
    });

    test("written again under their id replace what was there", async () => {
      await using store = await open(limits());
      await write(store, { samples: [sample("a", ["x"])] });
      await write(store, { samples: [sample("a", ["y"])] });
      expect(await ids(store, { finding: "x" })).toEqual([]);
      expect(await ids(store, {})).toEqual(["a"]);
    });

    test("of a finding are limited, and older ones make way", async () => {
      await using store = await open(limits({ samplesPerFinding: 3 }));
      for (let n = 0; n < 10; n += 1)
        await write(store, { samples: [sample(`s${n}`, n === 0 ? ["a", "rare"] : ["a"], { at: NOW + n })] });
      expect(await ids(store, { finding: "a" })).toEqual(["s9", "s8", "s7"]);
      expect(await ids(store, { finding: "rare" })).toEqual(["s0"]);
      expect((await ids(store, {})).sort()).toEqual(["s0", "s7", "s8", "s9"]);
    });

    test("that are too old go, and the others stay", async () => {
      let now = NOW;
      await using store = await open(limits({ now: () => now, samplesPerFinding: 1_000 }));
      await write(store, {
        samples: Array.from({ length: 450 }, (_, n) => sample(`s${n}`, [`${n % 7}`], { at: NOW + n })),
      });
      now = NOW + 14 * DAY + 440;
      await store.prune();
      expect((await ids(store, { limit: 1_000 })).length).toBe(10);
    });

    test("never take more room than the limit, and the newest stay", async () => {
      const maxBytes = 2 << 20;
      await using store = await open(limits({ maxBytes, samplesPerFinding: 100_000 }));
      const filler = JSON.stringify({ x: "y".repeat(20_000) });
      for (let n = 0; n < 40; n += 1) {
        await write(store, {
          documents: [{ kind: "k", key: "count", value: n }],
          samples: Array.from({ length: 10 }, (_, i) =>
            sample(`s${n * 10 + i}`, ["f"], { at: NOW + n * 10 + i }, [filler, "z".repeat(20_000)]),
          ),
        });
        expect(store.stats().bytes).toBeLessThanOrEqual(maxBytes);
      }
      await store.prune();
      expect(store.stats().bytes).toBeLessThanOrEqual(maxBytes);
      expect((await ids(store, { limit: 1 }))[0]).toBe("s399");
      expect((await store.documents())[0]?.value).toBe(39);
      expect(store.stats()).toMatchObject({ state: "ok", lost: { documents: 0 } });
    }, 240_000);

    test("one that is larger than its share is left out and counted", async () => {
      await using store = await open(limits({ maxBytes: 1 << 20 }));
      await write(store, { samples: [sample("huge", ["f"], {}, ["x".repeat(1 << 20), "y"]), sample("small", ["f"])] });
      expect(await ids(store, {})).toEqual(["small"]);
      expect(store.stats().lost.samples).toBe(1);
    });
  });

  describe("the audit log", () => {
    test("keeps what was done, newest first, and the newest of all", async () => {
      await using store = await open(limits({ auditEntries: 5 }));
      for (let n = 0; n < 8; n += 1) await write(store, { audit: [entry(`${n}`)] });
      expect((await store.audit(3)).map(({ what }) => what)).toEqual(["7", "6", "5"]);
      expect((await store.audit(100)).map(({ what }) => what)).toEqual(["7", "6", "5", "4", "3"]);
      expect(await store.audit(0)).toEqual([]);
    });
  });

  test("closing twice does no harm", async () => {
    const store = await open(limits());
    await write(store, { documents: [{ kind: "k", key: "a", value: 1 }] });
    await store.close();
    await store.close();
  });
}
