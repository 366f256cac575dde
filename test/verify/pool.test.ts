import { readdirSync, readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { NO_RULES } from "../../src/model/rules.ts";
import { type Comparer, createPool, type PoolOptions, type Setup } from "../../src/verify/index.ts";
import { json, SETUP } from "./support.ts";

const opened: Comparer[] = [];
afterEach(async () => {
  for (const pool of opened.splice(0)) await pool.close();
});

function open(options: Partial<PoolOptions> = {}) {
  const replaced: string[] = [];
  const pool = createPool({ setup: SETUP, workers: 2, onReplaced: (reason) => replaced.push(reason), ...options });
  opened.push(pool);
  return { pool, replaced };
}

/** A rule that takes an expression backtracking without end over a long run of `a`: a comparison that never comes back. */
const stuck = {
  ...SETUP,
  limits: { ...SETUP.limits, deadlineMs: 100 },
  otherwise: {
    ...NO_RULES,
    strings: [
      {
        name: "strings $.s",
        path: { text: "$.s", segments: [{ descendant: false, selectors: [{ kind: "name" as const, name: "s" }] }] },
        matches: "^(a+)+$",
      },
    ],
  },
};

describe("the pool", () => {
  test("replaces a worker that overruns its deadline, fails that job alone, and does the others", async () => {
    const { pool, replaced } = open({ setup: stuck });
    const job = (s: string) => ({ route: "GET /a", legacy: json({ s: `${s}1` }), candidate: json({ s: `${s}2` }) });
    const hung = "a".repeat(60);
    const verdicts = await Promise.all([job("x"), job(hung), job("y"), job("z")].map(pool.compare));
    expect(verdicts.map((verdict) => verdict.kind)).toEqual(["compared", "failed", "compared", "compared"]);
    expect(verdicts[1]).toEqual({ kind: "failed", reason: "deadline" });
    expect(replaced).toEqual(["deadline"]);
    expect(pool.stats()).toEqual({ bytes: 0, smallBytes: 0, jobs: 0, replaced: 1, cpuMs: expect.any(Number) });
  });

  test.skipIf(process.platform !== "linux")("counts all that its threads take of the processor", async () => {
    const before = new Set(readdirSync("/proc/self/task"));
    const { pool } = open();
    const job = { route: "GET /a", legacy: json({ id: 1, price: 2 }), candidate: json({ id: 1, price: 3 }) };
    const many = () => Promise.all(Array.from({ length: 5000 }, () => pool.compare(job)));
    await many();
    const threads = readdirSync("/proc/self/task").filter(
      (thread) =>
        !before.has(thread) && readFileSync(`/proc/self/task/${thread}/comm`, "utf8").includes("WorkerThread"),
    );
    const taken = () =>
      threads.reduce(
        (sum, id) => sum + Number(readFileSync(`/proc/self/task/${id}/schedstat`, "utf8").split(" ")[0]) / 1e6,
        0,
      );
    const [told, real] = [pool.stats().cpuMs, taken()];
    for (let round = 0; round < 4; round += 1) await many();
    const part = (pool.stats().cpuMs - told) / (taken() - real);
    expect(part).toBeGreaterThan(0.8);
    expect(part).toBeLessThan(1.2);
  });

  test("a worker that dies while it has nothing to do took nothing", async () => {
    const { pool, replaced } = open();
    await pool.compare({ route: "GET /a", legacy: json(1), candidate: json(2) });
    const before = pool.stats().cpuMs;
    await setTimeout(1000);
    pool.update({ ...SETUP, routes: 7 as unknown as Setup["routes"] });
    await expect.poll(() => replaced.length).toBe(1);
    expect(pool.stats().cpuMs).toBe(before);
  });

  test("replaces a worker that runs out of memory, counts its job as failed, and goes on", async () => {
    const { pool, replaced } = open({ heapMiB: 24 });
    const forwards = Array.from({ length: 150_000 }, (_, i) => ({ [`k${i}`]: [i, i] }));
    const backwards = Array.from({ length: 150_000 }, (_, i) => ({ [`k${150_000 - i}`]: [i] }));
    const verdict = await pool.compare({ route: "GET /a", legacy: json(forwards), candidate: json(backwards) });
    // It dies of it, or is busy collecting garbage until its deadline.
    expect(verdict).toMatchObject({ kind: "failed", reason: expect.stringMatching(/crash|deadline/) });
    expect(replaced.length).toBe(1);
    const after = await pool.compare({ route: "GET /a", legacy: json(1), candidate: json(2) });
    expect(after.kind).toBe("compared");
  });

  test.skipIf(process.platform !== "linux")(
    "runs its threads at a lower priority than the one that serves",
    async () => {
      const { pool } = open({ nice: 7 });
      await pool.compare({ route: "GET /a", legacy: json(1), candidate: json(2) });
      const nice = readdirSync("/proc/self/task").map((id) => {
        const fields = readFileSync(`/proc/self/task/${id}/stat`, "utf8").split(") ")[1]!.split(" ");
        return Number(fields[16]);
      });
      expect(nice.filter((one) => one === 7)).toHaveLength(1);
    },
  );

  test("gives each comparison its own bytes, though batches lie in the same memory one after another", async () => {
    const { pool } = open();
    const pair = (n: number, size: number) => ({
      route: "GET /a",
      legacy: json({ n, fill: "x".repeat(size) }),
      candidate: json({ n: -n, fill: "x".repeat(size) }),
    });
    const sizes = [10, 300_000, 40_000, 3_000_000, 70, 5_000, 1_200_000, 90_000];
    for (let round = 0; round < 5; round += 1) {
      const jobs = sizes.map((size, i) => ({ n: round * 100 + i + 1, size }));
      const verdicts = await Promise.all(jobs.map(({ n, size }) => pool.compare(pair(n, size))));
      expect(
        verdicts.map(
          (verdict) =>
            verdict.kind === "compared" && verdict.compared.differences.map((d) => [d.path, d.legacy, d.candidate]),
        ),
      ).toEqual(jobs.map(({ n }) => [["$.n", `${n}`, `${-n}`]]));
    }
  });

  test("a small pair never waits behind large ones", async () => {
    const { pool } = open();
    const order: string[] = [];
    const large = (seed: number) => json(Array.from({ length: 15_000 }, (_, i) => ({ id: i, v: (i * seed) % 977 })));
    const slow = [1, 2, 3, 4].map(async (i) => {
      await pool.compare({ route: "GET /a", legacy: large(i), candidate: large(i + 1) });
      order.push("large");
    });
    const quick = pool
      .compare({ route: "GET /a", legacy: json(1), candidate: json(2) })
      .then(() => order.push("small"));
    await Promise.all([...slow, quick]);
    expect(order.indexOf("small")).toBeLessThan(2);
  });

  test("compares first pairs before rechecks, three times of four, and does not count the bytes of those", async () => {
    const { pool } = open();
    const order: string[] = [];
    const pair = (n: number) => ({
      route: "GET /a",
      legacy: json({ n, fill: "x".repeat(200_000) }),
      candidate: json({ n: -n, fill: "x".repeat(200_000) }),
    });
    const compare = (n: number, recheck: boolean) =>
      pool.compare({ ...pair(n), recheck }).then(() => order.push(recheck ? "recheck" : "first"));
    const rechecks = Array.from({ length: 10 }, (_, n) => compare(n + 1, true));
    expect(pool.stats()).toMatchObject({ bytes: 0, jobs: 10 });
    const first = Array.from({ length: 10 }, (_, n) => compare(n + 1, false));
    expect(pool.stats().bytes).toBeGreaterThan(10 * 400_000);
    await Promise.all([...rechecks, ...first]);
    const rechecksBefore = (first: number) => {
      const at = order.findIndex((_, i) => order.slice(0, i + 1).filter((one) => one === "first").length === first);
      return order.slice(0, at).filter((one) => one === "recheck").length;
    };
    expect(rechecksBefore(1)).toBe(0);
    expect(rechecksBefore(10)).toBeGreaterThanOrEqual(2);
    expect(rechecksBefore(10)).toBeLessThanOrEqual(4);
    expect(pool.stats()).toMatchObject({ bytes: 0, jobs: 0 });
  });

  test("counts the bytes that wait, and closing it fails what waits rather than leaving it hanging", async () => {
    const { pool } = open({ setup: stuck });
    const s = "a".repeat(60);
    const jobs = [1, 2, 3].map((n) =>
      pool.compare({ route: "GET /a", legacy: json({ s: `${s}${n}` }), candidate: json({ s: `${s}!` }) }),
    );
    expect(pool.stats().bytes).toBeGreaterThan(300);
    await pool.close();
    expect((await Promise.all(jobs)).map((verdict) => verdict.kind)).toEqual(["failed", "failed", "failed"]);
    expect(pool.stats()).toMatchObject({ bytes: 0, jobs: 0 });
  });
});
