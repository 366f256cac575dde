// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how a config names the environment
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Config, defaultsFor, type Fault, formatFault, readConfig } from "../../src/config/index.ts";

const URLS = `legacy: { url: "http://legacy:8080" }\ncandidate: { url: "http://candidate:8080" }\n`;
const read = (text: string, env: Record<string, string | undefined> = {}) => readConfig(text, { file: "c.yaml", env });

function configOf(text: string, env?: Record<string, string | undefined>): Config {
  const reading = read(text, env);
  if ("faults" in reading) throw new Error(reading.faults.map(formatFault).join("\n"));
  return reading.config;
}

function faultsOf(text: string, env?: Record<string, string | undefined>): string[] {
  const reading = read(text, env);
  return "faults" in reading ? reading.faults.map(formatFault) : [];
}

/** What DESIGN shows its readers. */
const SHOWN = `
listen: 0.0.0.0:8080
admin: 127.0.0.1:9900
legacy:    { url: "http://legacy:8080" }
candidate: { url: "http://candidate:8080", timeout: 10s, maxInFlight: 256 }
shadow:    { sample: 100%, methods: [GET, HEAD], maxRequestBody: 64KiB }
capture:   { maxBody: 1MiB, budget: 128MiB }
recheck:   { delay: 500ms, perSecond: 20, sample: 1% }
readiness: { tolerance: 0.1%, confidence: 95%, latency: { p95: 1.2 } }
redact:    { fields: [authorization, cookie, set-cookie], json: ["$..password"], query: [token] }
store:     { keep: 14d, maxSize: 2GiB }
routes:
  - match: "GET /orders/{id}"
    shadow: { sample: 10% }
    compare:
      ignore: ["$.meta.requestId", "$..updatedAt"]        # RFC 9535 paths
      arrays: { "$.items": { key: sku }, "$.tags": unordered }
      numbers: [{ path: "$..total", tolerance: 0.005 }]
      times: [{ path: "$..at", tolerance: 2s }]
      patch: { legacy: [{ op: move, from: /user_name, path: /userName }] }   # RFC 6902, before comparing
      fields: { ignore: [x-served-by] }
  - match: "POST /search"
    readOnly: true
  - match: "GET /logout"
    shadow: off
`;

describe("a sound config", () => {
  test("comes out in bytes, milliseconds and shares, with its routes complete", () => {
    const config = configOf(SHOWN);
    expect(config).toMatchObject({
      listen: { host: "0.0.0.0", port: 8080 },
      candidate: { url: "http://candidate:8080", timeout: 10_000, maxInFlight: 256 },
      shadow: { sample: 1, methods: ["GET", "HEAD"], maxRequestBody: 65_536 },
      readiness: { tolerance: 0.001, confidence: 0.95, latency: { p95: 1.2 }, unseen: 0.05, repeat: 10, bake: 60_000 },
      store: { keep: 1_209_600_000, maxSize: 2 ** 31, kind: "memory" },
    });
    const [orders, search, logout] = config.routes;
    expect(orders?.compare).toMatchObject({
      ignore: [{ name: "ignore $.meta.requestId" }, { name: "ignore $..updatedAt" }],
      arrays: [
        { name: "arrays $.items key sku", as: { key: ["sku"] } },
        { name: "arrays $.tags unordered", as: "unordered" },
      ],
      numbers: [{ name: "numbers $..total tolerance 0.005", tolerance: 0.005 }],
      times: [{ name: "times $..at tolerance 2s", toleranceMs: 2_000 }],
      patch: { legacy: [{ op: "move", from: "/user_name", path: "/userName" }], candidate: [] },
      fields: { compare: "default", ignore: ["x-served-by"] },
      mapOrigins: true,
    });
    expect(orders?.shadow).toEqual({
      enabled: true,
      sample: 0.1,
      by: { kind: "id" },
      values: [],
      maxRequestBody: 65_536,
    });
    expect(orders?.readiness).toEqual({
      tolerance: 0.001,
      confidence: 0.95,
      unseen: 0.05,
      repeat: 10,
      bake: 60_000,
      counts: true,
      errors: 0.01,
      latency: { p95: 1.2 },
    });
    expect(search).toMatchObject({ readOnly: true, match: { method: "POST" } });
    expect(logout?.shadow.enabled).toBe(false);
  });

  test("gives no warning for what is shown as an example", () => {
    expect(read(SHOWN).warnings).toEqual([]);
  });

  test("needs two URLs and nothing else, in a file or by flags", () => {
    const flags = defaultsFor({ legacy: "http://legacy:8080/", candidate: "http://candidate:8080" });
    expect(flags).toEqual({ config: configOf(URLS), warnings: [] });
    expect(configOf("legacy: http://legacy:8080\ncandidate: http://candidate:8080")).toEqual(configOf(URLS));
  });

  test("with everything in it commented out or empty is the defaults", () => {
    expect(configOf(`${URLS}shadow:\n  # sample: 10%\nroutes:\ncompare: ~\nlog: { level: }\n`)).toEqual(configOf(URLS));
  });

  test("lets flags win over the file, and blames the flag for its faults", () => {
    const overrides = { legacy: "http://other:1", listen: "127.0.0.1:0", data: "kept" };
    const reading = readConfig(URLS, { file: "c.yaml", env: {}, overrides });
    expect(reading).toMatchObject({
      config: { legacy: { url: "http://other:1" }, listen: { port: 0 }, data: "kept", store: { kind: "sqlite" } },
    });
    const wrong = readConfig(URLS, { file: "c.yaml", env: {}, overrides: { legacy: "other" } });
    expect("faults" in wrong && wrong.faults.map(formatFault)).toEqual([
      "--legacy: legacy.url: `other` has no scheme (did you mean http://other?)",
    ]);
    expect(
      "faults" in defaultsFor({ legacy: "http://legacy:1" }) && defaultsFor({ legacy: "http://legacy:1" }),
    ).toMatchObject({
      faults: [{ file: "--candidate", line: 0, message: "candidate has no url" }],
    });
  });

  test("takes the admin token from the environment where there are flags alone", () => {
    const flags = { legacy: "http://a", candidate: "http://b", admin: "0.0.0.0:9900" };
    const without = defaultsFor(flags, { PARALLEL_RUN_TOKEN: "" });
    expect("faults" in without && without.faults.map(formatFault)).toEqual([
      "--admin: admin is not on loopback and requires no token (set PARALLEL_RUN_TOKEN in the environment, or listen on 127.0.0.1)",
    ]);
    const token = "0123456789abcdef";
    expect(defaultsFor(flags, { PARALLEL_RUN_TOKEN: token })).toMatchObject({
      config: { adminAccess: { token } },
      warnings: [],
    });
    const short = defaultsFor(flags, { PARALLEL_RUN_TOKEN: "short" });
    expect("faults" in short && short.faults.map(formatFault)).toEqual([
      "PARALLEL_RUN_TOKEN: adminAccess.token: the value is too short for a token (at least 16 characters)",
    ]);
  });

  test("joins the rules for all routes to each route's own, which stand first", () => {
    const config = configOf(`${URLS}
compare: { ignore: [field etag], fields: { compare: all, ignore: [X-A] }, patch: { legacy: [{ op: remove, path: /a }] } }
routes:
  - match: GET /a
    compare:
      ignore: [status]
      fields: { ignore: [x-b] }
      mapOrigins: false
      patch: { legacy: [{ op: add, path: /b, value: { __proto__: 1, n: ~ } }] }
  - match: GET /b
`);
    expect(config.compare.ignore.map(({ name }) => name)).toEqual(["ignore field etag"]);
    expect(config.routes[0]?.compare.ignore.map(({ name }) => name)).toEqual(["ignore status", "ignore field etag"]);
    expect(config.routes[0]?.compare).toMatchObject({
      fields: { compare: "all", ignore: ["x-b", "x-a"] },
      mapOrigins: false,
    });
    expect(JSON.stringify(config.routes[0]?.compare.patch.legacy)).toBe(
      '[{"op":"remove","path":"/a"},{"op":"add","path":"/b","value":{"__proto__":1,"n":null}}]',
    );
    expect(config.routes[1]?.compare).toEqual(config.compare);
  });

  test("lists what is redacted beside the built-in names, and what is shown", () => {
    const { redact } = configOf(`${URLS}redact: { fields: [X-Tenant], query: [tag], json: ["$..city"], show: [code] }`);
    expect(redact.fields).toEqual(["x-tenant"]);
    expect(redact.query).toEqual(["tag"]);
    expect(redact.json.map(({ text }) => text)).toEqual(["$..city"]);
    expect(redact.show).toEqual(["code"]);
  });
});

describe("a faulty config", () => {
  test("names each fault in one pass, with its line, its column and what to do", () => {
    const text = `listen: 8080
lisen: x
legacy: { url: "http://legacy:8080" }
candidate: { url: "http://candidate:8080", timeout: 10sec }
shadow: { sample: 10, maxRequestBody: 5 MB }
routes:
  - match: "GET /orders/{id}"
    compare:
      ignore: ["$.items[?@.a]", 'it''s', "\\u0024.a b"]
      patch: { legacy: [{ op: mov, path: /a }] }
      strings: [{ path: $.x, matches: "([" }]
`;
    expect(faultsOf(text)).toEqual([
      "c.yaml:1:9: listen: `8080` is not an address (did you mean 127.0.0.1:8080? It takes host and port: 127.0.0.1:8080, [::1]:8080 or 0.0.0.0:8080)",
      "c.yaml:2:1: unknown key lisen (did you mean listen?)",
      "c.yaml:4:53: candidate.timeout: `10sec` is not a duration (did you mean 10s? It takes a number with ms, s, m, h or d: 500ms, 10s, 14d)",
      "c.yaml:5:19: shadow.sample: `10` is not a share (did you mean 10%? It takes a number with a per cent sign: 100%, 10%, 0.1%)",
      "c.yaml:5:39: shadow.maxRequestBody: `5 MB` is not a size (did you mean 5MiB? It takes a number with B, KiB, MiB, GiB or TiB: 512B, 64KiB, 1MiB)",
      "c.yaml:9:25: routes[0].compare.ignore[0]: `$.items[?@.a]` is not a path: filters are not supported: name places by names, indexes, slices, `*` and `..`",
      "c.yaml:9:33: routes[0].compare.ignore[1]: `it's` is not a place (a path into the body as $.meta.id, or status, or field etag)",
      "c.yaml:9:52: routes[0].compare.ignore[2]: `$.a b` is not a path: expected `.`, `..` or `[`, found `b`",
      "c.yaml:10:31: routes[0].compare.patch.legacy[0].op: `mov` is no RFC 6902 operation (did you mean move? one of add, replace, test, remove, move, copy)",
      "c.yaml:11:39: routes[0].compare.strings[0].matches: `([` is not a regular expression: unterminated character class (as JavaScript reads it, in Unicode mode)",
    ]);
  });

  // One thing wrong each, after two sound lines: where it stands, and what is said of it.
  const third: readonly (readonly [string, string, RegExp])[] = [
    ["candidate: { url: http://c }", "3:1", /the key candidate is written twice/],
    ["a: b: c", "3:4", /not YAML/],
    ["listen: [", "4:1", /not YAML/],
    ["data: { a: ${A} }", "3:13", /not YAML.*put "\$\{NAME\}" in quotes/],
    ["---\nlisten: 127.0.0.1:1", "3:1", /more than one YAML document/],
    ["data: !!binary aGk=", "3:7", /the tag .*binary/],
    ["data: *nobody", "3:7", /no anchor &nobody/],
    ["? [a]\n: b", "3:3", /a key is a plain word/],
    ["__proto__: 1", "3:1", /unknown key __proto__/],
    ["constructor: ", "3:1", /unknown key constructor/],
    ["timeout: 3s", "3:1", /unknown key timeout \(it belongs to legacy, candidate, legacyReplica\)/],
    ["shadow: { <<: { sample: 1% } }", "3:11", /unknown key <<.*merge keys/],
    ["shadow: [off]", "3:9", /shadow: expected a map of keys/],
    ["routes: { match: GET / }", "3:9", /routes: expected a list/],
    ["data: ${NOT_THERE}", "3:7", /NOT_THERE is not in the environment \(set it, or write \$\{NOT_THERE:-default\}\)/],
    ["data: a ${not there}", "3:9", /names no environment variable/],
    ["listen: 0.0.0.0:99999", "3:9", /port past 65535/],
    ["admin: 127.0.0.1:8080", "3:8", /listen and admin are the same address/],
    ["admin: 0.0.0.0:9900", "3:8", /admin is not on loopback and requires no token \(set adminAccess.tokenFile/],
    ["legacyReplica: { url: http://candidate:8080 }", "2:19", /candidate and legacyReplica are the same server/],
    ["adminAccess: { token: short }", "3:23", /the value is too short for a token \(at least 16 characters\)/],
    ["adminAccess: { tokenFile: a, token: 0123456789abcdef }", "3:27", /both token and tokenFile/],
    ["tls: { cert: a.pem }", "3:6", /tls has cert without key/],
    ["limits: { headersTimeout: 2h }", "3:27", /headersTimeout is longer than requestTimeout/],
    ["capture: { maxBody: 1GiB }", "3:21", /larger than capture.budget/],
    ["store: { kind: sqlite }", "3:16", /no data directory/],
    ["log: { level: wanr }", "3:15", /`wanr` is no log level \(did you mean warn\?/],
    ["breaker: { minimum: 1.5 }", "3:21", /`1.5` is not a whole number/],
    ["shadow: { methods: [post] }", "3:21", /not shadowed by its method \(.*readOnly: true\)/],
    ["shadow: { values: [ann] }", "3:19", /`shadow.values` needs `shadow.by`/],
    ["shadow: { ramp: { from: 5% } }", "3:17", /shadow.ramp lacks over/],
    ["shadow: { sample: 1%, ramp: { from: 5%, over: 1h } }", "3:29", /starts above/],
    ["forwarded: { trustedProxies: [10.0.0.0/33] }", "3:31", /not a network/],
    ["routes: [{ readOnly: true }]", "3:10", /routes\[0\] lacks match/],
    ["routes: [{ match: get /a }]", "3:19", /methods are written large: GET/],
    ["routes: [{ match: GET a }]", "3:23", /does not begin with \//],
    ['routes: [{ match: "GET /a?b" }]', "3:26", /has a query/],
    ['routes: [{ match: "GET /a/x{id" }]', "3:28", /neither a word nor a parameter/],
    ['routes: [{ match: "GET /a/{b}-{c}" }]', "3:27", /neither a word nor a parameter/],
    ["routes: [{ match: GET /café }]", "3:27", /no request target has \(as it is on the wire: caf%C3%A9\)/],
    ["routes: [{ match: GET /*/a }]", "3:24", /has \* in the middle/],
    [
      'routes: [{ match: "GET /{a}" }, { match: "GET /{b}" }]',
      "3:42",
      /GET \/\{b\} is declared twice \(the first is on line 3/,
    ],
    ["compare: { arrays: { $.a: { order: ignored } } }", "3:27", /is no way to pair elements .*unordered/],
    ["compare: { arrays: { $.a: { key: id, order: no } } }", "3:27", /order is one of compared, ignored/],
    ["compare: { arrays: { $.a: { key: id, sort: asc } } }", "3:27", /is no way to pair elements/],
    ['compare: { arrays: { "$.a[": unordered } }', "3:27", /is not a path/],
    ["compare: { arrays: { $.a: sorted } }", "3:27", /no way to pair elements/],
    ["compare: { numbers: [{ path: $.a }] }", "3:22", /says nothing about its numbers/],
    ["compare: { patch: { legacy: [{ op: add, path: /a }] } }", "3:30", /add lacks value/],
    ["compare: { patch: { legacy: [{ op: remove, path: $.a.b }] } }", "3:50", /did you mean \/a\/b\?/],
    ["compare: { patch: { legacy: [{ op: add, path: /a, value: 12345678901234567890 }] } }", "3:58", /not exact/],
    ["compare: { ignore: [etag] }", "3:21", /did you mean \$.etag or field etag\?/],
    ["compare: { ignore: [header X-Build] }", "3:21", /did you mean field x-build\?/],
    ["compare: { ignore: [..at] }", "3:21", /did you mean \$\.\.at\?/],
    ["redact: { headers: [x-build] }", "3:11", /unknown key headers in redact \(did you mean fields\?\)/],
    ["store: { path: ./evidence }", "3:10", /it belongs to .*; known here: kind, keep, maxSize, flush/],
    ["compare: { ignore: [field e tag] }", "3:27", /names no field/],
  ];
  test.each(third)("%s is refused at its place", (line, place, message) => {
    const faults = faultsOf(`${URLS}${line}\n`);
    expect(faults[0]).toMatch(new RegExp(`^c\\.yaml:${place}: `));
    expect(faults[0]).toMatch(message);
    expect(faults).toHaveLength(1);
  });

  test.each([
    ["legacy:8080", /has no scheme \(did you mean http:\/\/legacy:8080\?\)/],
    ["ftp://legacy", /neither http nor https/],
    ["http://legacy:8080/api", /has more than an origin \(.* write http:\/\/legacy:8080\)/],
    ["http://legacy?x", /has more than an origin/],
    ["http://", /is not a URL/],
    ["http://localhost:8080", /legacy is this proxy's own listen address/],
    ["http://127.0.0.1:9900", /legacy is this proxy's own admin address/],
    ["http://CANDIDATE:80/", /candidate and legacy are the same server/],
  ])("the URL %s of legacy is refused", (url, message) => {
    const faults = faultsOf(`legacy: { url: "${url}" }\ncandidate: { url: "http://candidate" }`);
    expect(faults).toEqual([expect.stringMatching(message)]);
  });

  test("credentials and tokens are never shown", () => {
    const secret = "s3cr3t-s3cr3t";
    const shown = [
      faultsOf(`legacy: { url: "http://user:${secret}@legacy" }\ncandidate: { url: "http://c" }`),
      faultsOf(`${URLS}adminAccess: { token: ${secret} }`),
      faultsOf(`${URLS}adminAccess: { token: "\${T}", readToken: "\${T}", tokenFile: x }`, { T: `${secret}${secret}` }),
      faultsOf(`${URLS}log: { level: "\${T}" }\ngrace: \${T}\nlisten: x\${T}`, { T: secret }),
    ];
    for (const faults of shown) expect(faults.length).toBeGreaterThan(0);
    expect(JSON.stringify(shown)).not.toContain(secret);
  });

  test("a value cannot forge a line of its own, or move the cursor", () => {
    const [fault, ...more] = faultsOf(`${URLS}grace: "1\\n/etc/passwd:1:1: \\e[2J\\u202e"\n`);
    expect(fault).toBe(
      "c.yaml:3:8: grace: `1\\u000a/etc/passwd:1:1: \\u001b[2J\\u202e` is not a duration (a number with ms, s, m, h or d: 500ms, 10s, 14d)",
    );
    expect(more).toEqual([]);
  });

  test("places are right after a byte order mark, and with carriage returns", () => {
    expect(faultsOf("\ufefflisten: 8080\r\nlegacy: http://a\r\ncandidate: b\r\nfoo: 1\r\n")).toEqual([
      expect.stringMatching(/^c\.yaml:1:9: listen: `8080` is not an address/),
      expect.stringMatching(/^c\.yaml:3:12: candidate: `b` has no scheme/),
      expect.stringMatching(/^c\.yaml:4:1: unknown key foo/),
    ]);
  });

  test("a fault in one place does not hide one between sound places", () => {
    expect(
      faultsOf("legacy: { url: http://same, timeout: 1 }\ncandidate: { url: http://same }\nadmin: 0.0.0.0:1"),
    ).toHaveLength(3);
  });
});

describe("the environment", () => {
  test("fills in scalars, with defaults as a shell has them", () => {
    const text = `${URLS}data: \${DIR}/\${SUB:-runs}
verify: { threads: "\${N}" }
reload: { watch: "\${W:-false}" }
`;
    expect(configOf(text, { DIR: "/var", SUB: "", N: "4" })).toMatchObject({
      data: "/var/runs",
      verify: { threads: 4 },
      reload: { watch: false },
    });
    expect(configOf(`${URLS}data: $\${HOME}`, { HOME: "x" }).data).toBe("${HOME}");
  });

  test("can never change the structure, whatever it holds", () => {
    const hostile = fc.oneof(
      fc.string({ unit: "binary", minLength: 1 }),
      fc.constantFrom(
        "a\nadmin: 0.0.0.0:1",
        "{ url: x }",
        "*a",
        "&a b",
        "!!map {}",
        "x # y",
        "'",
        '"',
        "${DIR}",
        "[1]",
        "~",
        "null",
        "123",
        "true",
      ),
    );
    const sound = configOf(`${URLS}data: here`);
    fc.assert(
      fc.property(
        hostile,
        fc.constantFrom("data: ${DIR}", 'data: "${DIR}"', "data: '${DIR}'", "data: >-\n  ${DIR}"),
        (value, line) => {
          expect(configOf(`${URLS}${line}`, { DIR: value })).toEqual({ ...sound, data: value });
        },
      ),
    );
  });

  test("has no names from a prototype", () => {
    expect(faultsOf(`${URLS}data: \${constructor}`)).toEqual([
      expect.stringMatching(/constructor is not in the environment/),
    ]);
  });
});

describe("whatever the text", () => {
  const word = fc.constantFrom(
    "listen",
    "legacy",
    "url",
    "routes",
    "match",
    "compare",
    "ignore",
    "shadow",
    "$.a",
    "GET /a",
    "10s",
    "off",
    "__proto__",
    "*x",
    "&x",
    "!!map",
    "<<",
    "${A}",
    "~",
    "'",
    '"',
    "|",
    ">",
    "\t",
    "é",
    "\u0000",
    "\ud800",
  );
  const mark = fc.constantFrom(": ", "\n", "\n  ", "\n    ", "- ", "[", "]", "{", "}", ", ", "#", "---\n", " ");
  const yamlish = fc.array(fc.oneof(word, mark), { maxLength: 40 }).map((parts) => parts.join(""));

  test("reading never throws, and every fault points inside of the file", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          yamlish,
          yamlish.map((text) => URLS + text),
          fc.string(),
          fc.string({ unit: "binary" }),
        ),
        (text) => {
          const reading = read(text);
          const lines = text.split("\n");
          const told: readonly Fault[] = "faults" in reading ? reading.faults : reading.warnings;
          if ("faults" in reading) expect(told.length).toBeGreaterThan(0);
          for (const { file, line, column, message } of told) {
            expect(file).toBe("c.yaml");
            expect(message).not.toBe("");
            expect(line).toBeGreaterThanOrEqual(1);
            expect(line).toBeLessThanOrEqual(lines.length);
            expect(column).toBeGreaterThanOrEqual(1);
            expect(column).toBeLessThanOrEqual(lines[line - 1]!.length + 1);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test("an unknown key is always reported, at its place, wherever it stands", () => {
    const name = fc.oneof(
      fc.constantFrom("__proto__", "constructor", "toString", "hasOwnProperty", "urls", "Match"),
      fc.stringMatching(/^[a-z]{3}[A-Za-z0-9_]{3,9}Q$/),
    );
    const section = fc.constantFrom(
      "legacy",
      "shadow",
      "shadow.ramp",
      "readiness.latency",
      "compare",
      "compare.fields",
      "store",
      "adminAccess",
      "",
    );
    fc.assert(
      fc.property(section, name, fc.constantFrom("1", "", "{}", "off"), (place, key, value) => {
        const inside = place === "" ? [] : place.split(".");
        const indent = (depth: number) => "  ".repeat(depth);
        const lines = inside.map((part, depth) => `${indent(depth)}${part}:\n`).join("");
        const before = place === "legacy" ? "" : URLS;
        const text = `${before}${lines}${indent(inside.length)}${key}: ${value}\n`;
        const line = text.split("\n").length - 1;
        const reading = read(text);
        expect("faults" in reading && reading.faults).toContainEqual(
          expect.objectContaining({
            line,
            column: inside.length * 2 + 1,
            message: expect.stringContaining(`unknown key ${key}`),
          }),
        );
      }),
    );
  });

  test("deep, wide and self-referring documents are refused in bounded time", () => {
    for (const text of [
      "[".repeat(10_000),
      "{a: ".repeat(10_000),
      "- ".repeat(10_000),
      `data: ${"x".repeat(2_000_000)}`,
      "legacy: &a { tls: *a }",
      `a: &a [${"x,".repeat(50)}]\nb: &b [${"*a,".repeat(50)}]\nc: &c [${"*b,".repeat(50)}]\nd: [${"*c,".repeat(50)}]`,
    ]) {
      const faults = faultsOf(text);
      expect(faults.length).toBeGreaterThan(0);
      expect(faults.length).toBeLessThan(60);
      expect(new Set(faults).size).toBe(faults.length);
    }
  });
});
