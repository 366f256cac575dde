import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Asked, eachFeature, type Features } from "../../src/explain/features.ts";
import {
  addCompared,
  createRouteRequests,
  type RouteRequests,
  restoreRouteRequests,
  storeRouteRequests,
} from "../../src/explain/route-requests.ts";

const asked = (target: string, fields: readonly string[] = [], redacted = target, body?: unknown): Asked => ({
  target,
  fields,
  redacted: () => redacted,
  ...(body === undefined ? {} : { body: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)) }),
  isPlain: (_, path) => !/secret/.test(path),
});
const counts = (features: Features) =>
  Object.fromEntries([...eachFeature(features)].map(({ name, all, distinct }) => [name, [all, distinct]]));

function counted(requests: readonly Asked[], route: RouteRequests = createRouteRequests()): RouteRequests {
  for (const request of requests) addCompared(route, request, true);
  return route;
}

const name = fc.constantFrom("q", "_page", "__proto__", "constructor", "a%20b", "=", "toString", "");
const target = fc
  .tuple(
    fc.array(fc.constantFrom("a", "7", "x%2Fy", ""), { maxLength: 3 }),
    fc.array(fc.tuple(name, fc.nat(3)), { maxLength: 4 }),
  )
  .map(
    ([path, query]) =>
      `/${path.join("/")}${query.length === 0 ? "" : `?${query.map(([n, v]) => `${n}=${v}`).join("&")}`}`,
  );
const fields = fc
  .array(fc.constantFrom("Accept: json", "accept: xml", "Cookie: a=1; b=2", "X-Y: z", "host: h"), { maxLength: 4 })
  .map((lines) => lines.flatMap((line) => line.split(": ")));

describe("features of requests", () => {
  test("are the parameters, segments, fields and cookies, each once, with their values", () => {
    const request = asked("/files/a%20b/?q=x+y&q=2&_page=3&flag", [
      "Accept-Language",
      "de",
      "Cookie",
      "sid=1; beta",
      "X-Tenant",
      "t",
    ]);
    expect(counts(counted([request, request]).features)).toEqual({
      "query q": [2, 2],
      "query q=x+y": [2, 2],
      "query _page": [2, 2],
      "query _page=3": [2, 2],
      "query flag": [2, 2],
      "query flag=": [2, 2],
      "repeated q": [2, 2],
      "escaped q": [2, 2],
      "segment 1": [2, 2],
      "segment 1=files": [2, 2],
      "segment 2": [2, 2],
      "segment 2=a%20b": [2, 2],
      "path slash": [2, 2],
      "path escaped": [2, 2],
      "cookie sid": [2, 2],
      "cookie beta": [2, 2],
      "field accept-language": [2, 2],
      "field accept-language=de": [2, 2],
      "field x-tenant": [2, 2],
      "field x-tenant=t": [2, 2],
    });
  });

  test("are the members of a JSON body, too, with their values where these are short and no secrets", () => {
    const request = asked("/s", ["X-Secret", "abc"], "/s", { state: "LOADED", page: 2, in: { a: 1 }, secret: "s3" });
    expect(counts(counted([request]).features)).toEqual({
      "segment 1": [1, 1],
      "segment 1=s": [1, 1],
      "field x-secret": [1, 1],
      "member state": [1, 1],
      'member state="LOADED"': [1, 1],
      "member page": [1, 1],
      "member page=2": [1, 1],
      "member in": [1, 1],
      "member secret": [1, 1],
    });
    for (const body of ["[1]", "a=b", "{", "", "null", `{"a":"${"x".repeat(9_000)}"}`]) {
      expect(Object.keys(counts(counted([asked("/s", [], "/s", body)]).features))).toEqual([
        "segment 1",
        "segment 1=s",
      ]);
    }
  });

  test("a value that redaction takes out is never kept, nor are more than a dozen of one name", () => {
    const secret = counted([asked("/a?token=hunter2&x=1", [], "/a?token=***&x=1")]);
    expect(JSON.stringify(storeRouteRequests(secret))).not.toContain("hunter2");
    expect(counts(secret.features)["query x=1"]).toEqual([1, 1]);
    const many = counted(Array.from({ length: 40 }, (_, i) => asked(`/a?id=${i}`)));
    expect(Object.keys(counts(many.features)).filter((one) => one.startsWith("query"))).toEqual(["query id"]);
    expect(counts(many.features)["query id"]).toEqual([40, 40]);
  });

  test("are bounded, and what is counted is counted whole", () => {
    const requests = Array.from({ length: 2_000 }, (_, i) =>
      asked(`/a?p${i % 500}=1&always=${i % 3}`, [`x-${i % 700}`, "1"]),
    );
    const route = counted(requests);
    const found = counts(route.features);
    expect(Object.keys(found).length).toBeLessThanOrEqual(256);
    for (const [feature, [all]] of Object.entries(found)) {
      const has = (request: Asked) => request.target.includes(`${feature.slice(6)}=`);
      if (/^query [^=]*$/.test(feature)) expect(all).toBe(requests.filter(has).length);
    }
  });

  test("never throw, and go on in the same way after they were stored", () => {
    const requests = fc.array(
      fc.tuple(target, fields).map(([to, some]) => asked(to, some)),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(requests, requests, (before, after) => {
        const route = counted(before);
        const restored = restoreRouteRequests(JSON.parse(JSON.stringify(storeRouteRequests(route))));
        counted(after, route);
        counted(after, restored);
        expect(counts(restored.features)).toEqual(counts(route.features));
      }),
    );
  });
});
