import { describe, expect, test } from "vitest";
import { createCostAwareCache } from "../../src/telemetry/index.ts";

/** Work that takes this long on the thread. */
function busy(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe("cache", () => {
  test("eager readers cost about a tenth of the time, however costly one answer is", () => {
    let made = 0;
    let making = 0;
    const cache = createCostAwareCache(() => {
      const from = performance.now();
      busy(5);
      making += performance.now() - from;
      made += 1;
      return made;
    });
    const start = performance.now();
    while (made < 6) cache.get();
    expect(making / (performance.now() - start)).toBeLessThan(0.25);
  });

  test("after a change the next reader gets a new one", () => {
    let made = 0;
    const cache = createCostAwareCache(() => {
      busy(5);
      made += 1;
      return made;
    });
    expect([cache.get(), cache.get()]).toEqual([1, 1]);
    cache.forget();
    expect(cache.get()).toBe(2);
  });

  test("one that was forgotten while it was made does not shorten how long the next one is shared", async () => {
    const waiting: (() => void)[] = [];
    const cache = createCostAwareCache(() => new Promise<number>((made) => waiting.push(() => made(waiting.length))));
    const first = cache.get();
    cache.forget();
    const second = cache.get();
    waiting[0]?.();
    await first;
    expect(cache.get()).toBe(second);
    waiting[1]?.();
    expect(await second).toBe(2);
  });

  test("readers at the same time share one answer, and a failure is not kept", async () => {
    let made = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    const cache = createCostAwareCache(async () => {
      made += 1;
      if (made === 1) {
        await promise;
        throw new Error("no");
      }
      return made;
    });
    const both = Promise.allSettled([cache.get(), cache.get()]);
    resolve();
    expect((await both).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(made).toBe(1);
    expect(await cache.get()).toBe(2);
  });
});
