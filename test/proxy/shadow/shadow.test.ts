import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesOf } from "../../../src/model/body.ts";
import { position } from "../../../src/proxy/admission/sampling.ts";
import { comparable } from "../../../src/proxy/index.ts";
import { FULL_CONTROL } from "../../support/proxy-options.ts";
import { openRoom } from "../../support/room.ts";
import { backend, eventually, exchange, ok, rawClient } from "../../support/wire.ts";

const GET = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
const SEARCH = { routes: [{ match: "POST /search", readOnly: true }] };

describe("the candidate", () => {
  test("never sees a write, in any mode", async () => {
    await using legacy = await backend(ok("done"));
    await using candidate = await backend(ok());
    await using room = await openRoom(legacy, candidate, {
      shadow: { methods: ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "TRACE"] },
    });
    for (const method of ["POST", "PUT", "DELETE", "PATCH", "TRACE", "MKCOL"]) {
      expect(await exchange(room.port, `${method} /a HTTP/1.1\r\nHost: h\r\n\r\n`)).toContain("done");
    }
    expect(room.settled.every(({ outcome }) => "reason" in outcome && outcome.reason === "method")).toBe(true);
    expect(candidate.seen).toEqual([]);
  });

  test("is sent the body of a read, once it is whole", async () => {
    await using legacy = await backend(ok("found"));
    await using candidate = await backend(ok("found"));
    await using room = await openRoom(legacy, candidate, SEARCH);
    await using client = await rawClient(room.port);
    client.send("POST /search HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    await eventually(() => legacy.open.size === 1);
    client.send("2\r\n\x00\xff\r\n0\r\n\r\n");
    const { requestBody, legacy: left, candidate: right } = await room.exchange();
    expect([left.kind, right.kind]).toEqual(["response", "response"]);
    expect(Buffer.from(requestBody!).toString("latin1")).toBe("abc\x00\xff");
    expect(candidate.seen[0]!.body.toString("latin1")).toBe("abc\x00\xff");
    expect(candidate.seen[0]!.head).toBe(
      "POST /search HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nx-parallel-run: candidate\r\n\r\n",
    );
    expect(room.writes).toEqual([]);
  });

  test.each([
    ["told", `Content-Length: 70000\r\n\r\n${"x".repeat(70000)}`],
    ["chunked", `Transfer-Encoding: chunked\r\n\r\n11170\r\n${"x".repeat(70000)}\r\n0\r\n\r\n`],
  ])("is not asked when the body of a read is too large (%s)", async (_name, rest) => {
    await using legacy = await backend(ok("found"));
    await using candidate = await backend(ok());
    await using room = await openRoom(legacy, candidate, SEARCH);
    expect(await exchange(room.port, `POST /search HTTP/1.1\r\nHost: h\r\n${rest}`)).toContain("found");
    expect(legacy.seen[0]!.body).toHaveLength(70000);
    expect(await room.outcome()).toBe("skipped/body_too_large");
    expect(candidate.seen).toEqual([]);
    expect(room.proxy.gauges()).toMatchObject({ captureBytes: 0, candidateInFlight: 0 });
  });

  test("is read no further once it is longer than anything that legacy's answer could equal", async () => {
    await using legacy = await backend(ok("short"));
    let closed = false;
    await using candidate = await backend((socket) => {
      socket.on("close", () => {
        closed = true;
      });
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n${"x".repeat(300_000)}`); // and no more
    });
    await using room = await openRoom(legacy, candidate, { capture: { maxBody: 100_000, budget: 1_000_000 } });
    expect(await exchange(room.port, GET)).toContain("short");
    const { candidate: right } = await room.exchange();
    expect(right).toMatchObject({ kind: "response", status: 200, body: { kind: "measured", unread: true } });
    await eventually(() => closed);
    expect(room.proxy.gauges()).toMatchObject({ captureBytes: 0, candidateInFlight: 0 });
  });

  test("may say in the head of a HEAD how long a body would be", async () => {
    const head = "HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n";
    await using legacy = await backend(head);
    await using candidate = await backend(head);
    await using room = await openRoom(legacy, candidate);
    await using client = await rawClient(room.port);
    client.send("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n");
    expect((await room.exchange()).candidate).toMatchObject({ body: { kind: "kept", length: 0 } });
  });

  test("is not sent the client's conditions, and keeps a range", async () => {
    await using legacy = await backend(ok());
    await using candidate = await backend(ok());
    await using room = await openRoom(legacy, candidate);
    const conditions = 'If-None-Match: "a"\r\nif-modified-since: x\r\nIf-Range: "a"\r\n';
    await exchange(room.port, `GET /a HTTP/1.1\r\nHost: h\r\n${conditions}Range: bytes=0-1\r\n\r\n`);
    await room.exchange();
    expect(legacy.seen[0]!.head).toContain(conditions);
    expect(candidate.seen[0]!.head).toBe(
      "GET /a HTTP/1.1\r\nHost: h\r\nRange: bytes=0-1\r\nx-parallel-run: candidate\r\n\r\n",
    );
  });

  test("that is the proxy itself is not asked without end", async () => {
    await using legacy = await backend(ok("fine"));
    await using room = await openRoom(legacy, { url: "http://127.0.0.1:9" });
    room.proxy.update({
      ...room.options,
      candidate: { ...room.options.candidate, url: `http://127.0.0.1:${room.port}` },
    });
    await exchange(room.port, GET);
    expect((await room.exchange()).candidate.kind).toBe("response");
    expect(await room.outcome()).toBe("skipped/loop");
    expect(legacy.seen).toHaveLength(2);
  });

  test("does not see what carries the mark already, which gets normal service", async () => {
    await using legacy = await backend(ok("fine"));
    await using candidate = await backend(ok());
    await using room = await openRoom(legacy, candidate);
    const marked = "GET /a HTTP/1.1\r\nHost: h\r\nX-Parallel-Run: candidate\r\n\r\n";
    expect(await exchange(room.port, marked)).toBe(ok("fine").toString());
    expect(legacy.seen[0]!.head).toBe(marked);
    expect(await room.outcome()).toBe("skipped/loop");
    expect(candidate.seen).toEqual([]);
  });

  test("is left alone while it fails, and probed later", async () => {
    await using legacy = await backend(ok("fine"));
    await using candidate = await backend((socket) => void socket.resetAndDestroy());
    await using room = await openRoom(legacy, candidate, {
      breaker: { errorShare: 0.5, minRequests: 3, window: 10_000, openFor: 2_000, probes: 1 },
    });
    for (let i = 1; i <= 3; i++) {
      await exchange(room.port, GET);
      await room.exchange(i);
    }
    expect(room.proxy.gauges().breaker).toBe("open");
    await exchange(room.port, GET);
    expect(await room.outcome()).toBe("skipped/breaker");
    candidate.reply = (socket) => void socket.write(ok("fine"));
    await eventually(() => room.proxy.gauges().breaker === "half_open");
    await exchange(room.port, GET);
    await room.exchange(4);
    expect(room.proxy.gauges().breaker).toBe("closed");
  });
});

test("a candidate that answers well and slowly is left alone too, and asked again when it is quick", async () => {
  await using legacy = await backend(ok("fine"));
  await using candidate = await backend((socket) => void setTimeout(() => socket.write(ok("fine")), 80));
  await using room = await openRoom(legacy, candidate, {
    breaker: { errorShare: 0.5, minRequests: 3, window: 10_000, openFor: 2_000, probes: 1, latency: 60 },
  });
  for (let i = 1; i <= 3; i++) {
    await exchange(room.port, GET);
    await room.exchange(i);
  }
  expect(room.proxy.gauges().breaker).toBe("open");
  await exchange(room.port, GET);
  expect(await room.outcome()).toBe("skipped/breaker");
  candidate.reply = (socket) => void socket.write(ok("fine"));
  for (let asked = 3; room.proxy.gauges().breaker !== "closed"; ) {
    await eventually(() => room.proxy.gauges().breaker === "half_open"); // a busy machine may make a probe slow
    await exchange(room.port, GET);
    await room.exchange(++asked);
  }
});

describe("admission", () => {
  async function outcomes(
    over: Parameters<typeof openRoom>[2],
    requests: string[],
    prepare?: (room: Awaited<ReturnType<typeof openRoom>>) => void,
  ) {
    await using legacy = await backend(ok("fine"));
    await using candidate = await backend(ok("fine"));
    await using room = await openRoom(legacy, candidate, over);
    prepare?.(room);
    for (const request of requests) await exchange(room.port, request, (text) => text.includes("\r\n\r\n"));
    await eventually(() => room.settled.length + room.exchanges.length === requests.length);
    return {
      settled: room.settled.map(({ outcome }) => ("reason" in outcome ? outcome.reason : "")),
      shadowed: room.exchanges.length,
    };
  }

  test("skips what its route switches off, HEAD too", async () => {
    const off = { routes: [{ match: "GET /a", shadow: { off: true } }] };
    expect(await outcomes(off, [GET, GET.replace("GET", "HEAD")])).toEqual({
      settled: ["route", "route"],
      shadowed: 0,
    });
  });

  test("obeys the switch at once, for all and for one route", async () => {
    const off = (room: { control: unknown }) => {
      room.control = { ...FULL_CONTROL, on: false };
    };
    expect(await outcomes({}, [GET], off)).toEqual({ settled: ["off"], shadowed: 0 });
    const one = (room: { control: unknown }) => {
      room.control = { ...FULL_CONTROL, routes: new Map([["GET /a", { on: false }]]) };
    };
    expect(await outcomes({}, [GET, GET.replace("/a", "/b")], one)).toEqual({ settled: ["off"], shadowed: 1 });
  });

  test("with a switch that cannot be read means off", async () => {
    await using legacy = await backend(ok("fine"));
    await using room = await openRoom(
      legacy,
      legacy,
      {},
      {
        control() {
          throw new Error("broken");
        },
      },
    );
    expect(await exchange(room.port, GET)).toContain("fine");
    expect(await room.outcome()).toBe("skipped/off");
    expect(room.faults).toEqual(["control: Error: broken"]);
  });

  test("without room in the verifier, or one that throws, is an overload", async () => {
    await using legacy = await backend(ok("fine"));
    await using candidate = await backend(ok());
    await using room = await openRoom(legacy, candidate);
    room.full = true;
    await exchange(room.port, GET);
    expect(await room.outcome()).toBe("skipped/overload");
    await using broken = await openRoom(
      legacy,
      candidate,
      {},
      {
        offer() {
          throw new Error("broken");
        },
      },
    );
    expect(await exchange(broken.port, GET)).toContain("fine");
    expect(await broken.outcome()).toBe("skipped/overload");
    expect(candidate.seen).toEqual([]);
    expect(broken.proxy.gauges()).toMatchObject({ candidateInFlight: 0, captureBytes: 0 });
  });

  test("where there is no room from the start nothing is offered or kept, and not knowing it means no", async () => {
    await using legacy = await backend(ok("fine"));
    await using candidate = await backend(ok());
    let hasCapacity = () => false;
    const offer = () => expect.unreachable();
    await using room = await openRoom(legacy, candidate, {}, { hasCapacity: () => hasCapacity(), offer });
    expect(await exchange(room.port, GET)).toContain("fine");
    expect(await room.outcome()).toBe("skipped/overload");
    hasCapacity = () => {
      throw new Error("broken");
    };
    expect(await exchange(room.port, GET)).toContain("fine");
    expect(await room.outcome(2)).toBe("skipped/overload");
    expect(room.faults).toEqual(["hasCapacity: Error: broken"]);
    expect(room.proxy.gauges().shed).toMatchObject({ verify: 2 });
    expect(candidate.seen).toEqual([]);
  });

  test("ports that throw do not reach the client", async () => {
    await using legacy = await backend(ok("fine"));
    const broken = () => {
      throw new Error("broken");
    };
    await using room = await openRoom(
      legacy,
      legacy,
      {},
      { settle: broken, observe: broken, overhead: broken, wrote: broken, refused: broken },
    );
    expect(await exchange(room.port, GET)).toContain("fine");
    expect(await exchange(room.port, "POST /a HTTP/1.1\r\nHost: h\r\n\r\n")).toContain("fine");
    expect(await exchange(room.port, "CONNECT a:1 HTTP/1.1\r\nHost: h\r\n\r\n")).toContain("405");
    await eventually(() => room.faults.length >= 6);
  });

  test("an exchange that is begun later has both answers still, and one begun after its client left has neither", async () => {
    await using legacy = await backend(ok("fine"));
    await using candidate = await backend(ok("fine"));
    const begins: (() => Promise<import("../../../src/model/exchange.ts").Exchange>)[] = [];
    await using room = await openRoom(
      legacy,
      candidate,
      {},
      {
        offer(_route, begin) {
          begins.push(begin);
          return true;
        },
      },
    );
    expect(await exchange(room.port, GET)).toContain("fine");
    const { legacy: left, candidate: right } = await begins[0]!();
    expect([left.kind, right.kind]).toEqual(["response", "response"]);
    legacy.reply = () => {};
    const client = await rawClient(room.port);
    client.send(GET);
    await eventually(() => begins.length === 2);
    client.socket.resetAndDestroy();
    await eventually(() => room.proxy.gauges().inFlight === 0);
    const gone = await begins[1]!();
    expect([gone.legacy.kind, gone.candidate.kind]).toEqual(["unseen", "unseen"]);
    expect(candidate.seen).toHaveLength(1);
    expect(room.proxy.gauges()).toMatchObject({ candidateInFlight: 0, captureBytes: 0 });
  });

  test("samples by share, and the same user is always in or always out", async () => {
    const requests = Array.from(
      { length: 200 },
      (_, i) => `GET /a HTTP/1.1\r\nHost: h\r\nCookie: x=1; user=u${i % 40}\r\n\r\n`,
    );
    const { shadowed } = await outcomes({ shadow: { sample: 0.5, stickyBy: { cookie: "user" } } }, requests);
    expect(shadowed % 5).toBe(0); // each of 40 users comes five times
    expect(shadowed).toBeGreaterThan(50);
    expect(shadowed).toBeLessThan(150);
  });

  test("a route's share goes before the general one, and the switch's share cuts both", async () => {
    const own = { shadow: { sample: 0 }, routes: [{ match: "GET /a", shadow: { sample: 1 } }] };
    expect(await outcomes(own, [GET, GET.replace("/a", "/b")])).toEqual({ settled: ["sampled_out"], shadowed: 1 });
    const none = (room: { control: unknown }) => {
      room.control = { ...FULL_CONTROL, share: 0 };
    };
    expect(await outcomes(own, [GET], none)).toEqual({ settled: ["sampled_out"], shadowed: 0 });
  });

  test("a cohort lets in only its own", async () => {
    const cohort = (room: { control: unknown }) => {
      room.control = { ...FULL_CONTROL, cohort: { by: { field: "X-User" }, values: new Set(["ada"]) } };
    };
    const by = (user: string) => GET.replace("\r\n\r\n", `\r\nX-User: ${user}\r\n\r\n`);
    expect(await outcomes({}, [GET, by("ada"), by("eve")], cohort)).toEqual({
      settled: ["sampled_out", "sampled_out"],
      shadowed: 1,
    });
  });

  test("is even over its keys, and a larger share contains a smaller one", () => {
    fc.assert(
      fc.property(fc.string(), (key) => {
        const at = position(key);
        expect(at).toBeGreaterThanOrEqual(0);
        expect(at).toBeLessThan(1);
        expect(position(key)).toBe(at);
      }),
    );
    const tenths = new Array<number>(10).fill(0);
    for (let i = 0; i < 20_000; i++) tenths[Math.floor(position(`r${i}`) * 10)]!++;
    for (const count of tenths) expect(Math.abs(count - 2000)).toBeLessThan(200);
  });
});

test("a slow candidate keeps its exchange open, not its client, and large equal bodies are measured alike", async () => {
  const big = Buffer.alloc(3_000_000, "abc");
  await using legacy = await backend(ok(big));
  await using candidate = await backend((socket) => void setTimeout(() => socket.write(ok(big)), 100));
  await using room = await openRoom(legacy, candidate);
  await exchange(room.port, GET);

  const { legacy: left, candidate: right } = await room.exchange();
  if (left.kind !== "response" || right.kind !== "response") throw new Error("no responses");
  expect(left.body).toEqual(right.body);
  expect(left.body.kind).toBe("measured");
  expect(right.durationMs).toBeGreaterThan(90);
  expect(room.overheads).toHaveLength(1);
});

test("bodies that differ in one byte share what is equal and keep what is not", async () => {
  await using legacy = await backend(ok("the same start, one end"));
  await using candidate = await backend(
    (socket) => void setTimeout(() => socket.write(ok("the same start, two end")), 30),
  );
  await using room = await openRoom(legacy, candidate);
  await exchange(room.port, GET);
  const { candidate: right } = await room.exchange();
  if (right.kind !== "response" || right.body.kind !== "kept") throw new Error("nothing kept");
  expect(Buffer.from(bytesOf(right.body)).toString()).toBe("the same start, two end");
});

describe("comparable", () => {
  const request = (...fields: string[]) => ({ method: "GET", target: "/", fields });
  const response = (status: number, ...fields: string[]) => ({
    ...({ kind: "response", status, reason: "", fields, body: { kind: "kept", chunks: [], length: 0 } } as const),
    ...{ trailers: [], firstByteMs: 0, durationMs: 0 },
  });
  const gone = { kind: "unseen", reason: "client_gone", durationMs: 0 } as const;
  const range = (of: string) => response(206, "Content-Range", of);
  test.each([
    ["two answers", undefined, request(), response(200), response(500)],
    ["a client that left", "client_gone", request(), gone, response(200)],
    ["a legacy that refused", "refused", request(), response(429), response(200)],
    ["a legacy under maintenance", "refused", request(), response(503), response(200)],
    ["a candidate that limits us", "refused", request(), response(200), response(429)],
    ["a candidate that fails", undefined, request(), response(200), response(503)],
    ["legacy's 304", "not_modified", request("If-None-Match", "a"), response(304), response(200)],
    ["the candidate's 304, which nobody asked for", undefined, request(), response(200), response(304)],
    [
      "the same beside a client's condition, which it was not sent",
      undefined,
      request("If-None-Match", "a"),
      response(200),
      response(304),
    ],
    ["a failed condition", "not_modified", request("If-Match", "a"), response(412), response(200)],
    ["a 412 without a condition", undefined, request(), response(412), response(200)],
    ["one side's range", "partial", request("Range", "bytes=0-1"), range("bytes 0-1/9"), response(200)],
    ["the same range", undefined, request("Range", "bytes=0-1"), range("bytes 0-1/9"), range("bytes 0-1/9")],
    ["two ranges", "partial", request("Range", "bytes=0-1"), range("bytes 0-1/9"), range("bytes 0-1/8")],
    ["several ranges at once", "partial", request("Range", "bytes=0-1,3-4"), response(206), response(206)],
    ["a range that both ignore", undefined, request("Range", "bytes=0-1"), response(200), response(200)],
  ] as const)("%s: %s", (_name, reason, asked, legacy, candidate) => {
    expect(comparable(asked, legacy, candidate)).toBe(reason);
  });
});
