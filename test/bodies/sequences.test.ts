import { describe, expect, test } from "vitest";
import { bodies, said } from "../compare/support.ts";

const differ = (type: string | undefined, a: string, b: string, words = {}) => said(bodies(type, a, b, words));

describe("JSON documents in a row", () => {
  const legacy = '{"id":1,"a":1}\n{"id":2,"a":2}\n';
  const equal = '{"a":1, "id":1}\r\n{ "id":2,"a":2.0}';
  const other = '{"id":1,"a":1}\n{"id":2,"a":3}\n';

  test.each([
    "application/x-ndjson",
    "application/ndjson",
    "application/x-ldjson",
    "application/ldjson",
    "application/jsonlines",
    "application/json-lines",
    "application/x-jsonlines",
    "application/jsonl",
    "application/x-jsonl",
    "text/x-ndjson",
    "text/jsonl",
    "application/vnd.elasticsearch+x-ndjson",
    "application/vnd.api+ndjson",
    "application/vnd.acme.v1.jsonl",
    "application/x-json-stream",
    "application/stream+json",
    "application/json",
    "application/vnd.watch+json",
    "text/json",
    "text/plain",
    "text/plain; charset=utf-8",
    "application/octet-stream",
    undefined,
  ])("are compared one by one under the name %s", (type) => {
    expect(differ(type, legacy, equal)).toEqual([]);
    expect(differ(type, legacy, other)).toEqual(["body $[1].a value 2 -> 3"]);
    expect(differ(type, legacy, other, { ignore: ["$[*].a"] })).toEqual([]);
  });

  test("need not be a line each, where their type says that they are JSON", () => {
    const spread = '{\n  "id": 1,\n  "a": 1\n}{\n  "id": 2,\n  "a": 2\n}';
    for (const type of ["application/json", "application/x-ndjson"]) {
      expect(differ(type, legacy, spread)).toEqual([]);
      expect(differ(type, spread, other)).toEqual(["body $[1].a value 2 -> 3"]);
    }
    expect(differ("application/json", '[1][2]{"a":1}', '[1]\n[2]\n{"a":2}')).toEqual(["body $[2].a value 1 -> 2"]);
  });

  test("one more or one fewer is found, and what is no document is `format`", () => {
    expect(differ("text/plain", legacy, `${legacy}{"id":3,"a":3}`)).toEqual(['body $[2] extra -> {"id":3,"a":3}']);
    expect(differ("text/plain", '{"a":1}\n', '{"a":1}\n{"a":2}\n')).toEqual(['body $[1] extra -> {"a":2}']);
    expect(differ("application/json", legacy, '{"id":1,"a":1}')).toEqual(["body $ format"]);
    expect(differ("application/json", legacy, '{"id":1,"a":1}\n{"id":2')).toEqual(["body $ format"]);
    expect(differ("application/json", "1 2", "1 3")).toHaveLength(1);
  });

  test("text that only looks like them is text", () => {
    expect(differ("text/plain", "{a}\n{b}\n", "{a}\n{c}\n")).toEqual(['body $[1] value "{b}" -> "{c}"']);
    expect(differ("text/plain", '{"a":1} and\n{"b":1}', '{"a":1} and\n{"b":2}')).toEqual([
      'body $[1] value "{\\"b\\":1}" -> "{\\"b\\":2}"',
    ]);
  });

  test("numbers in them stay exact", () => {
    expect(differ("text/plain", '{"n":18446744073709551617}\n[]', '{"n":18446744073709551616}\n[]')).toHaveLength(1);
  });
});

describe("JSON in a wrapper", () => {
  const [value, spaced, other] = ['{"a":1,"b":[2]}', '{ "b": [2], "a": 1.0 }', '{"a":1,"b":[3]}'];

  test.each([
    [")]}',\n", ""],
    [")]}'\n", ""],
    ["while(1);", ""],
    ["for(;;);", ""],
    ["{}&&", ""],
    ["throw 1; <dont be evil>\n", ""],
    ["callback(", ");"],
    ["/**/ jQuery123_456(", ")"],
    ["typeof a.b === 'function' && a.b(", ");\n"],
    ["a['b'].c(", ")"],
  ])("%j is compared by what is in it", (before, after) => {
    for (const type of ["application/json", "application/javascript", "text/javascript", "text/plain", undefined]) {
      expect(differ(type, before + value + after, before + spaced + after)).toEqual([]);
      expect(differ(type, before + value + after, before + other + after)).toEqual(["body $.b[0] value 2 -> 3"]);
    }
  });

  test("another wrapper is a difference, and none where there was one", () => {
    expect(differ("text/javascript", `a(${value});`, `b(${spaced})`)).toEqual(['body $ value "a(" -> "b("']);
    expect(differ("application/json", `)]}',\n${value}`, `while(1);${value}`)).toHaveLength(1);
    expect(differ("application/json", `)]}',\n${value}`, value)).toEqual(["body $ format"]);
    expect(differ("application/json", value, `callback(${value})`)).toEqual(["body $ format"]);
  });

  test("a script is no wrapper", () => {
    expect(differ("text/javascript", "go({a:1});\nx()", "go({a:2});\nx()")).toEqual([
      'body $[0] value "go({a:1});" -> "go({a:2});"',
    ]);
    expect(differ("text/javascript", 'f({"a":1});g({"a":1});', 'f({"a":1});g({"a":2});')).toHaveLength(1);
  });
});
