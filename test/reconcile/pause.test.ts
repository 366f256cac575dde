import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createBench } from "../../src/reconcile/comparer.ts";
import { createPool } from "../../src/reconcile/index.ts";
import { createPause } from "../../src/reconcile/pause.ts";
import { json, SETUP } from "./support.ts";

const orders = (count: number, wrong: number) =>
  json(Array.from({ length: count }, (_, i) => ({ id: i, name: `Article ${i}`, price: i + wrong, tags: ["new"] })));

test("is asked to pause throughout a comparison, whether much differs or little, and pausing changes nothing", () => {
  for (const wrong of [orders(2000, 0.5), json(Array.from({ length: 2000 }, (_, i) => ({ id: -i })))]) {
    const job = { route: "GET /a", legacy: orders(2000, 0), candidate: wrong, folded: true };
    let pauses = 0;
    const verdict = createBench(
      SETUP,
      () => performance.now(),
      () => (pauses += 1),
    )(job);
    expect(verdict).toEqual(createBench(SETUP, () => performance.now())(job));
    // 10,000 nodes a side that has all members, or near to it
    expect(pauses).toBeGreaterThan(20);
  }
});

test("giving way takes no more than half of the time that a comparison has, so it never overruns its deadline by it", () => {
  const job = { route: "GET /a", legacy: orders(60_000, 0), candidate: orders(60_000, 0.5), folded: true };
  let now = 0;
  const rest = () => {
    now += 10; // nothing else takes any time
  };
  const verdict = createBench(SETUP, () => now, rest)(job);
  expect(now).toBe(SETUP.limits.deadlineMs / 2);
  expect(verdict).toEqual(createBench(SETUP, () => 0)(job));
});

test("sleeps only once work has gone on for a while", () => {
  let at = 0;
  let asked = 0;
  const pause = createPause(() => {
    asked += 1;
    return at;
  });
  const sleeps = () => {
    const before = asked;
    pause();
    return asked - before === 2; // when it wakes, it looks at the clock again
  };
  expect(sleeps()).toBe(false);
  at = 0.05;
  expect(sleeps()).toBe(false);
  at = 0.1;
  expect(sleeps()).toBe(true);
  expect(sleeps()).toBe(false);
});

test.skipIf(process.platform !== "linux")(
  "a worker with pauses lets go of its core by itself, one without does not",
  async () => {
    const lettingGo = async (pauses: boolean) => {
      const before = new Set(readdirSync("/proc/self/task"));
      const pool = createPool({ setup: SETUP, workers: 2, pauses });
      const job = { route: "GET /a", legacy: orders(20_000, 0), candidate: orders(20_000, 0.5) };
      await pool.compare(job);
      const worker = readdirSync("/proc/self/task").filter(
        (thread) => !before.has(thread) && readFileSync(`/proc/self/task/${thread}/comm`, "utf8").includes("Worker"),
      );
      const count = () =>
        worker.reduce((sum, thread) => {
          const status = readFileSync(`/proc/self/task/${thread}/status`, "utf8");
          return sum + Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)![1]);
        }, 0);
      const from = count();
      await pool.compare(job);
      const switches = count() - from;
      await pool.close();
      return switches;
    };
    expect(await lettingGo(true)).toBeGreaterThan(50);
    expect(await lettingGo(false)).toBeLessThan(50);
  },
);
