import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readConfig } from "../../src/config/index.ts";
import {
  CompareError,
  type CompareOptions,
  compare,
  compareValues,
  type InputFault,
  type ResponseLike,
  type Rules,
} from "../../src/index.ts";
import { server } from "./serving.ts";

/** What a call refuses. */
function refused(call: () => unknown): readonly InputFault[] {
  try {
    call();
  } catch (error) {
    if (error instanceof CompareError) return error.faults;
    throw error;
  }
  throw new Error("it was not refused");
}

const faultOf = (value: unknown) => refused(() => compareValues(value, null))[0]!;
const rulesFault = (rules: unknown) => refused(() => compare("1", "2", { rules: rules as Rules }));

describe("two bodies from the package", () => {
  test("numbers are compared and shown as they were written", () => {
    const { outcome, differences } = compare('{"id":12345678901234567890}', '{"id":12345678901234567891}');
    expect(outcome).toBe("mismatch");
    expect(differences).toEqual([
      { where: "body", path: "$.id", kind: "value", legacy: "12345678901234567890", candidate: "12345678901234567891" },
    ]);
  });

  test("rules are in the words of a config, and what they settled is counted", () => {
    const rules: Rules = { ignore: ["$.at"], arrays: { "$.tags": "unordered" } };
    expect(compare('{"at":1,"tags":["a","b"]}', '{"at":2,"tags":["b","a"]}', { rules })).toMatchObject({
      outcome: "match",
      differences: [],
      masked: [
        { rule: "ignore $.at", count: 1 },
        { rule: "arrays $.tags unordered", count: 1 },
      ],
    });
  });

  test("a type may be said, and a body may be bytes", () => {
    const found = compare(Buffer.from("a\nb"), new Uint8Array(Buffer.from("x\na\nb")), { type: "text/plain" });
    expect(found.differences).toMatchObject([{ path: "$[0]", kind: "extra" }]);
  });

  test("each side's own origins count as the same", () => {
    const origins = { legacy: ["http://old"], candidate: ["http://new"] };
    expect(compare('{"u":"http://old/"}', '{"u":"http://new/"}', { origins }).outcome).toBe("match");
  });

  test("a decoder reads a type that is bytes otherwise; what it throws is a fault of the bytes", () => {
    const decoders = {
      "application/x-protobuf": (bytes: Uint8Array) => {
        if (bytes[0] === 0) throw new Error("no message");
        return bytes[0] === 1 ? undefined : `{"first":${bytes[0]}}`;
      },
    };
    const type = "application/x-protobuf; proto=x";
    const kinds = (a: number, b: number) =>
      compare(new Uint8Array([a, 0]), new Uint8Array([b, 1]), { type, decoders }).differences.map(
        ({ path, kind }) => `${path} ${kind}`,
      );
    expect(kinds(2, 2)).toEqual([]);
    expect(kinds(2, 3)).toEqual(["$.first value"]);
    expect(kinds(2, 0)).toEqual(["$ format"]);
    expect(kinds(2, 1)).toEqual(["$ format"]);
    expect(kinds(1, 0)).toEqual(["$ value"]);
  });

  test("a deadline that has passed is not a match", () => {
    const limits = { overdue: () => true };
    expect(compare("<a><b/></a>", "<a><c/></a>", { type: "text/xml", limits })).toMatchObject({
      outcome: "not_comparable",
      overdue: true,
    });
  });

  test("text with a lone surrogate is refused, because as UTF-8 two different ones would be equal", () => {
    expect(refused(() => compare("\ud800", "\ud801"))).toMatchObject([
      { path: "legacy", message: expect.stringMatching(/lone surrogate/) },
      { path: "candidate" },
    ]);
    expect(compare('"\\ud800"', '"\\ud801"').outcome).toBe("mismatch");
  });

  test("no body of any bytes is refused", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), fc.constantFrom(undefined, "text/xml", "a/b"), (a, b, type) => {
        const before = [a.slice(), b.slice()];
        expect(compare(a, b, { type }).outcome).toMatch(/match/);
        expect([a, b]).toEqual(before);
      }),
    );
  });
});

describe("two responses from the package", () => {
  test("status, fields, trailers and body are compared", () => {
    const legacy: ResponseLike = {
      status: 200,
      fields: { "content-type": "application/json", "cache-control": "no-store", Date: "today" },
      trailers: { "x-sum": "1" },
      body: '{"total":10}',
    };
    const candidate: ResponseLike = {
      status: 201,
      fields: { "Content-Type": "application/json", "cache-control": "no-cache", Date: "now" },
      trailers: { "x-sum": "2" },
      body: '{"total":11}',
    };
    const { differences } = compare(legacy, candidate);
    expect(differences.map(({ where, path, kind }) => `${where} ${path} ${kind}`)).toEqual([
      "status  value",
      "field cache-control value",
      "field x-sum value",
      "body $.total value",
    ]);
  });

  test("fields are read as fetch, node:http, rawHeaders and pairs have them", () => {
    const forms: readonly ResponseLike["fields"][] = [
      new Headers({ "cache-control": "no-store" }),
      new Map([["Cache-Control", "no-store"]]),
      [["cache-control", "no-store"]],
      ["Cache-Control", "no-store"],
      { "cache-control": "no-store", etag: undefined },
      { "cache-control": ["no-store"] },
    ];
    for (const fields of forms) {
      const [same, other] = [{ "cache-control": "no-store" }, { "cache-control": "private" }];
      expect(compare({ fields }, { fields: same }).outcome).toBe("match");
      expect(compare({ headers: fields }, { fields: other }).outcome).toBe("mismatch");
    }
  });

  test("a body is bytes, text, or a parsed value", () => {
    const fields = { "content-type": "application/json; charset=iso-8859-1", "content-encoding": "gzip" };
    const parsed = { name: "Zoë", total: 10 };
    const latin1 = gzipSync(Buffer.from(JSON.stringify(parsed), "latin1"));
    const text = JSON.stringify(parsed);
    for (const [legacy, candidate] of [
      [latin1, latin1],
      [latin1, text], // decoded already, whatever the fields say
      [text, latin1],
      [latin1, parsed],
      [parsed, parsed],
      [text, text],
    ]) {
      expect(compare({ fields, body: legacy }, { fields, body: candidate }).differences).toEqual([]);
    }
    const other = { ...parsed, total: 11 };
    for (const body of [latin1, parsed]) {
      expect(compare({ fields, body }, { fields, body: other }).differences).toMatchObject([
        { path: "$.total", legacy: "10", candidate: "11" },
      ]);
    }
  });

  test("bytes that fetch gave are decoded already, though its fields name a coding", async () => {
    const body = JSON.stringify({ total: 10 });
    await using legacy = await server((_, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
      response.end(gzipSync(body));
    });
    const fetched = await fetch(legacy.url);
    const { status, headers } = fetched;
    const bytes = new Uint8Array(await fetched.arrayBuffer());
    expect(headers.get("content-encoding")).toBe("gzip");
    const wire: ResponseLike = { status, headers: [...headers], body: gzipSync('{ "total": 10.0 }') };
    expect(compare({ status, headers, body: bytes }, wire).differences).toEqual([]);
    expect(compare({ status, headers, body: gzipSync(body) }, wire).differences).toEqual([]);
    expect(compare({ status, headers: [...headers], body: bytes }, wire).differences).toMatchObject([
      { kind: "format" },
    ]);
  });

  test("a string beside a parsed value is refused, since it may be text or a value", () => {
    expect(refused(() => compare({ body: 5 }, { body: "5" }))).toMatchObject([
      { path: "candidate.body", hint: expect.stringMatching(/JSON\.stringify/) },
    ]);
    const type = "application/json";
    expect(compare({ body: '"5"' }, { body: "5" }, { type }).differences).toMatchObject([{ kind: "type" }]);
  });

  test("what one side has and the other does not is refused, not taken for equal", () => {
    expect(refused(() => compare({ status: 200 }, { fields: {} }))).toMatchObject([
      { path: "candidate", message: expect.stringMatching(/no status/) },
      { path: "legacy", message: expect.stringMatching(/no fields/) },
    ]);
    expect(refused(() => compare("a", { body: "a" }))).toMatchObject([{ path: "legacy" }]);
  });

  test("the type of the options is for a body whose fields do not say it", () => {
    const [a, b] = ["a: 1", "a:   1"];
    const type = "application/yaml";
    expect(compare({ body: a }, { body: b }, { type }).outcome).toBe("match");
    const fields = { "content-type": "text/plain" };
    expect(compare({ fields, body: a }, { fields, body: b }, { type }).outcome).toBe("mismatch");
  });

  test("what is no response is refused with what to do", () => {
    const faults = (given: unknown) => refused(() => compare(given as ResponseLike, { body: "" }));
    expect(faults({ id: 1 })).toMatchObject([
      { path: "legacy", message: "unknown key id", hint: expect.stringMatching(/compareValues/) },
    ]);
    expect(faults({ statusCode: 1 })[0]!.hint).toMatch(/did you mean status\?/);
    expect(faults({ data: 1 })[0]!.hint).toMatch(/did you mean body\?/);
    expect(faults({ bdy: 1 })[0]!.hint).toMatch(/did you mean body\?/);
    expect(faults(new Response("a"))[0]!.hint).toMatch(/await response\.text\(\)/);
    expect(faults(Promise.resolve())[0]!.hint).toMatch(/await/);
    expect(faults(new ArrayBuffer(1))[0]!.hint).toMatch(/new Uint8Array/);
    for (const given of [1, null, undefined, true, [1]]) expect(faults(given)[0]!.hint).toMatch(/compareValues/);
    expect(faults({ status: "200", body: "" })).toMatchObject([{ path: "legacy.status" }, { path: "candidate" }]);
    expect(faults({ fields: { "a b": "1" }, body: "" })[0]).toMatchObject({ path: "legacy.fields['a b']" });
    expect(faults({ fields: { a: "\u0100" }, body: "" })[0]!.message).toMatch(/no field can hold/);
    expect(faults({ headers: ["a"], body: "" })[0]).toMatchObject({ path: "legacy.headers[0]" });
    expect(faults({})[0]!.message).toBe("has nothing to compare");
    expect(faults({ fields: new (class Bag {})(), body: "" })[0]).toMatchObject({ path: "legacy.fields" });
    expect(faults({ body: { at: new Date(0) } })[0]).toMatchObject({ path: "legacy.body.at" });
  });
});

describe("two parsed values from the package", () => {
  test("are compared as JSON, a string as a string", () => {
    expect(compareValues({ total: 10 }, { total: "10" }).differences).toEqual([
      { where: "body", path: "$.total", kind: "type", legacy: "10", candidate: '"10"' },
    ]);
    expect(compareValues("5", 5).differences).toMatchObject([{ path: "$", kind: "type" }]);
    expect(compareValues([1, { a: null }], [1, { a: null }]).outcome).toBe("match");
    const rules: Rules = { numbers: [{ path: "$.a", tolerance: 0.01 }] };
    expect(compareValues({ a: 1 }, { a: 1.005 }, { rules }).outcome).toBe("match");
  });

  test("agree with the comparison of their JSON text, whatever they are", () => {
    const json = fc.jsonValue({ maxDepth: 4 });
    const names = fc.dictionary(fc.constantFrom("__proto__", "constructor", "a/b", "m~n", "0", "", "a'b"), json);
    fc.assert(
      fc.property(fc.oneof(json, names), fc.oneof(json, names), (a, b) => {
        const type = "application/json";
        const text = compare(JSON.stringify(a), JSON.stringify(b), { type }).differences;
        expect(compareValues(a, b).differences).toEqual(text);
        expect(compareValues(a, structuredClone(a)).outcome).toBe("match");
      }),
    );
  });

  test("what is not JSON is refused with its path", () => {
    class Order {
      id = 1;
    }
    const hole: unknown[] = [1, 2, 3];
    delete hole[1];
    const values: readonly unknown[] = [
      undefined,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      () => 1,
      Symbol("a"),
      new Date(0),
      new Map(),
      new Set(),
      /a/,
      new Order(),
      new Number(1),
      Promise.resolve(1),
      new Uint8Array(1),
      Buffer.from("a"),
      { [Symbol("a")]: 1 },
      new Error("a"),
    ];
    for (const value of values) {
      const fault = faultOf({ a: [{ "b c": value }] });
      expect([fault.path, fault.hint]).toEqual(["legacy.a[0]['b c']", expect.any(String)]);
      expect(refused(() => compareValues(1, value))[0]!.path).toBe("candidate");
    }
    expect(faultOf(new Order()).message).toBe("an instance of Order is not JSON");
    expect(faultOf(hole)).toMatchObject({ path: "legacy[1]" });
    expect(faultOf({ toJSON: () => 1 })).toMatchObject({ path: "legacy.toJSON" });
  });

  test("a cycle is refused with its path, and a value that stands twice is no cycle", () => {
    const cycle: Record<string, unknown> = { a: { b: [] } };
    (cycle["a"] as { b: unknown[] }).b.push(cycle);
    expect(faultOf(cycle)).toMatchObject({ path: "legacy.a.b[0]", message: expect.stringMatching(/inside of itself/) });
    const twice = { x: 1 };
    expect(compareValues([twice, twice], [{ x: 1 }, { x: 1 }]).outcome).toBe("match");
  });

  test("values that multiply without end when written are refused at the limit", () => {
    let value: unknown = ["x"];
    for (let i = 0; i < 60; i += 1) value = [value, value];
    const [fault] = refused(() => compareValues(value, null, { limits: { maxDecoded: 1_000_000 } }));
    expect(fault).toMatchObject({ path: "legacy", hint: expect.stringMatching(/maxDecoded/) });
    expect(refused(() => compareValues("long", 1, { limits: { maxDecoded: 3 } }))[0]!.path).toBe("legacy");
  });

  test("a getter that throws gives its path and its cause", () => {
    const cause = new Error("connection closed");
    const value = {
      a: [
        {
          get b() {
            throw cause;
          },
        },
      ],
    };
    const proxy = new Proxy(
      {},
      {
        ownKeys: () => {
          throw cause;
        },
      },
    );
    for (const [given, path] of [
      [value, "legacy.a[0].b"],
      [proxy, "legacy"],
    ] as const) {
      try {
        compareValues(given, 1);
        expect.unreachable();
      } catch (error) {
        expect(error).toBeInstanceOf(CompareError);
        expect(error).toMatchObject({ cause, faults: [{ path, message: "reading it threw: connection closed" }] });
      }
    }
    const response = {
      get body() {
        throw cause;
      },
    };
    expect(refused(() => compare(response, { body: "" }))).toMatchObject([{ path: "legacy" }]);
  });

  test("each value that JSON text can say in another way has one meaning", () => {
    expect(compareValues(-0, 0).outcome).toBe("match");
    expect(compareValues(1e21, 1000000000000000000000n).outcome).toBe("match");
    expect(compareValues(12345678901234567890n, 12345678901234567891n).differences).toMatchObject([
      { legacy: "12345678901234567890", candidate: "12345678901234567891" },
    ]);
    expect(compareValues(Number.MAX_VALUE, Number.MIN_VALUE).outcome).toBe("mismatch");
    expect(compareValues({ a: "\ud800" }, { a: "\ud801" }).differences).toMatchObject([{ path: "$.a" }]);
    expect(compareValues(JSON.parse('{"__proto__":1}'), {}).differences).toMatchObject([
      { path: "$.__proto__", kind: "missing", legacy: "1" },
    ]);
    expect(compareValues(Object.assign(Object.create(null), { a: 1 }), { a: 1 }).outcome).toBe("match");
    expect(compareValues(runInNewContext("({ a: [1, { b: 2 }] })"), { a: [1, { b: 2 }] }).outcome).toBe("match");
  });

  test("a deep value neither overflows the stack nor reads as equal", () => {
    const deep = (end: unknown) => {
      let value = end;
      for (let i = 0; i < 100_000; i += 1) value = [value];
      return value;
    };
    expect(compareValues(deep(1), deep(2)).outcome).toBe("mismatch");
    expect(compareValues(deep(1), deep(1)).outcome).toBe("match");
  });

  test("nothing that is given is changed, be it frozen", () => {
    const freeze = <T>(value: T): T => {
      if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
      return value;
    };
    const [a, b] = [freeze({ list: [{ id: 2 }, { id: 1 }], u: "http://old/" }), freeze({ list: [{ id: 1 }] })];
    const options: CompareOptions = freeze({
      rules: { patch: { legacy: [{ op: "remove", path: "/u" }] }, arrays: { "$.list": { key: "id" } } },
      origins: { legacy: ["http://old"], candidate: ["http://new"] },
    } as const);
    const before = JSON.stringify([a, b, options]);
    expect(compareValues(a, b, options).differences).toMatchObject([{ kind: "missing" }]);
    expect(JSON.stringify([a, b, options])).toBe(before);
  });
});

describe("rules that cannot be used", () => {
  test("are all told, each with its path, what is wrong and what to do", () => {
    const rules = { ignore: ["$.a", "$["], arrys: {}, numbers: [{ path: "$.n" }], times: ["$.t", 5] };
    const found = rulesFault(rules);
    expect(found.find(({ path }) => path === "rules")).toEqual({
      path: "rules",
      message: "unknown key arrys",
      hint: "did you mean arrays?",
    });
    expect(found.filter(({ path }) => path !== "rules")).toMatchObject([
      { path: "rules.ignore[1]", message: expect.stringMatching(/^`\$\[` is not a path: /) },
      { path: "rules.numbers[0]", message: "this says nothing about its numbers" },
      { path: "rules.times[1]" },
    ]);
    try {
      compare("1", "2", { rules: rules as unknown as Rules });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(TypeError);
      expect((error as Error).message.split("\n")).toContain("rules: unknown key arrys (did you mean arrays?)");
    }
  });

  // The same words for the same mistake: whatever `check` says of a config, the library says of its rules.
  test.each([
    { ignore: ["id"] },
    { ignore: "$.a" },
    { only: ["field e tag"] },
    { arrays: { "$.a": "unorderd" } },
    { arrays: { "$[": "ordered" } },
    { arrays: { "$.a": { order: "ignored" } } },
    { numbers: [{ tolerance: 1 }] },
    { numbers: [{ path: "$.a", relative: 10 }] },
    { numbers: [{ path: "$.a", tolerance: -1 }] },
    { times: [{ path: "$.a", tolerance: "10sec" }] },
    { strings: [{ path: "$.a", matches: "(" }] },
    { strings: [{ path: "$.a", normalize: "NFB" }] },
    { json: [1] },
    { patch: { legacy: [{ op: "delete", path: "/a" }] } },
    { patch: { candidate: [{ op: "remove", path: "$.a" }] } },
    { fields: { compare: "some" } },
    { fields: { ignored: ["etag"] } },
    { mapOrigins: "perhaps" },
  ])("have the message and the hint that check gives: %j", (rules) => {
    const urls = { legacy: "http://a.invalid", candidate: "http://b.invalid" };
    const read = readConfig(JSON.stringify({ ...urls, compare: rules }), { file: "config.yaml", env: {} });
    if (!("faults" in read)) throw new Error("check does not refuse it");
    const found = rulesFault(rules);
    expect(found.map(({ hint }) => hint)).toEqual(read.faults.map(({ hint }) => hint));
    for (const [i, { path, message }] of found.entries()) {
      const place = path.replace("rules", "compare");
      expect([`${place}: ${message}`, `${place} ${message}`, `${message} in ${place}`]).toContain(
        read.faults[i]!.message,
      );
    }
  });

  test("may hold nothing that a config cannot", () => {
    expect(rulesFault({ strings: [{ path: "$.a", matches: /^a/ }] })).toMatchObject([
      {
        path: "rules.strings[0].matches",
        message: "a RegExp cannot be part of a rule",
        hint: expect.stringMatching(/"\^a"/),
      },
    ]);
    expect(rulesFault(new Map([["ignore", ["$.a"]]]))).toMatchObject([{ path: "rules" }]);
    expect(rulesFault({ ignore: new Set(["$.a"]) })).toMatchObject([{ path: "rules.ignore" }]);
    const cycle: unknown[] = [];
    cycle.push(cycle);
    expect(rulesFault({ ignore: cycle }).length).toBeGreaterThan(0);
    expect(
      rulesFault({
        get ignore() {
          throw new Error("no");
        },
      }),
    ).toMatchObject([{ path: "rules.ignore", message: "reading it threw: no" }]);
    expect(rulesFault("$.a").length).toBe(1);
    expect(rulesFault([]).length).toBe(1);
  });

  test("a reference to the environment is text, since a program has its values at hand", () => {
    const reference = ["$", "{HOME}"].join("");
    const rules: Rules = { ignore: [`$['${reference}']`] };
    expect(compareValues({ [reference]: 1 }, { [reference]: 2 }, { rules }).masked[0]!.rule).toContain(reference);
  });
});

describe("options that cannot be used", () => {
  test("are told with their path and what to do", () => {
    const faults = (options: unknown) => refused(() => compare("1", "2", options as CompareOptions));
    expect(faults({ ignore: ["$.a"] })).toMatchObject([
      { path: "options", message: "unknown key ignore", hint: "rules stand under rules: { ignore: ... }" },
    ]);
    expect(faults({ rule: {} })[0]!.hint).toBe("did you mean rules?");
    expect(faults({ type: "json" })).toMatchObject([{ path: "options.type" }]);
    expect(faults({ limits: { budget: -1, max: 1 } }).map(({ path }) => path)).toEqual([
      "options.limits",
      "options.limits.budget",
    ]);
    expect(faults({ origins: { legacy: "http://a" } })).toMatchObject([{ path: "options.origins.legacy" }]);
    expect(faults({ origins: { legacy: ["a"] } })).toMatchObject([{ path: "options.origins.legacy[0]" }]);
    expect(faults({ decoders: { "a/b": 1 } })).toMatchObject([{ path: "options.decoders['a/b']" }]);
    const getter = {
      get "a/b"() {
        throw new Error("no");
      },
    };
    expect(faults({ decoders: getter })[0]).toMatchObject({ path: "options.decoders['a/b']" });
    expect(faults("json")).toMatchObject([{ path: "options" }]);
    expect(faults([])).toMatchObject([{ path: "options" }]);
  });
});

test("rules that leave nothing to compare are refused, not taken for a match", () => {
  const only: CompareOptions = { rules: { only: ["status", "field etag"] } };
  expect(refused(() => compare("1", "2", only))).toMatchObject([{ path: "rules.only" }]);
  expect(refused(() => compareValues(1, 2, only))).toMatchObject([{ path: "rules.only" }]);
  expect(compare({ status: 200, body: "1" }, { status: 200, body: "2" }, only).outcome).toBe("match");
  expect(compare({ fields: { etag: "1" } }, { fields: { etag: "2" } }, only).outcome).toBe("mismatch");
});

test("the types of the rules have the keys that a config's `compare` has", () => {
  const every: { [K in keyof Required<Rules>]: NonNullable<Rules[K]> } = {
    ignore: ["status"],
    only: ["$.a"],
    arrays: { "$.a": { key: ["b"], order: "compared" } },
    numbers: [{ path: "$.a", tolerance: 1, relative: "1%", lexical: false }],
    times: ["$.a", { path: "$.b", tolerance: "1s" }],
    strings: [{ path: "$.a", ignoreCase: true, trim: true, normalize: "NFC", matches: "a" }],
    json: ["$.a"],
    patch: { legacy: [{ op: "move", from: "/a", path: "/b" }], candidate: [{ op: "add", path: "/a", value: 1 }] },
    fields: { compare: ["etag"], ignore: ["etag"] },
    mapOrigins: false,
  };
  expect(compare("1", "1", { rules: every }).outcome).toBe("match");
  const file = join(import.meta.dirname, "../../config/parallel-run.schema.json");
  const { properties } = (JSON.parse(readFileSync(file, "utf8")) as { properties: { compare: Schema } }).properties
    .compare;
  expect(keysOf(every)).toEqual(Object.keys(properties!).sort());
  expect(keysOf(every.numbers[0]!)).toEqual(keysIn(properties!["numbers"]!));
  expect(keysOf(every.times[1] as object)).toEqual(keysIn(properties!["times"]!));
  expect(keysOf(every.strings[0]!)).toEqual(keysIn(properties!["strings"]!));
  expect(keysOf(every.fields)).toEqual(keysIn(properties!["fields"]!));
  expect(keysOf(every.patch)).toEqual(keysIn(properties!["patch"]!));
});

type Schema = {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
};

const keysOf = (value: object) => Object.keys(value).sort();

/** The keys of a section, or of the sections that a list holds. */
function keysIn({ properties, items, anyOf }: Schema): string[] {
  if (properties !== undefined) return keysOf(properties);
  return [items, ...(anyOf ?? [])].flatMap((below) => (below === undefined ? [] : keysIn(below)));
}
