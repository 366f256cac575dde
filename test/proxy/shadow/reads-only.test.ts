import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bodyOverridesMethod, overridesMethod } from "../../../src/proxy/admission/method-override.ts";
import { growth, repeated } from "../../support/growth.ts";
import { type Overrides, openRoom } from "../../support/room.ts";
import { backend, eventually, exchange, ok } from "../../support/wire.ts";

/** A proxy with an echo of each target, asked for everything given; what legacy and the candidate saw of it. */
async function seen(over: Overrides, requests: readonly string[]) {
  await using legacy = await backend(ok("legacy"));
  await using candidate = await backend(ok("legacy"));
  await using room = await openRoom(legacy, candidate, over);
  for (const request of requests)
    expect(await exchange(room.port, Buffer.from(request, "latin1"))).toMatch(/^HTTP\/1\.1 200/);
  await eventually(() => room.exchanges.length + room.settled.length === requests.length);
  return {
    legacy: legacy.seen.map(({ method, target }) => `${method} ${target}`),
    candidate: candidate.seen.map(({ method, target }) => `${method} ${target}`),
    settled: room.settled.map(({ outcome }) => `${outcome.outcome}/${"reason" in outcome ? outcome.reason : ""}`),
  };
}

const get = (target: string) => `GET ${target} HTTP/1.1\r\nHost: h\r\n\r\n`;
const FORBIDDEN: Overrides = {
  routes: [
    { match: "GET /logout", shadow: { off: true } },
    { match: "ANY /admin/*", shadow: { off: true } },
    { match: "GET /users/{id}/delete", shadow: { off: true } },
    { match: "GET /Sign-Out/now", shadow: { off: true } },
    { match: "GET /run.php", shadow: { off: true } },
    { match: "GET /logout.css" },
  ],
};
const TARGETS = ["/logout", "/admin/x", "/admin/users/7", "/users/42/delete", "/Sign-Out/now"];

describe("a route whose shadow is off", () => {
  const spellings = [
    ...["/logout;jsessionid=A1", "/logout/", "//logout", "/./logout", "/x/../logout", "/%6cogout", "/logout/.", "/;a/logout"],
    ...["/%2e/logout", "/x/%2e%2e/logout", "/%256cogout", "/logout%2F", "/%2Flogout", "/logout%3Ba=b", "/LogOut", "/\\logout"],
    ...["/x/..;/logout", "/logout.", "/logout%20", "/logout%00.png", "/logout/x/..", "/../logout", "/logout;a/;b", "/%5clogout"],
    ...["/admin;v=1/x", "/admin/", "/admin", "/ADMIN/x", "/admin//x", "/x/..//admin/x", "/%61dmin/x", "/admin%2fx", "/./admin"],
    ...["/users//42/delete", "/users/42;a/delete/", "/users/%34%32/%64elete", "/users/a%2Fb/delete", "/sign-out/now"],
    ...["/logout%3f", "/logout%3Fa=1", "/logout%23", "/logout%09", "/logout%0a", "/logout%0D%0A", "/logout%c2%a0", "/%20logout"],
    ...["/%u006cogout", "/log%U006Fut", "/%2525252525252525256cogout", "//h/logout", "///h/x/../logout", "/\\h/logout", "//h/%6cogout"],
    ...["/logout.json", "/logout.do;a=1", "/logout.html/", "/users/42/delete.json", "/run.php/x", "/RUN.php/x/y", "/run.php;a/x"],
    ...["/%c0%aflogout", "/x%e0%80%afadmin%c0%af..%c0%af..%c0%aflogout", "/%ef%bd%8cogout", "/logout/index.html", "/admin%c0%afx", "/%c1%acogout"],
    ...["/logout?x=1", "/logout;a?b", "/%6Cogout?_=1", "http://h/logout", "http://h//logout/"],
  ]; // biome-ignore format: a list of spellings
  test("is never shadowed under another spelling, and legacy gets each as the client wrote it", async () => {
    const { legacy, candidate } = await seen(FORBIDDEN, spellings.map(get));
    expect(candidate).toEqual([]);
    expect(legacy).toEqual(spellings.map((target) => `GET ${target.replace("http://h", "")}`));
  });

  test("leaves other paths alone", async () => {
    const others = [
      "/log-out",
      "/logouts",
      "/logout.css",
      "/run/x",
      "/log.out",
      "/x/logout",
      "/admins/x",
      "/users/42",
      "/users/42/deleted",
      "/a/../b",
      "/%41",
    ];
    const { candidate } = await seen(FORBIDDEN, others.map(get));
    expect(candidate.sort()).toEqual(others.map((target) => `GET ${target}`).sort());
  });

  test("is never shadowed under a path that a field puts in the place of the target's", async () => {
    const fields = ["X-Original-URL: /logout", "x-rewrite-url: //logout?a", "X_ORIGINAL_URL: https://h/%6cogout", "X-Original-Uri: admin"];
    const other = "GET /a HTTP/1.1\r\nHost: h\r\nX-Original-URL: http://h/a\r\n\r\n";
    const forbidden = fields.map((field) => `GET /b HTTP/1.1\r\nHost: h\r\n${field}\r\n\r\n`);
    expect((await seen(FORBIDDEN, [...forbidden, other])).candidate).toEqual(["GET /a"]);
  }); // biome-ignore format: a list of fields

  test("holds for its case alone where the config says so", async () => {
    const { candidate } = await seen(
      { ...FORBIDDEN, shadow: { caseSensitive: true } },
      ["/LOGOUT", "//logout"].map(get),
    );
    expect(candidate).toEqual(["GET /LOGOUT"]);
  });

  test("gives way to a more specific route that is on", async () => {
    const routes = [
      { match: "ANY /files/*", shadow: { off: true } },
      { match: "GET /files/public", shadow: { off: false } },
    ];
    const { candidate } = await seen({ routes }, ["/files/public", "/files//public", "/files/x", "//files/x"].map(get));
    expect(candidate).toEqual(["GET /files/public"]);
  });

  /** One transformation that some server undoes. */
  const change = fc.oneof(
    fc.constantFrom<(path: string) => string>(
      (path) => `${path}/`,
      (path) => `/${path}`,
      (path) => `/.${path}`,
      (path) => `/x/..${path}`,
      (path) => `${path}/.`,
      (path) => `${path}/y/..`,
      (path) => path.toUpperCase(),
    ),
    fc
      .tuple(fc.nat(), fc.constantFrom(";a=1", ";jsessionid=A1.b", ";", "/", "/.", ";/"))
      .map(([at, inserted]) => (path: string) => {
        const ends = [...path.matchAll(/(?<=[^/])(?=\/|$)/g)].map(({ index }) => index);
        const end = ends[at % ends.length]!;
        // A parameter belongs at the end of a segment, an empty or a dot segment before a slash.
        return inserted.startsWith(";") || end < path.length ? path.slice(0, end) + inserted + path.slice(end) : path;
      }),
    fc.nat().map((at) => (path: string) => {
      const letters = [...path.matchAll(/[A-Za-z0-9-](?![0-9A-Fa-f]?%)(?<!%.?.?)/g)].map(({ index }) => index);
      const index = letters[at % letters.length];
      if (index === undefined) return path;
      return `${path.slice(0, index)}%${path.charCodeAt(index).toString(16)}${path.slice(index + 1)}`;
    }),
  );

  test("is never shadowed under any spelling that servers take for it, and no byte of the target changes", async () => {
    await using legacy = await backend(ok("legacy"));
    await using candidate = await backend(ok("legacy"));
    await using room = await openRoom(legacy, candidate, FORBIDDEN);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...TARGETS), fc.array(change, { maxLength: 5 }), async (path, changes) => {
        const target = changes.reduce((text, each) => each(text), path);
        expect(await exchange(room.port, get(target))).toMatch(/^HTTP\/1\.1 200/);
        expect(legacy.seen.at(-1)!.target).toBe(target);
      }),
      { numRuns: 400 },
    );
    expect(candidate.seen).toEqual([]);
  });
});

describe("a readOnly route", () => {
  const routes = [
    { match: "POST /search/{index}", readOnly: true },
    { match: "POST /graphql", readOnly: true },
  ];
  const post = (target: string, body = "q=1", more = "") =>
    `POST ${target} HTTP/1.1\r\nHost: h\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;

  test("is shadowed under its own path, and not where the path may be another's", async () => {
    const allowed = ["/search/orders", "/search/a.b", "/graphql", "/graphql?x=1"];
    const refused = ["/search/..", "/search/%2e%2e", "/search/..;a", "/search/a%2F..%2F..%2Fdelete"];
    const { candidate } = await seen(
      { routes },
      [...allowed, ...refused].map((target) => post(target)),
    );
    expect(candidate).toEqual(allowed.map((target) => `POST ${target}`));
  });
});

describe("a request that overrides its method", () => {
  const routes = [{ match: "POST /search", readOnly: true }];
  const post = (body: string, type: string, more = "") =>
    `POST /search HTTP/1.1\r\nHost: h\r\n${more}Content-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const field = (line: string) => `GET /a HTTP/1.1\r\nHost: h\r\n${line}\r\n\r\n`;
  const overriding = [
    ...["X-HTTP-Method-Override: DELETE", "x-http-method: PUT", "X-Method-Override: PATCH", "X_HTTP_METHOD_OVERRIDE: DELETE"].map(field),
    ...["/a?_method=DELETE", "/a?x=1&_method=put", "/a?%5Fmethod=DELETE", "/a?_METHOD=delete", "/a?x-http-method-override=PUT", "/a?_method[]=PUT"].map(get),
    ...["X.HTTP.Method.Override: DELETE", "X-HTTP-Verb: PUT", "X-Tunneled-Method: delete", "Method: DELETE", "cookie: a=b; _method=DELETE"].map(field),
    ...["/a?%255fmethod=PUT", "/a?.method=PUT", "/a?[method=PUT", "/a?+_method=PUT", "/a?_method%00=PUT", "/a?_method%20=PUT", "/a?_method.x=PUT"].map(get),
    ...["/a;_method=PUT", "/a;b=1;%5fmethod=PUT/c", "/a%3b_method=PUT", "/a%3f_method=PUT", "/a??_method=PUT", "/a?_method=GET&_method=PUT"].map(get),
    ...["/a?query=mutation%7Bx%7D", "/a?query=mutation+M($a:Int)%7Bx%7D"].map(get),
    post('{"a":1,"\\u005fmethod":"DELETE"}', "application/json"),
    post('"\\x5fmethod": DELETE', "application/yaml"),
    post("<a><b name='&#95;method'>DELETE</b></a>", "application/xml"),
    post([...'{"_method":"DELETE"}'].join("\0"), "application/json; charset=utf-16be"),
    post('--b\r\nContent-Disposition: form-data; name="_\\method"\r\n\r\nDELETE\r\n--b--\r\n', "multipart/form-data; boundary=b"),
    post("%255fmethod=DELETE", "application/x-www-form-urlencoded"),
    post("no gzip", "application/json", "Content-Encoding: gzip\r\n"),
    post("a", "application/json", "Content-Encoding: gzip, constructor\r\n"),
    post('{"query":"mutation { delete(id:1) }"}', "application/json"),
    post('[{"query":"query A {a}"},{"query":"\\u006dutation M($id: ID) {x}"}]', "application/json"),
    post('{"query":"{a} #x\\n mutation#y\\n,M @d {x}"}', "application/json"),
    post('{"query":"query A {a(x:\\"#\\")} mutation B {b}"}', "application/json"),
    post("query=%6dutation%7Bx%7D", "application/x-www-form-urlencoded"),
    post("mutation{x}", "application/graphql"),
    post("a=1&_method=DELETE", "application/x-www-form-urlencoded"),
    post("%5fmethod=DELETE", "application/x-www-form-urlencoded"),
    post('{"_method":"DELETE"}', "application/json"),
    post('--b\r\nContent-Disposition: form-data; name="_method"\r\n\r\nDELETE\r\n--b--\r\n', "multipart/form-data; boundary=b"),
  ]; // biome-ignore format: a list of requests
  test("is relayed and never shadowed", async () => {
    const { legacy, candidate, settled } = await seen({ routes }, overriding);
    expect(legacy).toHaveLength(overriding.length);
    expect(candidate).toEqual([]);
    expect(new Set(settled)).toEqual(new Set(["skipped/method"]));
  });

  test("to a read, or only seems to, is shadowed", async () => {
    const reads = [
      field("X-HTTP-Method-Override: GET"),
      field("X-Payment-Method: card"),
      get("/a?method=DELETE&payment_method=x"),
      get("/a?_method=get"),
      post("payment_method=card&method=delete", "application/x-www-form-urlencoded"),
      post('{"shipping_method":"post","method":"x"}', "application/json"),
      field("Access-Control-Request-Method: DELETE"),
      get("/a;b=1?x=_method_"),
      post('{"query":"gene mutation (BRCA1), mutations {}"}', "application/json"),
      post('{"query":"query { mutation }"}', "application/json"),
      post("identity", "text/plain", "Content-Encoding: identity\r\n"),
    ];
    expect((await seen({ routes }, reads)).candidate).toHaveLength(reads.length);
  });

  test.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["br", brotliCompressSync],
    ["zstd", zstdCompressSync],
  ] as const)("is recognised in a body with the coding %s, and a read is shadowed", async (coding, encode) => {
    const bodies = ['{"_method":"DELETE"}', '{"q":"a"}', `{"q":"${"a".repeat(1 << 20)}"}`];
    const requests = bodies.map((body) => {
      const encoded = encode(Buffer.from(body)).toString("latin1");
      return post(encoded, "application/json", `Content-Encoding: ${coding}\r\nX-Body: ${body.length}\r\n`);
    });
    const { candidate, settled } = await seen({ routes }, requests);
    expect(candidate).toHaveLength(1); // what is larger than the limit is not known to be a read
    expect(settled.filter((outcome) => outcome === "skipped/method")).toHaveLength(2);
  });

  test("is looked for in time that grows with the body, whatever the body", () => {
    const parts = [
      "_method[",
      " mutation ",
      "mutation a\n",
      "%25",
      "\\u005f",
      "&#95",
      "#",
      "/_method[",
      "%2525_method ",
    ];
    for (const part of parts) {
      expect(growth(repeated(part), (text) => bodyOverridesMethod(Buffer.from(text), []))).toBeLessThan(3);
      expect(growth(repeated(part), (text) => overridesMethod(`/a?${text}`, ["Cookie", text]))).toBeLessThan(3);
    }
  });
});
