import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createBreaker } from "../../src/proxy/breaker.ts";

const OPTIONS = { errorShare: 0.5, minRequests: 4, window: 1000, openFor: 100, probes: 2 };

describe("the breaker", () => {
  test("opens when enough of the answers failed, probes after a while, and closes when the probes succeed", () => {
    const breaker = createBreaker(OPTIONS);
    for (const ok of [true, true, false, false]) {
      expect(breaker.allow(0)).toBe(true);
      breaker.record(ok, 0);
    }
    expect(breaker.state(0)).toBe("open");
    expect(breaker.allow(99)).toBe(false);
    expect(breaker.state(100)).toBe("half_open");
    expect([breaker.allow(100), breaker.allow(100), breaker.allow(100)]).toEqual([true, true, false]);
    breaker.record(true, 110);
    expect(breaker.state(110)).toBe("half_open");
    breaker.record(true, 110);
    expect(breaker.state(110)).toBe("closed");
    expect(breaker.allow(110)).toBe(true);
  });

  test("stays open longer after each probe that failed", () => {
    const breaker = createBreaker(OPTIONS);
    for (let i = 0; i < 4; i++) breaker.record(false, 0);
    let now = 100;
    for (const wait of [200, 400, 800, 1600, 1600]) {
      expect(breaker.allow(now)).toBe(true);
      breaker.record(false, now);
      expect(breaker.allow(now + wait - 1)).toBe(false);
      now += wait;
    }
  });

  test("forgets what is older than its window", () => {
    const breaker = createBreaker(OPTIONS);
    for (let i = 0; i < 3; i++) breaker.record(false, 0);
    for (let i = 0; i < 3; i++) breaker.record(true, 2000);
    breaker.record(false, 2000);
    expect(breaker.state(2000)).toBe("closed");
  });

  test("a probe that said nothing is given to another", () => {
    const breaker = createBreaker(OPTIONS);
    for (let i = 0; i < 4; i++) breaker.record(false, 0);
    for (let i = 0; i < 5; i++) {
      expect(breaker.allow(100)).toBe(true);
      breaker.record(undefined, 100);
    }
    expect(breaker.state(100)).toBe("half_open");
  });

  test("whatever happens, it asks again in the end", () => {
    const step = fc.record({ after: fc.nat(300), ok: fc.constantFrom(true, false, undefined) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const breaker = createBreaker(OPTIONS);
        let now = 0;
        for (const { after, ok } of steps) {
          now += after;
          if (breaker.allow(now)) breaker.record(ok, now);
        }
        expect(breaker.allow(now + 100 * 16 + 1)).toBe(true);
      }),
    );
  });
});
