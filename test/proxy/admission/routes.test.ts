import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seeded } from "../../../src/cli/demo/random.ts";
import { template, templateOf } from "../../../src/proxy/admission/path-templates.ts";
import { createRoutes } from "../../../src/proxy/admission/routes.ts";

const HOSTILE = [
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "",
  "a~b",
  "0",
  "%2F",
  "..",
  "{id}",
  "é",
  "a b",
];

describe("learned routes", () => {
  test.each([
    ["/", "/"],
    ["/orders/42", "/orders/{id}"],
    ["/orders/42/", "/orders/{id}/"],
    ["/orders//42", "/orders//{id}"],
    ["/orders/-1.5", "/orders/{id}"],
    ["/v2/orders", "/v2/orders"],
    ["/api/v1.2/top-10", "/api/v1.2/top-10"],
    ["/orders/A-1001", "/orders/{id}"],
    ["/sku/sku_20345", "/sku/{id}"],
    ["/u/6F9619FF-8B86-D011-B42D-00C04FC964FF", "/u/{uuid}"],
    ["/c/9f86d081884c7d659a2feaa0c55ad015", "/c/{hash}"],
    ["/c/9f86d081884c", "/c/{hash}"],
    ["/d/2026-11-21", "/d/{date}"],
    ["/d/2026-11-21T10:00:00Z", "/d/{date}"],
    ["/m/ada@example.com", "/m/{email}"],
    ["/t/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/t/{token}"],
    ["/t/x7Kp2Qz9", "/t/{token}"],
    ["/t/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0", "/t/{token}"],
    ["/names/%C3%A9l%C3%A9ments", "/names/{token}"],
    ["/img/9f86d081884c7d65.png", "/img/{hash}.png"],
    ["/files/report.pdf", "/files/report.pdf"],
    ["/facade/decade/bedfordcafe", "/facade/decade/bedfordcafe"],
    ["/t/kqzvbxwmtrjhpdgf", "/t/{token}"],
    ["/t/XkQzLsqZpWmvTbRd", "/t/{token}"],
    ["/reset-password/k7x93-pq", "/reset-password/{token}"],
    ["/session/8312", "/session/{id}"],
    ["/session/current", "/session/current"],
    ["/cart;jsessionid=A1B2C3D4E5F6", "/cart"],
    ["/a;v=1/b;token=s3cr3t;x/42", "/a/b/{id}"],
    ["/;jsessionid=A1", "/"],
    ["/kundenverwaltung/rechnungspositionen", "/kundenverwaltung/rechnungspositionen"],
    ["/getCustomerOrderHistory/v2", "/getCustomerOrderHistory/v2"],
    ["/checkout/confirmation", "/checkout/confirmation"],
    [`/${"long".repeat(20)}`, "/{token}"],
    [`${"/a".repeat(20)}`, `${"/a".repeat(12)}/*`],
  ])("%s -> %s", (path, wanted) => {
    expect(template(path)).toBe(wanted);
  });

  test("hold no random text of 16 or more letters and digits, but for one in some hundreds", () => {
    const [small, large, digits] = ["abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"] as const;
    const random = seeded(7);
    for (const alphabet of [
      small + large + digits,
      small + digits,
      small,
      large,
      small + large,
      `${small + large + digits}-_`,
    ]) {
      for (const length of [16, 20, 32]) {
        let taken = 0;
        for (let n = 0; n < 2_000; n += 1) {
          let token = "";
          while (token.length < length) token += alphabet[Math.floor(random() * alphabet.length)];
          if (template(`/a/${token}`).includes(token)) taken += 1;
        }
        expect([alphabet, length, taken]).toEqual([alphabet, length, expect.toSatisfy((count: number) => count <= 10)]);
      }
    }
  });

  test("are short, whatever is asked", () => {
    const segment = fc.oneof(fc.string({ maxLength: 30 }), fc.constantFrom(...HOSTILE));
    fc.assert(
      fc.property(fc.string({ maxLength: 10 }), fc.array(segment, { maxLength: 20 }), (method, segments) => {
        expect(templateOf(method, `/${segments.join("/")}`).length).toBeLessThan(13 * 56 + 20);
      }),
    );
  });

  test("know only known methods", () => {
    expect(templateOf("BREW", "/pot")).toBe("OTHER /pot");
    expect(templateOf("constructor", "/pot")).toBe("OTHER /pot");
  });
});

describe("declared routes", () => {
  const routes = createRoutes(
    [
      { match: "GET /orders/{id}", shadow: { sample: 0.1 } },
      { match: "GET /orders/latest" },
      { match: "GET /orders/{id}.json" },
      { match: "GET /orders/{id}/items/{item}" },
      { match: "ANY /orders/{id}", readOnly: true },
      { match: "GET /files/*" },
      { match: "GET /files/list" },
      { match: "* /any/*", shadow: { off: true } },
      { match: "HEAD /looked" },
      { match: "GET /looked" },
      { match: "GET /__proto__/{id}" },
      { match: "GET /maps/{id};scale=1" },
    ],
    false,
  );
  test.each([
    ["GET", "/orders/7", "GET /orders/{id}"],
    ["GET", "/orders/7?x=/orders/latest", "GET /orders/{id}"],
    ["HEAD", "/orders/7", "ANY /orders/{id}"],
    ["POST", "/orders/7", "ANY /orders/{id}"],
    ["GET", "/orders/latest", "GET /orders/latest"],
    ["HEAD", "/orders/latest", "ANY /orders/{id}"],
    ["GET", "/orders/7.json", "GET /orders/{id}.json"],
    ["GET", "/orders/.json", "GET /orders/{id}"],
    ["GET", "/orders/7/", "GET /orders/{id}/"],
    ["GET", "/orders/", "GET /orders/"],
    ["GET", "/orders/a%2Fb", "GET /orders/{id}"],
    ["GET", "/orders/7/items/8", "GET /orders/{id}/items/{item}"],
    ["GET", "/files/a/b/c", "GET /files/*"],
    ["GET", "/files/", "GET /files/*"],
    ["GET", "/files", "GET /files"],
    ["GET", "/files/list", "GET /files/list"],
    ["HEAD", "/files/list", "GET /files/list"],
    ["PATCH", "/any/thing", "* /any/*"],
    ["HEAD", "/looked", "HEAD /looked"],
    ["GET", "/__proto__/1", "GET /__proto__/{id}"],
    ["GET", "/constructor/1", "GET /constructor/{id}"],
    ["GET", "/orders/latest;jsessionid=A", "GET /orders/latest"],
    ["GET", "/orders;v=1/latest;jsessionid=A;b?c=;d", "GET /orders/latest"],
    ["GET", "/files;v=1/a;b=/c/d", "GET /files/*"],
    ["GET", "/orders/7;v=1.json", "GET /orders/{id}"],
    ["GET", "/orders/7.json;v=1", "GET /orders/{id}.json"],
    ["GET", "/orders/;jsessionid=A", "GET /orders/"],
    ["GET", "/maps/7;scale=1", "GET /maps/{id};scale=1"],
    ["GET", "/maps/7;scale=2", "GET /maps/{id}"],
    ["GET", "/orders/latest%3Bjsessionid=A", "GET /orders/{id}"],
  ])("%s %s is %s", (method, target, name) => {
    expect(routes.find(method, target).route.name).toBe(name);
    expect(routes.find(method, target).route.name).toBe(name);
  });

  test("a route that is off is off for HEAD too", () => {
    const off = createRoutes([{ match: "GET /logout", shadow: { off: true } }], false);
    expect(off.find("HEAD", "/logout").route).toMatchObject({ name: "GET /logout", off: true });
  });

  test("carry what their requests may do", () => {
    expect(routes.find("GET", "/orders/7").route).toMatchObject({ readOnly: false, sample: 0.1 });
    expect(routes.find("POST", "/orders/7").route).toMatchObject({ readOnly: true });
    expect(routes.find("POST", "/any/x").route).toMatchObject({ off: true });
  });

  test("a template that is none is refused", () => {
    expect(() => createRoutes([{ match: "orders" }], false)).toThrow("not a route template");
  });

  test("finding never throws and always names, whatever the path", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom(...HOSTILE)), { maxLength: 6 }), (segments) => {
        expect(routes.find("GET", `/${segments.join("/")}`).route.name).toBeTypeOf("string");
      }),
    );
  });
});
