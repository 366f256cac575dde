import fc from "fast-check";
import { expect, test } from "vitest";
import type { Answer } from "../../src/model/answer.ts";
import { NO_BODY } from "../../src/model/body.ts";
import { createConcurrency } from "../../src/proxy/concurrency.ts";
import { createRate } from "../../src/proxy/rate.ts";
import { createSweeper } from "../../src/proxy/wire/sweeper.ts";
import { openRoom } from "../support/room.ts";
import { backend, eventually, exchange, ok } from "../support/wire.ts";

const GET = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
const late: Answer = { kind: "failure", reason: "timeout", detail: "", durationMs: 0 };
function answer(status: number): Answer {
  const rest = { reason: "", fields: [], trailers: [], firstByteMs: 0, durationMs: 0 };
  return { kind: "response", status, body: NO_BODY, ...rest };
}

test("the candidate's concurrency falls once a second under overload, and rises again to its maximum", () => {
  const concurrency = createConcurrency(100);
  concurrency.record(late, 0);
  concurrency.record(late, 10);
  expect(concurrency.limit()).toBe(70);
  concurrency.record(answer(429), 1000);
  expect(concurrency.limit()).toBe(49);
  for (let now = 2000; now < 60_000; now += 1000) concurrency.record(answer(503), now);
  expect(concurrency.limit()).toBe(1);
  for (let i = 0; i < 2000; i++) concurrency.record(answer(200), 60_000);
  expect(concurrency.limit()).toBe(100);
});

test("a rate never gives more than its budget over any stretch of time", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.array(fc.nat(500), { maxLength: 200 }), (perSecond, gaps) => {
      const rate = createRate(perSecond);
      let now = 0;
      let taken = 0;
      for (const gap of gaps) {
        now += gap;
        if (rate(now)) taken++;
      }
      expect(taken).toBeLessThanOrEqual(perSecond + (now / 1000) * perSecond + 1e-6);
    }),
  );
  expect(createRate(Number.POSITIVE_INFINITY)(0)).toBe(true);
});

test("shadowing beyond its rate is an overload, and clients see nothing of it", async () => {
  await using legacy = await backend(ok("fine"));
  await using room = await openRoom(legacy, legacy, { shadow: { perSecond: 3 } });
  for (let i = 0; i < 10; i++) expect(await exchange(room.port, GET)).toContain("fine");
  expect(room.exchanges.length).toBeLessThan(7);
  expect(await room.outcome()).toBe("skipped/overload");
});

test("a candidate that says 429 is asked less at once", async () => {
  await using legacy = await backend(ok("fine"));
  await using candidate = await backend(ok("", ["Retry-After: 9"], "429 Too Many Requests"));
  await using room = await openRoom(legacy, candidate, { candidate: { maxInFlight: 10 } });
  await exchange(room.port, GET);
  await room.exchange();
  expect(room.proxy.gauges().candidateLimit).toBe(7);
});

test("a late event loop is noticed, forgotten again, and leaves out shadowing first", async () => {
  using sweeper = createSweeper(5);
  const item = { deadline: Number.POSITIVE_INFINITY, expire() {} };
  sweeper.watch(item);
  const until = performance.now() + 120;
  while (performance.now() < until);
  await eventually(() => sweeper.lag() > 80);
  await eventually(() => sweeper.lag() < 40);
  await using legacy = await backend(ok("fine"));
  await using room = await openRoom(legacy, legacy, { shadow: { maxLag: -1 } });
  expect(await exchange(room.port, GET)).toContain("fine");
  expect(await room.outcome()).toBe("skipped/overload");
});
