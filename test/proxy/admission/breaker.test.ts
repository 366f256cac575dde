import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createBreaker, type Ended } from "../../../src/proxy/admission/breaker.ts";

const GOOD = { ok: true, ms: 1 };
const BAD = { ok: false, ms: 1 };
const OPTIONS = { errorShare: 0.5, minRequests: 4, window: 1000, openFor: 100, probes: 2 };

describe("the breaker", () => {
  test("opens when enough of the answers failed, probes after a while, and closes when the probes succeed", () => {
    const breaker = createBreaker(OPTIONS);
    for (const ended of [GOOD, GOOD, BAD, BAD]) {
      expect(breaker.allow(0)).toBe(true);
      breaker.record(ended, 0);
    }
    expect(breaker.state(0)).toBe("open");
    expect(breaker.allow(99)).toBe(false);
    expect(breaker.state(100)).toBe("half_open");
    expect([breaker.allow(100), breaker.allow(100), breaker.allow(100)]).toEqual([true, true, false]);
    breaker.record(GOOD, 110);
    expect(breaker.state(110)).toBe("half_open");
    breaker.record(GOOD, 110);
    expect(breaker.state(110)).toBe("closed");
    expect(breaker.allow(110)).toBe(true);
  });

  test("stays open longer after each probe that failed", () => {
    const breaker = createBreaker(OPTIONS);
    for (let i = 0; i < 4; i++) breaker.record(BAD, 0);
    let now = 100;
    for (const wait of [200, 400, 800, 1600, 1600]) {
      expect(breaker.allow(now)).toBe(true);
      breaker.record(BAD, now);
      expect(breaker.allow(now + wait - 1)).toBe(false);
      now += wait;
    }
  });

  test("forgets what is older than its window", () => {
    const breaker = createBreaker(OPTIONS);
    for (let i = 0; i < 3; i++) breaker.record(BAD, 0);
    for (let i = 0; i < 3; i++) breaker.record(GOOD, 2000);
    breaker.record(BAD, 2000);
    expect(breaker.state(2000)).toBe("closed");
  });

  test("a probe that said nothing is given to another", () => {
    const breaker = createBreaker(OPTIONS);
    for (let i = 0; i < 4; i++) breaker.record(BAD, 0);
    for (let i = 0; i < 5; i++) {
      expect(breaker.allow(100)).toBe(true);
      breaker.record(undefined, 100);
    }
    expect(breaker.state(100)).toBe("half_open");
  });

  test("whatever happens, it asks again in the end", () => {
    const pauseMs = fc.option(fc.oneof(fc.nat(), fc.constant(Number.POSITIVE_INFINITY)), { nil: undefined });
    const ended = fc.record({ ok: fc.boolean(), ms: fc.nat(100), pauseMs });
    const step = fc.record({ after: fc.nat(300), ended: fc.option(ended, { nil: undefined }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const breaker = createBreaker({ ...OPTIONS, latency: 50 });
        let now = 0;
        for (const { after, ended } of steps) {
          now += after;
          if (breaker.allow(now)) breaker.record(ended as Ended, now);
        }
        expect(breaker.allow(now + 60_000 + 100 * 16 + 1)).toBe(true);
      }),
    );
  });

  test("opens when the median answer takes too long, and a slow probe keeps it open", () => {
    const breaker = createBreaker({ ...OPTIONS, latency: 50, probes: 1 });
    const slow = { ok: true, ms: 51 };
    for (const ended of [GOOD, GOOD, slow, slow]) breaker.record(ended, 0);
    expect(breaker.state(0)).toBe("closed"); // half of them is not more than half
    breaker.record(slow, 0);
    expect(breaker.state(0)).toBe("open");
    expect(breaker.allow(100)).toBe(true);
    breaker.record(slow, 100);
    expect(breaker.state(299)).toBe("open");
    expect(breaker.allow(300)).toBe(true);
    breaker.record({ ok: true, ms: 50 }, 300);
    expect(breaker.state(300)).toBe("closed");
  });

  test("opens on latency exactly when the median of the window is over the bound", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100), { minLength: 4, maxLength: 40 }), (times) => {
        const breaker = createBreaker({ ...OPTIONS, minRequests: times.length, latency: 50 });
        for (const ms of times) breaker.record({ ok: true, ms }, 0);
        const lowerMedian = [...times].sort((a, b) => a - b)[Math.ceil(times.length / 2) - 1]!;
        // It looks after each slow answer, so the last one must be slow for the whole to be judged.
        if (times.at(-1)! > 50) expect(breaker.state(0)).toBe(lowerMedian > 50 ? "open" : "closed");
      }),
    );
  });

  test("pauses for as long as it was asked to, and for a minute at most", () => {
    const breaker = createBreaker(OPTIONS);
    breaker.record({ ok: true, ms: 1, pauseMs: 700 }, 0);
    expect([breaker.state(699), breaker.allow(699)]).toEqual(["open", false]);
    expect([breaker.state(700), breaker.allow(700)]).toEqual(["closed", true]);
    breaker.record({ ok: true, ms: 1, pauseMs: 1e15 }, 1000);
    expect([breaker.allow(60_999), breaker.allow(61_000)]).toEqual([false, true]);
  });
});
