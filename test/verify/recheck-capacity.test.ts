import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LARGE_BYTES } from "../../src/verify/job-buffer.ts";
import type { Priority } from "../../src/verify/recheck-budget.ts";
import { createRecheckCapacity, createTurns } from "../../src/verify/recheck-capacity.ts";

const LARGE = 2 * LARGE_BYTES;
const LIMITS = { maxCount: 1000, maxBytes: 64 * LARGE };

/** Enters until there is no capacity, and says how many did. */
function fill(capacity: ReturnType<typeof createRecheckCapacity>, bytes: number, priority: Priority): number {
  let entered = 0;
  while (typeof capacity.acquire(bytes, priority) !== "string") entered += 1;
  return entered;
}

describe("the capacity for rechecks", () => {
  test("is left to those with a higher priority, and by large pairs to small ones", () => {
    const capacity = createRecheckCapacity(LIMITS);
    const [known, newIdentity, confirm] = (["known", "new_identity", "confirm"] as const).map((priority) =>
      fill(capacity, LARGE, priority),
    );
    expect([known, newIdentity, confirm].every((entered) => entered! > 0)).toBe(true);
    expect(known! + newIdentity! + confirm!).toBe(56);
    expect(capacity.acquire(LARGE, "confirm")).toBe("bytes");
    expect(fill(capacity, LARGE_BYTES / 2, "confirm")).toBe(32);
  });

  test("says that too many wait, whatever they weigh", () => {
    const capacity = createRecheckCapacity({ ...LIMITS, maxCount: 10 });
    fill(capacity, 0, "confirm");
    expect(capacity.acquire(0, "confirm")).toBe("count");
  });

  test("lets one large pair in that is larger than all of it, and gives the capacity back", () => {
    const capacity = createRecheckCapacity({ ...LIMITS, maxBytes: LARGE_BYTES });
    for (let n = 0; n < 3; n += 1) {
      const held = capacity.acquire(10 * LARGE, "known");
      expect(capacity.acquire(10 * LARGE, "confirm")).toBe("bytes");
      (held as Disposable)[Symbol.dispose]();
    }
  });

  test("is never exceeded by pairs that fit, and is empty when all have left", () => {
    const size = fc.oneof(fc.nat(LARGE_BYTES), fc.integer({ min: LARGE_BYTES, max: 4 * LARGE }));
    const step = fc.record({
      size,
      priority: fc.constantFrom<Priority>("confirm", "new_identity", "known"),
      leave: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const capacity = createRecheckCapacity(LIMITS);
        const held: { readonly size: number; readonly leave: Disposable }[] = [];
        for (const { size, priority, leave } of steps) {
          const entered = capacity.acquire(size, priority);
          if (typeof entered !== "string") held.push({ size, leave: entered });
          if (leave) held.shift()?.leave[Symbol.dispose]();
          expect(held.reduce((sum, one) => sum + one.size, 0)).toBeLessThanOrEqual(LIMITS.maxBytes);
        }
        for (const { leave } of held) leave[Symbol.dispose]();
        expect(typeof capacity.acquire(LIMITS.maxBytes * 0.4, "known")).not.toBe("string");
      }),
    );
  });
});

describe("turns", () => {
  test("are taken by so many at once, in the order in which they were asked for", async () => {
    const turn = createTurns(2, new AbortController().signal);
    const order: number[] = [];
    let [now, most] = [0, 0];
    await Promise.all(
      Array.from({ length: 9 }, async (_, n) => {
        using _held = await turn();
        order.push(n);
        now += 1;
        most = Math.max(most, now);
        await new Promise((resolve) => setTimeout(resolve, 1));
        now -= 1;
      }),
    );
    expect(most).toBe(2);
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test("wait for nobody any more once it stops", async () => {
    const stop = new AbortController();
    const turn = createTurns(1, stop.signal);
    await turn();
    const waiting = [turn(), turn()];
    stop.abort();
    await Promise.all([...waiting, turn()]);
  });
});
