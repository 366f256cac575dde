import { connect, type Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { type Overrides, openRoom } from "../../support/room.ts";
import {
  backend,
  eventually,
  exchange,
  isWhole,
  ok,
  type RawClient,
  rawClient,
  rawServer,
} from "../../support/wire.ts";

const GET = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
const LONG_MS = 25_000;
/** Few connections to legacy, and all the time that a slow machine may need to get one. */
const FEW: Overrides = { legacy: { maxConnections: 8, connectTimeout: LONG_MS }, shadow: { sample: 0 } };

async function clients(count: number, port: number, raw: string): Promise<RawClient[]> {
  const all = await Promise.all(Array.from({ length: count }, () => rawClient(port)));
  for (const client of all) client.send(raw);
  return all;
}

describe("more slow uploads than legacy has connections", () => {
  test.each([
    ["at rest", false],
    ["a byte now and then", true],
  ])("leave connections to others: %s", async (_name, drips) => {
    await using legacy = await backend((socket, { body }) => void socket.write(ok(`got ${body.length}`)));
    await using room = await openRoom(legacy, legacy, FEW);
    const slow = await clients(20, room.port, "POST /slow HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\nab");
    const timer = setInterval(() => {
      if (drips) for (const { socket } of slow) if (socket.writable) socket.write("x");
    }, 50);
    try {
      await eventually(() => room.proxy.gauges().inFlight === 20, LONG_MS);
      // Requests whose body is at hand, or that have none, do not wait for uploads at all.
      for (const raw of [GET, "POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody"]) {
        expect(await exchange(room.port, raw)).toContain("200 OK");
      }
      expect(slow.filter((client) => client.text() !== "")).toEqual([]);
      // An upload that moves waits its turn until those that do not have made room.
      await using moving = await rawClient(room.port);
      moving.send("POST /c HTTP/1.1\r\nHost: h\r\nContent-Length: 8\r\n\r\n");
      moving.send("body");
      await eventually(() => slow.some((client) => client.text().startsWith("HTTP/1.1 408 ")), LONG_MS);
      moving.send("body");
      expect(await moving.until(isWhole, LONG_MS)).toContain("got 8");
      expect(room.refused).toContain("the client was too slow while others waited for a connection");
    } finally {
      clearInterval(timer);
      for (const { socket } of slow) socket.destroy();
    }
  });

  test("are left alone while nobody waits for a connection", async () => {
    await using legacy = await backend((socket, { body }) => void socket.write(ok(`got ${body.length}`)));
    await using room = await openRoom(legacy, legacy, FEW);
    const slow = await clients(6, room.port, "POST /slow HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n");
    const until = performance.now() + 3_500; // longer than an upload may be at rest while others wait
    while (performance.now() < until) expect(await exchange(room.port, GET)).toContain("200 OK");
    for (const client of slow) client.send("body");
    for (const client of slow) expect(await client.until(isWhole, LONG_MS)).toContain("got 4");
  });

  test("that legacy itself does not take are not the client's fault", async () => {
    const size = 8_000_000;
    await using legacy = await rawServer((socket) => {
      let got = 0;
      socket.on("data", (bytes) => {
        got += bytes.length;
        if (got > size || bytes.includes("/second")) socket.write(ok("done"));
      });
    });
    await using room = await openRoom(legacy, legacy, { ...FEW, legacy: { ...FEW.legacy, maxConnections: 2 } });
    const upload = connect(room.port, "127.0.0.1");
    upload.on("error", () => {});
    let answer = "";
    upload.on("data", (bytes) => {
      answer += bytes;
    });
    upload.write(`POST /big HTTP/1.1\r\nHost: h\r\nContent-Length: ${size}\r\n\r\n`);
    let paused: Socket | undefined;
    await eventually(() => {
      [paused] = legacy.open;
      paused?.pause();
      return paused !== undefined;
    }, LONG_MS);
    upload.write(Buffer.alloc(size, "x"));
    const second = await rawClient(room.port);
    second.send("POST /second HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n");
    second.send("body");
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    expect(answer).toBe("");
    paused!.resume();
    await eventually(() => answer.endsWith("done"), LONG_MS);
    expect(await second.until(isWhole, LONG_MS)).toContain("done");
    second.socket.destroy();
    upload.destroy();
  });
});

test("more clients that take nothing than legacy has connections leave some to others", async () => {
  const big = Buffer.alloc(8_000_000, "x");
  await using legacy = await backend((socket, { target }) => void socket.write(ok(target === "/big" ? big : "small")));
  await using room = await openRoom(legacy, legacy, FEW);
  const stuck = Array.from({ length: 12 }, () => {
    const socket = connect(room.port, "127.0.0.1");
    socket.on("error", () => {});
    socket.pause();
    socket.write(GET.replace("/a", "/big"));
    return socket;
  });
  await eventually(() => legacy.open.size === 8, LONG_MS);
  await using client = await rawClient(room.port);
  client.send(GET);
  expect(await client.until(isWhole, LONG_MS)).toContain("small");
  for (const socket of stuck) socket.destroy();
});
