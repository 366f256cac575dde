import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSpare } from "../../src/reconcile/spare.ts";

const now = () => performance.now();

/** Spare time by a clock that moves on by what work takes. */
function opened(busy: () => boolean) {
  let at = 0;
  const { run } = createSpare(busy, () => at);
  let done = 0;
  const pass = (ms: number) => {
    at += ms;
  };
  const work = (ms: number) =>
    run(() => {
      done += 1;
      pass(ms);
    });
  return { run, pass, work, done: () => done };
}

describe("spare time", () => {
  test("runs all that it is given once, first come, first run, and hands on what comes of it", async () => {
    const kinds = fc.array(fc.constantFrom("value", "promise", "throws", "rejects"), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(kinds, fc.boolean(), async (works, busy) => {
        const spare = createSpare(() => busy, now);
        const ran: number[] = [];
        const settled = await Promise.allSettled(
          works.map((kind, n) =>
            spare.run((): number | Promise<number> => {
              ran.push(n);
              if (kind === "throws") throw new Error(String(n));
              if (kind === "rejects") return Promise.reject(new Error(String(n)));
              return kind === "promise" ? Promise.resolve(n) : n;
            }),
          ),
        );
        expect(ran).toEqual(works.map((_, n) => n));
        expect(settled.map((one) => (one.status === "fulfilled" ? one.value : (one.reason as Error).message))).toEqual(
          works.map((kind, n) => (kind === "value" || kind === "promise" ? n : String(n))),
        );
      }),
      { numRuns: 50 },
    );
  });

  test("lets the event loop look at its sockets between two pieces of work", async () => {
    const { work, done } = opened(() => false);
    for (let n = 0; n < 5; n += 1) void work(0.2);
    expect(done()).toBe(0);
    for (let turns = 1; turns <= 5; turns += 1) {
      await nextTurn();
      expect(done()).toBeLessThanOrEqual(turns);
    }
    await expect.poll(done).toBe(5);
  });

  test("waits while a client is being served, and not for long", async () => {
    let busy = true;
    const { run, pass } = opened(() => busy);
    const told: string[] = [];
    const first = run(() => told.push("while nobody was served"));
    for (let turns = 0; turns < 50; turns += 1) await nextTurn();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(told).toEqual([]);
    busy = false;
    await first;
    busy = true;
    const second = run(() => told.push("because it had waited long"));
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(told).toEqual(["while nobody was served"]);
    pass(20);
    await second;
    expect(told).toEqual(["while nobody was served", "because it had waited long"]);
  });

  test("gives work that has waited too long a slice of each turn, not all of it", async () => {
    const { work, pass, done } = opened(() => true);
    const all = Array.from({ length: 10 }, () => work(0.4));
    pass(20);
    while (done() === 0) await nextTurn();
    expect(done()).toBe(3);
    await Promise.all(all);
  });
});
