import { connect, type Socket } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { reasonOf } from "../../../src/model/outcome.ts";
import { type Overrides, openRoom } from "../../support/room.ts";
import {
  backend,
  deadPort,
  eventually,
  exchange,
  isWhole,
  ok,
  type RawServer,
  type Reply,
  rawClient,
  rawServer,
} from "../../support/wire.ts";

const GET = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
const HEAD = "HTTP/1.1 200 OK\r\n";
const CHUNKED = `${HEAD}Transfer-Encoding: chunked\r\n\r\n`;

/** What an upstream may do to us: the reason it counts under, and how it is done. */
const FAULTS: Record<string, readonly [reason: string, does: Reply]> = {
  "hangs before the head": ["timeout", () => {}],
  "hangs within the head": ["timeout", (socket) => void socket.write(`${HEAD}X: `)],
  "resets before the head": ["reset", (socket) => void socket.resetAndDestroy()],
  "closes before the head": ["reset", (socket) => void socket.end()],
  "closes within the head": ["reset", (socket) => void socket.end(`${HEAD}X: `)],
  "sends garbage": ["protocol", (socket) => void socket.end("\x16\x03\x01\x02\x00garbage\r\n\r\n")],
  "sends a head without end": ["protocol", (socket) => void socket.write(`${HEAD}X: ${"x".repeat(100_000)}`)],
  "sends conflicting lengths": [
    "protocol",
    (socket) => void socket.write(`${HEAD}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`),
  ],
  "sends a length beside chunks": [
    "protocol",
    (socket) => void socket.write(`${HEAD}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`),
  ],
  "sends 1xx without end": ["protocol", (socket) => void socket.write("HTTP/1.1 103 Early\r\n\r\n".repeat(100))],
  "upgrades unasked": [
    "protocol",
    (socket) => void socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"),
  ],
};
/** The same after a body has begun. */
const BODY_FAULTS: Record<string, readonly [reason: string, does: Reply]> = {
  "hangs within the body": ["timeout", (socket) => void socket.write(`${HEAD}Content-Length: 9\r\n\r\nabc`)],
  "resets within the body": [
    "reset",
    (socket) =>
      void socket.write(`${HEAD}Content-Length: 9\r\n\r\nabc`, () => setTimeout(() => socket.resetAndDestroy(), 20)),
  ],
  "closes within the body": ["reset", (socket) => void socket.end(`${HEAD}Content-Length: 9\r\n\r\nabc`)],
  "closes within chunks": ["reset", (socket) => void socket.end(`${CHUNKED}3\r\nabc\r\n`)],
  "sends a malformed chunk": [
    "protocol",
    (socket) => void socket.write(`${CHUNKED}3\r\nabc\r\n`, () => setTimeout(() => socket.write("zz"), 20)),
  ],
};
const QUICK: Overrides = {
  legacy: { headTimeout: 150, idleTimeout: 150, connectTimeout: 300 },
  candidate: { timeout: 150, connectTimeout: 100 },
};

describe("a candidate that", () => {
  test.each(Object.entries({ ...FAULTS, ...BODY_FAULTS }))(
    "%s is an error, and the client never knows",
    async (_name, [reason, does]) => {
      await using legacy = await backend(ok("fine", ["X: 1"]));
      await using candidate = await backend(does);
      await using room = await openRoom(legacy, candidate, {
        ...QUICK,
        candidate: { ...QUICK.candidate, timeout: 1000 },
      });
      expect(await exchange(room.port, GET)).toBe(ok("fine", ["X: 1"]).toString());
      // The client had its answer before the candidate's time was over.
      if (reason === "timeout") expect(room.exchanges).toEqual([]);
      const { legacy: left, candidate: right } = await room.exchange();
      expect(left.kind).toBe("response");
      expect(right).toMatchObject({ kind: "failure", reason });
      expect(candidate.seen).toHaveLength(1); // never asked twice
      expect(room.proxy.gauges()).toMatchObject({ candidateInFlight: 0, captureBytes: 0 });
    },
  );

  test("is not there is an error, and the client never knows", async () => {
    await using legacy = await backend(ok("fine"));
    await using room = await openRoom(legacy, { url: `http://127.0.0.1:${await deadPort()}` });
    expect(await exchange(room.port, GET)).toBe(ok("fine").toString());
    expect((await room.exchange()).candidate).toMatchObject({ kind: "failure", reason: "connect" });
  });

  test("drips is over when its deadline is", async () => {
    await using legacy = await backend(ok("fine"));
    await using candidate = await backend((socket) => {
      socket.write(`${HEAD}Content-Length: 9999\r\n\r\n`);
      const timer = setInterval(() => socket.write("x"), 20);
      socket.on("close", () => clearInterval(timer));
    });
    await using room = await openRoom(legacy, candidate, { candidate: QUICK.candidate! });
    await exchange(room.port, GET);
    const { candidate: answer } = await room.exchange();
    expect(answer).toMatchObject({ kind: "failure", reason: "timeout", detail: "not done in time" });
  });

  test("hangs does not keep further clients waiting, and past its limit is left alone", async () => {
    await using legacy = await backend(ok("fine"));
    await using candidate = await backend(() => {});
    await using room = await openRoom(legacy, candidate, { candidate: { maxInFlight: 5, timeout: 60_000 } });
    await Promise.all(Array.from({ length: 30 }, () => exchange(room.port, GET)));
    expect(room.pending()).toBe(5);
    expect(room.settled).toHaveLength(25);
    expect(await room.outcome()).toBe("skipped/overload");
  });

  test("answers twice is heard once, and its connection is not used again", async () => {
    await using legacy = await backend(ok("fine"));
    await using candidate = await backend(`${ok("fine")}${ok("more")}`);
    await using room = await openRoom(legacy, candidate);
    await exchange(room.port, GET);
    expect((await room.exchange()).candidate).toMatchObject({ kind: "response", body: { length: 4 } });
    await exchange(room.port, GET);
    expect((await room.exchange(2)).candidate).toMatchObject({ kind: "response", body: { length: 4 } });
    expect(candidate.opened()).toBe(2);
  });

  test("answers more than can be kept, where legacy answered less, is measured as far as that shows", async () => {
    await using legacy = await backend(ok("fine"));
    await using candidate = await backend(ok("x".repeat(5_000_000)));
    await using room = await openRoom(legacy, candidate);
    await exchange(room.port, GET);
    expect((await room.exchange()).candidate).toMatchObject({ body: { kind: "measured", unread: true } });
  });

  test("never reads an upload slows nobody: it is sent the body when that is whole", async () => {
    await using legacy = await backend(ok("found"));
    await using candidate = await rawServer((socket) => socket.pause());
    await using room = await openRoom(legacy, candidate, {
      candidate: QUICK.candidate!, // legacy is sound, and may be late on a busy machine
      routes: [{ match: "POST /search", readOnly: true }],
    });
    const body = "x".repeat(60_000);
    const request = `POST /search HTTP/1.1\r\nHost: h\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    expect(await exchange(room.port, request)).toContain("found");
    expect((await room.exchange()).candidate).toMatchObject({ kind: "failure", reason: "timeout" });
  });
});

describe("a response that goes on for longer than the candidate has", () => {
  const stream =
    (type: string, everyMs: number, events: number): Reply =>
    (socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\n\r\n`);
      let sent = 0;
      const timer = setInterval(() => {
        sent += 1;
        socket.write("8\r\ndata: x\n\r\n");
        if (sent < events) return;
        clearInterval(timer);
        socket.write("0\r\n\r\n");
      }, everyMs);
      socket.on("close", () => clearInterval(timer));
    };

  test.each([
    ["an event stream", "text/event-stream", 40],
    ["an event stream that is quiet", "text/event-stream; charset=utf-8", 200],
    ["a slow download", "application/octet-stream", 40],
  ])("on both sides is no failure of the candidate: %s", async (_name, type, everyMs) => {
    await using legacy = await backend(stream(type, everyMs, 600 / everyMs));
    await using candidate = await backend(stream(type, everyMs, 600 / everyMs));
    await using room = await openRoom(legacy, candidate, {
      candidate: { timeout: 150 },
      breaker: { errorShare: 0.01, minRequests: 1, window: 10_000, openFor: 60_000, probes: 1 },
    });
    const text = await exchange(room.port, GET);
    expect(text.match(/data: x/g)).toHaveLength(600 / everyMs);
    const { candidate: right, legacy: left } = await room.exchange();
    expect(right).toMatchObject({ kind: "unseen", reason: "streaming" });
    expect(left).toMatchObject({ kind: "unseen", reason: "streaming" });
    expect(room.proxy.gauges()).toMatchObject({ breaker: "closed", captureBytes: 0, candidateInFlight: 0 });
  });

  test("is a timeout where legacy's has ended", async () => {
    await using legacy = await backend(stream("text/event-stream", 10, 2));
    await using candidate = await backend(stream("text/event-stream", 40, 1000));
    await using room = await openRoom(legacy, candidate, QUICK);
    await exchange(room.port, GET);
    expect((await room.exchange()).candidate).toMatchObject({ kind: "failure", reason: "timeout" });
  });
});

describe("a legacy that", () => {
  test.each(Object.entries(FAULTS))("%s is a 502 or 504 at once, and says why", async (_name, [reason, does]) => {
    await using legacy = await backend(does);
    await using candidate = await backend(ok("fine"));
    await using room = await openRoom(legacy, candidate, QUICK);
    const text = await exchange(room.port, GET, (all) => all.includes("legacy gave no answer"));
    expect(text).toMatch(reason === "timeout" ? / 504 Gateway Timeout/ : / 502 Bad Gateway/);
    const error = {
      timeout: "http_response_timeout",
      protocol: "http_protocol_error",
      reset: "(connection_terminated|http_response_incomplete)",
    };
    expect(text).toMatch(new RegExp(`Proxy-Status: parallel-run; error=${error[reason as "reset"]}\r\n`));
    expect((await room.exchange()).legacy).toMatchObject({ kind: "failure", reason });
  });

  test.each(Object.entries(BODY_FAULTS))(
    "%s has the client's connection cut, so that it can tell",
    async (_name, [reason, does]) => {
      await using legacy = await backend(does);
      await using room = await openRoom(legacy, legacy, QUICK);
      await using client = await rawClient(room.port);
      client.send(GET);
      const text = await client.end();
      expect(text).toContain("abc");
      expect(text).not.toContain("0\r\n\r\n");
      expect(text).not.toContain("502");
      expect((await room.exchange()).legacy).toMatchObject({ kind: "failure", reason });
    },
  );

  test("breaks within a body that its connection ends resets an old client", async () => {
    await using legacy = await backend((socket) => {
      socket.write(`${CHUNKED}3\r\nabc\r\n`, () => setTimeout(() => socket.resetAndDestroy(), 30));
    });
    await using room = await openRoom(legacy, legacy);
    await using client = await rawClient(room.port);
    client.send("GET /a HTTP/1.0\r\n\r\n");
    await client.end();
    expect(client.error()).toMatchObject({ code: "ECONNRESET" });
  });

  test("is not there is a 502 that says so", async () => {
    await using candidate = await backend(ok("fine"));
    await using room = await openRoom({ url: `http://127.0.0.1:${await deadPort()}` }, candidate);
    expect(await exchange(room.port, GET)).toContain("Proxy-Status: parallel-run; error=connection_refused\r\n");
    expect((await room.exchange()).legacy).toMatchObject({ kind: "failure", reason: "connect" });
    await exchange(room.port, GET.replace("GET", "PUT"));
    expect(await room.outcome()).toBe("legacy_error/connect");
  });

  test("has no name that resolves is a 502 that says so", async () => {
    await using room = await openRoom({ url: "http://no-such.invalid" }, { url: "http://no-such.invalid" });
    expect(await exchange(room.port, GET)).toContain("error=dns_error\r\n");
    expect((await room.exchange()).legacy).toMatchObject({ kind: "failure", reason: "dns" });
  });

  test("answers twice is heard once, and nobody else hears the rest", async () => {
    await using legacy = await backend(`${ok("one")}${ok("two")}`);
    await using room = await openRoom(legacy, legacy, { shadow: { sample: 0 } });
    for (let i = 0; i < 3; i++) expect(await exchange(room.port, GET)).toBe(ok("one").toString());
    expect(legacy.opened()).toBe(3);
  });

  test("answers before the upload is over is heard, and the upload goes on or is let go", async () => {
    await using legacy = await rawServer((socket) => {
      socket.once("data", () =>
        socket.write("HTTP/1.1 413 Too Much\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig"),
      );
    });
    await using room = await openRoom(legacy, legacy);
    await using client = await rawClient(room.port);
    client.send("PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 4000000\r\n\r\nstart");
    expect(await client.until(isWhole)).toBe("HTTP/1.1 413 Too Much\r\nContent-Length: 3\r\n\r\nbig");
    client.send(Buffer.alloc(4000000 - 5));
    client.send(GET);
    await client.until((text) => text.split("413").length === 3);
  });

  test.each<[string, (socket: Socket) => void]>([
    ["closes", (socket) => void socket.end()],
    ["drops the connection with the upload unread", (socket) => void socket.destroy()],
  ])("answers an upload and %s is heard all the same", async (_name, close) => {
    await using legacy = await rawServer((socket) => {
      socket.once("data", () => {
        socket.pause();
        socket.write("HTTP/1.1 413 Too Much\r\nContent-Length: 3\r\n\r\nbig", () => close(socket));
      });
    });
    await using room = await openRoom(legacy, legacy, { limits: { idleTimeout: 300 } });
    for (let i = 0; i < 10; i++) {
      await using client = await rawClient(room.port);
      client.send("PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 40000000\r\n\r\n");
      client.send(Buffer.alloc(20_000_000));
      expect(await client.until(isWhole)).toContain("413 Too Much");
      // All that the client has sent is taken, so that its connection is not stuck; then, as it stands still, it is let go.
      if (i === 0) await client.end();
    }
  });

  test("keeps reading after an early answer is sent all of the upload", async () => {
    let read = "";
    await using legacy = await rawServer((socket) => {
      socket.once("data", () => socket.write(ok("early")));
      socket.on("data", (chunk) => {
        read += chunk.toString();
      });
    });
    await using room = await openRoom(legacy, legacy);
    await using client = await rawClient(room.port);
    client.send("PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 8\r\n\r\nabcd");
    await client.until(isWhole);
    client.send("efgh");
    await eventually(() => read.endsWith("abcdefgh"));
  });

  test("closed an idle connection never becomes a client's 502", async () => {
    // Closes each connection after its first answer without saying so, at the moment the next request arrives.
    await using legacy = await rawServer((socket) => {
      socket.once("data", () => {
        socket.write(ok("fine"));
        socket.once("data", () => socket.resetAndDestroy());
      });
    });
    await using room = await openRoom(legacy, legacy, { shadow: { sample: 0 } });
    for (let i = 0; i < 10; i++) expect(await exchange(room.port, GET)).toBe(ok("fine").toString());
    expect(await exchange(room.port, "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx")).toContain(
      "error=connection_terminated",
    );
  });

  test("never takes the request has its client told in time", async () => {
    await using legacy = await rawServer((socket) => socket.pause());
    await using room = await openRoom(legacy, legacy, { ...QUICK, shadow: { sample: 0 } });
    const client = connect(room.port, "127.0.0.1");
    let text = "";
    client.on("data", (chunk) => {
      text += chunk;
    });
    client.write("PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 50000000\r\n\r\n");
    client.write(Buffer.alloc(50_000_000));
    await eventually(() => text.includes("504 Gateway Timeout"));
    client.destroy();
  });

  test("has all its connections taken makes clients wait, and then says so", async () => {
    const held: Socket[] = [];
    await using legacy = await backend((socket) => void held.push(socket));
    await using room = await openRoom(legacy, legacy, {
      shadow: { sample: 0 },
      legacy: { maxConnections: 2, maxWaiting: 1, connectTimeout: 10_000 },
    });
    const first = [exchange(room.port, GET), exchange(room.port, GET)];
    await eventually(() => held.length === 2);
    const third = exchange(room.port, GET);
    await eventually(() => room.proxy.gauges().inFlight === 3);
    expect(await exchange(room.port, GET)).toContain("error=connection_limit_reached");
    for (const socket of held) socket.write(ok("fine"));
    await Promise.all(first);
    await eventually(() => held.length === 3);
    held[2]!.write(ok("fine"));
    expect(await third).toContain("fine");
  });
});

describe("a client that", () => {
  test.each([
    ["resets its connection", true, (socket: Socket) => void socket.resetAndDestroy()],
    ["closes it, where half-closed connections are not answered", false, (socket: Socket) => void socket.destroy()],
  ])("%s aborts both sides, and its request is not comparable", async (_name, halfClose, leaves) => {
    await using legacy = await backend(() => {});
    await using candidate = await backend(() => {});
    await using room = await openRoom(legacy, candidate, { limits: { halfClose } });
    const client = await rawClient(room.port);
    client.send(GET);
    await eventually(() => legacy.seen.length === 1 && candidate.seen.length === 1);
    leaves(client.socket);
    const { legacy: left, candidate: right } = await room.exchange();
    expect([left.kind, right.kind]).toEqual(["unseen", "unseen"]);
    await eventually(() => legacy.open.size === 0 && candidate.open.size === 0);
    expect(room.proxy.gauges()).toMatchObject({ inFlight: 0, candidateInFlight: 0, captureBytes: 0 });
  });

  test("leaves within an upload leaves legacy with half a request, not with a whole one", async () => {
    let seen = "";
    await using legacy = await rawServer((socket) => {
      socket.on("data", (chunk) => {
        seen += chunk;
      });
    });
    await using room = await openRoom(legacy, legacy);
    const client = await rawClient(room.port);
    client.send("PUT /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    await eventually(() => seen.endsWith("abc\r\n"));
    client.socket.destroy();
    await eventually(() => legacy.open.size === 0);
    expect(seen.endsWith("abc\r\n")).toBe(true);
    expect(await room.outcome()).toBe("skipped/method");
  });

  test("leaves within the upload of a read is not comparable", async () => {
    await using legacy = await rawServer((socket) => void socket.resume());
    await using room = await openRoom(legacy, legacy, { routes: [{ match: "POST /s", readOnly: true }] });
    const client = await rawClient(room.port);
    client.send("POST /s HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc");
    await eventually(() => room.proxy.gauges().inFlight === 1);
    client.socket.destroy();
    expect(await room.outcome()).toBe("not_comparable/client_gone");
    expect(room.proxy.gauges()).toMatchObject({ candidateInFlight: 0, captureBytes: 0 });
  });

  test("sends broken chunks is refused, and legacy never sees a whole request", async () => {
    await using legacy = await rawServer((socket) => void socket.resume());
    await using room = await openRoom(legacy, legacy);
    await using client = await rawClient(room.port);
    client.send("PUT /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    await eventually(() => legacy.open.size === 1);
    client.send("zz\r\n");
    expect(await client.end()).toContain("HTTP/1.1 400 Bad Request");
    await eventually(() => legacy.open.size === 0);
  });

  test("stands still within its upload is let go", async () => {
    await using legacy = await rawServer((socket) => void socket.resume());
    await using room = await openRoom(legacy, legacy, { limits: { idleTimeout: 100 } });
    await using client = await rawClient(room.port);
    client.send("PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc");
    expect(await client.end()).toContain("HTTP/1.1 408 Request Timeout");
    await eventually(() => legacy.open.size === 0);
    expect(room.settled).toHaveLength(1);
  });

  test("sends a head and no end to it is let go", async () => {
    await using legacy = await backend(ok());
    await using room = await openRoom(legacy, legacy, { limits: { headTimeout: 100 } });
    await using client = await rawClient(room.port);
    client.send("GET /a HTTP/1.1\r\nHost: h\r\n");
    expect(await client.end()).toContain("408");
  });

  test("does not take its answer is let go, and holds no shadow meanwhile", async () => {
    const big = ok(Buffer.alloc(30_000_000));
    await using legacy = await backend(big);
    await using candidate = await backend(ok("small"));
    await using room = await openRoom(legacy, candidate, { limits: { idleTimeout: 400 }, shadow: { patience: 50 } });
    await using client = await rawClient(room.port);
    client.socket.pause();
    client.send(GET);
    const { legacy: left, candidate: right } = await room.exchange();
    expect([left.kind, right.kind]).toEqual(["unseen", "response"]);
    expect(room.proxy.gauges().inFlight).toBe(1);
    await eventually(() => room.proxy.gauges().inFlight === 0 && legacy.open.size === 0);
  });
});

test("whatever clients and backends do, each request ends in one outcome", async () => {
  const pick = fc.constantFrom(...Object.values({ ...FAULTS, ...BODY_FAULTS }).map(([, does]) => does));
  const fine: Reply = (socket, request) => void socket.write(ok(request.method === "HEAD" ? "" : "fine"));
  const side = fc.oneof({ weight: 3, arbitrary: fc.constant(fine) }, { weight: 2, arbitrary: pick });
  const request = fc.record({
    method: fc.constantFrom("GET", "HEAD", "POST", "PUT", "OPTIONS"),
    path: fc.constantFrom("/a", "/search", "/off", "/big"),
    legacy: side,
    candidate: side,
    leaves: fc.oneof({ weight: 4, arbitrary: fc.constant(-1) }, { weight: 1, arbitrary: fc.nat(60) }),
    marked: fc.boolean(),
    body: fc.constantFrom("", "", "x".repeat(10), "x".repeat(2000)),
    full: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  });
  const turns = new Map<string, { legacy: Reply; candidate: Reply }>();
  const by =
    (which: "legacy" | "candidate"): Reply =>
    (socket, seen) =>
      turns.get(seen.field("x-turn") ?? "")![which](socket, seen);
  await using legacy: RawServer = await backend(by("legacy"));
  await using candidate: RawServer = await backend(by("candidate"));
  await using room = await openRoom(legacy, candidate, {
    ...QUICK,
    shadow: { sample: 0.9, maxRequestBody: 1000, patience: 50 },
    breaker: { errorShare: 0.9, minRequests: 30, window: 300, openFor: 50, probes: 2 },
    routes: [
      { match: "POST /search", readOnly: true },
      { match: "ANY /off", shadow: { off: true } },
    ],
  });
  let sent = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 5, maxLength: 25 }), async (requests) => {
      await Promise.all(
        requests.map(async (each) => {
          const turn = String(sent++);
          turns.set(turn, each);
          if (each.full) room.full = true;
          const client = await rawClient(room.port);
          const mark = each.marked ? "x-parallel-run: candidate\r\n" : "";
          const length = each.body ? `Content-Length: ${each.body.length}\r\n` : "";
          client.send(
            `${each.method} ${each.path} HTTP/1.1\r\nHost: h\r\n${mark}${length}X-Turn: ${turn}\r\n\r\n${each.body}`,
          );
          if (each.leaves >= 0) await new Promise((resolve) => setTimeout(resolve, each.leaves));
          else await client.until((text) => text.includes("\r\n\r\n"), 5000);
          await eventually(() => room.settled.length + room.exchanges.length + room.pending() > 0);
          client.socket.destroy();
          room.full = false;
        }),
      );
      const quiet = () =>
        room.proxy.gauges().inFlight === 0 && room.proxy.gauges().candidateInFlight === 0 && room.pending() === 0;
      await eventually(quiet, 5000, "something is still under way");
    }),
    { numRuns: 12 },
  );
  // A client that leaves at once may never have been heard: only what reached legacy is sure to be a request.
  const ids = [...room.settled.map(({ id }) => id), ...room.exchanges.map(({ id }) => id)];
  expect(new Set(ids).size).toBe(ids.length);
  expect(room.observed.filter(({ side: which }) => which === "legacy")).toHaveLength(ids.length);
  expect(ids.length).toBeLessThanOrEqual(sent);
  expect(ids.length).toBeGreaterThan(sent * 0.8);
  expect(room.faults).toEqual([]);
  expect(room.proxy.gauges()).toMatchObject({ inFlight: 0, candidateInFlight: 0, captureBytes: 0 });
  expect(new Set(room.settled.map(({ outcome }) => `${outcome.outcome}/${reasonOf(outcome)}`)).size).toBeGreaterThan(5);
}, 240_000);
