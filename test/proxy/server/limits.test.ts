import fc from "fast-check";
import { expect, test } from "vitest";
import type { Answer, Response } from "../../../src/model/answer.ts";
import { NO_BODY } from "../../../src/model/body.ts";
import { createConcurrency } from "../../../src/proxy/admission/concurrency.ts";
import { createMemory } from "../../../src/proxy/admission/load-shedding.ts";
import { createRate } from "../../../src/proxy/admission/token-bucket.ts";
import { retryAfter } from "../../../src/proxy/shadow/retry-after.ts";
import { createDeadlines } from "../../../src/proxy/upstream/http1/deadlines.ts";
import { openRoom } from "../../support/room.ts";
import { backend, eventually, exchange, ok, rawClient } from "../../support/wire.ts";

const GET = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
const late: Answer = { kind: "failure", reason: "timeout", detail: "", durationMs: 0 };
function answer(status: number): Response {
  const rest = { reason: "", fields: [], trailers: [], firstByteMs: 0, durationMs: 0 };
  return { kind: "response", status, body: NO_BODY, ...rest };
}

test("the candidate's concurrency falls once a second under overload, and rises again to its maximum", () => {
  const concurrency = createConcurrency(100);
  for (let i = 0; i < 36; i++) concurrency.record(answer(200), 0);
  expect(concurrency.limit()).toBe(100);
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

test("a candidate is asked few at once to begin with, and one more for each answer, however long they all take", () => {
  const limitAfter = (count: number, durationMs: number, max = 1000) => {
    const concurrency = createConcurrency(max);
    for (let i = 0; i < count; i++) concurrency.record({ ...answer(200), durationMs }, i);
    return concurrency.limit();
  };
  expect(limitAfter(0, 0)).toBe(64);
  expect(limitAfter(0, 0, 8)).toBe(8);
  expect(limitAfter(100, 20)).toBe(164);
  expect(limitAfter(100, 2000)).toBe(164);
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

test("shadowing beyond its rate is left out of the sample, and clients see nothing of it", async () => {
  await using legacy = await backend(ok("fine"));
  await using room = await openRoom(legacy, legacy, { shadow: { perSecond: 3 } });
  for (let i = 0; i < 10; i++) expect(await exchange(room.port, GET)).toContain("fine");
  expect(room.exchanges.length).toBeLessThan(7);
  expect(await room.outcome()).toBe("skipped/sampled_out");
});

test("a route's rate is its own, beside the one for all", async () => {
  await using legacy = await backend(ok("fine"));
  const routes = [{ match: "GET /a", shadow: { perSecond: 0 } }];
  await using room = await openRoom(legacy, legacy, { routes });
  await exchange(room.port, GET);
  expect(await room.outcome()).toBe("skipped/sampled_out");
  await exchange(room.port, GET.replace("/a", "/b"));
  await room.exchange();
});

test("a candidate that says 429 is asked less at once", async () => {
  await using legacy = await backend(ok("fine"));
  await using candidate = await backend(ok("", ["Retry-After: 9"], "429 Too Many Requests"));
  await using room = await openRoom(legacy, candidate, { candidate: { maxInFlight: 10 } });
  await exchange(room.port, GET);
  await room.exchange();
  expect(room.proxy.gauges().candidateLimit).toBe(7);
  await using fixed = await openRoom(legacy, candidate, { candidate: { maxInFlight: 10, adaptive: false } });
  await exchange(fixed.port, GET);
  await fixed.exchange();
  expect(fixed.proxy.gauges().candidateLimit).toBe(10);
});

test.each([
  ["429 Too Many Requests", "30"],
  ["503 Service Unavailable", new Date(Date.now() + 30_000).toUTCString()],
])("a candidate that says %s with Retry-After %s is left alone until then", async (status, after) => {
  await using legacy = await backend(ok("fine"));
  await using candidate = await backend(ok("", [`Retry-After: ${after}`], status));
  await using room = await openRoom(legacy, candidate);
  await exchange(room.port, GET);
  await room.exchange();
  expect(room.proxy.gauges().breaker).toBe("open");
  expect(await exchange(room.port, GET)).toContain("fine");
  expect(await room.outcome()).toBe("skipped/breaker");
});

test("Retry-After is read as RFC 9110 has it, and nothing else is taken for it", () => {
  const said = (value: string, status = 503) =>
    retryAfter({ ...answer(status), fields: ["retry-after", value] }, 1_000);
  expect(said("120")).toBe(120_000);
  expect(said("Thu, 01 Jan 1970 00:00:11 GMT")).toBe(10_000);
  expect(said("Thu, 01 Jan 1970 00:00:00 GMT")).toBe(0);
  for (const other of ["-1", "1.5", "soon", "", "1e9", "99999999999999999999"]) expect(said(other)).toBe(undefined);
  expect(said("120", 200)).toBe(undefined);
  expect(retryAfter(late, 0)).toBe(undefined);
});

test("the candidate's concurrency falls when its answers take twice as long as usual, and what is usual follows", () => {
  const concurrency = createConcurrency(100);
  const took = (ms: number) => ({ ...answer(200), durationMs: ms });
  let now = 0;
  const answers = (count: number, ms: number) => {
    for (let i = 0; i < count; i++, now += 10) concurrency.record(took(ms), now);
  };
  answers(500, 40);
  expect(concurrency.limit()).toBe(100);
  for (let i = 0; i < 300; i++, now += 10) concurrency.record(took(440), now, 400); // it is this process that was late
  expect(concurrency.limit()).toBe(100);
  answers(300, 400);
  expect(concurrency.limit()).toBeLessThan(80);
  answers(6000, 400);
  expect(concurrency.limit()).toBe(100);
});

/** Keeps the event loop busy for so many turns in a row, of so many milliseconds each. */
async function block(turns: number, ms: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) {
    const until = performance.now() + ms;
    while (performance.now() < until);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

test("one late turn of the event loop is a lag that is forgotten; only turns that stay late are a standing one", async () => {
  using deadlines = createDeadlines(5);
  deadlines.watch({ deadline: Number.POSITIVE_INFINITY, expire() {} });
  await block(1, 2000);
  await eventually(() => deadlines.lag() > 1000);
  expect(deadlines.standingLag()).toBeLessThan(1000);
  await eventually(() => deadlines.lag() < 500);
  await block(12, 600);
  expect(deadlines.standingLag()).toBeGreaterThan(500);
  await eventually(() => deadlines.standingLag() < 100);
});

test("an event loop that stays late sheds shadowing, one long turn of it does not", async () => {
  await using legacy = await backend(ok("fine"));
  await using room = await openRoom(legacy, legacy, { shadow: { maxLag: 200 } });
  legacy.reply = () => {};
  await using first = await rawClient(room.port);
  first.send(GET); // something under way, so that the loop is watched
  await eventually(() => legacy.seen.length === 2);
  legacy.reply = (socket) => void socket.write(ok("fine"));
  await block(1, 600);
  expect(await exchange(room.port, GET)).toContain("fine");
  await room.exchange();
  expect(room.proxy.gauges().shed).toMatchObject({ event_loop: 0 });
  // How soon the proxy reads a request after late turns is up to the machine: so it is tried until one is shed.
  const until = performance.now() + 60_000;
  while (room.proxy.gauges().shed.event_loop === 0 && performance.now() < until) {
    await block(10, 300);
    expect(await exchange(room.port, GET)).toContain("fine");
  }
  expect(room.proxy.gauges().shed.event_loop).toBeGreaterThan(0);
  const over = performance.now() + 60_000;
  const before = room.exchanges.length;
  while (room.exchanges.length === before && performance.now() < over) {
    expect(await exchange(room.port, GET)).toContain("fine");
  }
  expect(room.exchanges.length).toBeGreaterThan(before);
});

test("a process that is too large leaves out shadowing, serves its clients, and takes it up again", async () => {
  await using legacy = await backend(ok("fine"));
  let size = 101;
  await using room = await openRoom(legacy, legacy, { shadow: { maxMemory: 100 } }, { memory: () => size });
  for (let i = 0; i < 5; i++) expect(await exchange(room.port, GET)).toContain("fine");
  expect(await room.outcome(5)).toBe("skipped/overload");
  expect(room.proxy.gauges().shed).toMatchObject({ event_loop: 0, memory: 5 });
  expect(room.exchanges).toEqual([]);
  size = 100;
  await exchange(room.port, GET);
  await room.exchange();
});

test("knows its own size", () => {
  const memory = createMemory();
  expect(Math.abs(memory() - process.memoryUsage.rss()) / memory()).toBeLessThan(0.5);
});

test("a connection has as many requests as it may, and is told at the last one", async () => {
  await using legacy = await backend(ok("fine"));
  await using room = await openRoom(legacy, legacy, { limits: { maxRequests: 2 } });
  await using client = await rawClient(room.port);
  client.send(GET);
  await client.until((text) => text.includes("fine"));
  client.send(GET);
  await client.end();
  const answers = client.text();
  expect(answers.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
  expect(answers.match(/connection: close/gi)).toHaveLength(1);
});

test("a request that keeps coming and never ends is answered 408 when its time is over", async () => {
  await using legacy = await backend(ok("fine"));
  await using room = await openRoom(legacy, legacy, { limits: { headTimeout: 100, requestTimeout: 300 } });
  await using client = await rawClient(room.port);
  client.send("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n");
  const drip = setInterval(() => client.send("x"), 50);
  try {
    await client.end();
  } finally {
    clearInterval(drip);
  }
  expect(client.text()).toContain("408");
});
