// proxy/admission: which requests make a route known, and under which name each of them counts

import { describe, expect, test } from "vitest";
import { createServed } from "../../../src/proxy/index.ts";
import { openRoom, type Room } from "../../support/room.ts";
import { backend, eventually, exchange, ok, rawClient, type SeenRequest } from "../../support/wire.ts";

const get = (path: string, method = "GET") => `${method} ${path} HTTP/1.1\r\nHost: h\r\n\r\n`;
const status = (line: string, ...fields: string[]) => ok("", fields, line);
const NOT_FOUND = status("404 Not Found");

/** Legacy as most services are: it knows some paths. */
const known =
  (answers: Readonly<Record<string, Buffer>>, otherwise = NOT_FOUND) =>
  (socket: { write: (bytes: Buffer) => unknown }, { target }: SeenRequest) =>
    void socket.write(answers[target.split("?")[0]!] ?? otherwise);

/** Sends requests on one connection and waits until all are answered. */
async function sendAll(room: Room, paths: readonly string[], method = "GET"): Promise<void> {
  await using client = await rawClient(room.port);
  client.send(paths.map((path) => get(path, method)).join(""));
  await client.until((text) => text.split("HTTP/1.1 ").length > paths.length, 60_000);
}

/** The one name of each request in all that is told of it: exchange or outcome, and the observations of both sides. */
async function namesOf(room: Room, requests: number): Promise<string[]> {
  const told = () => [...room.exchanges, ...room.settled];
  await eventually(() => told().length >= requests && room.pending() === 0);
  expect(told()).toHaveLength(requests);
  const byName = (names: readonly string[]) => [...names].sort();
  const legacy = room.observed.filter(({ side }) => side === "legacy").map(({ route }) => route);
  expect(byName(legacy)).toEqual(byName(told().map(({ route }) => route)));
  const candidate = room.observed.filter(({ side }) => side === "candidate").map(({ route }) => route);
  expect(byName(candidate)).toEqual(byName(room.exchanges.map(({ route }) => route)));
  return byName(told().map(({ route }) => route));
}

describe("learned routes", () => {
  test("ten thousand invented paths leave the names to the routes that legacy serves", async () => {
    await using legacy = await backend(known({ "/orders": ok("[]"), "/users/7": ok("{}") }));
    await using candidate = await backend(NOT_FOUND);
    await using room = await openRoom(legacy, candidate, { maxRoutes: 5, shadow: { off: true } });
    for (let round = 0; round < 20; round += 1) {
      await sendAll(
        room,
        Array.from({ length: 500 }, (_, n) => `/wp-${round}/setup${n}.php`),
      );
    }
    await sendAll(room, ["/orders", "/users/7", "/users/8", "/orders"]);
    await eventually(() => room.settled.length === 10_004);
    const counts = Map.groupBy(room.settled, ({ route }) => route);
    expect(Object.fromEntries([...counts].map(([route, all]) => [route, all.length]))).toEqual({
      other: 10_000,
      "GET /orders": 2,
      "GET /users/{id}": 2,
    });
    expect([...room.proxy.routes()].sort()).toEqual(["GET /orders", "GET /users/{id}"]);
  }, 120_000);

  test.each([
    ["200", status("200 OK"), true],
    ["206", status("206 Partial Content"), true],
    ["301", status("301 Moved Permanently", "Location: /x"), true],
    ["304", Buffer.from("HTTP/1.1 304 Not Modified\r\n\r\n"), true],
    ["401", status("401 Unauthorized"), false],
    ["403", status("403 Forbidden"), false],
    ["404", NOT_FOUND, false],
    ["405", status("405 Method Not Allowed"), false],
    ["410", status("410 Gone"), false],
    ["500", status("500 Internal Server Error"), false],
    ["503", status("503 Service Unavailable"), false],
  ])("a route that was only answered %s is learned: see the table", async (_, answer, learned) => {
    await using legacy = await backend(answer);
    await using candidate = await backend(ok());
    await using room = await openRoom(legacy, candidate);
    await exchange(room.port, get("/a"));
    expect(await namesOf(room, 1)).toEqual([learned ? "GET /a" : "other"]);
    expect([...room.proxy.routes()]).toEqual(learned ? ["GET /a"] : []);
  });

  test("a request that legacy does not answer counts as other, and so does its failure", async () => {
    await using legacy = await backend((socket) => void socket.destroy());
    await using candidate = await backend(ok());
    const failures: string[] = [];
    await using room = await openRoom(legacy, candidate, {}, { failed: (_, __, route) => void failures.push(route) });
    await exchange(room.port, get("/a"));
    expect(await namesOf(room, 1)).toEqual(["other"]);
    expect(new Set(failures)).toEqual(new Set(["other"]));
  });

  test("once a route is known its refusals have its name too", async () => {
    await using legacy = await backend(known({ "/users/1": ok("{}") }));
    await using candidate = await backend(ok());
    await using room = await openRoom(legacy, candidate);
    for (const path of ["/users/2", "/users/1", "/users/3"]) await exchange(room.port, get(path));
    expect(await namesOf(room, 3)).toEqual(["GET /users/{id}", "GET /users/{id}", "other"]);
  });

  test("each request has one name, though the candidate answers first and another request makes the route known", async () => {
    const held: { write: () => void; target: string }[] = [];
    await using legacy = await backend((socket, { target }) => {
      const answer = target === "/users/1" ? ok("{}") : NOT_FOUND;
      held.push({ target, write: () => void socket.write(answer) });
    });
    await using candidate = await backend(ok("{}"));
    await using room = await openRoom(legacy, candidate);
    const asked = ["/users/2", "/users/1", "/users/3"].map((path) => exchange(room.port, get(path)));
    await eventually(() => held.length === 3 && candidate.seen.length === 3);
    for (const path of ["/users/2", "/users/1", "/users/3"]) held.find(({ target }) => target === path)!.write();
    await Promise.all(asked);
    expect(await namesOf(room, 3)).toEqual(["GET /users/{id}", "other", "other"]);
  });

  test("a client that leaves before legacy answers is one request of one name", async () => {
    await using legacy = await backend(() => {});
    await using candidate = await backend(ok());
    await using room = await openRoom(legacy, candidate);
    {
      await using client = await rawClient(room.port);
      client.send(get("/a"));
      await eventually(() => legacy.seen.length === 1 && candidate.seen.length === 1);
      client.socket.resetAndDestroy();
    }
    expect(await namesOf(room, 1)).toEqual(["other"]);
  });

  test("invented methods on invented paths are not learned, and HEAD and OPTIONS are by their own answers", async () => {
    await using legacy = await backend((socket, { method }) => {
      socket.write(method === "OPTIONS" ? Buffer.from("HTTP/1.1 204 No Content\r\n\r\n") : NOT_FOUND);
    });
    await using candidate = await backend(ok());
    await using room = await openRoom(legacy, candidate);
    for (const method of ["HEAD", "BREW", "OPTIONS"]) await sendAll(room, ["/a"], method);
    expect(await namesOf(room, 3)).toEqual(["OPTIONS /a", "other", "other"]);
  });

  test("a redirect to the login for every invented path takes no name from the routes in use", async () => {
    const login = status("302 Found", "Location: /login");
    await using legacy = await backend(known({ "/orders": ok("[]"), "/users/7": ok("{}") }, login));
    await using candidate = await backend(ok());
    await using room = await openRoom(legacy, candidate, { maxRoutes: 10, shadow: { off: true } });
    await sendAll(room, ["/orders", "/users/7", "/orders", "/users/8"]);
    for (let round = 0; round < 4; round += 1) {
      await sendAll(
        room,
        Array.from({ length: 250 }, (_, n) => `/wp-${round}/setup${n}.php`),
      );
    }
    expect(room.proxy.routes().size).toBe(10);
    expect([...room.proxy.routes()]).toEqual(expect.arrayContaining(["GET /orders"]));
    await sendAll(room, ["/new"]);
    expect([...room.proxy.routes()]).toContain("GET /new");
    await eventually(() => room.settled.length === 1_005);
  }, 60_000);

  test("names stay over a reload, but those that a declared route has now", async () => {
    await using legacy = await backend(ok("{}"));
    await using candidate = await backend(ok("{}"));
    await using room = await openRoom(legacy, candidate);
    for (const path of ["/a", "/branches/main", "/branches/east"]) await exchange(room.port, get(path));
    const routes = [{ match: "GET /branches/{name}" }];
    room.proxy.update({ ...room.options, routes });
    expect([...room.proxy.routes()]).toEqual(["GET /branches/{name}", "GET /a"]);
    await exchange(room.port, get("/branches/main"));
    await room.exchange(4);
    expect(room.exchanges[3]!.route).toBe("GET /branches/{name}");
  });

  test("routes that turned out to be one have one name from the first request on", async () => {
    await using legacy = await backend(ok("{}"));
    await using candidate = await backend(ok("{}"));
    const routeOf = (route: string) => route.replace(/\/places\/.*/, "/places/{name}");
    await using room = await openRoom(legacy, candidate, {}, { routeOf });
    for (const path of ["/places/rome", "/places/oslo"]) await exchange(room.port, get(path));
    expect(await namesOf(room, 2)).toEqual(["GET /places/{name}", "GET /places/{name}"]);
    expect([...room.proxy.routes()]).toEqual(["GET /places/{name}"]);
  });
});

describe("a switch for a route", () => {
  const off = (...routes: string[]) => ({
    on: true,
    routes: new Map(routes.map((route) => [route, { on: false }])),
  });

  test.each(["GET /places/rome", "GET /places/{name}", "other"])(
    "%s holds before the route is known",
    async (route) => {
      await using legacy = await backend(ok("{}"));
      await using candidate = await backend(ok("{}"));
      const routeOf = (name: string) => name.replace(/\/places\/.*/, "/places/{name}");
      await using room = await openRoom(legacy, candidate, {}, { routeOf });
      room.control = off(route);
      await exchange(room.port, get("/places/rome"));
      expect(await room.outcome()).toBe("skipped/off");
      expect(candidate.seen).toHaveLength(0);
    },
  );
});

describe("path parameters", () => {
  test("do not hide a declared route, and legacy and the candidate get the target as it is", async () => {
    await using legacy = await backend(NOT_FOUND);
    await using candidate = await backend(NOT_FOUND);
    await using room = await openRoom(legacy, candidate, { routes: [{ match: "GET /cart/{id}" }] });
    const target = "/cart;jsessionid=A1/7;v=2?a;b";
    await exchange(room.port, get(target));
    const { route } = await room.exchange();
    expect(route).toBe("GET /cart/{id}");
    expect([legacy.seen[0]!.target, candidate.seen[0]!.target]).toEqual([target, target]);
  });

  test("hide no route that is off, and make no write a read", async () => {
    await using legacy = await backend(ok());
    await using candidate = await backend(ok());
    const routes = [
      { match: "GET /logout", shadow: { off: true } },
      { match: "POST /search", readOnly: true },
    ];
    await using room = await openRoom(legacy, candidate, { routes });
    await exchange(room.port, get("/logout;jsessionid=A1"));
    await exchange(room.port, "POST /search;x=1 HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
    await eventually(() => room.settled.length === 2);
    expect(room.settled.map(({ route, outcome }) => [route, outcome])).toEqual([
      ["GET /logout", { outcome: "skipped", reason: "route" }],
      ["POST /search", { outcome: "skipped", reason: "method" }],
    ]);
    expect(candidate.seen).toHaveLength(0);
  });

  test("are ignored where the candidate serves a route", () => {
    const serves = createServed(["GET /cart"]);
    expect([serves("GET", "/cart;jsessionid=A1"), serves("GET", "/carts;jsessionid=A1")]).toEqual([true, false]);
  });
});
