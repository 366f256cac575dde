import { describe, expect, test } from "vitest";
import { openRoom } from "../../support/room.ts";
import { backend, eventually, exchange, ok, rawClient } from "../../support/wire.ts";

/** Sends `raw` and says what came back and what legacy saw. */
async function send(raw: string) {
  await using legacy = await backend((socket, { target }) => void socket.write(ok(`for ${target}`)));
  await using room = await openRoom(legacy, legacy, {
    shadow: { sample: 0 },
    limits: { headTimeout: 300, idleTimeout: 300, maxHead: 4096 },
  });
  await using client = await rawClient(room.port);
  client.send(raw);
  // Whatever comes of it, a second request on the same connection shows whether the first one's end was agreed on.
  const text = await client.until((all) => all.includes("\r\n\r\n"));
  await eventually(() => room.proxy.gauges().inFlight === 0);
  return { text, seen: legacy.seen.map(({ head }) => head), refused: room.refused, closed: client };
}

const POST = "POST /a HTTP/1.1\r\nHost: h\r\n";

describe("a request with no meaning, or several, is refused", () => {
  test.each([
    ["two lengths", `${POST}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`, 400],
    ["the same length twice", `${POST}Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc`, 400],
    ["a list of lengths", `${POST}Content-Length: 3, 3\r\n\r\nabc`, 400],
    ["a signed length", `${POST}Content-Length: +3\r\n\r\nabc`, 400],
    ["a negative length", `${POST}Content-Length: -3\r\n\r\nabc`, 400],
    ["a hexadecimal length", `${POST}Content-Length: 0x3\r\n\r\nabc`, 400],
    ["a length beyond counting", `${POST}Content-Length: 99999999999999999999\r\n\r\nabc`, 400],
    ["length and chunks", `${POST}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
    ["chunks and length", `${POST}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n`, 400],
    ["chunks twice", `${POST}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
    ["a coding in disguise", `${POST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`, 501],
    ["a coding after chunked", `${POST}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`, 400],
    ["another coding before chunked", `${POST}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, 501],
    ["a coding with a space before its colon", `${POST}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`, 400],
    ["a coding in quotes", `${POST}Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n`, 501],
    ["chunks in HTTP/1.0", "POST /a HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400],
    ["a chunk size that is none", `${POST}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, 400],
    ["a bare line feed after a chunk size", `${POST}Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n`, 400],
    ["a chunk longer than its size", `${POST}Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n`, 400],
    ["no Host", "GET /a HTTP/1.1\r\n\r\n", 400],
    ["two Hosts", "GET /a HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400],
    ["a Host with a path", "GET /a HTTP/1.1\r\nHost: a/b\r\n\r\n", 400],
    ["a Host with a user", "GET /a HTTP/1.1\r\nHost: u@a\r\n\r\n", 400],
    ["a Host with a space", "GET /a HTTP/1.1\r\nHost: a b\r\n\r\n", 400],
    ["a fragment", "GET /a#b HTTP/1.1\r\nHost: h\r\n\r\n", 400],
    ["a target that is no path", "GET a HTTP/1.1\r\nHost: h\r\n\r\n", 400],
    ["an asterisk for GET", "GET * HTTP/1.1\r\nHost: h\r\n\r\n", 400],
    ["an absolute target with a user", "GET http://u@h/a HTTP/1.1\r\nHost: h\r\n\r\n", 400],
    ["an absolute target of another scheme", "GET ftp://h/a HTTP/1.1\r\nHost: h\r\n\r\n", 400],
    ["CONNECT", "CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n", 405],
    ["a space in the target", "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", 400],
    ["a control character in the target", "GET /a\x01 HTTP/1.1\r\nHost: h\r\n\r\n", 400],
    ["another version", "GET /a HTTP/2.0\r\nHost: h\r\n\r\n", 505],
    ["a future version", "GET /a HTTP/1.2\r\nHost: h\r\n\r\n", 505],
    ["no version", "GET /a\r\nHost: h\r\n\r\n", 400],
    ["a method that is no token", "G@T /a HTTP/1.1\r\nHost: h\r\n\r\n", 400],
    ["bare line feeds", "GET /a HTTP/1.1\nHost: h\n\n", 400],
    ["a bare carriage return", "GET /a HTTP/1.1\r\nHost: h\rX: 1\r\n\r\n", 400],
    ["obsolete folding", "GET /a HTTP/1.1\r\nHost: h\r\nX: 1\r\n 2\r\n\r\n", 400],
    ["a fold before the first field", "GET /a HTTP/1.1\r\n Host: h\r\n\r\n", 400],
    ["a null in a value", "GET /a HTTP/1.1\r\nHost: h\r\nX: \0\r\n\r\n", 400],
    ["a control character in a name", "GET /a HTTP/1.1\r\nHost: h\r\nX\x01: 1\r\n\r\n", 400],
    ["a name beyond ASCII", "GET /a HTTP/1.1\r\nHost: h\r\n\xe9: 1\r\n\r\n", 400],
    ["an empty name", "GET /a HTTP/1.1\r\nHost: h\r\n: 1\r\n\r\n", 400],
    ["no colon", "GET /a HTTP/1.1\r\nHost: h\r\nX\r\n\r\n", 400],
    ["an oversized head", `GET /a HTTP/1.1\r\nHost: h\r\nX: ${"x".repeat(9000)}\r\n\r\n`, 431],
    ["the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505],
    ["TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400],
  ])("%s", async (_name, raw, status) => {
    const { text, seen, refused, closed } = await send(raw);
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(text).toContain("Connection: close\r\n");
    await closed.end();
    // A body's fault may show after its head was passed on; then legacy has half a request, never a whole one.
    expect(seen).toEqual([]);
    expect(refused.length).toBe(1);
  });
});

describe("a request with one meaning is relayed with that one", () => {
  test.each([
    [
      "an absolute target",
      "GET http://Other.test:81/a?b HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET /a?b HTTP/1.1\r\nHost: Other.test:81\r\n\r\n",
    ],
    [
      "an absolute target without a path",
      "GET http://h HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\n\r\n",
    ],
    [
      "an absolute target with a query only",
      "GET http://h?q HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET /?q HTTP/1.1\r\nHost: h\r\n\r\n",
    ],
    ["an asterisk for OPTIONS", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n"],
    [
      "an offer of h2c",
      "GET /a HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n",
      "GET /a HTTP/1.1\r\nHost: h\r\n\r\n",
    ],
    ["an empty Host", "GET /a HTTP/1.1\r\nHost: \r\n\r\n", "GET /a HTTP/1.1\r\nHost: \r\n\r\n"],
    [
      "bytes beyond ASCII in path and query",
      "GET /\xc3\xa9/\xe9?q=\xf0\x9f\x98\x80 HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET /\xc3\xa9/\xe9?q=\xf0\x9f\x98\x80 HTTP/1.1\r\nHost: h\r\n\r\n",
    ],
    ["TRACE", "TRACE /a HTTP/1.1\r\nHost: h\r\n\r\n", "TRACE /a HTTP/1.1\r\nHost: h\r\n\r\n"],
    [
      "spaces around a value",
      "GET /a HTTP/1.1\r\nHost: h\r\nX: \t a b \t\r\n\r\n",
      "GET /a HTTP/1.1\r\nHost: h\r\nX: a b\r\n\r\n",
    ],
    [
      "slashes and dots",
      "GET //a/../b/./%2e%2e HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET //a/../b/./%2e%2e HTTP/1.1\r\nHost: h\r\n\r\n",
    ],
    [
      "an unknown expectation",
      "GET /a HTTP/1.1\r\nHost: h\r\nExpect: miracles\r\n\r\n",
      "GET /a HTTP/1.1\r\nHost: h\r\nExpect: miracles\r\n\r\n",
    ],
    ["an IPv6 Host", "GET /a HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", "GET /a HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"],
  ])("%s", async (_name, raw, wanted) => {
    const { seen, refused } = await send(raw);
    expect(seen).toEqual([wanted]);
    expect(refused).toEqual([]);
  });

  test("chunk extensions stop here", async () => {
    const { seen } = await send(`${POST}Transfer-Encoding: chunked\r\n\r\n3;a="b"\r\nabc\r\n0;c\r\n\r\n`);
    expect(seen).toEqual([`${POST}Transfer-Encoding: chunked\r\n\r\n`]);
  });

  test("a body that GET carries is no second request", async () => {
    const inner = "GET /inner HTTP/1.1\r\nHost: h\r\n\r\n";
    const { seen, text } = await send(`GET /a HTTP/1.1\r\nHost: h\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`);
    expect(seen).toHaveLength(1);
    expect(text).toContain("for /a");
    expect(text).not.toContain("inner");
  });

  test("a refused client that keeps its connection open is let go", async () => {
    await using legacy = await backend(ok());
    await using room = await openRoom(legacy, legacy);
    for (const raw of [
      "\x16\x03\x01",
      "CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET a HTTP/1.1\r\nHost: h\r\n\r\n",
    ]) {
      const { connect } = await import("node:net");
      const socket = connect({ port: room.port, host: "127.0.0.1", allowHalfOpen: true });
      socket.resume();
      socket.write(raw, "latin1");
      await eventually(() => room.proxy.gauges().connections === 1);
      await eventually(() => room.proxy.gauges().connections === 0);
      socket.destroy();
    }
  });

  test("a refused request poisons nobody's connection to legacy", async () => {
    await using legacy = await backend((socket, { target }) => void socket.write(ok(target)));
    await using room = await openRoom(legacy, legacy, { shadow: { sample: 0 } });
    await exchange(room.port, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
    await exchange(
      room.port,
      `${POST}Transfer-Encoding: chunked\r\n\r\n3\r\nabcGET /evil HTTP/1.1\r\nHost: h\r\n\r\n`,
      (text) => text.includes("400"),
    );
    expect(await exchange(room.port, "GET /2 HTTP/1.1\r\nHost: h\r\n\r\n")).toContain("/2");
    expect(legacy.seen.map(({ target }) => target)).toEqual(["/1", "/2"]);
  });
});
