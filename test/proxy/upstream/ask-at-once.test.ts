import { expect, test } from "vitest";
import { openRoom } from "../../support/room.ts";
import { backend, eventually, ok, rawClient } from "../../support/wire.ts";

const GET = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

test("the candidate is asked while legacy has not answered, and each side's latency is its own", async () => {
  await using candidate = await backend(ok("fine"));
  let answer: (() => void) | undefined;
  await using legacy = await backend((socket) => {
    answer = () => socket.write(ok("fine"));
  });
  await using room = await openRoom(legacy, candidate, { routes: [{ match: "GET /a" }] });
  await using client = await rawClient(room.port);
  client.send(GET);
  await eventually(() => candidate.seen.length === 1 && answer !== undefined);
  await eventually(() => room.observed.some(({ side }) => side === "candidate"));
  expect(room.exchanges).toHaveLength(0);
  answer!();
  const exchange = await room.exchange();
  expect(exchange).toMatchObject({ legacy: { kind: "response" }, candidate: { kind: "response" } });
  expect(exchange.candidate.durationMs).toBeLessThan(exchange.legacy.durationMs);
});

test("a client that leaves before legacy answers is counted once, and nothing waits for it", async () => {
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
