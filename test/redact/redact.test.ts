import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parsePath } from "../../src/jsonpath/parse.ts";
import type { Path } from "../../src/jsonpath/path.ts";
import type { Difference } from "../../src/model/difference.ts";
import { compileRedactor, type RedactSettings } from "../../src/store/index.ts";
import { growth, repeated } from "../support/growth.ts";

const path = (text: string): Path => {
  const parsed = parsePath(text);
  if ("fault" in parsed) throw new Error(parsed.fault.message);
  return parsed.path;
};
const settings = (over: Partial<RedactSettings> = {}): RedactSettings => ({
  fields: ["X-Secret"],
  query: ["token"],
  json: [path("$..password")],
  show: [],
  patterns: ["bearer", "card", "email"],
  values: "shown",
  ...over,
});
const redactor = compileRedactor(settings());
const bytes = (text: string) => new TextEncoder().encode(text);
const body = (text: string, type?: string, over?: Partial<RedactSettings>) =>
  (over === undefined ? redactor : compileRedactor(settings(over))).body(bytes(text), type);
const only = (json: string[], over: Partial<RedactSettings> = {}) =>
  compileRedactor(settings({ fields: [], query: [], json: json.map(path), patterns: [], ...over }));

/** Undoes whatever a reader could undo, so that a secret that was only escaped is found. */
function readings(text: string): string {
  let all = text;
  for (let layer = 0, last = text; layer < 12; layer += 1) {
    const next = last
      .replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll("%", ""), "hex").toString("utf8"))
      .replace(/\\u([0-9a-f]{4})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
      .replace(/\\(["'\\/])/g, "$1")
      .replace(/&#x([0-9a-f]+);/gi, (_, hex) => String.fromCodePoint(Number.parseInt(hex, 16)))
      .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
      .replaceAll("&quot;", '"')
      .replaceAll("&amp;", "&")
      .replaceAll("&lt;", "<");
    if (next === last) break;
    all += `\n${next}`;
    last = next;
  }
  return all;
}

describe("a planted secret", () => {
  const word = fc.stringMatching(/^[a-z]{1,6}$/).filter((name) => !["token", "password"].includes(name));
  const hostile = fc.constantFrom("__proto__", "constructor", "toString", "a/b", "m~n", "0", "", "a.b", "'");
  const name = fc.oneof(word, hostile);
  const secret = fc.stringMatching(/^[A-Za-z0-9]{12}$/).map((text) => `S3${text}`);
  const unicode = (text: string) =>
    [...text].map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
  const percent = (text: string) => [...text].map((unit) => `%${unit.charCodeAt(0).toString(16)}`).join("");
  const reference = (text: string) => [...text].map((unit) => `&#${unit.charCodeAt(0)};`).join("");
  /** JSON text with the secret somewhere below `password`, wrapped in what the engineers of this world wrap things in. */
  const inner = secret.chain((planted) =>
    fc
      .constantFrom(
        JSON.stringify(planted),
        `"${unicode(planted)}"`,
        JSON.stringify([{ deep: planted }]),
        JSON.stringify(JSON.stringify({ again: planted })),
      )
      .map((text) => ({ planted, text: `{"id":1,"password":${text},"z":2}` })),
  );
  const wrap = (text: string, how: string, key: string): string => {
    switch (how) {
      case "object":
        return `{${JSON.stringify(key)}:${text},"n":1.0}`;
      case "list":
        return `[0,${text}]`;
      case "string":
        return JSON.stringify({ [`k${key}`]: text });
      default:
        return `{"k":"${unicode(text)}"}`;
    }
  };
  const wrappings = fc.array(fc.tuple(fc.constantFrom("object", "list", "string", "escaped"), name), { maxLength: 5 });

  test("below a secret path never survives in JSON, however it is nested or escaped", () => {
    fc.assert(
      fc.property(
        inner,
        wrappings,
        fc.constantFrom("application/json", "text/plain", "x/y", undefined),
        (one, how, type) => {
          const text = how.slice(0, 4).reduce((whole, [kind, key]) => wrap(whole, kind, key), one.text);
          expect(readings(body(text, type))).not.toContain(one.planted);
          expect(readings(body(text, type, { values: "hashed" }))).not.toContain(one.planted);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("never survives in a form, markup, a table, a part, an event, lines, text, or a target", () => {
    const containers: Record<string, (planted: string) => string> = {
      "application/x-www-form-urlencoded": (s) => `a=1&user[password]=${percent(s)}&b=x+y&token=${s}`,
      "application/xml": (s) =>
        `<?xml version="1.0"?><o><u:password xmlns:u="x">${s}<![CDATA[${s}]]><b>${s}</b></u:password><a password='${s}' t="1"/></o>`,
      "text/html": (s) =>
        `<p>hi<form><input type=password name=password value=${s}><input name="token" value="${reference(s)}"></form><script>var x = a<b; password = "${s}"</script>`,
      "text/csv": (s) => `id,password,note\r\n1,${s},x\r\n2,"${s}, ""quoted""",y\r\n`,
      "multipart/form-data; boundary=xx": (s) =>
        `--xx\r\nContent-Disposition: form-data; name="password"\r\n\r\n${s}\r\n--xx\r\nContent-Type: application/json\r\n\r\n{"password":"${unicode(s)}"}\r\n--xx--\r\n`,
      "text/event-stream": (s) => `event: a\ndata: {"password":\ndata:  "${s}"}\n\n: token=${s}\n\n`,
      "application/x-ndjson": (s) => `{"password":"${s}"}\n{"a":{"password":["${s}"]}}\n`,
      "application/json-seq": (s) => `\u001e{"password":"${s}"}\n\u001e{"password":"${s}"}\n`,
      "text/plain": (s) =>
        `could not fetch http://root:${s}@db/x?token=${s}&y=1 (password: "${s}") Authorization: Bearer ${s}\nCookie: a=${s}; b=${s}\ntoken => ${s}`,
      "application/json": (s) =>
        `{"password": "${s}", "url": "https://h/cb?next=${encodeURIComponent(`/x?token=${s}`)}"`,
      "application/problem+json": (s) =>
        `{"detail":"<password>${s}</password>","x":"a=b&token=${percent(s)}"} trailing password='${s}'`,
      "application/octet-stream": (s) => `\xff\xfe\x00${s}`,
    };
    fc.assert(
      fc.property(secret, fc.constantFrom(...Object.keys(containers)), fc.boolean(), (planted, type, hashed) => {
        const text = containers[type]!(planted);
        const raw = type.endsWith("octet-stream") ? Buffer.from(text, "latin1") : bytes(text);
        const shown = compileRedactor(settings(hashed ? { values: "hashed" } : {})).body(raw, type);
        expect(readings(shown)).not.toContain(planted);
      }),
      { numRuns: 300 },
    );
  });

  test("is never left by a truncated or garbled document", () => {
    fc.assert(
      fc.property(inner, wrappings, fc.nat(), fc.constantFrom("", "<", "}", '"', ",,"), (one, how, at, garbage) => {
        const text = how
          .slice(0, 2)
          .reduce((whole, [kind, key]) => wrap(whole, kind === "escaped" ? "list" : kind, key), one.text);
        const cut = at % (text.length + 1);
        const broken = text.slice(0, cut) + garbage;
        expect(readings(body(broken, "application/json"))).not.toContain(one.planted);
      }),
      { numRuns: 500 },
    );
  });

  test("of a known look never survives, in any container and any documented encoding", () => {
    const looks = ["jane.o'neil+x@mail.example.com", "4111 1111 1111 1111", "4111111111111111", "378282246310005"];
    const encode: Record<string, (text: string) => string> = {
      plain: (text) => text,
      percent: encodeURIComponent,
      twice: (text) => encodeURIComponent(encodeURIComponent(text)),
      every: percent,
      unicode,
      reference,
      json: (text) => JSON.stringify(text),
      jsonInJson: (text) => JSON.stringify(JSON.stringify({ a: text })),
    };
    const around: readonly ((text: string) => string)[] = [
      (text) => text,
      (text) => `{"a":["b ${text.replaceAll('"', '\\"')} c"]}`,
      (text) => `<p title="${text.replaceAll('"', "")}">x ${text}</p>`,
      (text) => `a=1&b=${text}&c`,
      (text) => `error: no such user ${text}, try again`,
      (text) => `["http://h/x?y=${text.replaceAll('"', '\\"')}"]`,
    ];
    const types = ["application/json", "text/plain", "text/html", "application/x-www-form-urlencoded", undefined];
    for (const look of looks) {
      for (const [how, encoded] of Object.entries(encode)) {
        for (const wrapped of around) {
          for (const type of types) {
            const shown = body(wrapped(encoded(look)), type);
            expect(readings(shown), `${how} ${type}: ${shown}`).not.toContain(look);
          }
          expect(readings(redactor.text(wrapped(encoded(look)))), how).not.toContain(look);
        }
        if (how === "plain") continue;
        expect(readings(redactor.target(`/users/${encoded(look)}?q=${encoded(look)}`))).not.toContain(look);
      }
    }
  });
});

describe("what is not secret", () => {
  test("stays as it was written: numbers, spaces, duplicate names, escapes", () => {
    const text = ' {"a": 12345678901234567890, "a":1.0e0 ,"b":"\\u0041", "c":[true,null,{}] }\n';
    expect(body(text, "application/json")).toBe(text);
  });

  test("stays in any JSON that has no secret", () => {
    const plain = fc.json().filter((text) => !/[@%&\\:=<>]{2}|\d{13}|password|token|cookie|auth|\/\//i.test(text));
    fc.assert(
      fc.property(plain, (text) => {
        const shown = body(text, "application/json");
        if (!/[@%&=<>\\]/.test(text)) expect(shown).toBe(text);
        if (shown === text) return;
        // What looks like markup or a parameter may lose something; it stays JSON.
        expect(() => JSON.parse(shown)).not.toThrow();
      }),
    );
  });

  test("long numbers that no payment network issued, and fractions, stay", () => {
    const text = '{"order":1234567890123456,"at":1763769600000,"share":0.4111111111111111,"n":"4111111111111112"}';
    expect(body(text, "application/json")).toBe(text);
  });
});

describe("places", () => {
  test("take everything below them and nothing beside them", () => {
    const r = only(["$.user.card", "$.items[1:3].price", "$.tags[*]"]);
    const text =
      '{"user":{"card":{"n":[1,{"x":"}"}]},"name":"a"},"items":[{"price":1},{"price":2},{"price":3},{"price":4}],"tags":["x",{}]}';
    expect(r.body(bytes(text), "application/json")).toBe(
      '{"user":{"card":"[redacted]","name":"a"},"items":[{"price":1},{"price":"[redacted]"},{"price":"[redacted]"},{"price":4}],"tags":["[redacted]","[redacted]"]}',
    );
  });

  test("that are the whole body take it whole, of whatever type it is", () => {
    for (const all of ["$", "$.*", "$..*"]) {
      for (const [text, type] of [
        ['{"a":1}', "application/json"],
        ["a=1", "application/x-www-form-urlencoded"],
        ["<a>1</a>", "text/xml"],
        ["plain", "text/plain"],
      ] as const) {
        expect(only([all]).body(bytes(text), type)).toBe("[redacted]");
      }
    }
  });

  test("are those that the comparison spells for types that are not JSON", () => {
    const r = only(["$..pin", "$[*].data.key", "$[*].body.key", "$[*].line"]);
    const shown = (path: string) =>
      r.difference("GET /", { where: "body", path, kind: "value", legacy: '"s3"' }).legacy;
    for (const path of [
      "$.order[0].pin",
      "$.order[0]['@pin']",
      "$[3].pin",
      "$[0].data.key",
      "$[1].body.key",
      "$[2].line",
    ]) {
      expect(shown(path), path).toBe('"[redacted]"');
    }
    const none = (text: string, type: string) => expect(r.body(bytes(text), type), type).not.toContain("s3");
    none('<order><item pin="s3"/><pin>s3</pin></order>', "application/xml");
    none('data: {"key":"s3","pin":"s3"}\n\n', "text/event-stream");
    none('{"line":"s3"}\n{"line":"s3"}\n', "application/x-ndjson");
    none('--b\r\nContent-Type: application/json\r\n\r\n{"key":"s3"}\r\n--b--', "multipart/mixed; boundary=b");
    none("id,pin\n1,s3\n", "text/csv");
    none("pin=s3", "application/x-www-form-urlencoded");
  });

  test("that go by index alone take a body that has no such thing as a whole", () => {
    const r = only(["$[3]"]);
    for (const type of [
      "text/plain",
      "text/csv",
      "application/x-www-form-urlencoded",
      "text/html",
      "multipart/x; boundary=b",
      "text/event-stream",
    ]) {
      expect(r.body(bytes("<a>s3"), type), type).toBe("[redacted]");
    }
    expect(r.body(bytes("[0,1,2,3,4]"), "application/json")).toBe('[0,1,2,"[redacted]",4]');
  });

  test("without a name at their end hide the rest of a document from where it is broken", () => {
    expect(only(["$.vault.*"]).body(bytes('{"vault":{"a":"x" "b":"hunter2"}}'), "application/json")).toBe(
      '{"vault":{"a":"[redacted]" [redacted]',
    );
  });

  test("hold in JSON inside of a string, from its own root and from where the string stands", () => {
    const r = only(["$.vault[*]", "$.outer.*[1]"]);
    const text = JSON.stringify({
      x: JSON.stringify({ vault: ["s3", "s4"], kept: 1 }),
      outer: { list: '["kept","s5"]' },
    });
    expect(JSON.parse(r.body(bytes(text), "application/json"))).toEqual({
      x: '{"vault":["[redacted]","[redacted]"],"kept":1}',
      outer: { list: '["kept","[redacted]"]' },
    });
  });

  test("with hostile names are looked up as names and nothing else", () => {
    const r = only(["$.__proto__", "$..constructor", "$['a/b']", "$['']"]);
    expect(r.body(bytes('{"__proto__":1,"x":{"constructor":2},"a/b":3,"":4,"toString":5}'), "application/json")).toBe(
      '{"__proto__":"[redacted]","x":{"constructor":"[redacted]"},"a/b":"[redacted]","":"[redacted]","toString":5}',
    );
  });

  test("agree with the document's redaction when a value is shown alone, at any depth", () => {
    const r = only(["$.a[*].b.c", "$..password", "$.list[0]"]);
    const difference = (where: string, legacy: string): Difference => ({
      where: "body",
      path: where,
      kind: "value",
      legacy,
    });
    const shown = (where: string, legacy: string) => r.difference("GET /", difference(where, legacy)).legacy;
    expect(shown("$.a[3].b.c", '"x"')).toBe('"[redacted]"');
    expect(shown("$.a[3].b.c.deeper[2]", "1")).toBe('"[redacted]"');
    expect(shown("$.a[3]", '{"b":{"c":1,"d":2}}')).toBe('{"b":{"c":"[redacted]","d":2}}');
    expect(shown("$.a[*].b", '{"c":1}')).toBe('{"c":"[redacted]"}');
    expect(shown("$", '{"list":[1,2],"x":[{"password":3}]}')).toBe(
      '{"list":["[redacted]",2],"x":[{"password":"[redacted]"}]}',
    );
    expect(shown("$['a.b'].x", '"kept"')).toBe('"kept"');
    expect(shown("$.list[1]", '"kept"')).toBe('"kept"');
  });
});

describe("fields and targets", () => {
  test("lose credentials and keep what helps: schemes, cookie names, attributes", () => {
    const fields = [
      "Host", "shop.example", "AUTHORIZATION", "Bearer abc.def", "authorization", "abc", "Cookie", "sid=1; theme=dark",
      "Set-Cookie", "sid=s3; Path=/; HttpOnly", "X-secret", "s3", "x-api-key", "k", "Proxy-Authorization", "Basic dTpw",
      "Location", "https://u:p@h/cb?code=1&token=s3#x", "X-User", "jane@example.com",
    ]; // biome-ignore format: pairs
    expect(redactor.fields(fields)).toEqual([
      "Host", "shop.example", "AUTHORIZATION", "Bearer [redacted]", "authorization", "[redacted]", "Cookie",
      "sid=[redacted]; theme=[redacted]", "Set-Cookie", "sid=[redacted]; Path=/; HttpOnly", "X-secret", "[redacted]",
      "x-api-key", "[redacted]", "Proxy-Authorization", "Basic [redacted]", "Location",
      "https://[redacted]@h/cb?code=1&token=[redacted]", "X-User", "[email]",
    ]); // biome-ignore format: pairs
  });

  test("a target keeps its bytes but for the secret values", () => {
    expect(redactor.target("/a%2Fb/?b=2&a=%20+&TOKEN=x&user%5Btoken%5D=y&t=1;token=z")).toBe(
      "/a%2Fb/?b=2&a=%20+&TOKEN=[redacted]&user%5Btoken%5D=[redacted]&t=1;token=[redacted]",
    );
    expect(redactor.target("http://u:p@h:1/x?token=1")).toBe("http://[redacted]@h:1/x?token=[redacted]");
    expect(redactor.target("/cb?to=https%3A%2F%2Fh%2F%3Ftoken%3Ds3%26x%3D1")).not.toContain("s3");
    expect(redactor.target('/q?filter={"password":"s3","n":1}')).not.toContain("s3");
  });

  test("a field's difference is redacted as the field is, and a part of a secret field wholly", () => {
    const one = (where: string, legacy: string) =>
      redactor.difference("GET /", { where: "field", path: where, kind: "value", legacy }).legacy;
    expect(one("set-cookie", '"sid=abc; Path=/"')).toBe('"sid=[redacted]; Path=/"');
    expect(one("set-cookie.sid", '"abc"')).toBe('"[redacted]"');
    expect(one("set-cookie", '["sid=abc"]')).toBe('"[redacted]"');
    expect(one("location", '"/x?token=abc"')).toBe('"/x?token=[redacted]"');
    expect(one("x-plain", '"abc"')).toBe('"abc"');
    expect(redactor.value("set-cookie", '"sid=abc; Path=/"')).toBe('"sid=[redacted]; Path=/"');
    expect(redactor.value("", "200")).toBe("200");
    expect(compileRedactor(settings({ values: "hashed" })).value("", "200")).toBe("200");
  });
});

describe("a request's own credentials", () => {
  const request = {
    method: "GET",
    target: "/x?token=q%2Btok1234&page=2",
    fields: [
      "Cookie",
      "sid=c00kie-value; theme=dark",
      "Authorization",
      `Basic ${Buffer.from("me:pa55-word").toString("base64")}`,
      "X-Api-Key",
      "key-0123456789",
    ],
  };
  const r = redactor.forRequest(request);

  test("are hidden wherever an answer repeats them, in any function", () => {
    const secrets = ["c00kie-value", "q+tok1234", "q%2Btok1234", "pa55-word", "key-0123456789"];
    for (const secret of secrets) {
      const said = `there is no ${secret} here`;
      const d: Difference = {
        where: "body",
        path: `$['${secret}']`,
        kind: "value",
        legacy: JSON.stringify(said),
        note: said,
      };
      const all = [
        r.text(said), r.body(bytes(`{"error":"${said}"}`), "application/json"), r.target(`/x/${secret}`),
        r.fields(["X-Echo", said]).join(), r.value("$.a", JSON.stringify(said)), JSON.stringify(r.difference("GET /", d)),
      ]; // biome-ignore format: a list
      for (const text of all) expect(text).not.toContain(secret);
      expect(all[0]).toBe("there is no [redacted] here");
    }
  });

  test("that are words or short hide nothing else", () => {
    expect(r.text("a dark page, number 2")).toBe("a dark page, number 2");
    expect(redactor.forRequest({ method: "GET", target: "/", fields: ["Cookie", "theme=dark"] })).toBe(redactor);
  });
});

describe("hashed values", () => {
  const hashed = (key: string) => compileRedactor(settings({ values: "hashed", key: bytes(key) }));

  test("are equal where the values are, under one key, with type and length", () => {
    const shown = JSON.parse(
      hashed("k").body(
        bytes('{"a":"x1","b":"x1","c":10,"d":"10","e":true,"f":null,"password":"x1"}'),
        "application/json",
      ),
    );
    expect(shown.a).toMatch(/^#string:2:[0-9a-f]{16}$/);
    expect(shown.b).toBe(shown.a);
    expect(shown.c).toMatch(/^#number:2:/);
    expect(shown.d.split(":")[2]).toBe(shown.c.split(":")[2]);
    expect(shown.e).toMatch(/^#boolean:4:/);
    expect(shown.f).toBeNull();
    expect(shown.password).toMatch(/^\[redacted:[0-9a-f]{16}\]$/);
    expect(hashed("other").body(bytes('["x1"]'), "application/json")).not.toContain(shown.a);
  });

  test("leave no value in a target, a field, a form, markup or text", () => {
    const r = hashed("k");
    expect(r.target("/users/jane/orders?name=jane", "GET /users/{id}/orders")).toMatch(
      /^\/users\/#segment:4:[0-9a-f]{16}\/orders\?name=#string:4:[0-9a-f]{16}$/,
    );
    const all = [
      r.fields(["X-Name", "jane"]).join(),
      r.body(bytes("a=jane"), "application/x-www-form-urlencoded"),
      r.body(bytes('<a b="jane">jane<!--jane--></a>'), "text/xml"),
      r.body(bytes("jane\njane doe"), "text/plain"),
      r.body(bytes("n,m\njane,1"), "text/csv"),
      r.body(Uint8Array.of(0xff, 0x6a, 0x61, 0x6e, 0x65), undefined),
      r.value("$.x", '{"y":["jane"]}'),
    ];
    for (const text of all) expect(text).not.toContain("jane");
  });
});

describe("hostile input", () => {
  const UNITS = [
    "a@", "@", "4 ", "4 5 ", "41", "4111111111111111 ", "eyJ", "eyJ.", "bearer ", "basic a", "token", "token=", 'token="', "token:{",
    "token=x ", "a=", "a:", "a1=b ", "password: x y\n", "--a ", "--token ", "//", "//a@", "%40", "%2525", "&amp;amp;", "\\u0040", "\\",
    '\\"', '"', "{", "[", '{"a":', '["', '{"name":"password","value":[', '{"name":"x","value":1},', "<", "<a ", "<a b='", "<password>",
    '<input name="a" value="b">', "<key>password</key>", "<!--", "&#64;", "--x\r\n", "\r\n", "&", '"@', "ghp_", "AKIA", "sk-", "DE89 3704 ",
    "-----BEGIN PRIVATE KEY-----", "grey value ", "abcdefghij", "aB3", ";", "a;b=c;", "/aB3xK9",
  ]; // biome-ignore format: a list of units
  const TYPES = [
    "application/json",
    "text/html",
    "application/x-www-form-urlencoded",
    "text/csv",
    "multipart/x; boundary=x",
  ];
  const everything = compileRedactor(settings({ patterns: ["bearer", "card", "email", "key", "iban"] }));
  const FUNCTIONS: Readonly<Record<string, (text: string) => void>> = {
    text: (text) => void everything.text(text),
    target: (text) => void everything.target(`/${text}`),
    query: (text) => void everything.target(`/?a=${text}`),
    fields: (text) => void everything.fields(["x-a", text, "cookie", text, "set-cookie", text, "authorization", text]),
    value: (text) => void everything.value("$.a", JSON.stringify(text)),
    "request's own secrets": (text) =>
      void everything.forRequest({ method: "GET", target: "/", fields: ["cookie", text] }).text(text),
    ...Object.fromEntries(TYPES.map((type) => [type, (text: string) => void everything.body(bytes(text), type)])),
  };

  test.each(Object.entries(FUNCTIONS))("doubled at most triples the time: %s", (_, work) => {
    for (const unit of UNITS)
      expect([unit, growth(repeated(unit), work)]).toEqual([unit, expect.toSatisfy(atMostThree)]);
  });

  const atMostThree = (times: number) => times <= 3;

  test("of a megabyte in one value is looked at up to a limit, and a secret that the limit cuts is hidden", () => {
    const secret = "-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBgkqhk";
    for (const length of [4_000, 4_080, 8_100, 8_180]) {
      const shown = redactor.value("$.a", `"${"a b ".repeat(length / 4)}token=s3cr3t-${"A1".repeat(5_000)}"`);
      expect(shown).not.toContain("s3cr3t");
      expect(shown.length).toBeLessThanOrEqual(4_096);
      expect(() => JSON.parse(shown)).not.toThrow();
      const key = everything.value("$.a", `"${"a b ".repeat(length / 4)}${secret}${"\\nAAAA".repeat(2_000)}"`);
      expect(key).not.toContain("MIIEvQ");
    }
  });

  test("in many values of one comparison is looked at up to a limit, and what is not is not shown", () => {
    const one = (n: number): Difference => ({
      ...{ where: "body", path: `$.a[${n}]`, kind: "value", note: "n" },
      ...{ legacy: JSON.stringify(`${n} ${"grey value ".repeat(700)}`), candidate: '"short"' },
    });
    const shown = everything.differences(
      "GET /",
      Array.from({ length: 200 }, (_, n) => one(n)),
    );
    expect(shown[0]).toMatchObject({ path: "$.a[0]", candidate: '"short"', note: "n" });
    expect(shown[0]!.legacy).toMatch(/^"0 grey/);
    expect(shown[199]).toEqual({
      ...{ where: "body", path: "$.a[199]", kind: "value" },
      ...{ legacy: '"[redacted: not examined]"', candidate: '"[redacted: not examined]"' },
    });
    // Applied again it stays, as any mark does.
    expect(everything.difference("GET /", shown[199]!)).toEqual(shown[199]);
  });

  test("of any bytes and any type neither throws nor hangs", () => {
    const type = fc.oneof(
      fc.constantFrom(
        "application/json",
        "text/html",
        "text/csv",
        "multipart/mixed; boundary=a",
        "text/event-stream",
        "text/plain; charset=nonsense",
        "application/x-www-form-urlencoded",
        "",
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), type, fc.string(), fc.boolean(), (raw, of, text, hashedToo) => {
        const r = hashedToo ? compileRedactor(settings({ values: "hashed" })) : redactor;
        r.body(raw, of);
        r.target(text);
        r.text(text);
        r.value(text, text);
        r.value(`$${text}`, text);
        r.fields([text, text]);
        r.difference(text, { where: "field", path: text, kind: "value", legacy: text, note: text });
      }),
      { numRuns: 500 },
    );
  });

  test("100,000 levels deep is redacted at the bottom", () => {
    const deep = `${'{"a":['.repeat(50_000)}{"password":"s3"}${"]}".repeat(50_000)}`;
    const shown = body(deep, "application/json");
    expect(shown).not.toContain("s3");
    expect(shown).toHaveLength(deep.length + "[redacted]".length - 2);
  });
});
