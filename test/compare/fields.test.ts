import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PER_ANSWER_FIELDS } from "../../src/compare/index.ts";
import { differ, said } from "./support.ts";

const fields = (a: readonly string[], b: readonly string[], words = {}, origins?: Parameters<typeof differ>[3]) =>
  said(differ({ fields: a }, { fields: b }, words, origins));

describe("fields that mean the same", () => {
  test.each([
    ["Content-Type", "text/html; charset=UTF-8", "text/html;charset=utf-8"],
    ["Content-Type", 'text/html; charset="utf-8"', "TEXT/HTML; Charset=UTF-8"],
    ["Content-Type", "text/plain; format=flowed; charset=utf-8", "text/plain; charset=utf-8; format=flowed"],
    ["Content-Type", "application/json", "application/json; charset=utf-8"],
    ["Content-Type", "multipart/mixed; boundary=a", "multipart/mixed; boundary=b"],
    ["Cache-Control", "no-cache, max-age=0", "max-age=0,No-Cache"],
    ["Cache-Control", 'max-age="60"', "max-age=60"],
    ["Vary", "Accept, Origin", "origin,accept"],
    ["Allow", "GET, HEAD", "HEAD, GET"],
    ["Link", '</a>; rel="next", </b>; rel=prev', '</b>;rel="prev",</a>;rel=Next'],
    ["Strict-Transport-Security", "max-age=1; includeSubDomains", "includeSubdomains; max-age=1"],
    ["Content-Security-Policy", "script-src 'nonce-abc' 'self'", "script-src 'self' 'nonce-def'"],
    ["X-List", "a, b", "a,b"],
    ["Content-Disposition", 'attachment; filename="a.txt"', "attachment; filename=a.txt"],
  ])("%s: %s is %s", (name, a, b) => {
    expect(fields([name, a], [name.toLowerCase(), b])).toEqual([]);
    expect(fields([name, b], [name, a])).toEqual([]);
  });

  test("repeated lines are one list", () => {
    expect(fields(["Vary", "Accept", "X", "1", "Vary", "Origin"], ["X", "1", "Vary", "Origin, Accept"])).toEqual([]);
    expect(fields(["X-A", "1", "X-A", "2"], ["X-A", "1, 2"])).toEqual([]);
  });

  test("every field of the per-answer list is left out by default, in any case, and compared under `all`", () => {
    for (const name of PER_ANSWER_FIELDS) {
      expect(fields([name.toUpperCase(), "1"], [name, "2"])).toEqual([]);
      const trailers = { trailers: [name, "1"] };
      expect(differ(trailers, {}, { fields: { compare: "all", ignore: [] } }).differences).toHaveLength(1);
    }
  });

  test("per-answer fields are not compared by default, and are where they are asked for", () => {
    const [a, b] = [
      ["ETag", '"1"', "Date", "x", "X-Request-Id", "1"],
      ["Date", "y", "Server", "z"],
    ];
    expect(fields(a, b)).toEqual([]);
    expect(fields(a, b, { fields: { compare: ["date"], ignore: [] } })).toEqual(['field date value "x" -> "y"']);
    expect(fields(a, b, { only: ["field etag"] })).toEqual(['field etag missing "\\"1\\"" ->']);
    expect(fields(a, b, { fields: { compare: "all", ignore: ["x-request-id", "server"] } })).toEqual([
      'field etag missing "\\"1\\"" ->',
      'field date value "x" -> "y"',
    ]);
  });
});

describe("fields that differ", () => {
  test.each([
    ["Content-Type", "text/html", "application/json"],
    ["Content-Type", "text/html; charset=utf-8", "text/html; charset=iso-8859-1"],
    ["Cache-Control", "max-age=60", "max-age=61"],
    ["Cache-Control", "private", "public"],
    ["Vary", "Accept", "Accept, Origin"],
    ["Allow", "GET", "get"],
    ["Link", "</a>; rel=next", "</a>; rel=prev"],
    ["Link", "</a,b>; rel=next", "</b,a>; rel=next"],
    ["X-List", "a, b", "b, a"],
    ["X-Quoted", '"a,b"', '"a, b"'],
    ["Location", "/a", "/b"],
  ])("%s: %s is not %s", (name, a, b) => {
    expect(fields([name, a], [name, b])).toEqual([
      `field ${name.toLowerCase()} value ${JSON.stringify(a)} -> ${JSON.stringify(b)}`,
    ]);
  });

  test("missing and extra are told apart, hostile names are names", () => {
    expect(fields(["__proto__", "1"], [])).toEqual(['field __proto__ missing "1" ->']);
    expect(fields([], ["constructor", "1"])).toEqual(['field constructor extra -> "1"']);
  });

  test("an ignored field is counted under its rule", () => {
    const [a, b] = [{ fields: ["X-A", "1", "X-B", "1"] }, { fields: ["X-A", "2", "X-B", "2"] }];
    const result = differ(a, b, { ignore: ["field x-a"], fields: { compare: "default", ignore: ["x-b"] } });
    expect(result.differences).toEqual([]);
    expect(result.masked).toEqual([
      { rule: "ignore field x-a", count: 1 },
      { rule: "fields.ignore x-b", count: 1 },
    ]);
  });

  test("a trailer is compared, and said to be one", () => {
    const result = differ({ trailers: ["X-Sum", "1"] }, { trailers: ["X-Sum", "2"] });
    expect(result.differences).toMatchObject([{ where: "field", path: "x-sum", note: "trailer" }]);
  });
});

describe("cookies", () => {
  test("are compared by name and attributes; another value is no difference", () => {
    const a = ["Set-Cookie", "session=abc; Path=/; HttpOnly", "Set-Cookie", "theme=x"];
    const b = ["Set-Cookie", "theme=x", "Set-Cookie", "session=def; httponly; path=/"];
    expect(fields(a, b)).toEqual([]);
  });

  test("an attribute, a missing cookie and an emptied one are differences, each with its cookie's name", () => {
    const a = ["Set-Cookie", "a=1; Secure", "Set-Cookie", "b=secret1", "Set-Cookie", "c=secret2"];
    const b = ["Set-Cookie", "a=1", "Set-Cookie", "c=; Max-Age=0"];
    const result = differ({ fields: a }, { fields: b });
    expect(result.differences).toEqual([
      {
        where: "field",
        path: "set-cookie",
        kind: "value",
        legacy: '"a=***; secure"',
        candidate: '"a=***"',
        note: 'cookie "a"',
      },
      { where: "field", path: "set-cookie", kind: "missing", legacy: '"b=***"', note: 'cookie "b"' },
      {
        where: "field",
        path: "set-cookie",
        kind: "value",
        legacy: '"c=***"',
        candidate: '"c=; max-age=0"',
        note: 'cookie "c"',
      },
    ]);
  });

  test("the time of expiry moves with the clock, a deleted cookie does not", () => {
    const at = (date: string) => ["Set-Cookie", `a=1; Expires=${date}`];
    expect(fields(at("Wed, 21 Oct 2026 07:28:00 GMT"), at("Wed, 21 Oct 2026 07:28:09 GMT"))).toEqual([]);
    expect(fields(at("Wed, 21 Oct 2026 07:28:00 GMT"), at("Thu, 01 Jan 1970 00:00:00 GMT"))).toHaveLength(1);
  });

  test("a value never shows", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string(), (before, after) => {
        const secret = "S3CR3T-VALUE";
        const a = ["Set-Cookie", `n=${before}${secret}; x=${secret}; Path=/a`];
        const result = differ({ fields: a }, { fields: ["Set-Cookie", `m=${after}${secret}`] });
        // a semicolon ends the value, and what follows is an attribute's name
        if (!`${before}${after}`.includes(";")) expect(JSON.stringify(result)).not.toContain(secret);
      }),
    );
  });
});

describe("each side's own origin", () => {
  const origins = { legacy: ["http://legacy:8080"], candidate: ["https://candidate"] };
  const compare = (name: string, a: string, b: string, words = {}) => fields([name, a], [name, b], words, origins);

  test.each([
    ["Location", "http://legacy:8080/a?b=c", "https://candidate/a?b=c"],
    ["Location", "http://legacy:8080/a", "https://candidate:443/a"],
    ["Content-Location", "http://legacy:8080/a", "https://candidate/a"],
    ["Link", "<http://legacy:8080/a>; rel=next", "<https://candidate/a>; rel=next"],
    ["Location", "/login?to=http%3A%2F%2Flegacy%3A8080%2Fa", "/login?to=https%3A%2F%2Fcandidate%2Fa"],
  ])("%s: %s is %s", (name, a, b) => {
    expect(compare(name, a, b)).toEqual([]);
    expect(compare(name, a, b, { mapOrigins: false })).toHaveLength(1);
  });

  test("another host that begins alike, another port, another path are differences", () => {
    for (const other of ["https://candidate.example/a", "https://candidate:8443/a", "https://candidate/b"]) {
      expect(compare("Location", "http://legacy:8080/a", other)).toHaveLength(1);
    }
  });
});
