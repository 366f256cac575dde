import { describe, expect, test } from "vitest";
import { openRoom } from "../support/room.ts";
import { backend, deadPort, eventually, isWhole, ok, rawClient } from "../support/wire.ts";

const HANDSHAKE =
  "GET //chat?a=%2F HTTP/1.1\r\nHost: Shop\r\nuPgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Key: x==\r\nX-Case: \xff\r\n\r\n";

describe("a WebSocket", () => {
  test("passes to legacy, both ways, byte for byte, and is not shadowed", async () => {
    const accepted =
      "HTTP/1.1 101 Web Socket \xe9 Handshake\r\nUPGRADE: WebSocket\r\nconnection: upgrade, x\r\nSet-Cookie: a\r\nX: 1\r\nset-cookie: b\r\n\r\nhello";
    await using legacy = await backend((socket) => {
      socket.write(Buffer.from(accepted, "latin1"));
      socket.removeAllListeners("data");
      socket.on("data", (chunk) => socket.write(`echo ${chunk}`));
    });
    await using candidate = await backend(ok());
    await using room = await openRoom(legacy, candidate);
    await using client = await rawClient(room.port);
    client.send(HANDSHAKE);
    expect(await client.until((text) => text.endsWith("hello"))).toBe(accepted);
    client.send("ping");
    await client.until((text) => text.endsWith("echo ping"));
    expect(legacy.seen[0]!.head).toBe(HANDSHAKE.replace("keep-alive, Upgrade", "Upgrade"));
    client.socket.destroy();
    expect(await room.outcome()).toBe("skipped/upgrade");
    await eventually(() => legacy.open.size === 0);
    expect(candidate.seen).toEqual([]);
    expect(room.settled).toHaveLength(1);
  });

  test.each([
    ["200 OK", "HTTP/1.1 200 oK\r\nX-Why: no\r\nContent-Length: 4\r\n\r\nnope"],
    ["400", "HTTP/1.1 400 \r\ncontent-length: 0\r\nUpgrade-Hint: none\r\n\r\n"],
    ["403 in chunks", "HTTP/1.1 403 Not You\r\nx: 1\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nnope\r\n0\r\n\r\n"],
    ["426", "HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 13\r\nContent-Length: 0\r\n\r\n"],
  ])("that legacy refuses with %s is refused byte for byte, and the connection goes on", async (_name, answer) => {
    await using legacy = await backend(answer);
    await using room = await openRoom(legacy, legacy);
    await using client = await rawClient(room.port);
    client.send(HANDSHAKE);
    expect(await client.until((text) => text.length >= answer.length)).toBe(answer);
    expect(await room.outcome()).toBe("skipped/upgrade");
    legacy.reply = (socket) => void socket.write(ok("next"));
    client.send("GET /next HTTP/1.1\r\nHost: h\r\n\r\n");
    await client.until((text) => text.endsWith("next"));
  });

  test("to a legacy that is not there is a 502", async () => {
    await using room = await openRoom({ url: `http://127.0.0.1:${await deadPort()}` }, { url: "http://127.0.0.1:1" });
    await using client = await rawClient(room.port);
    client.send(HANDSHAKE);
    const text = await client.until(isWhole);
    expect(text).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/);
    expect(text).toContain("\r\nProxy-Status: parallel-run; error=connection_refused\r\n");
    expect(await room.outcome()).toBe("legacy_error/connect");
  });

  test("to a legacy that never answers is a 504", async () => {
    await using legacy = await backend(() => {});
    await using room = await openRoom(legacy, legacy, { legacy: { headTimeout: 100 } });
    await using client = await rawClient(room.port);
    client.send(HANDSHAKE);
    expect(await client.until(isWhole)).toContain("504 Gateway Timeout");
    expect(await room.outcome()).toBe("legacy_error/timeout");
  });

  test("whose client leaves during the handshake leaves legacy too", async () => {
    await using legacy = await backend(() => {});
    await using room = await openRoom(legacy, legacy);
    const client = await rawClient(room.port);
    client.send(HANDSHAKE);
    await eventually(() => legacy.seen.length === 1);
    client.socket.resetAndDestroy();
    await eventually(() => legacy.open.size === 0);
    expect(await room.outcome()).toBe("skipped/upgrade");
  });

  test("is cut when the proxy stops", async () => {
    await using legacy = await backend(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    );
    await using room = await openRoom(legacy, legacy);
    await using client = await rawClient(room.port);
    client.send(HANDSHAKE);
    await client.until((text) => text.endsWith("\r\n\r\n"));
    await room.proxy.stop(50);
    await client.end();
    await eventually(() => legacy.open.size === 0);
  });
});
