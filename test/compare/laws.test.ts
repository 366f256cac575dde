import { Buffer } from "node:buffer";
import { deflateSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareResponses, identical } from "../../src/compare/index.ts";
import type { Response } from "../../src/model/answer.ts";
import { fieldValue } from "../../src/model/fields.ts";
import { bodies, LIMITS, response, rules } from "./support.ts";

const NAMES = ["__proto__", "constructor", "toString", "hasOwnProperty", "a/b", "m~n", "0", "", "a.b", "a"];

const TYPES = [
  ...[
    "application/json",
    "application/problem+json",
    "application/x-ndjson",
    "application/json-seq",
    "application/xml",
  ],
  ...["image/svg+xml", "text/html", "text/plain", "application/x-www-form-urlencoded", "text/csv"],
  ...["text/tab-separated-values", "multipart/mixed; boundary=b", "multipart/form-data", "text/event-stream"],
  ...[
    "application/octet-stream",
    "text/plain; charset=utf-16le",
    "text/html; charset=shift_jis",
    "text/xml; charset=nonsense",
  ],
  ...["junk", "", "image/png", "application/vnd.thing", "application/json; charset=utf-16be", "text/plain;;;=", '"'],
];

const FRAGMENTS = [
  ...[
    '{"a":',
    '{"a":1}',
    "[1,",
    "[]",
    "]",
    "}",
    '"',
    "<a>",
    "</a>",
    "<a b='1'/>",
    "<!doctype html>",
    "<p>",
    "<script>",
  ],
  ...[
    '<?xml version="1.0"?>',
    "&amp;",
    "&x;",
    "<![CDATA[",
    "<!DOCTYPE a [",
    "--b\r\n",
    "--b--\r\n",
    "\r\n\r\n",
    "\r\n",
    "\n",
    "\r",
  ],
  ...[
    "Content-Type: application/json\r\n\r\n",
    "data: ",
    ": ",
    "id: 1\n",
    "\x1e",
    "a=1&",
    "%ff",
    "%zz",
    "+",
    ",",
    ";",
    "\t",
    " ",
  ],
  ...["\0", "\ufeff", "é", "1", "1.0", "1e400", "-0", "null", "x", ...NAMES],
];

const body = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 12 }).map((parts) => Buffer.from(parts.join(""))),
  fc.json().map((text) => Buffer.from(text)),
);

const MIRROR: Readonly<Record<string, string>> = { missing: "extra", extra: "missing" };
const kinds = (all: readonly { readonly kind: string }[]) => all.map(({ kind }) => kind).sort();
const mirrored = (all: readonly { readonly kind: string }[]) => all.map(({ kind }) => MIRROR[kind] ?? kind).sort();

describe("whatever the bytes and the type", () => {
  test("a body equals itself, swapping the sides mirrors the kinds, and nothing throws", () => {
    fc.assert(
      fc.property(body, body, fc.constantFrom(...TYPES), (a, b, type) => {
        const there = bodies(type, a, b);
        expect(bodies(type, a, Buffer.from(a)).differences).toEqual([]);
        expect(kinds(bodies(type, b, a).differences)).toEqual(mirrored(there.differences));
      }),
      { numRuns: 1500 },
    );
  });
});

const fieldName = fc.constantFrom(
  "Content-Type",
  "Content-Encoding",
  "Set-Cookie",
  "Link",
  "Vary",
  "Location",
  "ETag",
  ...NAMES,
);
const anyValue = fc.oneof(
  fc.constantFrom(
    "gzip",
    "br",
    "deflate, gzip",
    "identity",
    "zstd,zstd,zstd",
    "a=b; Path=/",
    '<x>; rel="y"',
    '"',
    "a,b",
    ...TYPES,
  ),
  fc.string(),
);
const fields = fc.array(fc.tuple(fieldName, anyValue), { maxLength: 4 }).map((pairs) => pairs.flat());
const anyBody = fc.oneof(
  body,
  body.map((bytes) => gzipSync(bytes)),
  body.map((bytes) => deflateSync(bytes)),
  fc.record({ kind: fc.constant("measured" as const), length: fc.nat(3), sha256: fc.constantFrom("aa", "bb") }),
);
const anyResponse: fc.Arbitrary<Response> = fc
  .record({ status: fc.constantFrom(200, 201, 204, 304, 404, 500), fields, trailers: fields, body: anyBody })
  .map(response);

describe("whatever the responses", () => {
  const plain = rules();
  const all = rules({ fields: { compare: "all", ignore: [] } });
  const mapped = rules({}, { legacy: ["http://a"], candidate: ["http://b"] });

  test("a response equals itself, swapping the sides mirrors the kinds, and nothing throws", () => {
    fc.assert(
      fc.property(anyResponse, anyResponse, fc.constantFrom(plain, all), (a, b, by) => {
        const [there, back] = [compareResponses(a, b, by, LIMITS), compareResponses(b, a, by, LIMITS)];
        // a body is compared by legacy's type, so only where both have one does it look the same from both sides
        if (fieldValue(a.fields, "content-type") === fieldValue(b.fields, "content-type")) {
          expect(kinds(back.differences)).toEqual(mirrored(there.differences));
        }
        expect(back.incomparable).toBe(there.incomparable);
        expect(compareResponses(a, a, mapped, LIMITS)).toMatchObject({ differences: [] });
        expect(identical(a, a)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test("what is identical has no differences, under the rules it was asked by", () => {
    fc.assert(
      fc.property(anyResponse, fields, fc.constantFrom(plain, all, mapped), (a, more, by) => {
        const b = { ...a, fields: [...a.fields, ...more] };
        if (identical(a, b, by)) expect(compareResponses(a, b, by, LIMITS).differences).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("never equal where the meaning differs", () => {
  const equal = (type: string, a: string, b: string) => bodies(type, a, b).differences.length === 0;

  test("text, but for nothing", () => {
    const text = fc
      .array(fc.constantFrom("a", "b", "\n", "\r\n", "\r", " ", ""), { maxLength: 6 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(equal("text/plain", a, b)).toBe(a === b);
      }),
    );
  });

  test("a form, by what URLSearchParams reads", () => {
    const part = fc.constantFrom("a", "%61", "+", "%20", "%2B", "=", "&", "é", "%C3%A9", "__proto__", "1");
    const form = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(""));
    const read = (text: string) => {
      const names = new Map<string, string[]>();
      for (const [name, value] of new URLSearchParams(text)) names.set(name, [...(names.get(name) ?? []), value]);
      return JSON.stringify([...names].sort());
    };
    fc.assert(
      fc.property(form, form, (a, b) => {
        expect(equal("application/x-www-form-urlencoded", a, b)).toBe(read(a) === read(b));
      }),
      { numRuns: 500 },
    );
  });

  test("CSV, by its cells", () => {
    const cell = fc.constantFrom("a", "b", "", " a", 'q"', "x,y", "1\n2");
    const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { minLength: 1, maxLength: 4 });
    const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;
    const bare = (value: string) => (/[",\n]/.test(value) ? quoted(value) : value);
    const write = (rows: string[][], how: (value: string) => string, end: string) =>
      rows.map((row) => row.map(how).join(",") + end).join("");
    fc.assert(
      fc.property(table, table, (a, b) => {
        expect(equal("text/csv", write(a, quoted, "\n"), write(a, bare, "\r\n"))).toBe(true);
        expect(equal("text/csv", write(a, quoted, "\n"), write(b, quoted, "\n"))).toBe(
          JSON.stringify(a) === JSON.stringify(b),
        );
      }),
      { numRuns: 500 },
    );
  });

  test("NDJSON and JSON sequences, by their documents", () => {
    const documents = fc.array(fc.constantFrom('{"a":1}', '{"a":2}', "1", "2", '"x"', "[1,2]", "[]", "null"), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(documents, documents, (a, b) => {
        const same = JSON.stringify(a) === JSON.stringify(b);
        expect(equal("application/x-ndjson", a.join("\n"), b.join("\r\n"))).toBe(same);
        const sequence = (all: string[]) => all.map((one) => `\x1e${one}\n`).join("");
        expect(equal("application/json-seq", sequence(a), sequence(b))).toBe(same);
      }),
      { numRuns: 300 },
    );
  });

  test("events, by what a browser would dispatch", () => {
    const line = fc.constantFrom(
      "data: a",
      "data:b",
      "data",
      "event: x",
      "id: 1",
      ": c",
      "",
      "retry: 5",
      "retry: x",
      "nonsense: 1",
    );
    const stream = fc.array(line, { maxLength: 6 }).map((lines) => [...lines, "data: end", "", ""].join("\n"));
    const read = (text: string) => {
      const blocks = text.split("\n\n").map((block) => {
        const said: [string, string][] = [];
        for (const one of block.split("\n")) {
          const [, name = "", value = ""] = /^([^:]*)(?:: ?(.*))?$/.exec(one) ?? [];
          if (name === "data") said.push([name, value]);
          else if (["event", "id"].includes(name) || (name === "retry" && /^\d+$/.test(value))) {
            said.splice(0, said.length, ...said.filter(([other]) => other !== name), [name, value]);
          }
        }
        const data = said.filter(([name]) => name === "data").map(([, value]) => value);
        return JSON.stringify([said.filter(([name]) => name !== "data").sort(), data]);
      });
      return JSON.stringify(blocks.filter((block) => block !== "[[],[]]"));
    };
    fc.assert(
      fc.property(stream, stream, (a, b) => {
        expect(equal("text/event-stream", a, b)).toBe(read(a) === read(b));
      }),
      { numRuns: 500 },
    );
  });
});
