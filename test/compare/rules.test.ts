// Rules take effect on every type of body, not on JSON alone
import { describe, expect, test } from "vitest";
import { compareResponses, compileRules } from "../../src/compare/index.ts";
import { readConfig } from "../../src/config/index.ts";
import { LIMITS, response, said } from "./support.ts";

/** Differences under rules in the config's words, and what the rules settled. */
function under(words: object, type: string, legacy: string, candidate: string) {
  const text = JSON.stringify({ legacy: { url: "http://l" }, candidate: { url: "http://c" }, compare: words });
  const read = readConfig(text, { file: "rules", env: {} });
  if (!("config" in read)) throw new Error(JSON.stringify(read.faults));
  const sides = [legacy, candidate].map((body) => response({ type, body }));
  const result = compareResponses(sides[0]!, sides[1]!, compileRules(read.config.compare), LIMITS);
  return { said: said(result), masked: result.masked.map(({ rule, count }) => `${count} ${rule}`) };
}

/** One number, time and text in each type, and the place of each. */
const TYPES: [type: string, place: string, write: (value: string) => string][] = [
  ["application/json", "$.order[0].v", (value) => JSON.stringify({ order: [{ v: value }] })],
  ["application/xml", "$.order[0].v", (value) => `<order><v>${value}</v></order>`],
  ["application/xml", "$.order[0]['@v']", (value) => `<order><x v="${value}"/></order>`],
  ["text/html", "$.html[1].body[0].p", (value) => `<!doctype html><p>${value}</p>`],
  ["text/csv", "$[*].v", (value) => `id,v\r\n1,"${value}"\r\n`],
  ["text/csv", "$[1][1]", (value) => `v,v\n1,"${value}"\n`],
  ["application/x-www-form-urlencoded", "$.v", (value) => `a=1&v=${encodeURIComponent(value)}`],
  ["multipart/form-data; boundary=b", "$[0].body", (value) => `--b\r\n\r\n${value}\r\n--b--\r\n`],
  ["text/event-stream", "$[0].data", (value) => `data: ${value}\n\n`],
  ["application/x-ndjson", "$[0].v", (value) => `${JSON.stringify({ v: value })}\n{}\n`],
  ["application/yaml", "$.v", (value) => `v: "${value}"\n`],
  ["text/plain", "$[1]", (value) => `first\n${value}\n`],
];

describe.each(TYPES)("in %s at %s", (type, path, write) => {
  const settles = (words: object, a: string, b: string) => {
    const result = under(words, type, write(a), write(b));
    return result.said.length === 0 && result.masked.length === 1;
  };

  test("numbers rules compare strings that are numbers as numbers", () => {
    const near = { numbers: [{ path, tolerance: 0.005 }] };
    expect(under({}, type, write("12.50"), write("12.5")).said).toHaveLength(1);
    expect(settles(near, "12.50", "12.5")).toBe(true);
    expect(settles(near, "+12.50", "12.504")).toBe(true);
    expect(settles(near, "12.50", "12.51")).toBe(false);
    expect(settles({ numbers: [{ path, relative: "1%" }] }, "100", "101")).toBe(true);
    expect(settles({ numbers: [{ path, relative: "1%" }] }, "100", "102")).toBe(false);
    expect(settles({ numbers: [{ path, lexical: true }] }, "1", "1.0")).toBe(false);
  });

  test("and say nothing of what is no number", () => {
    const wide = { numbers: [{ path, tolerance: 1_000 }] };
    for (const other of ["", "x", "1x", "NaN", "0x10", "007", "1,5", "1 2"])
      expect(settles(wide, "1", other)).toBe(false);
  });

  test("times, strings and ignore rules take effect", () => {
    expect(settles({ times: [path] }, "2024-03-01T12:00:00Z", "2024-03-01T13:00:00+01:00")).toBe(true);
    expect(settles({ times: [{ path, tolerance: "2s" }] }, "2024-03-01T12:00:00Z", "1709294403")).toBe(false);
    expect(settles({ strings: [{ path, ignoreCase: true }] }, "Paid", "PAID")).toBe(true);
    expect(settles({ strings: [{ path, matches: "^[0-9]{4}$" }] }, "1234", "4321")).toBe(true);
    expect(settles({ ignore: [path] }, "a", "b")).toBe(true);
  });
});

describe("arrays rules take effect", () => {
  test.each([
    ["application/xml", "$.l", "<l><i>1</i><i>2</i></l>", "<l><i>2</i><i>1</i></l>"],
    ["text/csv", "$", "id,v\n1,a\n2,b\n", "id,v\n2,b\n1,a\n"],
    ["application/x-www-form-urlencoded", "$.a", "a=1&a=2", "a=2&a=1"],
    ["application/yaml", "$.a", "a: [1, 2]\n", "a: [2, 1]\n"],
    ["application/x-ndjson", "$", '{"a":1}\n{"a":2}\n', '{"a":2}\n{"a":1}\n'],
    ["text/plain", "$", "a\nb", "b\na"],
  ])("in %s at %s", (type, path, a, b) => {
    expect(under({}, type, a, b).said).toHaveLength(1);
    expect(under({ arrays: { [path]: "unordered" } }, type, a, b).said).toEqual([]);
  });
});

describe("a numbers rule for all places", () => {
  test("does not take other strings for each other", () => {
    const list = (names: string[]) => JSON.stringify(names.map((name, k) => ({ name, price: `${k}.50` })));
    const words = { numbers: [{ path: "$..*", tolerance: 0.01 }] };
    expect(under(words, "application/json", list(["a", "b", "c"]), list(["new", "a", "b", "c"])).said).toHaveLength(4);
    expect(under(words, "application/json", '["a","b"]', '["c","a","b"]').said).toEqual(['body $[0] extra -> "c"']);
  });
});

const times = (a: string, b: string, tolerance = "0s") =>
  under({ times: [{ path: "$.at", tolerance }] }, "application/json", `{"at":${a}}`, `{"at":${b}}`).said.length === 0;

describe("one instant in many spellings", () => {
  const NOON = '"2024-03-01T12:00:00Z"';

  test.each([
    '"/Date(1709294400000)/"',
    '"\\/Date(1709294400000)\\/"',
    '"/Date(1709294400000+0100)/"',
    '"Fri, 01 Mar 2024 12:00:00 +0000"',
    '"Fri, 1 Mar 2024 13:00:00 +0100"',
    '"1 Mar 2024 12:00 GMT"',
    '"01 Mar 24 07:00:00 EST"',
    '"Fri, 01 Mar 2024 12:00:00 UT (noon)"',
    '"2024-03-01T13:00:00+01:00[Europe/Paris]"',
    '"2024-03-01T13:00:00[Europe/Paris]"',
    '"2024-03-01T12:00:00Z[UTC]"',
    '"2024-03-01T12:00Z[Etc/UTC][u-ca=iso8601]"',
    '"2024-03-01T21:00:00.000[Asia/Tokyo]"',
    '"2024-03-01T12:00:00.000[!UTC]"',
  ])("%s", (spelled) => {
    expect(times(NOON, spelled)).toBe(true);
    expect(times(spelled, NOON)).toBe(true);
    expect(times('"2024-03-01T12:00:01Z"', spelled)).toBe(false);
  });

  test("a zone's summer time counts, also on the day on which clocks change", () => {
    expect(times('"2024-07-01T14:00:00[Europe/Paris]"', '"2024-07-01T12:00:00Z"')).toBe(true);
    expect(times('"2024-03-31T01:59:59[Europe/Paris]"', '"2024-03-31T00:59:59Z"')).toBe(true);
    expect(times('"2024-03-31T03:00:00[Europe/Paris]"', '"2024-03-31T01:00:00Z"')).toBe(true);
    expect(times('"2024-10-27T12:00:00[America/New_York]"', '"2024-10-27T16:00:00Z"')).toBe(true);
  });

  test("what is no time is none", () => {
    for (const none of [
      '"/Date()/"',
      '"/Date(x)/"',
      '"2024-03-01T12:00:00[Mars/Base]"',
      '"2024-03-01T12:00:00[]"',
      '"Fri, 31 Feb 2024 12:00:00 GMT"',
      '"01 Mar 2024 12:00:00 XYZ"',
      '"+275760-09-13T00:00:00[Europe/Paris]"',
      '"[Europe/Paris]"',
    ]) {
      expect(times('"2024-03-01T12:00:00Z"', none, "1000000d")).toBe(false);
    }
  });
});

describe("JSON inside of JSON strings", () => {
  const outer = (inner: unknown) =>
    JSON.stringify({ id: 1, payload: typeof inner === "string" ? inner : JSON.stringify(inner) });
  const json = (a: unknown, b: unknown, words: object = { json: ["$.payload"] }) =>
    under(words, "application/json", outer(a), outer(b));

  test("is compared as JSON where the rule says that it is there", () => {
    expect(json('{"a":1,"b":[1.0]}', '{ "b": [1], "a": 1 }')).toEqual({ said: [], masked: ["1 json $.payload"] });
    expect(json('{"a":1,"b":[1.0]}', '{ "b": [1], "a": 1 }', {}).said).toHaveLength(1);
    expect(json({ a: 1, b: [1, 2] }, { a: 1, b: [1, 3] }).said).toEqual(["body $.payload.b[1] value 2 -> 3"]);
    expect(json([{ id: 1 }, { id: 2 }], [{ id: 2 }]).said).toEqual(['body $.payload[0] missing {"id":1} ->']);
  });

  test("rules lead into it, and JSON in it may be JSON again", () => {
    const words = { json: ["$.payload", "$.payload.more"], ignore: ["$.payload.at", "$.payload.more.at"] };
    const deep = (at: number, n: number) => ({ at, n: 0, more: JSON.stringify({ at, n }) });
    expect(json(deep(1, 1), deep(2, 2), words).said).toEqual(["body $.payload.more.n value 1 -> 2"]);
    expect(json(deep(1, 1), deep(2, 1), words).said).toEqual([]);
  });

  test("a string is not the document that it holds, and no JSON is compared as text", () => {
    const [text, value] = [outer({ a: 1 }), '{"id":1,"payload":{"a":1}}'];
    expect(under({ json: ["$.payload"] }, "application/json", text, value).said).toHaveLength(1);
    expect(json("{broken", '{"a":1}').said).toHaveLength(1);
    expect(json("1.0", "1").said).toHaveLength(1);
    expect(json('{"a":1}', "").said).toHaveLength(1);
  });

  test("elements of a list are recognised by what their strings mean", () => {
    const list = (...all: string[]) => JSON.stringify(all.map((body) => ({ body })));
    const words = { json: ["$[*].body"] };
    const [a, b] = [list('{"x":1,"y":1}', '{"x":2,"y":2}'), list('{"z":0}', '{"y":1,"x":1}', '{"y":2, "x":2}')];
    expect(under(words, "application/json", a, b).said).toEqual(['body $[0] extra -> {"body":"{\\"z\\":0}"}']);
  });

  test("a path as broad as $..* costs no more than the strings are long", () => {
    let nested: unknown = { a: 1 };
    for (let level = 0; level < 8; level += 1) nested = { s: JSON.stringify(nested) };
    let other: unknown = { a: 2 };
    for (let level = 0; level < 8; level += 1) other = { s: JSON.stringify(other) };
    expect(json(nested, other, { json: ["$..*"] }).said).toEqual([`body $.payload${".s".repeat(8)}.a value 1 -> 2`]);
  });
});
