import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, createServer as createNetServer, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { describe, expect, test } from "vitest";
import { CERTIFICATES } from "../../support/certificates.ts";
import { openRoom } from "../../support/room.ts";
import { backend, deadPort, eventually, exchange, isWhole, ok, rawClient, rawServer } from "../../support/wire.ts";

const GET = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
const POST = "POST /a HTTP/1.1\r\nHost: h\r\n";
const SLOW_MS = 20_000;
const { key, server } = CERTIFICATES;

/** Sends `raw`, shuts the write side, and resolves to all that comes. */
function halfClosed(socket: Socket, raw: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    socket.on("data", (bytes) => {
      text += bytes.toString("latin1");
    });
    socket.on("end", () => resolve(text));
    socket.on("error", reject);
    socket.end(raw, "latin1");
  });
}

const count = (text: string, part: string) => text.split(part).length - 1;

describe("a client that shuts its write side after its request", () => {
  const BIG = "x".repeat(3_000_000);
  const cases: [string, string, string[]][] = [
    ["a GET", GET, ["/a"]],
    ["a GET that closes", GET.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"), ["/a"]],
    ["a GET of HTTP/1.0", "GET /a HTTP/1.0\r\n\r\n", ["/a"]],
    ["a HEAD", GET.replace("GET", "HEAD"), ["/a"]],
    ["a POST with a length", `${POST}Content-Length: 4\r\n\r\nbody`, ["/a"]],
    ["a POST in chunks", `${POST}Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n`, ["/a"]],
    ["an upload", `${POST}Content-Length: ${BIG.length}\r\n\r\n${BIG}`, ["/a"]],
    ["a large answer", GET.replace("/a", "/big"), ["/big"]],
    ["pipelined requests", [1, 2, 3].map((n) => GET.replace("/a", `/${n}`)).join(""), ["/1", "/2", "/3"]],
    ["a POST before a GET", `${POST}Content-Length: 4\r\n\r\nbody${GET.replace("/a", "/b")}`, ["/a", "/b"]],
    ["an upgrade that is refused", GET.replace("\r\n\r\n", "\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"), ["/a"]],
  ];

  test.each(cases)("gets its answer: %s", async (_name, raw, targets) => {
    await using legacy = await backend((socket, { target }) => {
      setTimeout(() => socket.write(ok(target === "/big" ? BIG : `for ${target}`)), 50);
    });
    await using room = await openRoom(legacy, legacy, { shadow: { sample: 0 } });
    const text = await halfClosed(connect({ port: room.port, host: "127.0.0.1", allowHalfOpen: true }), raw);
    expect(count(text, "HTTP/1.1 200 OK\r\n")).toBe(targets.length);
    if (targets[0] === "/big") expect(text.length).toBeGreaterThan(BIG.length);
    else if (!raw.startsWith("HEAD")) for (const target of targets) expect(text).toContain(`for ${target}`);
    expect(legacy.seen.map(({ target }) => target)).toEqual(targets);
    await eventually(() => room.proxy.gauges().connections === 0, SLOW_MS);
  });

  test("gets its answer over TLS, too", async () => {
    await using legacy = await backend((socket) => void setTimeout(() => socket.write(ok("secret")), 50));
    await using room = await openRoom(legacy, legacy, { listen: { tls: { cert: server, key } } });
    const socket = connectTls({
      ...{ port: room.port, host: "127.0.0.1", rejectUnauthorized: false, allowHalfOpen: true },
    });
    expect(await halfClosed(socket, GET)).toContain("secret");
  });

  test("gets the answer to a request that legacy did not answer", async () => {
    await using room = await openRoom({ url: `http://127.0.0.1:${await deadPort()}` }, { url: "http://127.0.0.1:1" });
    const text = await halfClosed(connect({ port: room.port, host: "127.0.0.1", allowHalfOpen: true }), GET);
    expect(text).toContain("502 Bad Gateway");
  });

  test.each([
    ["within its head", "GET /a HTTP/1.1\r\nHo", 0],
    ["within its request line", "GET /a", 0],
    ["within its body", `${POST}Content-Length: 4\r\n\r\nbo`, 1],
    ["within a chunk", `${POST}Transfer-Encoding: chunked\r\n\r\n4\r\nbo`, 1],
    ["before the last chunk", `${POST}Transfer-Encoding: chunked\r\n\r\n2\r\nbo\r\n`, 1],
  ])("%s is answered 400, and legacy has no whole request", async (_name, raw, opened) => {
    await using legacy = await backend(ok("never"));
    await using room = await openRoom(legacy, legacy);
    const text = await halfClosed(connect({ port: room.port, host: "127.0.0.1", allowHalfOpen: true }), raw);
    expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(text).toMatch(/parallel-run: the connection ended within a request's (head|body)\n$/);
    expect(legacy.seen).toEqual([]);
    await eventually(() => legacy.open.size === 0, SLOW_MS);
    expect(legacy.opened()).toBe(opened);
    expect(room.refused).toHaveLength(1);
  });

  test("before it sent anything is let go without an answer", async () => {
    await using legacy = await backend(ok());
    await using room = await openRoom(legacy, legacy);
    expect(await halfClosed(connect({ port: room.port, host: "127.0.0.1", allowHalfOpen: true }), "")).toBe("");
    expect(room.refused).toEqual([]);
  });
});

describe("a method", () => {
  test.each(["LIST", "BAN", "PURGE", "get", "Get", "M-SEARCH", "QUERY", "!#$%&'*+-.^_`|~", "X".repeat(100), "PRI"])(
    "%s is relayed with its body and never shadowed",
    async (method) => {
      await using legacy = await backend(ok("done"));
      await using candidate = await backend(ok());
      await using room = await openRoom(legacy, candidate);
      const head = `${method} /a HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n`;
      expect(await exchange(room.port, `${head}body`)).toBe(ok("done").toString());
      expect(legacy.seen[0]!.head).toBe(head);
      expect(legacy.seen[0]!.body.toString()).toBe("body");
      expect(await room.outcome()).toBe("skipped/method");
      expect(candidate.seen).toEqual([]);
    },
  );

  test("may be invented by clients without end, and routes stay bounded", async () => {
    await using legacy = await backend(ok("done"));
    await using room = await openRoom(legacy, legacy);
    await using client = await rawClient(room.port);
    for (let i = 0; i < 300; i++) client.send(`M${i} /a HTTP/1.1\r\nHost: h\r\n\r\n`);
    await eventually(() => room.settled.length === 300, SLOW_MS);
    expect(new Set(room.settled.map(({ route }) => route))).toEqual(new Set(["OTHER /a"]));
  });
});

describe("what one connection may hold", () => {
  const MIB = 1024 * 1024;

  test("300,000 pipelined requests stay unread while the first one waits", async () => {
    await using legacy = await backend(() => {});
    await using room = await openRoom(legacy, legacy, { shadow: { sample: 0 } });
    const before = process.memoryUsage().rss;
    await using client = await rawClient(room.port);
    const many = Buffer.from(GET.repeat(300_000)); // 9 MB, which the kernel does not take
    client.socket.write(many);
    await eventually(() => legacy.seen.length === 1, SLOW_MS);
    let still = 0;
    let last = -1;
    await eventually(() => {
      still = client.socket.bytesWritten === last ? still + 1 : 0;
      last = client.socket.bytesWritten;
      return still > 200;
    }, SLOW_MS);
    expect(client.socket.writableLength).toBeGreaterThan(0);
    expect(process.memoryUsage().rss - before).toBeLessThan(60 * MIB);
    expect(legacy.seen.length).toBe(1);
  });

  test("pipelined requests without number are answered in order, at the speed at which the client takes them", async () => {
    await using legacy = await backend((socket, { target }) => void socket.write(ok(target)));
    await using room = await openRoom(legacy, legacy, { shadow: { sample: 0 } });
    await using client = await rawClient(room.port);
    const targets = Array.from({ length: 1_000 }, (_, n) => `/${n}`);
    client.send(targets.map((target) => GET.replace("/a", target)).join(""));
    const wanted = targets.map((target) => ok(target).toString()).join("");
    expect(await client.until((text) => text.length >= wanted.length, SLOW_MS)).toBe(wanted);
    expect(legacy.opened()).toBe(1);
  });

  test("a client that takes nothing is asked for nothing more", async () => {
    const body = Buffer.alloc(100_000, "x");
    await using legacy = await backend((socket) => void socket.write(ok(body)));
    await using room = await openRoom(legacy, legacy, { shadow: { sample: 0 } });
    const client = connect(room.port, "127.0.0.1");
    client.pause();
    client.write(GET.repeat(5_000)); // 500 MB of answers
    let still = 0;
    let last = -1;
    await eventually(() => {
      still = legacy.seen.length === last ? still + 1 : 0;
      last = legacy.seen.length;
      return last > 0 && still > 200;
    }, SLOW_MS);
    expect(legacy.seen.length).toBeLessThan(500);
    client.destroy();
  });

  test.each([
    ["read at once", false],
    ["while legacy reads nothing", true],
  ])("100,000 one-byte chunks of a request cost no memory: %s", async (_name, stuck) => {
    let seen = 0;
    await using legacy = await rawServer((socket) => {
      if (stuck) socket.pause();
      else {
        socket.on("data", (bytes) => {
          seen += bytes.length;
        });
      }
    });
    await using room = await openRoom(legacy, legacy);
    await using client = await rawClient(room.port);
    const before = process.memoryUsage().rss;
    client.send(`${POST}Transfer-Encoding: chunked\r\n\r\n`);
    client.send("1\r\nx\r\n".repeat(100_000));
    if (stuck) await eventually(() => legacy.opened() === 1, SLOW_MS);
    else await eventually(() => seen >= 100_000, SLOW_MS);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(process.memoryUsage().rss - before).toBeLessThan(40 * MIB);
  });

  test("100,000 one-byte chunks of an answer go on in few", async () => {
    await using legacy = await backend(
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${"1\r\nx\r\n".repeat(100_000)}0\r\n\r\n`,
    );
    await using room = await openRoom(legacy, legacy, { shadow: { sample: 0 } });
    await using client = await rawClient(room.port);
    client.send(GET);
    const text = await client.until((all) => all.endsWith("0\r\n\r\n"), SLOW_MS);
    expect(count(text, "x")).toBe(100_000);
    expect(text.length).toBeLessThan(110_000);
  });

  test("a request that comes a byte at a time is one request", async () => {
    await using legacy = await backend(ok("fine"));
    await using room = await openRoom(legacy, legacy, { shadow: { sample: 0 } });
    await using client = await rawClient(room.port);
    const raw = `\r\n${POST}X: ${"y".repeat(100)}\r\nTransfer-Encoding: chunked\r\n\r\n3;e\r\nabc\r\n0\r\nT: 1\r\n\r\n`;
    for (const byte of raw) {
      client.send(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await client.until(isWhole, SLOW_MS);
    expect(legacy.seen[0]!.body.toString()).toBe("abc");
    expect(legacy.seen[0]!.trailers).toBe("T: 1\r\n");
  });

  test.each([
    ["empty lines", "\r\n".repeat(50_000), 400],
    ["tiny fields", `GET /a HTTP/1.1\r\nHost: h\r\n${"a:\r\n".repeat(20_000)}`, 431],
    ["a method", "A".repeat(50_000), 414],
    ["a target", `GET /${"a".repeat(50_000)}`, 414],
    ["a field", `GET /a HTTP/1.1\r\nHost: h\r\nA: ${"a".repeat(50_000)}`, 431],
    ["a chunk extension", `${POST}Transfer-Encoding: chunked\r\n\r\n1;${"a".repeat(50_000)}`, 400],
    ["zeros of a chunk size", `${POST}Transfer-Encoding: chunked\r\n\r\n${"0".repeat(50_000)}`, 400],
    ["trailers", `${POST}Transfer-Encoding: chunked\r\n\r\n0\r\n${"a:\r\n".repeat(20_000)}`, 400],
  ])("%s without end are refused", async (_name, raw, status) => {
    await using legacy = await rawServer((socket) => void socket.resume());
    await using room = await openRoom(legacy, legacy);
    await using client = await rawClient(room.port);
    client.send(raw);
    expect(await client.end(SLOW_MS)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [^]*\\r\\n\\r\\nparallel-run: .+\\n$`));
  });
});

const REFUSED: [string, string][] = [
  ["no Host", `POST /a HTTP/1.1\r\nContent-Length: 0\r\n\r\n`],
  ["two Hosts", `${POST}Host: i\r\nContent-Length: 0\r\n\r\n`],
  ["TE ,chunked", `${POST}Transfer-Encoding: ,chunked\r\n\r\n0\r\n\r\n`],
  ["TE gzip, chunked", `${POST}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
  ["TE identity, chunked", `${POST}Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n`],
  ["TE chunked, identity", `${POST}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`],
  ["an empty TE", `${POST}Transfer-Encoding:\r\n\r\n`],
  ["TE in HTTP/1.0", "POST /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
  ["a length of 16 digits", `${POST}Content-Length: 0000000000000004\r\n\r\nbody`],
  ["two lengths", `${POST}Content-Length: 4\r\nContent-Length: 4\r\n\r\nbody`],
  ["length and chunks", `${POST}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ["a malformed Host", "GET /a HTTP/1.1\r\nHost: a/b\r\n\r\n"],
  ["a fragment", "GET /a#b HTTP/1.1\r\nHost: h\r\n\r\n"],
  ["CONNECT", "CONNECT h:1 HTTP/1.1\r\nHost: h:1\r\n\r\n"],
  ["HTTP/2", "GET /a HTTP/2.0\r\nHost: h\r\n\r\n"],
  ["a long target", `GET /${"a".repeat(40_000)} HTTP/1.1\r\nHost: h\r\n\r\n`],
  ["a long head", `GET /a HTTP/1.1\r\nHost: h\r\nA: ${"a".repeat(40_000)}\r\n\r\n`],
  ["a bare LF", "GET /a HTTP/1.1\r\nHost: h\nA: b\r\n\r\n"],
  ["garbage", "\x16\x03\x01\r\n\r\n"],
  ["a broken chunk", `${POST}Transfer-Encoding: chunked\r\n\r\nzz\r\n`],
  ["a length among the trailers", `${POST}Transfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 1\r\n\r\n`],
];

describe("after a refusal", () => {
  const NEXT = GET.replace("/a", "/next");
  test.each(REFUSED)("nothing of the connection is read any more: %s", async (_name, raw) => {
    await using legacy = await backend((socket, { target }) => void socket.write(ok(target)));
    await using room = await openRoom(legacy, legacy, { shadow: { sample: 0 } });
    await using client = await rawClient(room.port);
    client.send(raw + NEXT + NEXT);
    const refusal = await client.until((text) => text.includes("\r\n\r\n"));
    client.send(NEXT);
    const text = await client.end(SLOW_MS);
    expect(refusal).toMatch(/^HTTP\/1\.1 (400|405|414|431|501|505) /);
    expect(count(text, "HTTP/1.1 ")).toBe(1);
    expect(text).toMatch(/\r\nConnection: close\r\n\r\nparallel-run: .+\n$/);
    expect(legacy.seen).toEqual([]);
    expect(room.refused).toHaveLength(1);
  });

  test.each(REFUSED)("the answer of the request before it stands, and comes first: %s", async (_name, raw) => {
    await using legacy = await backend((socket) => void setTimeout(() => socket.write(ok("good")), 30));
    await using room = await openRoom(legacy, legacy, { shadow: { sample: 0 } });
    await using client = await rawClient(room.port);
    client.send(`${POST.replace("/a", "/good")}Content-Length: 4\r\n\r\nbody${raw}${NEXT}`);
    const text = await client.end(SLOW_MS);
    const good = ok("good").toString();
    expect(text.slice(0, good.length)).toBe(good);
    expect(text.slice(good.length)).toMatch(/^HTTP\/1\.1 (400|405|414|431|501|505) /);
    expect(legacy.seen.map(({ target }) => target)).toEqual(["/good"]);
  });
});

describe("what follows a good request", () => {
  test.each([
    ["a byte too many", "", "x"],
    ["a request after Connection: close", "Connection: close\r\n", GET],
    ["garbage after Connection: close", "Connection: close\r\n", "\x16\x03\x01"],
    ["an empty line", "", "\r\n"],
    ["half a request", "", "GET /b HT"],
    ["half a body", "", `${POST}Content-Length: 9\r\n\r\nab`],
  ])("does not change its answer: %s", async (_name, fields, follower) => {
    await using legacy = await backend((socket) => void setTimeout(() => socket.write(ok("good")), 30));
    await using room = await openRoom(legacy, legacy, { shadow: { sample: 0 } });
    await using client = await rawClient(room.port);
    client.send(`${POST.replace("/a", "/good")}${fields}Content-Length: 4\r\n\r\nbody${follower}`);
    const text = await client.until((all) => all.includes("good"), SLOW_MS);
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(legacy.seen.map(({ target }) => target)).toEqual(["/good"]);
    if (fields !== "") expect(count(await client.end(SLOW_MS), "HTTP/1.1 ")).toBe(1);
  });
});

describe("the memory of an upload is freed at once", () => {
  const size = 1_000_000;
  const bodyOf = (n: number) => Buffer.alloc(size, `<${n}>`);
  const sha = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

  /** Takes bodies with pauses and answers with their digests. */
  const digesting = () =>
    createServer((request, response) => {
      const hash = createHash("sha256");
      request.on("data", (bytes: Buffer) => {
        hash.update(bytes);
        request.pause();
        setTimeout(() => request.resume(), 1);
      });
      request.on("end", () => response.end(hash.digest("hex")));
    });

  test.each([
    ["plain", false],
    ["TLS", true],
  ])("and legacy still gets every byte of it: %s", async (_name, tls) => {
    const legacy = digesting().listen(0, "127.0.0.1");
    await once(legacy, "listening");
    const url = `http://127.0.0.1:${(legacy.address() as AddressInfo).port}`;
    const routes = [{ match: "POST /read", readOnly: true, shadow: { maxRequestBody: size } }];
    await using room = await openRoom(
      { url },
      { url },
      { routes, ...(tls && { listen: { tls: { cert: server, key } } }) },
    );
    const answers = Array.from({ length: 8 }, async (_, n) => {
      const to = { port: room.port, host: "127.0.0.1" };
      const socket = tls ? connectTls({ ...to, rejectUnauthorized: false }) : connect(to);
      const body = bodyOf(n);
      const target = n % 4 < 2 ? "/write" : "/read";
      const chunked = n % 2 === 0;
      socket.write(`POST ${target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n`);
      socket.write(chunked ? "Transfer-Encoding: chunked\r\n\r\n" : `Content-Length: ${size}\r\n\r\n`);
      for (let at = 0; at < size; at += 70_001) {
        const piece = body.subarray(at, at + 70_001);
        if (chunked) socket.write(`${piece.length.toString(16)}\r\n`);
        socket.write(piece);
        if (chunked) socket.write("\r\n");
      }
      if (chunked) socket.write("0\r\n\r\n");
      let text = "";
      socket.on("data", (bytes) => {
        text += bytes;
      });
      await once(socket, "end");
      return text.includes(sha(body));
    });
    expect(await Promise.all(answers)).toEqual(Array(8).fill(true));
    legacy.closeAllConnections();
    legacy.close();
  });

  test("which Node reads into memory that nobody else uses", async () => {
    const chunks: Buffer[] = [];
    const listener = createNetServer((socket) => void socket.on("data", (bytes: Buffer) => void chunks.push(bytes)));
    listener.listen(0, "127.0.0.1");
    await once(listener, "listening");
    const socket = connect((listener.address() as AddressInfo).port, "127.0.0.1");
    for (let i = 0; i < 20; i++) {
      socket.write(Buffer.alloc(5_000 * (i + 1)));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await eventually(() => chunks.reduce((sum, { length }) => sum + length, 0) === 1_050_000, SLOW_MS);
    const buffers = chunks.map(({ buffer }) => buffer);
    expect(new Set(buffers).size).toBe(chunks.length);
    expect(buffers).not.toContain(Buffer.from("pooled").buffer);
    socket.destroy();
    listener.close();
  });
});

test("a client is told over TLS that HTTP/1.1 is spoken", async () => {
  await using legacy = await backend(ok("secret"));
  await using room = await openRoom(legacy, legacy, { listen: { tls: { cert: server, key } } });
  const to = { port: room.port, host: "127.0.0.1", rejectUnauthorized: false };
  const socket = connectTls({ ...to, ALPNProtocols: ["h2", "http/1.1"] });
  await once(socket, "secureConnect");
  expect(socket.alpnProtocol).toBe("http/1.1");
  socket.destroy();
});
