import { describe, expect, test } from "vitest";
import { openRoom } from "../support/room.ts";
import { backend, deadPort, eventually, ok, rawClient } from "../support/wire.ts";

const HANDSHAKE =
  "GET //chat?a=%2F HTTP/1.1\r\nHost: Shop\r\nuPgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Key: x==\r\nX-Case: \xff\r\n\r\n";

describe("a WebSocket", () => {
  test("passes to legacy, both ways, and is not shadowed", async () => {
    await using legacy = await backend((socket) => {
      socket.write(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n\r\nhello",
      );
      socket.removeAllListeners("data");
      socket.on("data", (chunk) => socket.write(`echo ${chunk}`));
    });
    await using candidate = await backend(ok());
    await using room = await openRoom(legacy, candidate);
    await using client = await rawClient(room.port);
    client.send(HANDSHAKE);
    const head = await client.until((text) => text.endsWith("hello"));
    expect(head).toMatch(/^HTTP\/1\.1 101 /);
    expect(head.match(/set-cookie/gi)).toHaveLength(2);
    client.send("ping");
    await client.until((text) => text.endsWith("echo ping"));
    expect(legacy.seen[0]!.target).toBe("//chat?a=%2F");
    expect(legacy.seen[0]!.fields.filter(([name]) => !/connection/i.test(name)).sort()).toEqual([
      ...[
        ["Host", "Shop"],
        ["Sec-WebSocket-Key", "x=="],
        ["X-Case", "\xff"],
        ["uPgrade", "WebSocket"],
      ],
    ]);
    client.socket.destroy();
    expect(await room.outcome()).toBe("skipped/upgrade");
    await eventually(() => legacy.open.size === 0);
    expect(candidate.seen).toEqual([]);
    expect(room.settled).toHaveLength(1);
  });

  test("that legacy refuses is refused in legacy's words", async () => {
    await using legacy = await backend(
      "HTTP/1.1 403 Not You\r\nX-Why: no\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nnope\r\n0\r\n\r\n",
    );
    await using room = await openRoom(legacy, legacy);
    await using client = await rawClient(room.port);
    client.send(HANDSHAKE);
    expect(await client.end()).toBe("HTTP/1.1 403 Not You\r\nX-Why: no\r\nConnection: close\r\n\r\nnope");
    expect(await room.outcome()).toBe("skipped/upgrade");
  });

  test("to a legacy that is not there is a 502", async () => {
    await using room = await openRoom({ url: `http://127.0.0.1:${await deadPort()}` }, { url: "http://127.0.0.1:1" });
    await using client = await rawClient(room.port);
    client.send(HANDSHAKE);
    expect(await client.end()).toContain("502 Bad Gateway\r\nProxy-Status: parallel-run; error=connection_refused");
    expect(await room.outcome()).toBe("legacy_error/connect");
  });

  test("to a legacy that never answers is a 504", async () => {
    await using legacy = await backend(() => {});
    await using room = await openRoom(legacy, legacy, { legacy: { headTimeout: 100 } });
    await using client = await rawClient(room.port);
    client.send(HANDSHAKE);
    expect(await client.end()).toContain("504 Gateway Timeout");
    expect(await room.outcome()).toBe("legacy_error/timeout");
  });

  test("whose client leaves during the handshake leaves legacy too", async () => {
    await using legacy = await backend(() => {});
    await using room = await openRoom(legacy, legacy);
    const client = await rawClient(room.port);
    client.send(HANDSHAKE);
    await eventually(() => legacy.seen.length === 1);
    client.socket.destroy();
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
