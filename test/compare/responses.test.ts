import { Buffer } from "node:buffer";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { compareResponses, identical } from "../../src/compare/index.ts";
import { differ, LIMITS, response, rules, said } from "./support.ts";

const JSON_TYPE = "application/json";

describe("status", () => {
  test("another status of the same class is a difference beside those of the body", () => {
    const result = differ(
      { status: 200, type: JSON_TYPE, body: '{"a":1}' },
      { status: 201, type: JSON_TYPE, body: '{"a":2}' },
    );
    expect(said(result)).toEqual(["status value 200 -> 201", "body $.a value 1 -> 2"]);
  });

  test("another class of status is the one difference: all else follows from it", () => {
    const result = differ({ type: JSON_TYPE, body: '{"a":1}' }, { status: 500, type: "text/html", body: "<h1>oops" });
    expect(said(result)).toEqual(["status value 200 -> 500"]);
    expect(result.differences[0]!.path).toBe("");
  });

  test("where the status is ignored, the body is compared all the same, and the rule is counted", () => {
    const result = differ(
      { type: JSON_TYPE, body: '{"a":1}' },
      { status: 400, type: JSON_TYPE, body: '{"a":2}' },
      { ignore: ["status"] },
    );
    expect(said(result)).toEqual(["body $.a value 1 -> 2"]);
    expect(result.masked).toEqual([{ rule: "ignore status", count: 1 }]);
  });

  test("a 304 has no body to compare", () => {
    expect(differ({ status: 304, body: "" }, { status: 304, body: "junk" }).differences).toEqual([]);
  });

  test("only what `only` names is compared", () => {
    const a = { status: 200, type: JSON_TYPE, fields: ["X-A", "1"], body: '{"a":1}' };
    const b = { status: 201, type: JSON_TYPE, fields: ["X-A", "2"], body: '{"a":2}' };
    expect(said(differ(a, b, { only: ["status"] }))).toEqual(["status value 200 -> 201"]);
    expect(said(differ(a, b, { only: ["field x-a"] }))).toEqual(['field x-a value "1" -> "2"']);
  });
});

describe("bodies of which one is not of the body's type", () => {
  const shown = (legacy: object, candidate: object) =>
    differ({ status: 404, ...legacy }, { status: 404, ...candidate })
      .differences.filter(({ where }) => where === "body")
      .map(({ kind, path, legacy, candidate }) => ({ kind, path, legacy, candidate }));
  const json = (body: string) => ({ type: JSON_TYPE, body });
  const text = (body: string) => ({ type: "text/plain", body });
  const at = { kind: "format", path: "$" };

  test("show what each side said", () => {
    expect(shown(json("{}"), text("Not Found"))).toEqual([{ ...at, legacy: "{}", candidate: '"Not Found"' }]);
    expect(shown(text("Not Found"), json("{}"))).toEqual([{ ...at, legacy: '"Not Found"', candidate: "{}" }]);
    expect(shown(json('{ "error": 1.0 }'), json("oops"))).toEqual([
      { ...at, legacy: '{ "error": 1.0 }', candidate: '"oops"' },
    ]);
    expect(shown(json('{"a":1}'), json(""))).toEqual([{ ...at, legacy: '{"a":1}', candidate: '""' }]);
    expect(shown({ type: "application/xml", body: "<a/>" }, { type: "application/xml", body: "<a>" })).toEqual([
      { ...at, legacy: '"<a/>"', candidate: '"<a>"' },
    ]);
  });

  test("are shown by their beginning where they are long", () => {
    const long = JSON.stringify({ list: Array.from({ length: 2_000 }, (_, k) => k) });
    const [difference] = shown(json(long), text("oops"));
    expect(JSON.parse(difference!.legacy!)).toBe(long.slice(0, 200));
  });
});

describe("content codings", () => {
  const body = JSON.stringify({ items: Array.from({ length: 50 }, (_, i) => ({ id: i, n: i })) });
  const codings: [string, Uint8Array][] = [
    ["gzip", gzipSync(body)],
    ["x-gzip", gzipSync(body)],
    ["deflate", deflateSync(body)],
    ["deflate", deflateRawSync(body)],
    ["br", brotliCompressSync(body)],
    ["zstd", zstdCompressSync(body)],
    ["br, gzip", gzipSync(brotliCompressSync(body))],
    ["identity", Buffer.from(body)],
    ["GZIP", gzipSync(body)],
  ];

  test.each(codings)("%s against no coding is a match where the content is equal", (coding, bytes) => {
    const coded = { type: JSON_TYPE, fields: ["Content-Encoding", coding], body: bytes };
    expect(differ(coded, { type: JSON_TYPE, body }).differences).toEqual([]);
    expect(differ({ type: JSON_TYPE, body }, coded).differences).toEqual([]);
  });

  test("a difference is found under the coding", () => {
    const other = gzipSync(body.replace('"n":7}', '"n":700}'));
    const coded = { type: JSON_TYPE, fields: ["content-encoding", "gzip"], body: other };
    expect(said(differ({ type: JSON_TYPE, body }, coded))).toEqual(["body $.items[7].n value 7 -> 700"]);
  });

  test.each(["gzip", "deflate", "br", "zstd"])("a broken %s body is `format` on its side", (coding) => {
    const broken = { type: JSON_TYPE, fields: ["content-encoding", coding], body: Buffer.from("not coded at all") };
    const result = differ({ type: JSON_TYPE, body }, broken);
    expect(result.differences).toEqual([
      {
        where: "body",
        path: "$",
        kind: "format",
        legacy: body,
        note: expect.stringContaining(`the candidate's body is not ${coding}`),
      },
    ]);
  });

  test.each([
    ["gzip", gzipSync(body)],
    ["br", brotliCompressSync(body)],
    ["zstd", zstdCompressSync(body)],
    ["deflate", deflateSync(body)],
  ])("a cut %s body is `format`, never compared as far as it goes", (coding, bytes) => {
    const cut = { type: JSON_TYPE, fields: ["content-encoding", coding], body: bytes.subarray(0, bytes.length - 9) };
    expect(said(differ({ type: JSON_TYPE, body }, cut))).toEqual(["body $ format"]);
  });

  test("a bomb stops at the limit: a difference against a small body, incomparable against another bomb", () => {
    const bomb = (level: number) => gzipSync(Buffer.alloc(LIMITS.maxDecoded * 3), { level });
    const coded = (bytes: Uint8Array) => ({ type: JSON_TYPE, fields: ["content-encoding", "gzip"], body: bytes });
    const one = differ({ type: JSON_TYPE, body }, coded(bomb(9)));
    expect(one.differences[0]).toMatchObject({
      kind: "value",
      path: "$",
      note: expect.stringContaining("more than 1000000"),
    });
    const two = differ(coded(bomb(9)), coded(bomb(1)));
    expect(two).toMatchObject({ differences: [], incomparable: true });
    expect(differ(coded(bomb(9)), coded(bomb(9)))).toMatchObject({ differences: [] });
  });

  test("equal bytes under another coding are not equal", () => {
    const coded = { type: JSON_TYPE, fields: ["content-encoding", "gzip"], body: gzipSync(body) };
    expect(said(differ(coded, { type: JSON_TYPE, body: gzipSync(body) }))).toEqual(["body $ format"]);
    const large = { kind: "measured", length: 5_000_000, sha256: "aa" } as const;
    expect(differ({ fields: ["content-encoding", "gzip"], body: large }, { body: large }).incomparable).toBe(true);
  });

  test("an unknown coding on one side is `format`", () => {
    const unknown = { type: JSON_TYPE, fields: ["content-encoding", "compress"], body: "xx" };
    expect(said(differ({ type: JSON_TYPE, body }, unknown))).toEqual(["body $ format"]);
  });

  test.each(["UTF-8", "none", "identity", "", "utf8", "ISO-8859-1", "binary", "8bit", "made-up", "none, UTF-8"])(
    "%j says nothing of the bytes: what is equal is equal, what differs is found",
    (coding) => {
      const labelled = { type: JSON_TYPE, fields: ["Content-Encoding", coding], body };
      expect(differ(labelled, { type: JSON_TYPE, body }).differences).toEqual([]);
      expect(differ({ type: JSON_TYPE, body: ` ${body}` }, labelled).differences).toEqual([]);
      const other = { type: JSON_TYPE, body: body.replace('"n":7}', '"n":700}') };
      expect(said(differ(labelled, other))).toEqual(["body $.items[7].n value 7 -> 700"]);
      const coded = { type: JSON_TYPE, fields: ["Content-Encoding", `gzip, ${coding}`], body: gzipSync(body) };
      expect(differ(coded, labelled).differences).toEqual([]);
    },
  );

  test("an empty body is empty in every coding", () => {
    expect(differ({ fields: ["content-encoding", "gzip"], body: "" }, { body: "" }).differences).toEqual([]);
  });
});

describe("answers to HEAD", () => {
  const head = (length: string | undefined, ...more: string[]) => ({
    type: JSON_TYPE,
    fields: [...(length === undefined ? [] : ["Content-Length", length]), ...more],
  });
  const lengths = (a: string | undefined, b: string | undefined, words = {}, ...more: string[]) =>
    said(differ(head(a, ...more), head(b), words));

  test("differ in the length that they state", () => {
    expect(lengths("1048576", "0")).toEqual(['field content-length value "1048576" -> "0"']);
    expect(lengths("0", "12")).toEqual(['field content-length value "0" -> "12"']);
    expect(lengths("500", "501")).toHaveLength(1);
    expect(lengths("500", "0500")).toEqual([]);
  });

  test("need not state one, and codings make lengths differ", () => {
    expect(lengths("500", undefined)).toEqual([]);
    expect(lengths("500", "200", {}, "Content-Encoding", "gzip")).toEqual([]);
    expect(lengths("500", "0", {}, "Content-Encoding", "gzip")).toHaveLength(1);
  });

  test("are never identical where the lengths differ, and rules apply", () => {
    expect(identical(response(head("1048576")), response(head("0")))).toBe(false);
    expect(identical(response(head("7")), response(head("7")))).toBe(true);
    const ignored = differ(head("5"), head("6"), { ignore: ["field content-length"] });
    expect(ignored).toMatchObject({ differences: [], masked: [{ rule: "ignore field content-length", count: 1 }] });
    expect(lengths("5", "6", { only: ["status"] })).toEqual([]);
    expect(lengths("5", "6", { fields: { compare: ["x-a"], ignore: [] } })).toEqual([]);
  });

  test("a length beside a body is no difference: bodies are compared as they are", () => {
    const body = (text: string) => ({ type: JSON_TYPE, fields: ["Content-Length", `${text.length}`], body: text });
    expect(differ(body('{"a":1}'), body('{ "a": 1 }')).differences).toEqual([]);
    expect(differ({ status: 304, ...head("5") }, { status: 304, ...head("6") }).differences).toEqual([]);
  });
});

describe("bodies too large to keep", () => {
  const large = (sha256: string, length = 5_000_000) => ({ kind: "measured", length, sha256 }) as const;

  test("are equal by length and hash", () => {
    expect(differ({ body: large("aa") }, { body: large("aa") }).differences).toEqual([]);
  });

  test("are one difference at the whole body otherwise, which says what to raise", () => {
    const result = differ({ body: large("aa") }, { body: large("bb") });
    expect(result.differences).toEqual([
      { where: "body", path: "$", kind: "value", note: expect.stringContaining("capture.maxBody") },
    ]);
    expect(said(differ({ body: large("aa") }, { body: "kept" }))).toEqual(["body $ value"]);
    expect(said(differ({ body: large("aa") }, { body: "" }))).toEqual(["body $ format"]);
  });

  test("that were not read to their end are different from what is shorter, and from nothing else for sure", () => {
    const unread = { kind: "measured", length: 1000, sha256: "aa", unread: true } as const;
    const { differences } = differ({ body: "kept" }, { body: unread });
    expect(differences).toMatchObject([{ kind: "value", note: expect.stringContaining("candidate at least 1000") }]);
    const gzip = (length: number) => ({ fields: ["content-encoding", "gzip"], body: gzipSync("x".repeat(length)) });
    expect(differ(gzip(2000), { body: unread })).toMatchObject({ differences: [], incomparable: true });
    expect(differ(gzip(500), { body: unread })).toMatchObject({ differences: [{ kind: "value" }] });
  });

  test("are incomparable where a coding stands between", () => {
    const gzip = ["content-encoding", "gzip"];
    expect(differ({ body: large("aa") }, { fields: gzip, body: large("bb") })).toMatchObject({
      differences: [],
      incomparable: true,
    });
    expect(differ({ body: large("aa") }, { fields: gzip, body: gzipSync("small") })).toMatchObject({
      differences: [{ kind: "value" }],
    });
  });
});

describe("empty against something", () => {
  test("is `format`, whichever side is empty", () => {
    expect(said(differ({ type: JSON_TYPE, body: "{}" }, { type: JSON_TYPE, body: "" }))).toEqual(["body $ format"]);
    expect(said(differ({ type: "text/plain", body: "" }, { type: "text/plain", body: "a" }))).toEqual([
      "body $ format",
    ]);
  });

  test("unless the whole body is ignored", () => {
    const result = differ({ body: "" }, { body: "a" }, { ignore: ["$"] });
    expect(result).toMatchObject({ differences: [], masked: [{ rule: "ignore $", count: 1 }] });
  });
});

describe("identical", () => {
  const chunked = (...chunks: string[]) => {
    const bytes = chunks.map((chunk) => Buffer.from(chunk));
    return { kind: "kept", chunks: bytes, length: Buffer.concat(bytes).length } as const;
  };

  test("does not look at chunk boundaries nor at fields of one answer", () => {
    const a = response({ fields: ["Date", "x", "X-A", "1", "ETag", "u"], body: chunked("ab", "", "cdef") });
    const b = response({ fields: ["X-A", "1", "Date", "y"], body: chunked("abc", "d", "ef") });
    expect(identical(a, b)).toBe(true);
  });

  test.each([
    ["status", { status: 201 }],
    ["a byte", { body: chunked("abX") }],
    ["the length", { body: chunked("ab") }],
    ["a field", { fields: ["X-A", "2"] }],
    ["a missing field", { fields: [] }],
    ["the coding", { fields: ["X-A", "1", "Content-Encoding", "gzip"] }],
    ["a trailer", { trailers: ["X-Sum", "1"] }],
  ])("sees another %s", (_, change) => {
    const base = { fields: ["X-A", "1"], body: chunked("a", "bc") };
    expect(identical(response(base), response(base))).toBe(true);
    expect(identical(response(base), response({ ...base, ...change }))).toBe(false);
    expect(identical(response({ ...base, ...change }), response(base))).toBe(false);
  });

  test("with `fields.compare: all` it looks at every field", () => {
    const all = rules({ fields: { compare: "all", ignore: [] } });
    const [a, b] = [response({ fields: ["Date", "x"] }), response({ fields: ["Date", "y"] })];
    expect(identical(a, b)).toBe(true);
    expect(identical(a, b, all)).toBe(false);
    expect(compareResponses(a, b, all, LIMITS).differences).toHaveLength(1);
  });
});
