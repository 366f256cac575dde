import { once } from "node:events";
import { request as httpsRequest } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { connect as connectTls, createServer as createTlsServer, type TLSSocket } from "node:tls";
import { describe, expect, test } from "vitest";
import { openProxy } from "../../../src/proxy/index.ts";
import { createLookup } from "../../../src/proxy/upstream/http1/dns-cache.ts";
import { CERTIFICATES } from "../../support/certificates.ts";
import { DEFAULTS } from "../../support/proxy-options.ts";
import { openRoom, optionsFor } from "../../support/room.ts";
import { backend, eventually, exchange, isWhole, ok, rawClient } from "../../support/wire.ts";

const GET = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
const { ca, key, server, other, expired } = CERTIFICATES;

describe("opening", () => {
  test("a port in use is refused with words", async () => {
    await using legacy = await backend(ok());
    await expect(openRoom(legacy, legacy, { listen: { port: legacy.port } })).rejects.toThrow(
      `cannot listen on 127.0.0.1:${legacy.port}: the address is in use by another process: stop it, or choose another with --listen`,
    );
  });

  test("an address that is not ours is refused with words", async () => {
    await expect(
      openRoom({ url: "http://h" }, { url: "http://h" }, { listen: { host: "203.0.113.7" } }),
    ).rejects.toThrow("this machine has no such address");
  });

  test("an upstream with a path or a user is refused", async () => {
    for (const url of ["http://h/base", "http://u:p@h", "ftp://h", "http://h/?q"]) {
      await expect(openRoom({ url }, { url: "http://h" })).rejects.toThrow();
    }
  });
});

describe("stopping", () => {
  test("finishes what is under way, on both sides, and asks clients to leave", async () => {
    await using legacy = await backend((socket) => void setTimeout(() => socket.write(ok("fine")), 50));
    await using candidate = await backend((socket) => void setTimeout(() => socket.write(ok("fine")), 150));
    await using room = await openRoom(legacy, candidate);
    await using client = await rawClient(room.port);
    await using idle = await rawClient(room.port);
    client.send(GET);
    await eventually(() => candidate.seen.length === 1);
    const stopped = room.proxy.stop(5000);
    expect(await client.end()).toBe("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nfine");
    await stopped;
    await idle.end();
    expect(room.exchanges[0]).toMatchObject({ legacy: { kind: "response" }, candidate: { kind: "response" } });
    await eventually(() => legacy.open.size === 0 && candidate.open.size === 0);
    await expect(exchange(room.port, GET)).rejects.toThrow("ECONNREFUSED");
  });

  test("takes requests on open connections until they leave", async () => {
    await using legacy = await backend((socket) => void setTimeout(() => socket.write(ok("fine")), 50));
    await using room = await openRoom(legacy, legacy, { shadow: { sample: 0 } });
    await using client = await rawClient(room.port);
    client.send(GET + GET);
    await eventually(() => legacy.seen.length === 1);
    const stopped = room.proxy.stop(5000);
    expect(await client.end()).toContain("fine");
    await stopped;
  });

  test("cuts what is not done within the grace, and every request still has its outcome", async () => {
    await using legacy = await backend((socket, { target }) => void (target === "/a" && socket.write(ok("fine"))));
    await using candidate = await backend(() => {});
    await using room = await openRoom(legacy, candidate);
    await exchange(room.port, GET);
    await using client = await rawClient(room.port);
    client.send(GET.replace("/a", "/hangs"));
    await using put = await rawClient(room.port);
    put.send("PUT /hangs HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
    await eventually(() => legacy.seen.length === 3 && candidate.seen.length === 2);
    await room.proxy.stop(100);
    await client.end();
    await put.end();
    expect(room.exchanges).toHaveLength(2);
    expect(room.settled).toHaveLength(1);
    expect(room.pending()).toBe(0);
    expect(room.proxy.gauges()).toMatchObject({ inFlight: 0, candidateInFlight: 0, captureBytes: 0 });
    await eventually(() => legacy.open.size === 0 && candidate.open.size === 0);
  });

  test("twice is once", async () => {
    await using legacy = await backend(ok());
    const room = await openRoom(legacy, legacy);
    await Promise.all([room.proxy.stop(10), room.proxy.stop(10), room[Symbol.asyncDispose]()]);
  });
});

describe("an update", () => {
  test("changes routes, shares and upstreams from the next request on, and drops none", async () => {
    await using legacy = await backend((socket, { target }) => void setTimeout(() => socket.write(ok(target)), 20));
    await using second = await backend(ok("second"));
    await using room = await openRoom(legacy, legacy);
    const first = exchange(room.port, GET);
    await eventually(() => legacy.seen.length > 0);
    room.proxy.update({
      ...optionsFor(second.url, second.url),
      routes: [{ match: "GET /{what}", shadow: { off: true } }],
    });
    expect(await exchange(room.port, GET)).toContain("second");
    expect(await room.outcome()).toBe("skipped/route");
    expect(room.settled[0]!.route).toBe("GET /{what}");
    expect(await first).toContain("/a");
    expect((await room.exchange()).candidate.kind).toBe("response");
    await eventually(() => legacy.open.size === 0);
  });

  test("that changes nothing keeps connections", async () => {
    await using legacy = await backend(ok("fine"));
    await using room = await openRoom(legacy, legacy, { shadow: { sample: 0 } });
    await exchange(room.port, GET);
    room.proxy.update({ ...room.options });
    await exchange(room.port, GET);
    expect(legacy.opened()).toBe(1);
  });
});

describe("connections to an upstream", () => {
  test("are used again, and closed when they stay unused or the upstream says how long it waits", async () => {
    await using legacy = await backend(ok("fine"));
    await using room = await openRoom(legacy, legacy, { legacy: { keepAlive: 150 }, shadow: { sample: 0 } });
    for (let i = 0; i < 5; i++) await exchange(room.port, GET);
    expect(legacy.opened()).toBe(1);
    await eventually(() => legacy.open.size === 0, 1000);
    legacy.reply = (socket) => void socket.write(ok("fine", ["Keep-Alive: timeout=1"]));
    await exchange(room.port, GET);
    await exchange(room.port, GET);
    expect(legacy.opened()).toBe(3);
  });

  test("ask for a name once, however many need it, and share the answer", async () => {
    let asked = 0;
    const answers: (() => void)[] = [];
    const lookup = createLookup(((_name: string, _options: unknown, done: (e: null, a: object[]) => void) => {
      asked++;
      answers.push(() => done(null, [{ address: "127.0.0.1", family: 4 }]));
    }) as never);
    const told: string[] = [];
    for (let i = 0; i < 5; i++) lookup("shop.test", {}, (_error, address) => void told.push(address as string));
    expect(asked).toBe(1);
    answers[0]!();
    lookup("shop.test", {}, (_error, address) => void told.push(address as string));
    expect([asked, told.length, told[5]]).toEqual([1, 6, "127.0.0.1"]);
  });
});

describe("TLS", () => {
  async function tlsBackend(cert: Buffer, requestCert = false) {
    const seen: TLSSocket[] = [];
    const listener = createTlsServer({ cert, key, ca, requestCert, rejectUnauthorized: requestCert }, (socket) => {
      seen.push(socket);
      socket.on("error", () => {});
      socket.on("data", () => socket.write(ok("secret")));
    });
    listener.on("tlsClientError", () => {});
    listener.listen(0, "127.0.0.1");
    await once(listener, "listening");
    const { port } = listener.address() as AddressInfo;
    return {
      url: `https://127.0.0.1:${port}`,
      seen,
      [Symbol.dispose]() {
        for (const socket of seen) socket.destroy();
        listener.close();
      },
    };
  }

  test("to an upstream checks its certificate against the given authority", async () => {
    using legacy = await tlsBackend(server);
    await using room = await openRoom(legacy, legacy, {
      legacy: { tls: { ca, insecure: false } },
      candidate: { tls: { ca, serverName: "shop.test", insecure: false } },
    });
    expect(await exchange(room.port, GET)).toContain("secret");
    expect((await room.exchange()).candidate).toMatchObject({ kind: "response", status: 200 });
    expect(legacy.seen[1]!.servername).toBe("shop.test");
  });

  test.each([
    ["of an unknown authority", server, { insecure: false }, false],
    ["for another name", other, { ca, insecure: false }, false],
    ["that expired", expired, { ca, insecure: false }, false],
    ["that wants one of ours", server, { ca, insecure: false }, true],
  ])("to a certificate %s fails, on either side", async (_name, cert, tls, requestCert) => {
    using bad = await tlsBackend(cert, requestCert);
    await using good = await backend(ok("fine"));
    await using room = await openRoom(good, bad, { candidate: { tls } });
    expect(await exchange(room.port, GET)).toContain("fine");
    const reason = requestCert ? /tls|reset/ : /tls/;
    expect(JSON.stringify((await room.exchange()).candidate)).toMatch(reason);
    await using other = await openRoom(bad, good, { legacy: { tls } });
    expect(await exchange(other.port, GET)).toContain("502 Bad Gateway");
  });

  test("sends a client certificate, and checks nothing where told so", async () => {
    using legacy = await tlsBackend(expired, true);
    await using room = await openRoom(legacy, legacy, {
      legacy: { tls: { insecure: true, cert: server, key } },
      shadow: { sample: 0 },
    });
    expect(await exchange(room.port, GET)).toContain("secret");
    expect(legacy.seen[0]!.authorized).toBe(true);
  });

  test("on the listener takes a new certificate for new connections", async () => {
    await using legacy = await backend(ok("fine"));
    await using room = await openRoom(legacy, legacy, { listen: { tls: { cert: server, key } } });
    const subject = () =>
      new Promise<string>((resolve, reject) => {
        const socket = connectTls(
          { port: room.port, host: "127.0.0.1", ca, servername: "", checkServerIdentity: () => undefined },
          () => {
            resolve(socket.getPeerCertificate().subject.CN as string);
            socket.destroy();
          },
        );
        socket.on("error", reject);
      });
    expect(await subject()).toBe("shop.test");
    room.proxy.setTls({ cert: other, key });
    expect(await subject()).toBe("other.test");
    const sent = httpsRequest({
      port: room.port,
      host: "127.0.0.1",
      ca,
      checkServerIdentity: () => undefined,
      agent: false,
    });
    const [answer] = await Promise.all([once(sent, "response"), sent.end()]);
    expect(answer[0].statusCode).toBe(200);
    answer[0].resume();
  });
});

test("a limit on connections holds", async () => {
  await using legacy = await backend(ok("fine"));
  await using room = await openRoom(legacy, legacy, { limits: { maxConnections: 2 } });
  await using one = await rawClient(room.port);
  await using two = await rawClient(room.port);
  one.send(GET);
  two.send(GET);
  await Promise.all([one.until(isWhole), two.until(isWhole)]);
  const third = connect(room.port, "127.0.0.1");
  third.on("error", () => {});
  await once(third, "close");
});

test("the proxy leaves nothing open behind it", async () => {
  const before = process.getActiveResourcesInfo().length;
  {
    await using legacy = await backend(ok("fine"));
    await using room = await openRoom(legacy, legacy);
    for (let i = 0; i < 20; i++) await exchange(room.port, GET);
  }
  await eventually(() => process.getActiveResourcesInfo().length <= before);
});

test("the defaults are whole", async () => {
  await using legacy = await backend(ok("fine"));
  const proxy = await openProxy(
    {
      ...DEFAULTS,
      listen: { host: "127.0.0.1", port: 0 },
      legacy: { ...DEFAULTS.legacy, url: legacy.url },
      candidate: { ...DEFAULTS.candidate, url: legacy.url },
    },
    {
      now: () => 0,
      newId: () => "x",
      control: () => ({ on: false, routes: new Map() }),
      ...{ offer: () => false, settle() {}, observe() {}, overhead() {}, refused() {} },
    },
  );
  expect(await exchange(proxy.address.port, GET)).toContain("fine");
  await proxy[Symbol.asyncDispose]();
});
