import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createShare } from "../../src/reconcile/share.ts";

/** A clock that work moves on by as many milliseconds as it is told to. */
function opened(part: number, cores?: number) {
  let now = 0;
  const share = createShare(
    () => part,
    () => now,
    cores,
  );
  const pass = (ms: number) => {
    now += ms;
  };
  return {
    ...share,
    rest: pass,
    work: share.timed(pass),
    clock: () => now,
  };
}

const times = fc.array(fc.record({ rest: fc.nat(200), work: fc.nat(200) }), { maxLength: 200 });

describe("a share of the thread's time", () => {
  test("the whole of it is never spent, however long one call takes", () => {
    fc.assert(
      fc.property(times, (steps) => {
        const share = opened(1);
        for (const { rest, work } of steps) {
          share.rest(rest);
          share.work(work);
          expect(share.isSpent()).toBe(false);
        }
      }),
    );
  });

  test("work that begins only while it is not spent takes no more than its part, one burst and one call", () => {
    fc.assert(
      fc.property(
        times,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.oneof(fc.constant(1), fc.integer({ min: 2, max: 64 })),
        (steps, part, cores) => {
          const share = opened(part, cores);
          let worked = 0;
          for (const { rest, work } of steps) {
            share.rest(rest);
            if (share.isSpent()) continue;
            if (cores === 1) share.work(work);
            else {
              share.rest(work);
              share.pay(work * cores); // each of them was at it
            }
            worked += work;
          }
          expect(worked).toBeLessThanOrEqual(part * share.clock() + 50 + 200 + 1e-6);
        },
      ),
    );
  });

  test("is of as many cores as there are, and says when there will be some again", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 0.99, noNaN: true }), fc.integer({ min: 1, max: 64 }), (part, cores) => {
        const share = opened(part, cores);
        share.pay(50 * cores + part * cores * 100);
        expect(share.isSpent()).toBe(true);
        const back = share.backIn();
        expect(back).toBeLessThanOrEqual(100 + 1e-6);
        share.rest(back + 0.001);
        expect(share.isSpent()).toBe(false);
        expect(share.backIn()).toBe(0);
      }),
    );
  });

  test("no share at all never comes back", () => {
    const share = opened(0);
    share.pay(50);
    expect([share.isSpent(), share.backIn()]).toEqual([true, Number.POSITIVE_INFINITY]);
  });

  test("one call that took minutes is not made up for by minutes of rest", () => {
    const share = opened(0.1);
    share.work(300_000);
    expect(share.backIn()).toBeLessThanOrEqual(5_000);
  });

  test("what was spent comes back with time, and a call that throws is paid for too", () => {
    const share = opened(0.1);
    share.work(60);
    expect(share.isSpent()).toBe(true);
    share.rest(200);
    expect(share.isSpent()).toBe(false);
    const failing = share.timed(() => {
      share.rest(1_000);
      throw new Error("of the work");
    });
    expect(failing).toThrow("of the work");
    expect(share.isSpent()).toBe(true);
  });
});
