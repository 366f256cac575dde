import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareJson, compileJsonRules } from "../../src/json/index.ts";
import { patchRuleName } from "../../src/json/rules.ts";
import type { Path, Segment, Selector } from "../../src/jsonpath/path.ts";
import { type CompareRules, NO_RULES } from "../../src/model/rules.ts";
import { cpuRatio } from "../support/growth.ts";
import { anyNames, compare, compareTexts, type Json, LIMITS, pairs, told } from "./documents.ts";

/** A path from steps: a name, an index, `*`, a slice, a list of selectors; after `..` they hold at every depth. */
type Step = string | number | Selector | Step[];
function path(...steps: Step[]): Path {
  const segments: Segment[] = [];
  let descendant = false;
  for (const step of steps) {
    if (step === "..") descendant = true;
    else {
      segments.push({ descendant, selectors: (Array.isArray(step) ? step : [step]).map(selector) });
      descendant = false;
    }
  }
  return { text: `$${JSON.stringify(steps)}`, segments };
}
function selector(step: Step): Selector {
  if (step === "*") return { kind: "wildcard" };
  if (typeof step === "string") return { kind: "name", name: step };
  return typeof step === "number" ? { kind: "index", index: step } : (step as Selector);
}
const body = (at: Path) => ({ where: "body" as const, path: at });
const ignore = (...steps: Step[]) => ({ name: `ignore ${JSON.stringify(steps)}`, place: body(path(...steps)) });
const only = (...steps: Step[]) => ({ name: `only ${JSON.stringify(steps)}`, place: body(path(...steps)) });

describe("ignore", () => {
  test("hides what lies at its place, counts it, and hides nothing else", () => {
    const rules = { ignore: [ignore("meta", "requestId"), ignore("never")] };
    const found = compare({ meta: { requestId: "a", x: 1 } }, { meta: { requestId: 7, x: 2 } }, rules);
    expect(told(found)).toEqual(["value $.meta.x 1 -> 2"]);
    expect(found.masked).toEqual([{ rule: 'ignore ["meta","requestId"]', count: 1 }]);
    expect(compare({ meta: { requestId: "a" } }, { meta: { requestId: "a" } }, rules).masked).toEqual([]);
  });

  test("hides what is missing, extra or a whole subtree", () => {
    const rules = { ignore: [ignore("a")] };
    for (const [legacy, candidate] of [
      [{ a: 1 }, {}],
      [{}, { a: { b: [1] } }],
      [{ a: { b: 1 } }, { a: { b: 2, c: 3 } }],
    ] as [Json, Json][]) {
      expect(compare(legacy, candidate, rules)).toMatchObject({ differences: [], masked: [{ count: 1 }] });
    }
  });

  test("reaches every depth, every element, single indexes and slices", () => {
    const at =
      (...steps: Step[]) =>
      (legacy: never, candidate: never) =>
        told(compare(legacy, candidate, { ignore: [ignore(...steps)] }));
    const deep = at("..", "at") as (l: unknown, c: unknown) => string[];
    expect(deep({ at: 1, x: [{ at: 1, y: 1 }] }, { at: 2, x: [{ at: 2, y: 2 }] })).toEqual(["value $.x[0].y 1 -> 2"]);
    const each = at("x", "*", "at") as (l: unknown, c: unknown) => string[];
    expect(each({ at: 1, x: [{ at: 1 }, { at: 2 }] }, { at: 9, x: [{ at: 3 }, { at: 4 }] })).toEqual([
      "value $.at 1 -> 9",
    ]);
    const list = [1, 2, 3, 4, 5];
    const other = [10, 20, 30, 40, 50];
    expect(told(compare(list, other, { ignore: [ignore(1), ignore(-1)] })).map((line) => line.split(" ")[1])).toEqual([
      "$[0]",
      "$[2]",
      "$[3]",
    ]);
    const slices: [Selector, string[]][] = [
      [{ kind: "slice", start: 1, end: 3 }, ["$[0]", "$[3]", "$[4]"]],
      [{ kind: "slice", step: 2 }, ["$[1]", "$[3]"]],
      [{ kind: "slice", start: -2 }, ["$[0]", "$[1]", "$[2]"]],
      [{ kind: "slice", step: -2 }, ["$[1]", "$[3]"]],
      [{ kind: "slice", start: 3, end: 0, step: -1 }, ["$[0]", "$[4]"]],
      [{ kind: "slice", start: 4, end: 1 }, ["$[0]", "$[1]", "$[2]", "$[3]", "$[4]"]],
    ];
    for (const [slice, left] of slices) {
      expect(told(compare(list, other, { ignore: [ignore(slice)] })).map((line) => line.split(" ")[1])).toEqual(left);
    }
  });

  test("does not keep an element from being recognised", () => {
    const rows = Array.from({ length: 5 }, (_, k) => ({ a: k % 2, noise: `n${k}` }));
    const other = [{ a: 9, noise: "new" }, ...rows.map((row) => ({ ...row, noise: `${row.noise}!` }))];
    expect(told(compare(rows, other, { ignore: [ignore("*", "noise")] }))).toEqual([
      'extra $[0]  -> {"a":9,"noise":"new"}',
    ]);
  });

  test("does not tell an element that has what is ignored from one that has not", () => {
    const rows = Array.from({ length: 5 }, (_, k) => ({ a: k % 2, b: k % 3, noise: k }));
    const other = [{ a: 9, b: 9 }, ...rows.map(({ a, b }) => ({ a, b }))];
    expect(told(compare(rows, other, { ignore: [ignore("*", "noise")] }))).toEqual(['extra $[0]  -> {"a":9,"b":9}']);
  });

  test("at the root hides everything, a broken body too", () => {
    expect(compareTexts("{", "[1]", { ignore: [ignore()] })).toMatchObject({ differences: [], masked: [{ count: 1 }] });
  });

  test("what is left are the differences that lie elsewhere", () => {
    fc.assert(
      fc.property(
        pairs(anyNames),
        fc.constantFrom("a", "b", "id", "", "constructor", "__proto__"),
        ([legacy, candidate], name) => {
          const without = (json: unknown): unknown => {
            if (Array.isArray(json)) return json.map(without);
            if (typeof json !== "object" || json === null) return json;
            return Object.fromEntries(
              Object.entries(json)
                .filter(([key]) => key !== name)
                .map(([key, value]) => [key, without(value)]),
            );
          };
          const [left, right] = [JSON.stringify(without(legacy)), JSON.stringify(without(candidate))];
          const hidden = compare(legacy, candidate, { ignore: [ignore("..", name)] });
          expect(hidden.differences.length === 0).toBe(compareTexts(left, right).differences.length === 0);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe("only", () => {
  test("compares nothing but its places", () => {
    const rules = { only: [only("a", "b"), only("typo")] };
    const found = compare({ a: { b: 1, c: 1 }, d: 1 }, { a: { b: 2, c: 2 }, d: 2 }, rules);
    expect(told(found)).toEqual(["value $.a.b 1 -> 2"]);
    expect(found.masked).toEqual([{ rule: 'only ["a","b"]', count: 2 }]);
  });

  test("sees that its place is gone, and no more than that", () => {
    const rules = { only: [only("a", "b")] };
    expect(told(compare({ a: { b: 1 } }, {}, rules))).toEqual(['missing $.a {"b":1} -> ']);
    expect(told(compare({ a: { b: 1 } }, { a: null }, rules))).toEqual(['type $.a {"b":1} -> null']);
    expect(told(compare({ a: { c: 1 } }, {}, rules))).toEqual([]);
    expect(told(compare({ x: [{ p: 1, q: 1 }] }, { x: [{ p: 2, q: 2 }] }, { only: [only("..", "p")] }))).toEqual([
      "value $.x[0].p 1 -> 2",
    ]);
  });

  test("sees another order of its places", () => {
    const list = [
      { id: 1, x: 1 },
      { id: 2, x: 2 },
    ];
    expect(told(compare(list, list.toReversed(), { only: [only("*", "id")] }))).toEqual(["order $ [0,1] -> [1,0]"]);
    expect(told(compare(list, [list[1]!, { id: 3, x: 1 }], { only: [only("*", "x")] }))).toEqual([
      "order $ [0,1] -> [1,0]",
    ]);
  });

  test("for the status alone leaves bodies out", () => {
    expect(compare([1], [2], { only: [{ name: "status", place: { where: "status" } }] }).differences).toEqual([]);
  });
});

describe("arrays", () => {
  const arrays = (as: CompareRules["arrays"][number]["as"], ...steps: Step[]) => ({
    arrays: [{ name: "arrays", path: path(...steps), as }],
  });

  test("an unordered list is a multiset", () => {
    const unordered = arrays("unordered", "tags");
    expect(compare({ tags: ["a", "b", "b"] }, { tags: ["b", "a", "b"] }, unordered)).toMatchObject({
      differences: [],
      masked: [{ rule: "arrays", count: 1 }],
    });
    expect(told(compare({ tags: ["a", "a", "b"] }, { tags: ["b", "a", "b"] }, unordered))).toEqual([
      'value $.tags[0] "a" -> "b"',
    ]);
    expect(
      told(
        compare(
          {
            tags: [
              { k: 1, v: 1 },
              { k: 2, v: 2 },
            ],
          },
          {
            tags: [
              { v: 9, k: 2 },
              { v: 1, k: 1 },
            ],
          },
          unordered,
        ),
      ),
    ).toEqual(["value $.tags[1].v 2 -> 9"]);
    expect(told(compare({ tags: [1, 2, 3] }, { tags: [3, 1] }, unordered))).toEqual(["missing $.tags[1] 2 -> "]);
  });

  test("an unordered list with a tolerance pairs what is near", () => {
    const rules = { ...arrays("unordered"), numbers: [{ name: "near", path: path("..", "*"), tolerance: 0.01 }] };
    expect(told(compare([1, 2, 3], [3.001, 1.001, 2.001], rules))).toEqual([]);
    expect(told(compare([{ x: 1 }, { x: 2 }], [{ x: 2.001 }, { x: 1.5 }], rules))).toEqual(["value $[0].x 1 -> 1.5"]);
  });

  test("lists in lists without order take no more time for each level", () => {
    const nested = (levels: number, leaf: number): Json =>
      Array.from({ length: levels }).reduce<Json>((inner) => [inner, leaf, 1], [leaf]);
    const rules = {
      ...arrays("unordered", "..", "*"),
      numbers: [{ name: "near", path: path("..", "*"), tolerance: 0.1 }],
    };
    const comparing = (levels: number) => {
      const [legacy, candidate] = [nested(levels, 1), nested(levels, 5)];
      return () => expect(compare(legacy, candidate, rules).differences.length).toBeGreaterThan(0);
    };
    // Work that doubled with each level would take 2^225 times as long, and never end.
    expect(cpuRatio(comparing(300), comparing(75), 40)).toBeLessThanOrEqual(40);
  });

  test("an ordered list is paired by index and nothing else", () => {
    expect(told(compare([1, 2], [0, 1, 2], arrays("ordered")))).toEqual([
      "value $[0] 1 -> 0",
      "value $[1] 2 -> 1",
      "extra $[2]  -> 2",
    ]);
  });

  test("a keyed list is paired by its keys, one or several", () => {
    const rows = [
      { a: 1, b: 1, v: 1 },
      { a: 1, b: 2, v: 2 },
      { a: 2, b: 1, v: 3 },
    ];
    const other = [
      { a: 1, b: 2, v: 20 },
      { a: 1, b: 1, v: 1 },
      { a: 3, b: 1, v: 3 },
    ];
    const found = told(compare(rows, other, arrays({ key: ["a", "b"] })));
    expect(found).toEqual([
      "order $ [0,1] -> [1,0]",
      "value $[1].v 2 -> 20",
      'missing $[2] {"a":2,"b":1,"v":3} -> ',
      'extra $[2]  -> {"a":3,"b":1,"v":3}',
    ]);
  });
});

describe("numbers, times and strings", () => {
  const numbers = (rule: object) => ({ numbers: [{ name: "numbers", path: path("..", "*"), ...rule }] });

  test("a tolerance settles what is near, and its edge is exact", () => {
    expect(compare({ x: 0.3 }, { x: 0.295 }, numbers({ tolerance: 0.005 }))).toMatchObject({
      differences: [],
      masked: [{ rule: "numbers", count: 1 }],
    });
    expect(told(compare({ x: 0.3 }, { x: 0.2949 }, numbers({ tolerance: 0.005 })))).toEqual([
      "value $.x 0.3 -> 0.2949",
    ]);
    expect(
      told(compareTexts("[12345678901234567890]", "[12345678901234567891]", numbers({ tolerance: 0.5 }))),
    ).toHaveLength(1);
    expect(
      told(compareTexts("[12345678901234567890]", "[12345678901234567891]", numbers({ tolerance: 1 }))),
    ).toHaveLength(0);
    expect(told(compareTexts("[1e999999999]", "[1]", numbers({ tolerance: 1 })))).toHaveLength(1);
  });

  test("a relative tolerance is a share of legacy's value", () => {
    expect(told(compare([100], [101], numbers({ relative: 0.01 })))).toEqual([]);
    expect(told(compare([100], [101.5], numbers({ relative: 0.01 })))).toHaveLength(1);
    expect(told(compare([0], [1e-9], numbers({ relative: 0.01 })))).toHaveLength(1);
    expect(told(compareTexts("[1e400]", "[1.001e400]", numbers({ relative: 0.01 })))).toEqual([]);
    expect(told(compareTexts("[1e400]", "[1.1e400]", numbers({ relative: 0.01 })))).toHaveLength(1);
  });

  test("a place is held to its shape: no number, no tolerance", () => {
    expect(told(compare({ x: 1 }, { x: "1" }, numbers({ tolerance: 9 })))).toEqual(['type $.x 1 -> "1"']);
    expect(told(compare({ x: 1 }, { x: null }, numbers({ tolerance: 9 })))).toEqual(["type $.x 1 -> null"]);
    expect(told(compare({ x: 1 }, {}, numbers({ tolerance: 9 })))).toEqual(["missing $.x 1 -> "]);
  });

  test("lexical compares numbers as they are written", () => {
    const lexical = numbers({ lexical: true });
    expect(told(compareTexts('{"x":[1,{"y":2}]}', '{"x":[1.0,{"y":2e0}]}', lexical))).toEqual([
      "value $.x[0] 1 -> 1.0",
      "value $.x[1].y 2 -> 2e0",
    ]);
    expect(told(compareTexts('{"x":1}', '{"x":1 }', lexical))).toEqual([]);
  });

  const times = (toleranceMs: number) => ({ times: [{ name: "times", path: path("..", "*"), toleranceMs }] });

  test.each([
    ['"2024-03-01T12:00:00Z"', '"2024-03-01T13:00:00+01:00"'],
    ['"2024-03-01T12:00:00Z"', '"2024-03-01T12:00:00.000000000Z"'],
    ['"2024-03-01T12:00:00Z"', '"20240301T120000Z"'],
    ['"2024-03-01T12:00:00Z"', '"2024-061T12:00Z"'],
    ['"2024-03-01T12:00:00Z"', '"2024-W09-5T12Z"'],
    ['"2024-03-01T00:00:00Z"', '"2024-03-01"'],
    ['"2024-03-01T12:00:00Z"', '"Fri, 01 Mar 2024 12:00:00 GMT"'],
    ['"2024-03-01T12:00:00Z"', '"Friday, 01-Mar-24 12:00:00 GMT"'],
    ['"2024-03-01T12:00:00Z"', '"Fri Mar  1 12:00:00 2024"'],
    ['"2024-03-01T12:00:00Z"', "1709294400"],
    ['"2024-03-01T12:00:00Z"', "1709294400000"],
    ["1709294400", '"1709294400000"'],
    ['"2024-03-01T24:00:00Z"', '"2024-03-02 00:00:00Z"'],
  ])("%s and %s are one instant", (legacy, candidate) => {
    expect(told(compareTexts(`{"at":${legacy}}`, `{"at":${candidate}}`, times(0)))).toEqual([]);
  });

  test("times may be apart by as much as the rule says, and what is no time is not settled", () => {
    const at = (legacy: unknown, candidate: unknown) =>
      told(compare({ at: legacy as string }, { at: candidate as string }, times(2_000)));
    expect(at("2024-03-01T12:00:00Z", "2024-03-01T12:00:02Z")).toEqual([]);
    expect(at("2024-03-01T12:00:00Z", "2024-03-01T12:00:02.001Z")).toHaveLength(1);
    for (const wrong of ["NaN-NaN", "", null, "yesterday", "2024-13-01", "2024-02-30", "2024-03-01T25:00Z", true, {}]) {
      expect(at("2024-03-01T12:00:00Z", wrong)).toHaveLength(1);
    }
    expect(told(compare({ at: "2024-03-01" }, {}, times(2_000)))).toHaveLength(1);
  });

  test("strings may differ in case, outer whitespace, Unicode form, or both match a pattern", () => {
    const strings = (rule: object) => ({ strings: [{ name: "strings", path: path("..", "*"), ...rule }] });
    expect(compare(["Straße"], ["STRASSE"], strings({ ignoreCase: true }))).toMatchObject({
      differences: [],
      masked: [{ rule: "strings", count: 1 }],
    });
    expect(told(compare(["a"], [" a\n"], strings({ trim: true })))).toEqual([]);
    expect(told(compare(["a"], [" A"], strings({ trim: true })))).toHaveLength(1);
    expect(told(compare(["é"], ["e\u0301"], strings({ normalize: "NFC" })))).toEqual([]);
    const uuid = strings({ matches: "^[0-9a-f]{8}-[0-9a-f]{4}" });
    expect(told(compare(["01234567-89ab"], ["fedcba98-7654"], uuid))).toEqual([]);
    expect(told(compare(["01234567-89ab"], ["none"], uuid))).toHaveLength(1);
    expect(told(compare(["01234567-89ab"], [1], uuid))).toHaveLength(1);
    expect(told(compare(["a"], ["b"], strings({ matches: "(" })))).toHaveLength(1);
  });
});

describe("patch", () => {
  const patch = (legacy: CompareRules["patch"]["legacy"], candidate: CompareRules["patch"]["candidate"] = []) => ({
    patch: { legacy, candidate },
  });

  test("a renamed member is moved before comparing, and keeps its digits", () => {
    const rules = patch([{ op: "move", from: "/user_name", path: "/userName" }]);
    const found = compareTexts(
      '{"user_name":1.50,"n":12345678901234567890}',
      '{"userName":1.51,"n":12345678901234567890}',
      rules,
    );
    expect(told(found)).toEqual(["value $.userName 1.50 -> 1.51"]);
    expect(found.masked).toEqual([{ rule: patchRuleName("legacy", rules.patch.legacy[0]!), count: 1 }]);
  });

  test("all operations, on either side, in their order", () => {
    const rules = patch(
      [
        { op: "add", path: "/list/1", value: "x" },
        { op: "add", path: "/list/-", value: "end" },
        { op: "replace", path: "/a", value: { b: 1 } },
        { op: "copy", from: "/a/b", path: "/c~1d" },
        { op: "remove", path: "/gone~0" },
      ],
      [{ op: "remove", path: "/mine" }],
    );
    const found = compare(
      { list: [1, 2], a: 0, "gone~": 1 },
      { list: [1, "x", 2, "end"], a: { b: 1 }, "c/d": 1, mine: 1 },
      rules,
    );
    expect(told(found)).toEqual([]);
  });

  test("an operation that cannot be applied is passed over and not counted", () => {
    const rules = patch([
      { op: "remove", path: "/nothing" },
      { op: "move", from: "/nothing", path: "/a" },
      { op: "replace", path: "/x/y", value: 1 },
      { op: "add", path: "/list/9", value: 1 },
      { op: "move", from: "/a", path: "/list/7" },
      { op: "move", from: "/a", path: "/a/b" },
    ]);
    const found = compare({ a: { b: 1 }, list: [] }, { a: { b: 1 }, list: [] }, rules);
    expect(found).toMatchObject({ differences: [], masked: [] });
  });

  test("a test that fails ends the patch", () => {
    const rules = patch([
      { op: "test", path: "/version", value: 1 },
      { op: "remove", path: "/old" },
    ]);
    expect(told(compare({ version: 1, old: 1 }, { version: 1 }, rules))).toEqual([]);
    expect(told(compare({ version: 2, old: 1 }, { version: 2 }, rules))).toEqual(["missing $.old 1 -> "]);
  });

  test("bodies that are equal byte for byte may differ once one of them is patched", () => {
    expect(told(compare({ a: 1 }, { a: 1 }, patch([{ op: "move", from: "/a", path: "/b" }])))).toEqual([
      "missing $.b 1 -> ",
      "extra $.a  -> 1",
    ]);
  });
});

describe("many rules", () => {
  test("a thousand of them do not show in the time", () => {
    const rules: CompareRules = {
      ...NO_RULES,
      ignore: Array.from({ length: 1_000 }, (_, k) => [
        ignore("..", `noise${k}`),
        ignore("items", "*", `field${k}`, "x"),
        ignore("items", k, "y"),
      ]).flat(),
    };
    const item = (k: number, v: number) => ({
      id: k,
      name: `n${k}`,
      value: { a: k % 10 === 0 ? v : k, b: [1, 2, 3] },
      noise7: v,
    });
    const of = (v: number) => JSON.stringify({ items: Array.from({ length: 3_000 }, (_, k) => item(k, v)) });
    const [legacy, candidate] = [of(-1), of(-2)];
    const [none, many] = [compileJsonRules({ ...NO_RULES, ignore: [ignore("..", "noise7")] }), compileJsonRules(rules)];
    const comparing = (compiled: typeof none) => () =>
      expect(compareJson(legacy, candidate, compiled, LIMITS).differences).toHaveLength(300);
    expect(cpuRatio(comparing(many), comparing(none), 3)).toBeLessThanOrEqual(3);
  });
});
