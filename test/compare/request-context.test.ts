import { describe, expect, test } from "vitest";
import { askedOf, type Origins } from "../../src/compare/index.ts";
import { differ, said } from "./support.ts";

const request = (target: string, ...fields: string[]) => askedOf({ target, fields });
const origins: Origins = { legacy: ["http://legacy:8080"], candidate: ["http://candidate:9090"] };
const shop = request("/orders/7?x=1", "Host", "shop.example");

const field = (name: string, a: string, b: string, asked = shop, own: Origins = origins) =>
  said(differ({ fields: [name, a] }, { fields: [name, b] }, {}, own, asked));
const body = (type: string, a: string, b: string, asked = shop, own: Origins = origins) =>
  said(differ({ type, body: a }, { type, body: b }, {}, own, asked));

describe("what a request tells", () => {
  test("the names that a client knows us by, and how it came", () => {
    expect(request("/a", "Host", "shop.example:8443")).toEqual({ target: "/a", authorities: ["shop.example:8443"] });
    expect(
      request("/a", "Host", "inner", "X-Forwarded-Host", "shop.example, proxy", "X-Forwarded-Proto", "https,http"),
    ).toEqual({ target: "/a", authorities: ["inner", "shop.example"], scheme: "https" });
    expect(request("/a", "Host", "inner", "Forwarded", 'for=1.2.3.4;host="shop.example";proto=HTTPS, for=x')).toEqual({
      target: "/a",
      authorities: ["inner", "shop.example"],
      scheme: "https",
    });
    expect(request("http://shop.example/a?b", "Host", "shop.example")).toEqual({
      target: "/a?b",
      authorities: ["shop.example"],
      scheme: "http",
    });
    expect(request("*", "Host", "a b", "X-Forwarded-Proto", "ftp")).toEqual({ target: "*", authorities: [] });
    expect(request("/", "Host", "[::1]:80").authorities).toEqual(["[::1]:80"]);
  });
});

describe("a reference in a field", () => {
  test.each([
    ["Location", "http://shop.example/x", "/x"],
    ["Location", "https://shop.example/x", "/x"],
    ["Location", "http://legacy:8080/x", "/x"],
    ["Location", "http://legacy:8080/x", "http://shop.example/x"],
    ["Location", "http://legacy:8080/x", "http://candidate:9090/x"],
    ["Location", "//shop.example/x", "/x"],
    ["Location", "//legacy:8080/x", "//candidate:9090/x"],
    ["Location", "http://legacy:8080/orders/8", "8"],
    ["Location", "/orders/7?y=2", "?y=2"],
    ["Location", "/a/../b", "/b"],
    ["Location", "http://shop.example", "/"],
    ["Location", "/caf\xc3\xa9", "/caf%C3%A9"],
    ["Content-Location", "http://shop.example/x", "/x"],
    ["Link", "<http://shop.example/a>; rel=next", "</a>; rel=next"],
    [
      "Link",
      "</orders/8>; rel=next, </orders/6>; rel=prev",
      "<6>; rel=prev, <http://candidate:9090/orders/8>; rel=next",
    ],
    ["Refresh", "5; url=http://shop.example/x", "5;URL='/x'"],
  ])("%s: %s is %s", (name, a, b) => {
    expect(field(name, a, b)).toEqual([]);
    expect(field(name, b, a, shop, { legacy: origins.candidate, candidate: origins.legacy })).toEqual([]);
  });

  test.each([
    ["Location", "http://shop.example/x", "https://shop.example/x"],
    ["Location", "http://shop.example.evil/x", "/x"],
    ["Location", "http://shop.example:81/x", "/x"],
    ["Location", "http://legacy:8080/x", "http://legacy:8081/x"],
    ["Location", "/x", "/X"],
    ["Location", "/x", "/x#y"],
    ["Location", "/x?a=1&b=2", "/x?b=2&a=1"],
    ["Location", "mailto:a@shop.example", "/a"],
    ["Location", "/x", "https://idp.example/x"],
    ["Link", "</a>; rel=next", "</b>; rel=next"],
    ["Refresh", "5; url=/x", "6; url=/x"],
  ])("%s: %s is not %s", (name, a, b) => {
    expect(field(name, a, b)).toHaveLength(1);
  });

  test("the scheme that the client used is the one that counts", () => {
    const secure = request("/", "Host", "shop.example", "X-Forwarded-Proto", "https");
    expect(field("Location", "https://shop.example/x", "/x", secure)).toEqual([]);
    expect(field("Location", "http://shop.example/x", "/x", secure)).toHaveLength(1);
    const listening = { ...origins, scheme: "https" as const };
    expect(field("Location", "https://shop.example/x", "/x", shop, listening)).toEqual([]);
    expect(field("Location", "http://shop.example/x", "/x", shop, listening)).toHaveLength(1);
  });

  test("without rules that map origins nothing is resolved", () => {
    const unmapped = differ(
      { fields: ["Location", "http://shop.example/x"] },
      { fields: ["Location", "/x"] },
      { mapOrigins: false },
      origins,
      shop,
    );
    expect(unmapped.differences).toHaveLength(1);
  });
});

describe("a link in a body", () => {
  test.each([
    ["application/json", '{"self":"http://shop.example/o"}', '{"self":"http://candidate:9090/o"}'],
    ["application/json", '{"self":"http://legacy:8080/o"}', '{"self":"http:\\/\\/shop.example\\/o"}'],
    ["application/json", '{"self":"https://shop.example/o"}', '{"self":"http://candidate:9090/o"}'],
    ["application/json", '{"self":"//legacy:8080/o"}', '{"self":"//candidate:9090/o"}'],
    ["application/json", '{"self":"//shop.example/o"}', '{"self":"//candidate:9090/o"}'],
    ["text/html", '<a href="http://shop.example/o">', '<a href="http://candidate:9090/o">'],
    ["text/html", "<img src='//shop.example/o'>", "<img src='//candidate:9090/o'>"],
    ["text/plain", "to=http%3a%2f%2fshop.example%2f", "to=http%3a%2f%2fcandidate%3a9090%2f"],
  ])("%s: %s is %s", (type, a, b) => {
    expect(body(type, a, b)).toEqual([]);
  });

  test("with another scheme, another host, or no origin at all is another link", () => {
    const json = (a: string, b: string) => body("application/json", `{"self":"${a}"}`, `{"self":"${b}"}`);
    expect(json("http://shop.example/o", "https://shop.example/o")).toHaveLength(1);
    expect(json("http://shop.example/o", "http://shop.example.org/o")).toHaveLength(1);
    expect(json("http://shop.example/o", "/o")).toHaveLength(1);
    expect(json("//shop.example/o", "//shop.example:81/o")).toHaveLength(1);
  });

  test("a comment in a script is no link", () => {
    const own: Origins = { legacy: ["http://old"], candidate: ["http://new"] };
    expect(body("text/javascript", "a()\n//new way\n", "a() \n//new way\n", shop, own)).toEqual([
      'body $[0] value "a()" -> "a() "',
    ]);
  });

  test("many names of clients do not fill the memory, and each is its own", () => {
    for (let k = 0; k < 500; k += 1) {
      const asked = request("/", "Host", `h${k}.example`);
      expect(body("text/plain", `see http://h${k}.example/`, "see http://candidate:9090/", asked)).toEqual([]);
      expect(body("text/plain", `see http://h${k + 1}.example/`, "see http://candidate:9090/", asked)).toHaveLength(1);
    }
  });
});

describe("a path prefix of the candidate", () => {
  const own: Origins = { ...origins, paths: [{ legacy: "/api/v1/", candidate: "/v2/" }] };

  test("is mapped back in fields", () => {
    expect(field("Location", "/api/v1/o/1", "/v2/o/1", shop, own)).toEqual([]);
    expect(field("Location", "http://legacy:8080/api/v1/o", "http://candidate:9090/v2/o", shop, own)).toEqual([]);
    expect(field("Location", "http://shop.example/api/v1/o", "/v2/o", shop, own)).toEqual([]);
    expect(field("Link", "</api/v1/o>; rel=next", "</v2/o>; rel=next", shop, own)).toEqual([]);
    expect(field("Set-Cookie", "a=1; Path=/api/v1", "a=1; Path=/v2", shop, own)).toEqual([]);
    expect(field("Location", "/api/v1/o", "/v3/o", shop, own)).toHaveLength(1);
    expect(field("Location", "/v2/o", "/v2/o/", shop, own)).toHaveLength(1);
    expect(field("Location", "/o", "/v2/o", shop, { ...origins, paths: [{ legacy: "/", candidate: "/v2/" }] })).toEqual(
      [],
    );
  });

  test("without a slash at its end is mapped at the end of a segment only", () => {
    const old: Origins = { ...origins, paths: [{ legacy: "/old", candidate: "/new" }] };
    const json = (a: string, b: string) => body("application/json", a, b, shop, old);
    for (const rest of ["", "/", "/1", "?a=1", "#b"]) {
      expect([rest, field("Location", `/old${rest}`, `/new${rest}`, shop, old)]).toEqual([rest, []]);
      expect([rest, field("Link", `</old${rest}>; rel=up`, `</new${rest}>; rel=up`, shop, old)]).toEqual([rest, []]);
      for (const origin of ["", "http://candidate:9090"]) {
        const [a, b] = [`http://shop.example/old${rest}`, `${origin}/new${rest}`];
        expect([rest, field("Location", a, b, shop, old)]).toEqual([rest, []]);
      }
      expect([rest, json(`{"self":"/old${rest}"}`, `{"self":"/new${rest}"}`)]).toEqual([rest, []]);
      const escaped = (text: string) => JSON.stringify({ self: text + rest }).replaceAll("/", "\\/");
      expect([rest, json(escaped("/old"), escaped("/new"))]).toEqual([rest, []]);
      const encoded = (origin: string) => `{"next":"/go?to=${encodeURIComponent(origin + rest)}"}`;
      expect([rest, json(encoded("http://legacy:8080/old"), encoded("http://candidate:9090/new"))]).toEqual([rest, []]);
    }
    for (const rest of ["er", "er/1", "-1", ".html", "%41", "é", "~", "&b"]) {
      expect([rest, field("Location", `/new${rest}`, `/new${rest}`, shop, old)]).toEqual([rest, []]);
      expect([rest, field("Location", `/old${rest}`, `/new${rest}`, shop, old).length]).toEqual([rest, 1]);
      expect(field("Set-Cookie", `a=1; Path=/old${rest}`, `a=1; Path=/new${rest}`, shop, old)).toHaveLength(1);
      expect(json(`{"self":"/old${rest}"}`, `{"self":"/new${rest}"}`)).toHaveLength(1);
      expect(json(`{"self":"/new${rest}"}`, `{"self":"/new${rest}"}`)).toEqual([]);
      const urls = [`http://legacy:8080/old${rest}`, `http://candidate:9090/new${rest}`];
      expect(json(`{"self":"${urls[0]}"}`, `{"self":"${urls[1]}"}`)).toHaveLength(1);
    }
    expect(field("Set-Cookie", "a=1; Path=/old", "a=1; Path=/new", shop, old)).toEqual([]);
    expect(field("Set-Cookie", "a=1; Path=/old/x", "a=1; Path=/new/x", shop, old)).toEqual([]);
  });

  test("and in links of bodies, but not in other text", () => {
    const json = (a: string, b: string) => body("application/json", a, b, shop, own);
    expect(json('{"self":"/api/v1/o/1"}', '{"self":"/v2/o/1"}')).toEqual([]);
    expect(json('{"self":"http://shop.example/api/v1/o"}', '{"self":"http://candidate:9090/v2/o"}')).toEqual([]);
    expect(body("text/html", '<a href="/api/v1/o">', "<a href='/v2/o'>", shop, own)).toEqual([]);
    expect(json('{"text":"see /api/v1/o"}', '{"text":"see /v2/o"}')).toHaveLength(1);
    expect(json('{"self":"/api/v1/o/1"}', '{"self":"/v2/o/2"}')).toEqual([
      'body $.self value "/api/v1/o/1" -> "/v2/o/2"',
    ]);
  });
});

test("a cookie for a side's own host is the same cookie", () => {
  expect(field("Set-Cookie", "a=1; Domain=legacy", "a=1; Domain=.candidate")).toEqual([]);
  expect(field("Set-Cookie", "a=1; Domain=shop.example", "a=1; Domain=candidate")).toEqual([]);
  expect(field("Set-Cookie", "a=1; Domain=shop.example", "a=1; Domain=example")).toHaveLength(1);
  expect(field("Set-Cookie", "a=1; Domain=shop.example", "a=1")).toHaveLength(1);
});
