import { describe, expect, test } from "vitest";
import { bytesOf } from "../../../src/model/body.ts";
import type { RequestHead } from "../../../src/model/exchange.ts";
import { type Ask, type AskOptions, askOverWire } from "../../../src/proxy/index.ts";
import { askOverUndici } from "../../support/ask-over-undici.ts";
import { DEFAULTS } from "../../support/proxy-options.ts";
import { backend, deadPort, ok, type RawServer, type Reply, rawServer } from "../../support/wire.ts";

const GET: RequestHead = { method: "GET", target: "/a?b=2&a=1", fields: ["Host", "shop.test", "X-One", "1"] };

describe.each([
  ["our own client", askOverWire],
  ["undici", askOverUndici],
])("asking by %s", (_name, create: (options: AskOptions) => Ask) => {
  function asking(server: { url: string }, over: Partial<AskOptions> = {}) {
    const upstream = { ...DEFAULTS.candidate, url: server.url, connectTimeout: 500 };
    const made = create({ side: "candidate", upstream, timeout: 1000, maxBody: 100, ...over });
    return { ask: made.ask, [Symbol.asyncDispose]: () => made.close() };
  }
  async function askOnce(reply: string | Buffer | Reply, over: Partial<AskOptions> = {}, request = GET) {
    await using server = await backend(reply);
    await using asker = asking(server, over);
    return { answer: await asker.ask(request), seen: server.seen };
  }

  test("sends what was asked, marked, without conditions and hop-by-hop fields", async () => {
    const fields = [
      ...["Host", "shop.test", "x-ZETA", "1", "If-None-Match", '"a"', "Connection", "close, x-drop", "X-Drop", "1"],
      ...["Cookie", "a=\xff", "Keep-Alive", "timeout=5", "If-Modified-Since", "x", "cookie", "b"],
    ];
    const { seen } = await askOnce(ok("hi"), {}, { method: "GET", target: "/a//b/?b=2&a=%2F+", fields });
    expect(seen[0]!.target).toBe("/a//b/?b=2&a=%2F+");
    const sent = seen[0]!.fields.filter(([name]) => !/^(connection|content-length)$/i.test(name));
    expect(sent.map(([name, value]) => `${name.toLowerCase()}: ${value}`).sort()).toEqual([
      ...["cookie: a=\xff", "cookie: b", "host: shop.test", "x-parallel-run: candidate", "x-zeta: 1"],
    ]);
  });

  test("does not mark what it asks legacy", async () => {
    const { seen } = await askOnce(ok(), { side: "legacy" });
    expect(seen[0]!.field("x-parallel-run")).toBeUndefined();
  });

  test("resolves to the whole answer", async () => {
    const { answer } = await askOnce(
      "HTTP/1.1 299 Fine\r\nX-b: 1\r\nSet-Cookie: a\r\nset-cookie: b\r\nTransfer-Encoding: chunked\r\n\r\n" +
        "3\r\n\x00\xffc\r\n2;x=y\r\nde\r\n0\r\nX-Sum: 5\r\n\r\n",
    );
    if (answer.kind !== "response") throw new Error(JSON.stringify(answer));
    expect(answer.status).toBe(299);
    expect(answer.reason).toBe("Fine");
    expect(answer.fields).toEqual(["X-b", "1", "Set-Cookie", "a", "set-cookie", "b"]);
    expect(answer.trailers).toEqual(["X-Sum", "5"]);
    expect(answer.body.kind === "kept" && [...bytesOf(answer.body)]).toEqual([0, 255, 99, 100, 101]);
    expect(answer.durationMs).toBeGreaterThanOrEqual(answer.firstByteMs);
  });

  test("sends a body with its length", async () => {
    await using server = await backend(ok("found"));
    await using asker = asking(server);
    const request = { method: "POST", target: "/search", fields: ["Host", "h", "Content-Type", "x/y"] };
    await asker.ask(request, Buffer.from("needle"));
    expect(server.seen[0]!.body.toString()).toBe("needle");
    expect(server.seen[0]!.field("content-length")).toBe("6");
  });

  test("follows no redirect and does not ask twice", async () => {
    const { answer, seen } = await askOnce("HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n");
    expect(answer).toMatchObject({ kind: "response", status: 302 });
    expect(seen).toHaveLength(1);
  });

  test("measures a body past the limit", async () => {
    const { answer } = await askOnce(ok("x".repeat(101)));
    expect(answer).toMatchObject({ kind: "response", body: { kind: "measured", length: 101 } });
  });

  test("reads no further than an answer could be equal to the one beside it", async () => {
    const beside = { kind: "kept" as const, chunks: [Buffer.from("ab"), Buffer.from("cd")], length: 4 };
    let sent = 0;
    const endless: Reply = (socket) => {
      socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      const more = () => {
        while (!socket.destroyed && socket.write(`3e8\r\n${"x".repeat(1000)}\r\n`)) sent += 1000;
      };
      socket.on("error", () => {});
      socket.on("drain", more);
      more();
    };
    for (const [reply, body] of [
      [ok("abcd"), beside],
      [ok("abce"), { kind: "kept", length: 4 }],
      [ok("x".repeat(101)), { kind: "measured", length: 101, unread: true }],
      [endless, { kind: "measured", unread: true }],
    ] as const) {
      await using server = await backend(reply);
      await using asker = asking(server);
      const answer = await asker.ask(GET, undefined, beside);
      expect(answer).toMatchObject({ kind: "response", status: 200, body });
    }
    expect(sent).toBeGreaterThan(0);
  });

  test.each([
    ["a HEAD answer", "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"],
    ["204", "GET", "HTTP/1.1 204 No Content\r\n\r\n"],
    ["304", "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 12\r\n\r\n"],
  ])("%s has no body", async (_name, method, reply) => {
    const { answer } = await askOnce(reply, {}, { ...GET, method });
    expect(answer).toMatchObject({ kind: "response", body: { kind: "kept", length: 0 } });
  });

  test("passes over informational responses", async () => {
    const { answer } = await askOnce(`HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${ok("done")}`);
    expect(answer).toMatchObject({ kind: "response", status: 200 });
  });

  test.each<[string, string, string | Reply]>([
    ["garbage", "protocol", "SSH-2.0-OpenSSH\r\n\r\n"],
    ["a malformed chunk", "protocol", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"],
    ["conflicting lengths", "protocol", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"],
    [
      "a length beside chunks",
      "protocol",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    ["nothing", "timeout", () => {}],
    ["a head without end", "timeout", "HTTP/1.1 200 OK\r\nX: "],
    ["half a body", "timeout", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"],
    ["a reset", "reset", (socket) => void socket.resetAndDestroy()],
    ["an end before the head", "reset", (socket) => void socket.end()],
  ])("%s is a failure: %s", async (_name, reason, reply) => {
    const { answer } = await askOnce(reply, { timeout: 200 });
    expect(answer).toMatchObject({ kind: "failure", reason });
  });

  test("an end within the body is a failure", async () => {
    const { answer } = await askOnce((socket) => void socket.end("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"));
    expect(answer.kind).toBe("failure");
  });

  test("a port where nobody listens is a failure to connect", async () => {
    await using asker = asking({ url: `http://127.0.0.1:${await deadPort()}` });
    expect(await asker.ask(GET)).toMatchObject({ kind: "failure", reason: "connect" });
  });

  test("a name that does not exist is a failure of dns", async () => {
    await using asker = asking({ url: "http://no-such-host.invalid" });
    expect(await asker.ask(GET)).toMatchObject({ kind: "failure", reason: "dns" });
  });

  test("TLS to a server that speaks none is a failure of tls", async () => {
    await using server: RawServer = await rawServer((socket) => void socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    await using asker = asking({ url: `https://127.0.0.1:${server.port}` });
    expect(await asker.ask(GET)).toMatchObject({ kind: "failure", reason: "tls" });
  });

  test("many questions at once each get their own answer", async () => {
    await using server = await backend((socket, request) => void socket.write(ok(request.target)));
    await using asker = asking(server);
    const targets = Array.from({ length: 50 }, (_, i) => `/${i}`);
    const answers = await Promise.all(targets.map((target) => asker.ask({ ...GET, target })));
    const bodies = answers.map(
      (answer) =>
        answer.kind === "response" && answer.body.kind === "kept" && Buffer.from(bytesOf(answer.body)).toString(),
    );
    expect(bodies).toEqual(targets);
  });
});
