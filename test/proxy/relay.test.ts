import { describe, expect, test } from "vitest";
import { bytesOf } from "../../src/model/body.ts";
import { openRoom } from "../support/room.ts";
import { backend, exchange, ok } from "../support/wire.ts";

describe("the relay", () => {
  test("passes legacy's answer on byte for byte but for hop-by-hop fields", async () => {
    const answer =
      "HTTP/1.1 299 Quite \xe9 Fine\r\nX-Zeta: 1\r\nset-cookie: a=1, b\r\nSet-Cookie: c=2\r\nKeep-Alive: timeout=9\r\n" +
      "Connection: X-Private\r\nX-Private: secret\r\nContent-Length: 5\r\nContent-Disposition: attachment; filename=\xc3\xa9\r\n" +
      "Trailer: none\r\n\r\nh\x00\xffi\r";
    await using legacy = await backend(Buffer.from(answer, "latin1"));
    await using candidate = await backend(ok("x"));
    await using room = await openRoom(legacy, candidate);
    expect(await exchange(room.port, "GET /a HTTP/1.1\r\nHost: h\r\n\r\n")).toBe(
      answer.replace("Keep-Alive: timeout=9\r\nConnection: X-Private\r\nX-Private: secret\r\n", ""),
    );
  });

  test("passes the request on byte for byte, and adds nothing", async () => {
    await using legacy = await backend(ok("hi"));
    await using candidate = await backend(ok("hi"));
    await using room = await openRoom(legacy, candidate);
    const head =
      "GET /a//b/?b=2&a=1&c=%2F+%zz HTTP/1.1\r\nX-Zeta: 1\r\nhOST: Example.COM:81\r\ncookie: a=1; b=\xff\r\nCookie: c\r\n\r\n";
    await exchange(room.port, Buffer.from(head, "latin1"));
    expect(legacy.seen[0]!.head).toBe(head);
    const { legacy: left, candidate: right } = await room.exchange();
    expect(candidate.seen[0]!.head).toBe(head.replace(/\r\n$/, "x-parallel-run: candidate\r\n\r\n"));
    if (left.kind !== "response" || right.kind !== "response") throw new Error("no responses");
    expect(left.body).toBe(right.body);
    expect(left.body.kind === "kept" && Buffer.from(bytesOf(left.body)).toString()).toBe("hi");
  });
});
