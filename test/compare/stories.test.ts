// The ways in which other tools let two different answers pass, or bury one difference under a hundred
import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { bodies, differ, said } from "./support.ts";

const json = (a: string, b: string, words = {}) => said(bodies("application/json", a, b, words));

describe("what must not be flagged", () => {
  test.each(["[]", "[1,2,3]", '["a","b"]', "[[],[[]]]", "[null,true]", "{}"])("equal lists: %s", (body) => {
    expect(json(body, ` ${body} `)).toEqual([]);
  });

  test("gzip against identity", () => {
    const body = '{"a":[1,2,3]}';
    const gzipped = { type: "application/json", fields: ["Content-Encoding", "gzip"], body: gzipSync(body) };
    expect(differ(gzipped, { type: "application/json", body }).differences).toEqual([]);
  });
});

describe("what must not pass", () => {
  test("strings that begin and end alike", () => {
    expect(json('"123 Main St"', '"123 Oak Ave"')).toEqual(['body $ value "123 Main St" -> "123 Oak Ave"']);
  });

  test("a later line of NDJSON", () => {
    expect(
      said(bodies("application/x-ndjson", '{"id":1,"a":1}\n{"id":2,"a":2}', '{"id":1,"a":1}\n{"id":2,"a":3}')),
    ).toEqual(["body $[1].a value 2 -> 3"]);
  });

  test("garbage after the document", () => {
    expect(json('{"a":1}', '{"a":1}<html>oops')).toEqual(["body $ format"]);
    expect(json('{"a":1}<html>oops', '{"a":1}')).toEqual(["body $ format"]);
    expect(json('{"a":1}<html>oops', '{"a":1}<html>ops')).toHaveLength(1);
  });

  test("integers beyond a double", () => {
    expect(json('{"id":18446744073709551617}', '{"id":1}')).toEqual(["body $.id value 18446744073709551617 -> 1"]);
    expect(json('{"id":18446744073709551617}', '{"id":18446744073709551616}')).toHaveLength(1);
  });

  test("decimals beyond a double", () => {
    expect(json("[0.10000000000000000001]", "[0.1]")).toEqual(["body $[0] value 0.10000000000000000001 -> 0.1"]);
  });

  test("a wrong value beside a member with a dash in its name", () => {
    const body = (id: string, price: number) => `{"request-id":"${id}","price":${price}}`;
    expect(json(body("a", 1), body("b", 2), { ignore: ["$['request-id']"] })).toEqual(["body $.price value 1 -> 2"]);
  });

  test("a wrong value in one element beside an ignored one in another", () => {
    const body = (at: number, price: number) => `{"items":[{"at":${at},"price":1},{"at":2,"price":${price}}]}`;
    expect(json(body(1, 1), body(9, 7), { ignore: ["$.items[0].at"] })).toEqual(["body $.items[1].price value 1 -> 7"]);
  });

  test("a time that is no time, where times are compared as times", () => {
    const times = [
      {
        name: "times $.ts",
        path: { text: "$.ts", segments: [{ descendant: false, selectors: [{ kind: "name", name: "ts" }] }] },
        toleranceMs: 10_000,
      },
    ] as const;
    const ts = (value: string) => `{"ts":${value}}`;
    expect(json(ts('"2026-01-01T00:00:00Z"'), ts('"2026-01-01T01:00:05+01:00"'), { times })).toEqual([]);
    expect(json(ts('"2026-01-01T00:00:00Z"'), ts('"NaN-NaN"'), { times })).toHaveLength(1);
    expect(json(ts('"2026-01-01T00:00:00Z"'), ts("null"), { times })).toHaveLength(1);
  });

  test("two bodies that are both unreadable, and differ", () => {
    expect(json('{"a":', '{"b":')).toHaveLength(1);
    expect(said(bodies("application/xml", "<a", "<b"))).toHaveLength(1);
    expect(said(bodies("text/plain", Buffer.from([0x80]), Buffer.from([0x81])))).toHaveLength(1);
  });

  test("added members, also those whose names an object has anyway, and lists at the top", () => {
    expect(json('{"a":1}', '{"a":1,"b":2}')).toEqual(["body $.b extra -> 2"]);
    for (const name of ["constructor", "toString", "__proto__", "hasOwnProperty", ""]) {
      expect(json("{}", `{${JSON.stringify(name)}:1}`)).toHaveLength(1);
      expect(json(`{${JSON.stringify(name)}:1}`, `{${JSON.stringify(name)}:2}`)).toHaveLength(1);
    }
    expect(json("[1]", "[2]")).toEqual(["body $[0] value 1 -> 2"]);
  });

  test("XML whose names differ in case, and a script in a page", () => {
    expect(said(bodies("text/xml", "<Order/>", "<order/>"))).not.toEqual([]);
    expect(said(bodies("text/html", "<p>x</p><script>a()</script>", "<p>x</p><script>b()</script>"))).toEqual([
      'body $.html[1].body[1].script value "a()" -> "b()"',
    ]);
  });
});

describe("what must not be buried", () => {
  test("an element put in at the head is one difference, and a changed leaf beside it another", () => {
    const items = Array.from({ length: 5000 }, (_, i) => ({ id: `item-${i}`, name: `name ${i}`, price: i }));
    const changed = items.map((item, i) => (i === 2500 ? { ...item, price: -1 } : item));
    const result = bodies(
      "application/json",
      JSON.stringify(items),
      JSON.stringify([{ id: "new", name: "n", price: 0 }, ...changed]),
    );
    expect(said(result).sort()).toEqual([
      'body $[0] extra -> {"id":"new","name":"n","price":0}',
      "body $[2500].price value 2500 -> -1",
    ]);
  });

  test("a line put in is one difference", () => {
    const lines = Array.from({ length: 300 }, (_, i) => `line ${i}`);
    expect(said(bodies("text/plain", lines.join("\n"), ["new", ...lines].join("\n")))).toEqual([
      'body $[0] extra -> "new"',
    ]);
  });

  test("a row, an event, an XML element put in at the head is one difference", () => {
    const rows = Array.from({ length: 30 }, (_, i) => `${i},name ${i}`);
    expect(said(bodies("text/csv", ["id,name", ...rows].join("\n"), ["id,name", "x,y", ...rows].join("\n")))).toEqual([
      'body $[0] extra -> {"id":"x","name":"y"}',
    ]);
    const events = rows.map((row) => `data: ${row}\n\n`).join("");
    expect(said(bodies("text/event-stream", events, `data: new\n\n${events}`))).toEqual([
      'body $[0] extra -> {"data":"new"}',
    ]);
    const xml = rows.map((row, i) => `<item id="${i}"><name>${row}</name></item>`).join("");
    expect(said(bodies("text/xml", `<o>${xml}</o>`, `<o><item id="x"><name>y</name></item>${xml}</o>`))).toHaveLength(
      1,
    );
  });

  test("three wrong in ten thousand are three", () => {
    const list = Array.from({ length: 10_000 }, (_, i) => i);
    const wrong = list.map((i) => ([17, 4_000, 9_999].includes(i) ? -i : i));
    expect(json(JSON.stringify(list), JSON.stringify(wrong))).toEqual([
      "body $[17] value 17 -> -17",
      "body $[4000] value 4000 -> -4000",
      "body $[9999] value 9999 -> -9999",
    ]);
  });
});
