import { describe, expect, test } from "vitest";
import { parsePath } from "../../src/jsonpath/parse.ts";
import type { Path } from "../../src/jsonpath/path.ts";
import type { ArrayRule, IgnoreRule } from "../../src/model/rules.ts";
import { compare, type Json, told } from "./documents.ts";

function path(text: string): Path {
  const parsed = parsePath(text);
  if ("fault" in parsed) throw new Error(parsed.fault.message);
  return parsed.path;
}
const ignore = (...places: string[]): { ignore: IgnoreRule[] } => ({
  ignore: places.map((text) => ({ name: `ignore ${text}`, place: { where: "body", path: path(text) } })),
});
const arrays = (text: string, as: ArrayRule["as"]) => ({ arrays: [{ name: "arrays", path: path(text), as }] });
const places = (legacy: Json, candidate: Json, rules = {}) =>
  told(compare(legacy, candidate, rules)).map((line) => line.split(" ").slice(0, 2).join(" "));

const posts = (from: number, count = 10) =>
  Array.from({ length: count }, (_, k) => ({
    id: from + k,
    title: `Post number ${from + k}`,
    views: (from + k) * 37,
    tags: [`tag${(from + k) % 4}`, "all"],
  }));

describe("elements with other identities are other elements", () => {
  test("another page of a list is one difference, at the list", () => {
    const { differences } = compare(posts(1), posts(11));
    expect(differences).toMatchObject([
      { path: "$", kind: "value", note: "none of legacy's 10 elements is in the candidate's list" },
    ]);
    expect(places({ data: posts(1), page: 2 }, { data: posts(11), page: 2 })).toEqual(["value $.data"]);
  });

  test("also where the elements look alike: with many empty members, with string identities, in a list of one", () => {
    const blank = Object.fromEntries(Array.from({ length: 20 }, (_, k) => [`field${k}`, null]));
    const page = (from: number) =>
      posts(from).map(({ id, title }) => ({ uuid: `u-${id}`, title, slug: `post-${id}`, email: `${id}@x`, ...blank }));
    expect(places(page(1), page(11))).toEqual(["value $"]);
    expect(places([{ userId: 1, name: "A", age: 30 }], [{ userId: 2, name: "B", age: 40 }])).toEqual(["value $"]);
    expect(places([posts(1, 1)], [posts(2, 1)])).toEqual(["value $[0]"]);
  });

  test("where some elements are on both sides, the others are gone and come, and changed ones show their change", () => {
    const candidate = [posts(1, 1)[0]!, ...posts(21, 9)];
    expect(new Set(places(posts(1), candidate).map((line) => line.replace(/\d+/, "*")))).toEqual(
      new Set(["missing $[*]", "extra $[*]"]),
    );
    const changed = [{ ...posts(1, 1)[0]!, title: "x", views: -1, tags: [] }, ...posts(21, 9)];
    const found = places(posts(1), changed);
    expect(found).toContain("value $[0].title");
    expect(found.filter((line) => line.startsWith("missing"))).toHaveLength(9 + 0);
    expect(found.filter((line) => line.includes(".id"))).toEqual([]);
  });

  test("an identity that changed while the rest of the element stayed is the change of that leaf", () => {
    const mapped = posts(1).map((post) => ({ ...post, id: `5f0c-${post.id * 7}` }));
    expect(places(posts(1), mapped)).toEqual(posts(1).map((_, k) => `type $[${k}].id`));
    const shifted = posts(1).map((post) => ({ ...post, id: post.id + 1_000 }));
    expect(places(posts(1), shifted)).toEqual(posts(1).map((_, k) => `value $[${k}].id`));
    expect(places([{ id: 1, qty: 5 }], [{ id: 9, qty: 5 }])).toEqual(["value $[0].id"]);
    expect(
      places(
        [
          { id: 1, qty: 5 },
          { id: 2, qty: 5 },
        ],
        [
          { id: 8, qty: 5 },
          { id: 9, qty: 5 },
        ],
      ),
    ).toEqual(["value $[0].id", "value $[1].id"]);
  });

  test("a number and a string of the same digits are one identity", () => {
    const other = posts(1).map((post) => ({ ...post, id: String(post.id), title: "?", views: 0 }));
    const found = places(posts(1), other);
    expect(found.filter((line) => line.startsWith("type"))).toHaveLength(10);
    expect(found.filter((line) => /missing|extra/.test(line))).toEqual([]);
  });

  test("an identity that is ignored tells nothing apart", () => {
    const other = posts(11).map((post, k) => ({ ...posts(1)[k]!, id: post.id, views: -1 }));
    expect(places(posts(1), other, ignore("$[*].id"))).toEqual(posts(1).map((_, k) => `value $[${k}].views`));
  });
});

describe("one changed element in a list of equal length is one change", () => {
  test("although nothing but what is ignored is the same in it", () => {
    const legacy = {
      l: [
        { id: 1, v: 1 },
        { id: 2, v: 2 },
      ],
    };
    const rules = ignore("$.l[*].id");
    expect(
      told(
        compare(
          legacy,
          {
            l: [
              { id: 1, v: 1 },
              { id: 2, v: 3 },
            ],
          },
          rules,
        ),
      ),
    ).toEqual(["value $.l[1].v 2 -> 3"]);
    expect(
      told(
        compare(
          legacy,
          {
            l: [
              { id: 7, v: 1 },
              { id: 8, v: 3 },
            ],
          },
          rules,
        ),
      ),
    ).toEqual(["value $.l[1].v 2 -> 3"]);
  });

  test("and although the lists are of other lengths, where what is ignored is the same", () => {
    const legacy = [
      { at: "a", v: 1 },
      { at: "b", v: 2 },
      { at: "c", v: 3 },
    ];
    const candidate = [
      { at: "b", v: 20 },
      { at: "c", v: 3 },
    ];
    expect(places(legacy, candidate, ignore("$[*].at"))).toEqual(["missing $[0]", "value $[1].v"]);
  });

  test("of scalars, lists and objects, with one leaf or with all of them changed", () => {
    expect(told(compare([1, 2, 3], [1, 9, 3]))).toEqual(["value $[1] 2 -> 9"]);
    expect(
      places(
        [
          [1, 2],
          [3, 4],
        ],
        [
          [1, 2],
          [8, 9],
        ],
      ),
    ).toEqual(["value $[1][0]", "value $[1][1]"]); // prettier-ignore
    expect(places([{ p: 1 }, { p: 2 }], [{ p: 1 }, { p: 200 }])).toEqual(["value $[1].p"]);
    expect(
      places(
        [
          { p: 1, q: 1 },
          { p: 2, q: 2 },
        ],
        [
          { p: 1, q: 1 },
          { p: 7, q: 8 },
        ],
      ),
    ).toEqual(["value $[1].p", "value $[1].q"]);
  });
});

describe("order", () => {
  const items = [
    { sku: "a", n: 1 },
    { sku: "b", n: 2 },
    { sku: "c", n: 3 },
  ];

  test("of a keyed list is compared by default, and ignored where the rule says so", () => {
    const legacy = { items };
    const candidate = { items: [items[2]!, { sku: "a", n: 9 }, items[1]!] };
    expect(places(legacy, candidate, arrays("$.items", { key: ["sku"] }))).toEqual([
      "order $.items",
      "value $.items[0].n",
    ]);
    expect(places(legacy, candidate, arrays("$.items", { key: ["sku"], order: "compared" }))).toEqual([
      "order $.items",
      "value $.items[0].n",
    ]);
    const ignored = compare(legacy, candidate, arrays("$.items", { key: ["sku"], order: "ignored" }));
    expect(told(ignored)).toEqual(["value $.items[0].n 1 -> 9"]);
    expect(ignored.masked).toEqual([{ rule: "arrays", count: 1 }]);
  });

  test("of a list inside an element of a list without order does not hide that they are the same", () => {
    const nested = (inner: Json[]) => [{ rows: inner }, { rows: [{ sku: "z", n: 0 }] }];
    const rules = {
      arrays: [
        { name: "outer", path: path("$"), as: "unordered" },
        { name: "inner", path: path("$[*].rows"), as: { key: ["sku"], order: "ignored" } },
      ] satisfies ArrayRule[],
    };
    expect(told(compare(nested(items), nested(items.toReversed()).toReversed(), rules))).toEqual([]);
  });

  test("of a long list that was reversed is said in few words", () => {
    const many = posts(1, 120);
    const { differences } = compare(many, many.toReversed());
    expect(differences).toEqual([
      {
        where: "body",
        path: "$",
        kind: "order",
        legacy: '["0..119"]',
        candidate: '["119..0"]',
        note: "120 elements in reverse order: legacy's indexes in each side's order, elements known by id",
      },
    ]);
  });
});
