import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PER_ANSWER_FIELDS } from "../../src/model/per-answer-fields.ts";
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
    ["Content-Security-Policy-Report-Only", "script-src 'nonce-abc'; img-src *", "img-src *; script-src 'NONCE-d='"],
    ["Content-Security-Policy", "default-src 'Self' HTTPS://A.example/x", "default-src https://a.example/x 'self'"],
    ["Content-Security-Policy", "img-src a; img-src b", "img-src a"],
    ["Content-Security-Policy", "img-src a, img-src b", "img-src b, img-src a"],
    ["Permissions-Policy", 'camera=(), geolocation=(self "https://a")', 'geolocation=("https://a" self), camera=()'],
    ["Permissions-Policy", "camera=(self)", "camera=self"],
    ["Feature-Policy", "camera 'none'; midi 'self' a", "midi a 'self'; camera 'none'"],
    ["WWW-Authenticate", 'Digest realm="a", nonce="b", opaque="c"', 'Digest realm="a", nonce="d", opaque="e"'],
    ["Timing-Allow-Origin", "https://a, https://b", "https://b, https://a"],
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
      const body = "x"; // beside an empty one, as in an answer to HEAD, content-length is compared
      expect(said(differ({ fields: [name.toUpperCase(), "1"], body }, { fields: [name, "2"], body }))).toEqual([]);
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
    ["Content-Security-Policy-Report-Only", "script-src 'nonce-abc'", "script-src 'self'"],
    ["Content-Security-Policy", "script-src 'sha256-AbC='", "script-src 'sha256-abc='"],
    ["Content-Security-Policy", "img-src a; font-src b", "img-src b; font-src a"],
    ["Permissions-Policy", "camera=(self)", "camera=()"],
    ["Permissions-Policy", "camera=(), midi=(self)", "camera=(self), midi=()"],
    ["Permissions-Policy", "camera=(self)", 'camera=("self")'],
    ["WWW-Authenticate", 'Digest realm="a", nonce="b"', 'Digest realm="z", nonce="b"'],
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
        note:
          'cookie "c", legacy keeps it for the session, the candidate deletes it, ' +
          "another value: legacy is a token of 7 characters, the candidate is empty",
      },
    ]);
  });

  test("the time of expiry moves with the clock, a deleted cookie does not", () => {
    const at = (date: string) => ["Set-Cookie", `a=1; Expires=${date}`];
    expect(fields(at("Wed, 21 Oct 2026 07:28:00 GMT"), at("Wed, 21 Oct 2026 07:28:09 GMT"))).toEqual([]);
    expect(fields(at("Wed, 21 Oct 2026 07:28:00 GMT"), at("Thu, 01 Jan 1970 00:00:00 GMT"))).toHaveLength(1);
  });

  const DATE = "Wed, 21 Oct 2026 07:28:00 GMT";
  const cookie = (text: string, date: string | undefined = DATE) => [
    ...(date === undefined ? [] : ["Date", date]),
    "Set-Cookie",
    text,
  ];
  const HOUR = "Wed, 21 Oct 2026 08:28:00 GMT";

  test.each([
    ["a=1; Max-Age=3600", `a=1; Expires=${HOUR}`],
    ["a=1; Max-Age=3600", `a=1; Expires=${HOUR}; Max-Age=3600`],
    [`a=1; Expires=${HOUR}`, "a=1; Expires=Wed, 21-Oct-2026 08:28:01 GMT"],
    [`a=1; Expires=${HOUR}`, "a=1; expires=21 Oct 26 08:28:00"],
    ["a=1; Max-Age=0", "a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT"],
    ["a=1; Max-Age=-1", "a=; Expires=Wed, 21 Oct 2026 07:27:59 GMT"],
    ["a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "a=deleted; Expires=Tue, 20 Oct 2026 07:28:00 GMT; Max-Age=0"],
    ["a=1", "a=1; Expires=nonsense"],
    ["a=1; Secure", "a=1; Secure=true"],
    ["a=1; Max-Age=63072000", "a=1; Max-Age=94608000"], // browsers keep none longer than 400 days
  ])("one lifetime in two spellings: %s is %s", (a, b) => {
    expect(fields(cookie(a), cookie(b))).toEqual([]);
    expect(fields(cookie(b), cookie(a))).toEqual([]);
  });

  test.each([
    ["a=1; Expires=Tue, 20 Oct 2026 07:28:00 GMT", "a=1; Expires=Fri, 20 Nov 2026 07:28:00 GMT"],
    ["a=1; Max-Age=3600", "a=1; Max-Age=3601"],
    ["a=1; Max-Age=3600", "a=1"],
    ["a=1", `a=1; Expires=${HOUR}`],
    ["a=1; Max-Age=0", "a=1"],
    ["a=1; Max-Age=2592000", "a=1; Expires=Thu, 19 Nov 2026 07:28:00 GMT"],
    [`a=1; Expires=${HOUR}; Max-Age=60`, `a=1; Expires=${HOUR}`],
  ])("another lifetime: %s is not %s", (a, b) => {
    expect(fields(cookie(a), cookie(b))).toHaveLength(1);
    expect(fields(cookie(b), cookie(a))).toHaveLength(1);
  });

  test("a lifetime is counted from the answer's own Date, and said in words", () => {
    const later = "Wed, 21 Oct 2026 07:30:00 GMT";
    expect(fields(cookie(`a=1; Expires=${HOUR}`), cookie("a=1; Expires=Wed, 21 Oct 2026 08:30:00 GMT", later))).toEqual(
      [],
    );
    expect(fields(cookie("a=1; Max-Age=3600"), cookie(`a=1; Expires=${HOUR}`, ""))).toEqual([]);
    const [gone] = differ({ fields: cookie("a=1; Max-Age=0") }, { fields: cookie("a=1; Max-Age=2592000") }).differences;
    expect(gone?.note).toBe('cookie "a", legacy deletes it, the candidate keeps it for 30 days');
  });

  const UUIDS = ["6ba7b810-9dad-11d1-80b4-00c04fd430c8", "123e4567-e89b-12d3-a456-426614174000"];
  const JWT = (middle: string) => `eyJhbGciOiJIUzI1NiJ9.${middle}.c2ln`;

  test.each([
    [`sid=${UUIDS[0]}`, `sid=${UUIDS[1]}`],
    [`t=${JWT("abcd")}`, `t=${JWT("efghijk")}`],
    ["sid=0123456789abcdef", "sid=fedcba9876543210"],
    ["sid=QmFzZTY0IGRhdGEgaGVyZQ", "sid=b3RoZXIgZGF0YSBzdGFuZHM"],
    ["csrf=abc", "csrf=xyz"],
    ["n=12345", "n=8a31x"],
    ['lang="en"', "lang=en"],
  ])("values that may be one thing made anew: %s is %s", (a, b) => {
    expect(fields(cookie(a), cookie(b))).toEqual([]);
  });

  test.each([
    ["theme=dark", "theme=light"],
    ["lang=en-US", "lang=en-GB"],
    ["consent=1", "consent=0"],
    ["sid=0123456789abcdef", "sid="],
    ["sid=0123456789abcdef", "sid=undefined"],
    [`sid=${UUIDS[0]}`, "sid=QmFzZTY0IGRhdGEgaGVyZQ"],
    ["sid=0123456789abcdef", "sid=0123456789abcdef0123456789abcdef"],
    [`t=${JWT("abcd")}`, `t=${UUIDS[0]}`],
  ])("another value by its look: %s is not %s, and neither shows", (a, b) => {
    const { differences } = differ({ fields: cookie(a) }, { fields: cookie(b) });
    expect(differences).toHaveLength(1);
    for (const text of [a, b]) {
      const value = text.slice(text.indexOf("=") + 1);
      if (value.length > 4) expect(JSON.stringify(differences)).not.toContain(value);
    }
  });

  test("a head full of cookies of one name takes no time that grows with its square", () => {
    const lines = (from: number, count: number) =>
      Array.from({ length: count }, (_, k) => ["Set-Cookie", `a=${from + k}; Path=/${from + k}`]).flat();
    const time = (count: number): number => {
      const start = process.cpuUsage();
      expect(fields(lines(0, count), lines(count, count))).toHaveLength(count);
      return process.cpuUsage(start).user;
    };
    time(4_000);
    expect(time(16_000)).toBeLessThan(10 * time(4_000) + 100_000);
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
