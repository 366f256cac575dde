import { describe, expect, test } from "vitest";
import { compareJson } from "../../src/json/index.ts";
import { cpuRatio } from "../support/growth.ts";
import { compare, compareTexts, type Json, STRICT, told } from "./documents.ts";

const items = (count: number): { [name: string]: Json }[] =>
  Array.from({ length: count }, (_, k) => ({ id: k + 1, sku: `sku-${k}`, price: (k * 7) % 100, tags: ["a", "b"] }));

describe("what other comparers get wrong", () => {
  test("equal lists of scalars, even the empty one, are no difference", () => {
    expect(told(compare({ a: [], b: [1, "x", null, true] }, { a: [], b: [1, "x", null, true] }))).toEqual([]);
  });

  test("two addresses that begin alike are not the same", () => {
    expect(told(compare({ street: "123 Main St" }, { street: "123 Oak Ave" }))).toEqual([
      'value $.street "123 Main St" -> "123 Oak Ave"',
    ]);
  });

  test("what follows the first line counts: several documents in a row are not one", () => {
    const { differences } = compareTexts('{"a":1}\n{"b":2}', '{"a":1}\n{"b":3}');
    expect(differences.map(({ kind, path }) => `${kind} ${path}`)).toEqual(["format $"]);
  });

  test("garbage after the document makes it not JSON", () => {
    const { differences } = compareTexts('{"a":1}', '{"a":1}<html>oops');
    expect(differences).toMatchObject([
      { kind: "format", path: "$", note: "the candidate is not JSON from byte 7 on" },
    ]);
    expect(differences[0]?.candidate).toBe(JSON.stringify('{"a":1}<html>oops'));
  });

  test("2^64 + 1 is not 1", () => {
    expect(told(compareTexts('{"n":18446744073709551617}', '{"n":1}'))).toEqual([
      "value $.n 18446744073709551617 -> 1",
    ]);
  });

  test("decimals do not collapse to doubles", () => {
    expect(told(compareTexts("[0.10000000000000000001]", "[0.1]"))).toEqual([
      "value $[0] 0.10000000000000000001 -> 0.1",
    ]);
  });

  test("a dashed key is a key like any other, and hides nothing beside it", () => {
    const found = compare({ "a-b": { x: 1, y: 2 }, c: 1 }, { "a-b": { x: 9, y: 2 }, c: 2 });
    expect(told(found)).toEqual(["value $['a-b'].x 1 -> 9", "value $.c 1 -> 2"]);
  });

  test("a member named like one of Object's own is a difference like any other", () => {
    for (const name of ["constructor", "toString", "hasOwnProperty", "__proto__", "valueOf", ""]) {
      const text = `{${JSON.stringify(name)}:1}`;
      expect(compareTexts(text, "{}").differences.map(({ kind }) => kind)).toEqual(["missing"]);
      expect(compareTexts("{}", text).differences.map(({ kind }) => kind)).toEqual(["extra"]);
      expect(compareTexts(text, text.replace("1", "2")).differences.map(({ kind }) => kind)).toEqual(["value"]);
    }
  });

  test("added members and top-level lists are seen", () => {
    expect(told(compare({ a: 1 }, { a: 1, b: 2 }))).toEqual(["extra $.b  -> 2"]);
    expect(told(compare([1], [1, 2]))).toEqual(["extra $[1]  -> 2"]);
  });

  test("two texts that are both broken are equal only byte for byte", () => {
    expect(compareTexts("{broken", "{broken").differences).toEqual([]);
    expect(compareTexts("{broken", "{Broken").differences).toMatchObject([{ kind: "format", path: "$" }]);
  });

  test("an empty answer for something is a format difference", () => {
    expect(compareTexts('{"a":1}', "").differences).toMatchObject([
      { kind: "format", path: "$", note: "the candidate is empty" },
    ]);
  });

  test("an insertion is one difference, not a dump of the list", () => {
    const list = items(100);
    expect(told(compare(list, [{ id: 0, sku: "new", price: 1, tags: [] }, ...list]))).toEqual([
      'extra $[0]  -> {"id":0,"sku":"new","price":1,"tags":[]}',
    ]);
  });

  test("noise in one element does not hide a wrong value in another", () => {
    const list = items(10);
    const other = list.map((item, k) => (k === 3 ? { ...item, price: -1 } : k === 7 ? { ...item, tags: ["a"] } : item));
    expect(told(compare(list, other))).toEqual(["value $[3].price 21 -> -1", 'missing $[7].tags[1] "b" -> ']);
  });

  test("three wrong among ten thousand are three differences", () => {
    const list = items(10_000);
    const other = list.map((item, k) => ([17, 5_000, 9_999].includes(k) ? { ...item, price: 1_000 } : item));
    expect(compare(list, other).differences.map(({ path }) => path)).toEqual([
      "$[17].price",
      "$[5000].price",
      "$[9999].price",
    ]);
  });
});

describe("one difference for one change", () => {
  test("another type is told as such, null included", () => {
    expect(told(compare({ a: 1, b: {}, c: "1", d: false }, { a: null, b: [], c: 1, d: 0 }))).toEqual([
      "type $.a 1 -> null",
      "type $.b {} -> []",
      'type $.c "1" -> 1',
      "type $.d false -> 0",
    ]);
  });

  test("a missing subtree is one difference", () => {
    expect(told(compare({ a: { b: { c: [1, 2, 3] } } }, { a: {} }))).toEqual(['missing $.a.b {"c":[1,2,3]} -> ']);
  });

  test("names that are no identifiers are quoted as RFC 9535 does", () => {
    const names = ["a.b", "it's", "a\\b", "\n", "\u0001", "0", "", "é", "a/b~c"];
    const found = names.map(
      (name) => compareTexts(`{${JSON.stringify(name)}:1}`, `{${JSON.stringify(name)}:2}`).differences[0]?.path,
    );
    expect(found).toEqual([
      "$['a.b']",
      "$['it\\'s']",
      "$['a\\\\b']",
      "$['\\n']",
      "$['\\u0001']",
      "$['0']",
      "$['']",
      "$['é']",
      "$['a/b~c']",
    ]);
  });

  test("strings are compared by code unit, however they are escaped", () => {
    expect(compareTexts('["\\u0061\\/é"]', '["a/\\u00e9"]').differences).toEqual([]);
    expect(compareTexts('["\\ud800"]', '["\\udfff"]').differences).toHaveLength(1);
    expect(compareTexts('["\\ud83d\\ude00"]', '["\u{1f600}"]').differences).toEqual([]);
    expect(compareTexts('["é"]', '["e\u0301"]').differences).toHaveLength(1);
    expect(compareTexts('["\ud800"]', '["\\ud800"]').differences).toEqual([]);
    expect(compareTexts('["\ud800"]', '["\ufffd"]').differences).toHaveLength(1);
  });

  test("bytes that are not UTF-8 equal themselves only", () => {
    const of = (...bytes: number[]) => Buffer.from([0x22, ...bytes, 0x22]);
    expect(compareTexts(of(0xff), of(0xfe)).differences).toHaveLength(1);
    expect(compareTexts(of(0xff), of(0xef, 0xbf, 0xbd)).differences).toHaveLength(1);
    expect(
      compareTexts(of(0xff, 0x61), Buffer.concat([of(0xff).subarray(0, 2), Buffer.from('\\u0061"')])).differences,
    ).toEqual([]);
    expect(
      compareTexts(of(0xff, 0x61), Buffer.concat([of(0xff).subarray(0, 2), Buffer.from('\\u0062"')])).differences,
    ).toHaveLength(1);
    expect(compareTexts(of(0xff, 0x5c, 0x2f), '"\\ufffd/"').differences).toHaveLength(1);
  });

  test("byte order mark, whitespace and the order of members do not matter", () => {
    expect(compareTexts('\ufeff{"a":1,"b":[2]}', ' {\n"b" : [ 2 ],\t"a":1 }\r\n').differences).toEqual([]);
  });

  test("a name that stands twice is told, unless both sides agree on it", () => {
    expect(compareTexts('{"a":1,"a":2}', ' {"a":1,"a":2}').differences).toEqual([]);
    expect(compareTexts('{"a":1,"b":0,"a":2}', '{"b":0,"a":1,"\\u0061":2}').differences).toEqual([]);
    for (const [legacy, candidate] of [
      ['{"a":1,"a":2}', '{"a":2}'],
      ['{"a":2}', '{"a":2,"a":2}'],
      ['{"a":1,"a":2}', '{"a":2,"a":1}'],
      ['{"b":0,"a":1,"a":2}', '{"a":2,"b":0,"a":1}'],
      ['{"a":1,"a":2}', "{}"],
    ] as const) {
      const { differences } = compareTexts(`{"deep":[${legacy}]}`, `{"deep":[${candidate}]}`);
      expect(differences.map(({ kind, path }) => `${kind} ${path}`)).toEqual(["format $.deep[0].a"]);
    }
    expect(compareTexts('{"a":1,"a":2}', '{"a":2}').differences[0]?.note).toBe(
      "the name stands 2 times in legacy, 1 times in the candidate",
    );
  });

  test("a name that repeats among many is found as well", () => {
    const many = Array.from({ length: 40 }, (_, k) => `"name${k}":${k}`);
    expect(compareTexts(`{${[...many, '"name7":7'].join(",")}}`, `{${many.join(",")}}`).differences).toMatchObject([
      { kind: "format", path: "$.name7" },
    ]);
    expect(compareTexts(`{${many.join(",")}}`, `{${many.toReversed().join(",")}}`).differences).toEqual([]);
  });
});

describe("lists", () => {
  const list = items(6);
  const without = (k: number) => list.filter((_, at) => at !== k);

  test("a removed element is one difference, and so is a changed leaf", () => {
    expect(compare(list, without(2)).differences.map(({ kind, path }) => `${kind} ${path}`)).toEqual(["missing $[2]"]);
    expect(
      told(
        compare(
          list,
          list.map((item, k) => (k === 4 ? { ...item, price: -1 } : item)),
        ),
      ),
    ).toEqual(["value $[4].price 28 -> -1"]);
  });

  test("a head insertion and a changed leaf in five thousand are two differences", () => {
    const many = items(5_000);
    const other = [
      { id: 0, sku: "new", price: 0, tags: [] },
      ...many.map((item, k) => (k === 2_500 ? { ...item, price: -5 } : item)),
    ];
    const { differences, approximate } = compare(many, other);
    expect(differences.map(({ kind, path }) => `${kind} ${path}`)).toEqual(["extra $[0]", "value $[2500].price"]);
    expect(approximate).toBe(false);
  });

  test("another order is one difference that says how", () => {
    const { differences } = compare({ tags: ["a", "b", "c", "d"] }, { tags: ["a", "c", "b", "d"] });
    expect(differences).toEqual([
      {
        where: "body",
        path: "$.tags",
        kind: "order",
        legacy: "[1,2]",
        candidate: "[2,1]",
        note: "2 elements in another order: legacy's indexes in each side's order",
      },
    ]);
    expect(told(compare(list, list.toReversed()))).toEqual(["order $ [0,1,2,3,4,5] -> [5,4,3,2,1,0]"]);
  });

  test("an element that moved and changed is one order and its leaf, at legacy's index", () => {
    const moved = [{ ...list[3]!, price: -1 }, ...without(3)];
    expect(told(compare(list, moved))).toEqual(["order $ [0,1,2,3] -> [3,0,1,2]", "value $[3].price 21 -> -1"]);
  });

  test("an identity is found whatever its name, and a name alone makes none", () => {
    const named = (key: string) =>
      Array.from({ length: 20 }, (_, k) => ({ [key]: `v${k}`, id: 7, x: k % 3, y: k % 2 }));
    const legacy = named("reference");
    const candidate = legacy.toReversed().map((item) => ({ ...item, x: item.x + 1 }));
    const { differences } = compare(legacy, candidate);
    expect(differences[0]).toMatchObject({ kind: "order", path: "$" });
    expect(differences[0]?.note).toContain("reference");
    expect(differences.slice(1).map(({ path, kind }) => `${kind} ${path}`)).toEqual(
      Array.from({ length: 20 }, (_, k) => `value $[${k}].x`),
    );
  });

  test("an identity that itself changed is the change of that leaf", () => {
    expect(
      told(
        compare(
          list,
          list.map((item, k) => (k === 2 ? { ...item, id: 99 } : item)),
        ),
      ),
    ).toEqual(["value $[2].id 3 -> 99"]);
    expect(
      told(
        compare(
          list,
          list.map((item) => ({ ...item, id: String(item["id"]) })),
        ),
      ),
    ).toEqual(list.map((item, k) => `type $[${k}].id ${item["id"]} -> "${item["id"]}"`));
  });

  test("one element in the place of another, with nothing in common, is one gone and one come", () => {
    const stranger = { id: 77, sku: "other", price: -3, tags: ["z"] };
    expect(
      compare(
        list,
        list.map((item, k) => (k === 2 ? stranger : item)),
      ).differences.map(({ kind, path }) => `${kind} ${path}`),
    ).toEqual(["missing $[2]", "extra $[2]"]);
  });

  test("a page that moved on is one gone at its head and one come at its end", () => {
    const many = items(12);
    expect(
      compare(many.slice(0, 10), many.slice(1, 11)).differences.map(({ kind, path }) => `${kind} ${path}`),
    ).toEqual(["missing $[0]", "extra $[9]"]);
  });

  test("elements without an identity are recognised by likeness", () => {
    const rows = Array.from({ length: 8 }, (_, k) => ({ a: k % 2, b: k % 3, c: "same", d: k % 4 }));
    const other = [{ a: 9, b: 9, c: "new", d: 9 }, ...rows.map((row, k) => (k === 5 ? { ...row, d: 100 } : row))];
    expect(told(compare(rows, other))).toEqual([
      'extra $[0]  -> {"a":9,"b":9,"c":"new","d":9}',
      "value $[5].d 1 -> 100",
    ]);
  });

  test("euros that became cents are told at each price", () => {
    const prices = [{ price: 1 }, { price: 2 }, { price: 3 }];
    expect(
      told(
        compare(
          prices,
          prices.map(({ price }) => ({ price: price * 100 })),
        ),
      ),
    ).toEqual(["value $[0].price 1 -> 100", "value $[1].price 2 -> 200", "value $[2].price 3 -> 300"]);
  });

  test("scalars: what is inserted, removed or changed among equals is just that", () => {
    expect(told(compare([1, 2, 3, 4], [1, 2, 2.5, 3, 4]))).toEqual(["extra $[2]  -> 2.5"]);
    expect(told(compare([1, 2, 3, 4], [1, 3, 4]))).toEqual(["missing $[1] 2 -> "]);
    expect(told(compare([1, 2, 3, 4], [1, 9, 3, 4]))).toEqual(["value $[1] 2 -> 9"]);
    expect(told(compare(["a", "b", "a", "b"], ["b", "a", "b"]))).toEqual(['missing $[0] "a" -> ']);
    expect(told(compare([1, 2, 3], [1, null, 3]))).toEqual(["type $[1] 2 -> null"]);
  });

  test("lists of lists are aligned too", () => {
    const rows = [
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ];
    expect(told(compare(rows, [[0, 0, 0], ...rows]))).toEqual(["extra $[0]  -> [0,0,0]"]);
    expect(
      told(
        compare(rows, [
          [1, 2, 3],
          [4, 50, 6],
          [7, 8, 9],
        ]),
      ),
    ).toEqual(["value $[1][1] 5 -> 50"]);
    expect(told(compare(rows, [rows[2]!, rows[0]!, rows[1]!]))).toEqual(["order $ [0,1,2] -> [2,0,1]"]);
  });

  test("a list of which nothing is left is one difference", () => {
    expect(compare({ items: list }, { items: [] }).differences.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      "value $.items",
    ]);
    expect(told(compare(["a", "b", "c"], ["x", "y"]))).toEqual(['value $ ["a","b","c"] -> ["x","y"]']);
    expect(told(compare([], [1]))).toEqual(["extra $[0]  -> 1"]);
    expect(told(compare([1], []))).toEqual(["missing $[0] 1 -> "]);
  });

  test("beyond its budget it pairs more cheaply and says so", () => {
    const rows = (by: number) => Array.from({ length: 60 }, (_, k) => ({ a: [k % 7, k % 5], b: { c: (k * by) % 11 } }));
    const [legacy, candidate] = [JSON.stringify(rows(1)), JSON.stringify(rows(3).toReversed().slice(1))];
    expect(compareJson(legacy, candidate, STRICT, { budget: 10_000_000 }).approximate).toBe(false);
    const cheap = compareJson(legacy, candidate, STRICT, { budget: 100 });
    expect(cheap.approximate).toBe(true);
    expect(cheap.differences.length).toBeGreaterThan(0);
  });

  test("after the deadline lists that differ are told as a whole, and what is equal is still equal", () => {
    const many = items(2_000);
    const overdue = { budget: 1_000_000, overdue: () => true };
    const [legacy, candidate] = [
      JSON.stringify({ many, x: {} }),
      JSON.stringify({ x: {}, many: [{ id: -1 }, ...many.slice(5)] }),
    ];
    const wide = (text: string) => `[${Array.from({ length: 600 }, () => "{}").join(",")},${text}]`;
    const late = compareJson(wide(legacy), wide(candidate), STRICT, overdue);
    expect(late.overdue).toBe(true);
    expect(late.approximate).toBe(true);
    expect(late.differences.map(({ kind, path }) => `${kind} ${path}`)).toEqual(["value $[600].many"]);
    expect(compareJson(wide(legacy), ` ${wide(legacy)}`, STRICT, overdue).differences).toEqual([]);
  });

  test("pathological lists are paired in bounded time", () => {
    const flags = (size: number, of: number) => Array.from({ length: size }, (_, k) => (k * of) % 7);
    const rows = (size: number, of: number) =>
      Array.from({ length: size }, (_, k) => ({ a: (k * of) % 3, b: (k * of) % 5, c: [k % of] }));
    const nested = (size: number, of: number) =>
      Array.from({ length: size / 50 }, (_, k) => Array.from({ length: 40 }, (_, m) => [k * of + m, [m % of]]));
    const pairs: Record<string, (size: number) => [Json, Json]> = {
      flags: (size) => [flags(size, 1), flags(size, 3)],
      rows: (size) => [rows(size, 2), rows(size, 3).slice(1)],
      nested: (size) => [nested(size, 2), nested(size, 3).slice(1)],
      reversed: (size) => [items(size), items(size).toReversed()],
    };
    for (const [name, pair] of Object.entries(pairs)) {
      const comparing = (size: number) => {
        const [legacy, candidate] = pair(size);
        return () => expect(compare(legacy, candidate).differences.length).toBeGreaterThan(0);
      };
      // Eight times as long: quadratic work takes 64 times as long.
      expect(cpuRatio(comparing(20_000), comparing(2_500), 30), name).toBeLessThanOrEqual(30);
    }
  });
});
