import { expect, test } from "vitest";
import { openRoom } from "../support/room.ts";
import { backend, eventually, exchange, ok, rawClient } from "../support/wire.ts";

const GET = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

test("the candidate is asked when a quick legacy has answered, and has seen nothing before", async () => {
  await using candidate = await backend(ok("fine"));
  const before: number[] = [];
  await using legacy = await backend((socket) => {
    before.push(candidate.seen.length);
    socket.write(ok("fine"));
  });
  await using room = await openRoom(legacy, candidate);
  for (let n = 1; n <= 20; n += 1) {
    await exchange(room.port, GET);
    await room.exchange(n);
  }
  expect(before).toEqual(Array.from({ length: 20 }, (_, n) => n));
  expect(candidate.seen).toHaveLength(20);
});

test("with a legacy that takes its time the candidate is asked meanwhile", async () => {
  await using candidate = await backend(ok("fine"));
  let answer: (() => void) | undefined;
  await using legacy = await backend((socket) => {
    answer = () => socket.write(ok("fine"));
  });
  await using room = await openRoom(legacy, candidate);
  await using client = await rawClient(room.port);
  client.send(GET);
  await eventually(() => candidate.seen.length === 1);
  expect(room.exchanges).toHaveLength(0);
  answer!();
  expect((await room.exchange()).candidate.kind).toBe("response");
});

test("a client that leaves before the candidate is asked has nobody asked, and is counted", async () => {
  await using candidate = await backend(ok("fine"));
  await using legacy = await backend(() => {});
  await using room = await openRoom(legacy, candidate, {}, {});
  {
    await using client = await rawClient(room.port);
    client.send(GET);
    await eventually(() => legacy.seen.length === 1);
    client.socket.resetAndDestroy();
  }
  await eventually(() => room.settled.length + room.exchanges.length === 1);
  expect(room.pending()).toBe(0);
});
