import fc from "fast-check";
import { expect, test } from "vitest";
import { addCount, createRequests } from "../../src/explain/requests.ts";
import { addCompared, createRouteRequests } from "../../src/explain/route-requests.ts";
import { scopeOf } from "../../src/explain/scope.ts";

/** What is said of a finding that these requests show and these do not; each request is a distinct one. */
function scopeIn(shown: readonly string[], clean: readonly string[]) {
  const [route, requests] = [createRouteRequests(), createRequests()];
  for (const [targets, shows] of [
    [shown, true],
    [clean, false],
  ] as const) {
    for (const target of targets) {
      const features = addCompared(route, { target, fields: [], redacted: () => target, isPlain: () => true }, true);
      if (!shows) continue;
      requests.shown.all += 1;
      requests.shown.distinct += 1;
      for (const { name } of features) addCount(requests.features, name, true);
    }
  }
  return scopeOf(requests, route);
}

const times = (n: number, target: (n: number) => string) => Array.from({ length: n }, (_, i) => target(i));

test("a parameter is named though few distinct requests have it, and half of all do", () => {
  const searches = times(15, (n) => `/posts?q=word${n}`);
  expect(
    scopeIn(searches, [...times(12, (n) => `/posts?_page=${n}`), ...times(5, (n) => `/posts?author=${n}`)]),
  ).toMatchObject({
    kind: "query_parameter",
    says: "only in requests with `q`: 15 of 15 with it, 0 of 17 without",
  });
});

test("nothing is named that a draw without regard to it would often show", () => {
  // All five have it, and so have 27 of the 32: one draw in three is like that.
  const withIt = (n: number) => `/posts?q=word${n}`;
  expect(
    scopeIn(times(5, withIt), [...times(22, (n) => withIt(n + 5)), ...times(5, (n) => `/posts?author=${n}`)]),
  ).toBeUndefined();
});

test("among requests that show a finding at random a parameter is hardly ever named", () => {
  let named = 0;
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.boolean()), { minLength: 20, maxLength: 60 }), (drawn) => {
      const target = ([hasIt]: readonly [boolean, boolean], n: number) => (hasIt ? `/posts?q=w${n}` : `/posts?a=${n}`);
      const [shown, clean] = [true, false].map((shows) => drawn.filter(([, one]) => one === shows).map(target));
      if (scopeIn(shown!, clean!) !== undefined) named += 1;
    }),
    { numRuns: 300, seed: 1 },
  );
  expect(named).toBeLessThanOrEqual(1);
});
