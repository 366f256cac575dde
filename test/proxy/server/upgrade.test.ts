import { createHash } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { openRoom } from "../../support/room.ts";
import { backend, deadPort, eventually, exchange, isWhole, ok, rawClient } from "../../support/wire.ts";

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

const SWITCHED =
  "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";

/** A legacy that switches protocols once a request is whole, and then sends back what it gets. */
const echo = () =>
  backend((socket) => {
    socket.removeAllListeners("data");
    socket.on("data", (bytes) => void socket.write(bytes));
    socket.write(SWITCHED);
  });

describe("an upgrade to any protocol, by any method", () => {
  const UPGRADE = "Host: h\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n";
  test.each([
    ["POST without a body (docker attach)", `POST /attach?stdin=1 HTTP/1.1\r\n${UPGRADE}\r\n`],
    ["POST with an empty body", `POST /attach HTTP/1.1\r\n${UPGRADE}Content-Length: 0\r\n\r\n`],
    ["POST with a body", `POST /exec HTTP/1.1\r\n${UPGRADE}Content-Length: 4\r\n\r\nbody`],
    ["POST with chunks", `POST /exec HTTP/1.1\r\n${UPGRADE}Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n`],
    [
      "SPDY (kubectl exec)",
      "POST /exec HTTP/1.1\r\nHost: h\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n",
    ],
    ["a method of its own", `TUNNEL /x HTTP/1.1\r\n${UPGRADE}\r\n`],
    ["two fields", "GET / HTTP/1.1\r\nHost: h\r\nconnection: upgrade\r\nUPGRADE: a/1\r\nupgrade: b\r\n\r\n"],
  ])("%s goes on byte for byte, with its body, and is not shadowed", async (_name, raw) => {
    await using legacy = await echo();
    await using candidate = await backend(ok());
    await using room = await openRoom(legacy, candidate, { routes: [{ match: "ANY /*", readOnly: true }] });
    await using client = await rawClient(room.port);
    client.send(raw);
    expect(await client.until((text) => text.endsWith("\r\n\r\n"))).toBe(SWITCHED);
    const [head = "", body = ""] = raw.split(/(?<=\r\n\r\n)/);
    expect(legacy.seen[0]!.head).toBe(head);
    expect(legacy.seen[0]!.body.toString()).toBe(body === "" ? "" : "body");
    client.send(Buffer.from([0, 1, 2, 255]));
    await client.until((text) => text.endsWith("\x00\x01\x02\xff"));
    expect(await room.outcome()).toBe("skipped/upgrade");
    expect(candidate.seen).toEqual([]);
  });

  test.each([
    [
      "h2c",
      `GET /a HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n`,
    ],
    ["one of two that is h2c", `GET /a HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket, h2c\r\n\r\n`],
    ["TLS", `GET /a HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: TLS/1.0\r\n\r\n`],
    ["HTTP", `GET /a HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: HTTP/2.0\r\n\r\n`],
    ["what Connection does not name", `GET /a HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n\r\n`],
  ])("does not go on where it would carry requests past the proxy, or is none: %s", async (_name, raw) => {
    await using legacy = await backend(ok("plain"));
    await using room = await openRoom(legacy, legacy, { shadow: { sample: 0 } });
    expect(await exchange(room.port, raw)).toContain("plain");
    expect(legacy.seen[0]!.head).toBe("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
    expect(await room.outcome()).toBe("skipped/sampled_out");
  });

  test("of HTTP/1.0 is none", async () => {
    await using legacy = await backend(ok("plain"));
    await using room = await openRoom(legacy, legacy);
    expect(
      await exchange(room.port, "GET /a HTTP/1.0\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"),
    ).toContain("plain");
    expect(legacy.seen[0]!.head).toBe("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
  });

  test("that nobody asked for is legacy's fault", async () => {
    await using legacy = await backend(SWITCHED);
    await using room = await openRoom(legacy, legacy, { shadow: { sample: 0 } });
    expect(await exchange(room.port, "GET /a HTTP/1.1\r\nHost: h\r\n\r\n")).toContain("502 Bad Gateway");
  });

  test("has one authority, and ours in place of forged forwarding fields", async () => {
    await using legacy = await echo();
    await using room = await openRoom(legacy, legacy, {
      forwarded: { xForwarded: true, forwarded: true, trustedProxies: [] },
    });
    await using client = await rawClient(room.port);
    client.send(
      "GET http://other:81/ws HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Host: evil\r\nForwarded: for=6.6.6.6\r\nUpgrade: x\r\nConnection: X-Mine, upgrade\r\nX-Mine: 1\r\n\r\n",
    );
    await client.until((text) => text.includes("\r\n\r\n"));
    expect(legacy.seen[0]!.head).toBe(
      "GET /ws HTTP/1.1\r\nHost: other:81\r\nUpgrade: x\r\nConnection: upgrade\r\n" +
        "X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: other:81\r\n" +
        'Forwarded: for=127.0.0.1;host="other:81";proto=http\r\n\r\n',
    );
  });

  test("takes what was sent too early only once legacy has agreed", async () => {
    await using legacy = await backend(() => {});
    await using room = await openRoom(legacy, legacy);
    await using client = await rawClient(room.port);
    client.send(`${HANDSHAKE}early`);
    await eventually(() => legacy.seen.length === 1, 20_000);
    const [socket] = legacy.open;
    let got = "";
    socket!.removeAllListeners("data");
    socket!.on("data", (bytes) => {
      got += bytes;
    });
    socket!.write(SWITCHED);
    await client.until((text) => text.includes("\r\n\r\n"));
    client.send(" late");
    await eventually(() => got === "early late", 20_000);
  });

  test("that is refused leaves what was sent too early to be read as the next request", async () => {
    await using legacy = await backend((socket, { target }) => void socket.write(ok(target)));
    await using room = await openRoom(legacy, legacy, { shadow: { sample: 0 } });
    await using client = await rawClient(room.port);
    client.send(`${HANDSHAKE}GET /next HTTP/1.1\r\nHost: h\r\n\r\n`);
    await client.until((text) => text.endsWith("/next"));
    expect(legacy.seen.map(({ target }) => target)).toEqual(["//chat?a=%2F", "/next"]);
  });

  test("passes the end of the client's half on, and legacy's last bytes back", async () => {
    await using legacy = await backend((socket) => {
      socket.removeAllListeners("data");
      socket.write(SWITCHED);
      let got = "";
      socket.on("data", (bytes) => {
        got += bytes;
      });
      socket.removeAllListeners("end");
      socket.on("end", () => setTimeout(() => socket.end(`all of ${got}`), 20));
    });
    await using room = await openRoom(legacy, legacy);
    const socket = connect({ port: room.port, host: "127.0.0.1", allowHalfOpen: true });
    let text = "";
    socket.on("data", (bytes) => {
      text += bytes;
      if (text === SWITCHED) socket.end("stdin");
    });
    socket.write(HANDSHAKE);
    await once(socket, "end");
    expect(text).toBe(`${SWITCHED}all of stdin`);
    await eventually(() => legacy.open.size === 0 && room.proxy.gauges().connections === 0, 20_000);
  });

  test("flows at the slower one's speed, both ways, and keeps every byte", async () => {
    await using legacy = await echo();
    await using room = await openRoom(legacy, legacy);
    const socket = connect({ port: room.port, host: "127.0.0.1" });
    socket.write(HANDSHAKE);
    await once(socket, "data");
    const sent = createHash("sha256");
    const got = createHash("sha256");
    const size = 20 * 1024 * 1024;
    let length = 0;
    for (let n = 0; n < 20; n++) {
      const piece = Buffer.alloc(size / 20, `<${n}>`);
      sent.update(piece);
      socket.write(piece);
    }
    socket.on("data", (bytes) => {
      got.update(bytes);
      length += bytes.length;
      if (length % 7 === 0) {
        socket.pause();
        setTimeout(() => socket.resume(), 1);
      }
    });
    await eventually(() => length === size, 30_000);
    expect(got.digest("hex")).toBe(sent.digest("hex"));
    socket.destroy();
  });

  test("takes none of the connections that requests are answered on", async () => {
    await using legacy = await echo();
    await using room = await openRoom(legacy, legacy, { legacy: { maxConnections: 2, maxWaiting: 0 } });
    const clients = [];
    for (let n = 0; n < 5; n++) {
      const client = await rawClient(room.port);
      client.send(HANDSHAKE);
      await client.until((text) => text.includes("\r\n\r\n"));
      clients.push(client);
    }
    legacy.reply = (socket) => void socket.write(ok("fine"));
    expect(await exchange(room.port, "GET /a HTTP/1.1\r\nHost: h\r\n\r\n")).toContain("fine");
    for (const client of clients) client.socket.destroy();
  });
});
