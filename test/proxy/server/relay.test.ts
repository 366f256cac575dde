import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesOf } from "../../../src/model/body.ts";
import { openRoom } from "../../support/room.ts";
import { backend, deadPort, eventually, exchange, ok, rawClient, rawServer } from "../../support/wire.ts";

const GET = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
const latin1 = (text: string) => Buffer.from(text, "latin1");

/** A proxy before one backend that answers `reply` on both sides. */
async function through(reply: string | Buffer, request = GET, enough?: (text: string) => boolean) {
  await using legacy = await backend(reply);
  await using room = await openRoom(legacy, legacy);
  return await exchange(room.port, latin1(request), enough);
}

/** Waits until a count has not moved for a hundred looks. */
async function levelsOff(count: () => number): Promise<void> {
  let [last, still] = [-1, 0];
  await eventually(() => {
    still = count() === last ? still + 1 : 0;
    last = count();
    return still >= 100;
  });
}

const CLAIMS = "GET /a HTTP/1.1\r\nHost: shop\r\nX-Forwarded-For: 9.9.9.9\r\nX-Forwarded-Proto: https\r\n\r\n";

describe("legacy's answer", () => {
  test("reaches the client byte for byte but for hop-by-hop fields", async () => {
    const answer =
      "HTTP/1.1 299 Quite \xe9 Fine\r\nX-Zeta: 1\r\nset-cookie: a=1, b\r\nSet-Cookie: c=2\r\nKeep-Alive: timeout=9\r\n" +
      "Connection: X-Private\r\nX-Private: secret\r\nContent-Length: 5\r\nContent-Disposition: attachment; filename=\xc3\xa9\r\n" +
      "Trailer: none\r\n\r\nh\x00\xffi\r";
    expect(await through(answer)).toBe(
      answer.replace("Keep-Alive: timeout=9\r\nConnection: X-Private\r\nX-Private: secret\r\n", ""),
    );
  });

  test("keeps any fields and any body as they are", async () => {
    await using legacy = await backend("");
    await using room = await openRoom(legacy, legacy, { shadow: { sample: 0 } });
    const value = fc.string({ unit: fc.constantFrom(...'aZ09 ,;="\\\t\xe9\xff%{}<>'.split("")), maxLength: 30 });
    const name = fc.constantFrom("__proto__", "constructor", "X-A", "x-a", "toString", "SET-cookie", "Date", "0", "~");
    const fields = fc.array(
      fc.tuple(
        name,
        value.map((text) => text.trim()),
      ),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(fields, fc.uint8Array({ maxLength: 300 }), async (pairs, bytes) => {
        const answer = ok(
          bytes,
          pairs.map(([each, text]) => `${each}: ${text}`),
        );
        legacy.reply = (socket) => void socket.write(answer);
        expect(await exchange(room.port, GET)).toBe(answer.toString("latin1"));
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    ["204", GET, "HTTP/1.1 204 No Content\r\nX: 1\r\n\r\n"],
    ["304 with a length", GET, 'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\nContent-Length: 12\r\n\r\n'],
    ["401 without a body", GET, "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n"],
    ["a redirect", GET, "HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n"],
    ["an empty reason", GET, "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n"],
    ["its own error", GET, "HTTP/1.1 500 Oh No\r\nContent-Length: 4\r\n\r\noops"],
    ["its own 502", GET, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 4\r\n\r\nmine"],
    ["an answer to HEAD", "HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"],
    [
      "an answer to HEAD with a trailer",
      "HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTrailer: X\r\n\r\n",
    ],
    ["an unknown status", GET, "HTTP/1.1 799 Odd\r\nContent-Length: 1\r\n\r\nx"],
  ])("%s passes as it is", async (_name, request, answer) => {
    expect(await through(answer, request, (text) => text.length >= answer.length)).toBe(answer);
  });

  test("in chunks stays in chunks, with its trailers, and the field where it was", async () => {
    const text = await through(
      "HTTP/1.1 200 OK\r\nA: 1\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: \xe9\r\nx-sum: 2\r\n\r\n",
    );
    expect(text).toBe(
      "HTTP/1.1 200 OK\r\nA: 1\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: \xe9\r\nx-sum: 2\r\n\r\n",
    );
  });

  test("ended by the connection goes on in chunks, or to an old client as it came", async () => {
    const end = "HTTP/1.1 200 OK\r\nA: 1\r\n\r\nhello";
    await using legacy = await backend((socket) => void socket.end(end));
    await using room = await openRoom(legacy, legacy);
    expect(await exchange(room.port, GET)).toBe(
      "HTTP/1.1 200 OK\r\nA: 1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    );
    await using old = await rawClient(room.port);
    old.send("GET /a HTTP/1.0\r\n\r\n");
    expect(await old.end()).toBe("HTTP/1.1 200 OK\r\nA: 1\r\nConnection: close\r\n\r\nhello");
  });

  test("to HTTP/1.0 has no chunks, no trailers and no informational response", async () => {
    await using legacy = await backend(
      "HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: 1\r\n\r\n",
    );
    await using room = await openRoom(legacy, legacy);
    await using old = await rawClient(room.port);
    old.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    expect(await old.end()).toBe("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc");
    expect(legacy.seen[0]!.head).toBe(`GET /a HTTP/1.1\r\nHost: 127.0.0.1:${legacy.port}\r\n\r\n`);
  });

  test("keeps an old client's connection open when it asks for that and the length is known", async () => {
    await using legacy = await backend(ok("hi"));
    await using room = await openRoom(legacy, legacy);
    await using old = await rawClient(room.port);
    const request = "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
    old.send(request);
    const first = await old.until((text) => text.endsWith("hi"));
    expect(first).toContain("Connection: keep-alive");
    old.send(request);
    expect(await old.until((text) => text.length >= 2 * first.length)).toBe(first + first);
  });

  test("has its informational responses before it, reasons and fields as they came", async () => {
    const text =
      "HTTP/1.1 103 Hints \xe9\r\nLink: </a>\r\nlink: </b>\r\n\r\nHTTP/1.1 102 P\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    expect(await through(text)).toBe(text);
  });

  test("starts to flow before it is whole, piece by piece", async () => {
    let legacySocket: import("node:net").Socket | undefined;
    await using legacy = await backend((socket) => {
      legacySocket = socket;
      socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
    });
    await using candidate = await backend(() => {});
    await using room = await openRoom(legacy, candidate);
    await using client = await rawClient(room.port);
    client.send(GET);
    await client.until((text) => text.endsWith("\r\n\r\n"));
    for (const event of ["one", "two"]) {
      legacySocket!.write(`3\r\n${event}\r\n`);
      await client.until((text) => text.endsWith(`3\r\n${event}\r\n`));
    }
    legacySocket!.write("0\r\n\r\n");
    await client.until((text) => text.endsWith("0\r\n\r\n"));
  });

  test("may be large: it flows at the client's speed, and little of it waits in here", async () => {
    const size = 100 * 1024 * 1024;
    const piece = Buffer.alloc(1024 * 1024, "x");
    let written = 0;
    await using legacy = await backend((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
      const more = () => {
        while (written < size) {
          written += piece.length;
          if (!socket.write(piece)) return void socket.once("drain", more);
        }
      };
      more();
    });
    await using room = await openRoom(legacy, { url: `http://127.0.0.1:${await deadPort()}` });
    const client = (await import("node:net")).connect(room.port, "127.0.0.1");
    client.write(GET);
    client.pause();
    await eventually(() => written > piece.length);
    // Nobody reads: what is written levels off at the sockets' buffers.
    await levelsOff(() => written);
    expect(written).toBeLessThan(size / 2);
    const before = process.memoryUsage().rss;
    let most = 0;
    let got = 0;
    client.on("data", (chunk) => {
      got += chunk.length;
      if (got % 16 === 0) most = Math.max(most, process.memoryUsage().rss);
    });
    client.resume();
    await eventually(() => got > size, 20_000);
    client.destroy();
    expect(most - before).toBeLessThan(120 * 1024 * 1024);
    const { legacy: answer } = await room.exchange();
    expect(answer).toMatchObject({ kind: "response", body: { kind: "measured", length: size } });
  });
});

describe("the client's request", () => {
  test("reaches legacy byte for byte, and nothing is added; the candidate's copy carries the mark", async () => {
    await using legacy = await backend(ok("hi"));
    await using candidate = await backend(ok("hi"));
    await using room = await openRoom(legacy, candidate);
    const head =
      "GET /a//b/?b=2&a=1&c=%2F+%zz&d={}|^ HTTP/1.1\r\nX-Zeta: 1\r\nhOST: Example.COM:81\r\ncookie: a=1; b=\xff\r\nCookie: c\r\nX-Empty: \r\n\r\n";
    await exchange(room.port, latin1(head));
    expect(legacy.seen[0]!.head).toBe(head);
    const { legacy: left, candidate: right, request } = await room.exchange();
    expect(candidate.seen[0]!.head).toBe(head.replace(/\r\n$/, "x-parallel-run: candidate\r\n\r\n"));
    expect(request.target).toBe("/a//b/?b=2&a=1&c=%2F+%zz&d={}|^");
    if (left.kind !== "response" || right.kind !== "response") throw new Error("no responses");
    expect(left.body).toBe(right.body);
    expect(left.body.kind === "kept" && Buffer.from(bytesOf(left.body)).toString()).toBe("hi");
  });

  test("loses its hop-by-hop fields and those that Connection names, but never what frames it", async () => {
    await using legacy = await backend(ok());
    await using room = await openRoom(legacy, legacy, { shadow: { sample: 0 } });
    await exchange(
      room.port,
      "POST /a HTTP/1.1\r\nHost: h\r\nConnection: close, X-Mine, content-length, host\r\nX-Mine: 1\r\nKeep-Alive: 1\r\n" +
        "Proxy-Connection: x\r\nUpgrade: h2c\r\nTE: gzip, trailers\r\nContent-Length: 2\r\nTrailer: y\r\n\r\nab",
    );
    expect(legacy.seen[0]!.head).toBe(
      "POST /a HTTP/1.1\r\nHost: h\r\nTE: trailers\r\nContent-Length: 2\r\nTrailer: y\r\n\r\n",
    );
  });

  test("keeps its body's framing, and its trailers", async () => {
    await using legacy = await backend(ok());
    await using room = await openRoom(legacy, legacy);
    await exchange(
      room.port,
      "POST /a HTTP/1.1\r\nA: 1\r\ntransfer-encoding: chunked\r\nHost: h\r\n\r\n3;x\r\na\x00c\r\n0\r\nX-Sum: 1\r\n\r\n",
    );
    const seen = legacy.seen[0]!;
    expect(seen.head).toBe("POST /a HTTP/1.1\r\nA: 1\r\nTransfer-Encoding: chunked\r\nHost: h\r\n\r\n");
    expect(seen.body.toString("latin1")).toBe("a\x00c");
    expect(seen.trailers).toBe("X-Sum: 1\r\n");
    expect(await room.outcome()).toBe("skipped/method");
    expect(room.writes).toEqual(["POST /a /a"]);
  });

  test.each(["PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "TRACE"])("may be %s", async (method) => {
    await using legacy = await backend(ok("done"));
    await using candidate = await backend(ok());
    await using room = await openRoom(legacy, candidate);
    expect(await exchange(room.port, `${method} /a HTTP/1.1\r\nHost: h\r\n\r\n`)).toContain("done");
    expect(legacy.seen[0]!.method).toBe(method);
    expect(await room.outcome()).toBe("skipped/method");
    expect(candidate.seen).toEqual([]);
  });

  test("is told of its client where that is switched on", async () => {
    await using legacy = await backend(ok());
    await using room = await openRoom(legacy, legacy, {
      forwarded: { xForwarded: true, forwarded: true, trustedProxies: [] },
    });
    await exchange(room.port, CLAIMS);
    expect(legacy.seen[0]!.head).toBe(
      "GET /a HTTP/1.1\r\nHost: shop\r\nX-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: http\r\n" +
        'X-Forwarded-Host: shop\r\nForwarded: for=127.0.0.1;host="shop";proto=http\r\n\r\n',
    );
  });

  test("is told what a trusted proxy says of its client, and nothing that anyone else claims", async () => {
    await using legacy = await backend(ok());
    for (const [trusted, chain, proto] of [
      ["10.0.0.0/8", "127.0.0.1", "http"],
      ["127.0.0.0/8", "9.9.9.9, 127.0.0.1", "https"],
      ["127.0.0.1", "9.9.9.9, 127.0.0.1", "https"],
    ] as const) {
      const forwarded = { xForwarded: true, forwarded: false, trustedProxies: ["::1", trusted] };
      await using room = await openRoom(legacy, legacy, { forwarded });
      const before = legacy.seen.length;
      await exchange(room.port, CLAIMS);
      const { head } = legacy.seen[before]!;
      expect(head).toContain(`X-Forwarded-For: ${chain}\r\nX-Forwarded-Proto: ${proto}\r\n`);
    }
  });

  test("has its Host rewritten on the side that wants it", async () => {
    await using legacy = await backend(ok());
    await using candidate = await backend(ok());
    await using room = await openRoom(legacy, candidate, { candidate: { rewriteHost: true } });
    await exchange(room.port, GET);
    await room.exchange();
    expect(legacy.seen[0]!.field("host")).toBe("h");
    expect(candidate.seen[0]!.field("host")).toBe(`127.0.0.1:${candidate.port}`);
  });

  test("ignores HTTP_PROXY in the environment", async () => {
    process.env["HTTP_PROXY"] = process.env["http_proxy"] = "http://127.0.0.1:1";
    try {
      expect(await through(ok("direct"))).toContain("direct");
    } finally {
      delete process.env["HTTP_PROXY"];
      delete process.env["http_proxy"];
    }
  });

  test("uploads of any size flow at legacy's speed; a slow candidate does not matter", async () => {
    let read = 0;
    let socketOfLegacy: import("node:net").Socket | undefined;
    await using legacy = await rawServer((socket) => {
      socketOfLegacy = socket;
      socket.pause();
      socket.on("data", (chunk) => {
        read += chunk.length;
      });
    });
    await using room = await openRoom(legacy, legacy);
    const size = 100 * 1024 * 1024;
    const client = (await import("node:net")).connect(room.port, "127.0.0.1");
    client.write(`PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: ${size}\r\n\r\n`);
    const piece = Buffer.alloc(1024 * 1024, "x");
    let written = 0;
    const more = () => {
      while (written < size) {
        written += piece.length;
        if (!client.write(piece)) return void client.once("drain", more);
      }
    };
    more();
    await eventually(() => socketOfLegacy !== undefined);
    await levelsOff(() => written);
    expect(written).toBeLessThan(size / 2);
    const before = process.memoryUsage().rss;
    socketOfLegacy!.resume();
    await eventually(() => read > size, 20_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(120 * 1024 * 1024);
    socketOfLegacy!.write(ok("stored"));
    let answer = "";
    client.on("data", (chunk) => {
      answer += chunk;
    });
    await eventually(() => answer.endsWith("stored"));
    client.destroy();
  });

  test("that expects 100 is answered by legacy's 100, or by its refusal", async () => {
    const head = "PUT /a HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n";
    await using legacy = await rawServer((socket) => {
      socket.on("data", (chunk) => {
        const text = chunk.toString();
        if (text.includes("Expect"))
          socket.write(
            text.includes("/no") ? "HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n" : "HTTP/1.1 100 Go on\r\n\r\n",
          );
        else if (text === "body") socket.write(ok("stored"));
      });
    });
    await using room = await openRoom(legacy, legacy);
    await using client = await rawClient(room.port);
    client.send(head);
    expect(await client.until((text) => text.endsWith("\r\n\r\n"))).toBe("HTTP/1.1 100 Go on\r\n\r\n");
    client.send("body");
    expect(await client.until((text) => text.endsWith("stored"))).toContain("HTTP/1.1 200 OK");
    await using refused = await rawClient(room.port);
    refused.send(head.replace("/a", "/no"));
    expect(await refused.end()).toBe("HTTP/1.1 417 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  });

  test("pipelined behind another waits for its turn, and the answers keep their order", async () => {
    await using legacy = await backend((socket, request) => {
      setImmediate(() => socket.write(ok(request.target)));
    });
    await using room = await openRoom(legacy, legacy, { shadow: { sample: 0 } });
    await using client = await rawClient(room.port);
    const targets = Array.from({ length: 20 }, (_, i) => `/${i}`);
    client.send(targets.map((target) => `GET ${target} HTTP/1.1\r\nHost: h\r\n\r\n`).join(""));
    const wanted = targets.map((target) => ok(target).toString()).join("");
    expect(await client.until((text) => text.length >= wanted.length)).toBe(wanted);
    expect(legacy.opened()).toBe(1);
  });
});
