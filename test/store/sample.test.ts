import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { parsePath } from "../../src/jsonpath/parse.ts";
import { bytesOf } from "../../src/model/body.ts";
import type { Comparison } from "../../src/model/comparison.ts";
import { type Fields, fieldValue } from "../../src/model/fields.ts";
import { compileRedactor, exchangeOf, openSqliteStore, type SampleParts } from "../../src/store/index.ts";
import { sampleOf } from "../../src/store/sample.ts";
import { pack, unpack } from "../../src/store/sqlite/packing.ts";
import { NOW, sample } from "./contract.ts";

const parsed = parsePath("$..password");
const parts: SampleParts = {
  redactor: compileRedactor({
    fields: [],
    show: [],
    query: ["token"],
    json: "path" in parsed ? [parsed.path] : [],
    patterns: ["bearer", "card", "email"],
    values: "shown",
  }),
  decode: (bytes, fields) => {
    const coding = fieldValue(fields, "content-encoding");
    return coding === undefined ? bytes : coding === "gzip" ? gunzipSync(bytes) : undefined;
  },
  maxBody: 10_000,
};

function comparison(
  legacy: Uint8Array,
  candidate: Uint8Array,
  fields: Fields,
  over: Partial<Comparison["exchange"]> = {},
): Comparison {
  const response = (bytes: Uint8Array) => ({
    kind: "response" as const,
    status: 200,
    reason: "OK",
    fields,
    body: { kind: "kept" as const, chunks: [bytes.subarray(0, 3), bytes.subarray(3)], length: bytes.length },
    trailers: [],
    firstByteMs: 1,
    durationMs: 2,
  });
  return {
    exchange: {
      id: "id1",
      route: "GET /orders/{id}",
      request: { method: "GET", target: "/orders/7?token=s3&x=1", fields: ["Cookie", "sid=s3"] },
      at: NOW,
      legacy: response(legacy),
      candidate: response(candidate),
      ...over,
    },
    outcome: { outcome: "mismatch" },
    differences: [],
    approximate: false,
    masked: [],
    unconfirmed: false,
    tookMs: 1,
  };
}
const json = ["Content-Type", "application/json; charset=ISO-8859-1", "Content-Length", "9"];
const bytes = (text: string) => Buffer.from(text);

describe("a sample", () => {
  test("keeps what is needed to compare again, decoded and redacted", () => {
    const one = sampleOf(
      comparison(gzipSync('{"a":1,"password":"s3"}'), gzipSync('{"a":2}'), [...json, "Content-Encoding", "gzip"]),
      ["f", "f"],
      parts,
    );
    expect(one).toMatchObject({ id: "id1", findings: ["f"], outcome: "mismatch", reason: "", at: NOW });
    expect(one.request).toEqual({
      method: "GET",
      target: "/orders/7?token=[redacted]&x=1",
      fields: ["Cookie", "sid=[redacted]"],
    });
    expect(one.legacy).toMatchObject({ body: { kind: "text", text: '{"a":1,"password":"[redacted]"}' } });
    const again = exchangeOf(one)!;
    expect(
      again.legacy.kind === "response" && [again.legacy.fields, bytesOf(again.legacy.body as never).toString()],
    ).toEqual([["Content-Type", "application/json; charset=utf-8"], '{"a":1,"password":"[redacted]"}']);
  });

  test("leaves out a body that is too large or cannot be decoded, with its length, and then tries no rules", () => {
    const large = sampleOf(comparison(Buffer.alloc(10_001, 65), bytes("b"), json), [], parts);
    expect(large.legacy).toMatchObject({ body: { kind: "omitted", length: 10_001, why: "too_large" } });
    expect(exchangeOf(large)).toBeUndefined();
    const coded = sampleOf(comparison(bytes("x"), bytes("b"), [...json, "Content-Encoding", "mystery"]), [], parts);
    expect(coded.legacy).toMatchObject({ body: { kind: "omitted", length: 1, why: "coding" } });
  });

  test("of a failure says what failed, without a secret", () => {
    const failure = {
      kind: "failure" as const,
      reason: "connect" as const,
      detail: "connect http://u:p@h/?token=s3",
      durationMs: 1,
    };
    const one = sampleOf(comparison(bytes("{}"), bytes("{}"), json, { candidate: failure }), [], parts);
    expect(one.candidate).toEqual({ ...failure, detail: "connect http://[redacted]@h/?token=[redacted]" });
    expect(exchangeOf(one)?.candidate.kind).toBe("failure");
  });
});

describe("a packed sample", () => {
  test("holds an RFC 6902 patch in place of the candidate's body where that gives back its very text", () => {
    const rows = Array.from({ length: 100 }, (_, i) => ({ id: i, name: `row ${i}` }));
    const other = rows.map((row) => (row.id === 50 ? { ...row, name: "changed" } : row));
    const one = sample("s", ["f"], {}, [JSON.stringify(rows), JSON.stringify(other)]);
    const packed = pack(JSON.stringify(one));
    expect(JSON.parse(packed).candidate.body).toEqual({
      kind: "patch",
      patch: [{ op: "replace", path: "/50/name", value: "changed" }],
    });
    expect(packed.length).toBeLessThan(JSON.stringify(one).length * 0.6);
    expect(unpack(packed)).toEqual(one);
  });

  test("holds both texts where a patch would lose how something was written", () => {
    const filler = `"filler":"${"x".repeat(500)}"`;
    for (const a of [
      '"a": 2',
      '"a":2.0',
      '"a":12345678901234567890',
      '"a":2,"a":3',
      '"a":2,"__proto__":{"b":1}',
      "no json",
    ]) {
      const one = sample("s", ["f"], {}, [`{"a":1,${filler}}`, `{${a},${filler}}`]);
      const packed = pack(JSON.stringify(one));
      expect(JSON.parse(packed).candidate.body.kind).toBe("text");
      expect(unpack(packed)).toEqual(one);
    }
  });
});

describe("a store's files", () => {
  const dir = mkdtempSync(join(tmpdir(), "store-secrets-"));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  test("hold none of the secrets that were in the traffic", async () => {
    const secret = () => `S3${randomBytes(8).toString("hex")}`;
    const planted = Array.from({ length: 12 }, secret);
    const [a, b, c, d, e, f, g, h, i, j, k, l] = planted;
    const body = JSON.stringify({
      password: a,
      nested: JSON.stringify({ password: [b] }),
      mail: `${c}@example.com`,
      link: `https://u:${d}@h/?token=${e}`,
    });
    const page = `<form><input name="password" value="${f}"><p>Bearer ${g}</p></form>`;
    const fields = ["Content-Type", "application/json", "Set-Cookie", `sid=${h}; Path=/`, "Location", `/cb?token=${i}`];
    const one = comparison(bytes(body), bytes(page), fields, {
      request: { method: "GET", target: `/x?token=${j}`, fields: ["Authorization", `Bearer ${k}`] },
      requestBody: bytes(`user=1&password=${l}`),
    });
    const store = await openSqliteStore({ dir, keepMs: 1e13, maxBytes: 1 << 20, now: () => NOW });
    await store.write({ documents: [], samples: [sampleOf(one, ["f"], parts)], audit: [] });
    const search = () => {
      for (const name of readdirSync(dir)) {
        const content = readFileSync(join(dir, name), "latin1");
        for (const text of planted) expect(content, name).not.toContain(text);
      }
    };
    search();
    await store.close();
    search();
    expect(readFileSync(join(dir, "parallel-run.db"), "latin1")).toContain("[redacted]");
  });
});
