import { Buffer } from "node:buffer";
import { describe, expect, test } from "vitest";
import { compareBodies } from "../../src/compare/index.ts";
import { compileRedactor } from "../../src/store/index.ts";
import { LIMITS, rules } from "./support.ts";

const redactor = compileRedactor({ fields: [], show: [], query: [], json: [], patterns: ["key"], values: "shown" });

/** The differences of two bodies as they may be shown. */
function shown(type: string, legacy: string, candidate: string): string[] {
  const limits = { ...LIMITS, naming: true };
  const { differences } = compareBodies(Buffer.from(legacy), Buffer.from(candidate), type, rules(), limits);
  expect(differences.length).toBeGreaterThan(0);
  return differences
    .map((one) => redactor.difference("GET /", one))
    .map(({ path, kind, legacy: ours, candidate: theirs }) => `${path} ${kind} ${ours ?? "-"} ${theirs ?? "-"}`);
}

/** A body with a secret at `S` and something ordinary at `O`; both differ between the sides. */
const both = (type: string, body: string) =>
  shown(
    type,
    body.replaceAll("§S", "hunter7x").replaceAll("§O", "ordinary1"),
    body.replaceAll("§S", "swordf1sh").replaceAll("§O", "ordinary2"),
  ).join("\n");

const part = (name: string, body: string) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${body}\r\n`;

describe("a differing value is redacted by the name that stands beside it", () => {
  test.each<[string, string, string]>([
    ["an input", "text/html", '<form><input name="csrf_token" value="§S"><input name="city" value="§O"></form>'],
    ["an input whose name comes last", "text/html", '<form><input value="§S" name="csrf_token"><p>§O</p></form>'],
    ["a password field", "text/html", '<input type="password" id="field1" value="§S"><p>§O</p>'],
    ["a field that browsers complete", "text/html", '<input autocomplete="current-password" value="§S"><p>§O</p>'],
    ["a meta element", "text/html", '<meta name="csrf-token" content="§S"><meta name="author" content="§O">'],
    ["a text area", "text/html", '<textarea name="private_key">§S</textarea><textarea name="note">§O</textarea>'],
    ["an element with an id", "text/html", '<span id="api-key">§S</span><span id="city">§O</span>'],
    ["what an element of a secret name holds", "text/html", '<div name="password"><p>x<b>§S</b></p></div><p>§O</p>'],
    ["a part of a form", "multipart/form-data; boundary=b", `${part("password", "§S")}${part("city", "§O")}--b--\r\n`],
    [
      "a JSON part of a form",
      "multipart/form-data; boundary=b",
      `${part("token", '{"a":"§S"}')}${part("x", "§O")}--b--\r\n`,
    ],
    ["a record", "application/json", '{"env":[{"name":"DB_PASSWORD","value":"§S"},{"name":"CITY","value":"§O"}]}'],
    [
      "a record whose name comes last",
      "application/json",
      '[{"value":"§S","key":"apiKey"},{"value":"§O","key":"city"}]',
    ],
    [
      "what a record holds",
      "application/json",
      '[{"name":"secret","value":{"a":["§S"]}},{"name":"x","value":{"a":["§O"]}}]',
    ],
    ["a row of a table", "text/csv", "name,value\npassword,§S\ncity,§O\n"],
    [
      "an XML element",
      "application/xml",
      '<p><property name="db.password" value="§S"/><property name="x" value="§O"/></p>',
    ],
    [
      "a property list",
      "application/xml",
      "<dict><key>password</key><string>§S</string><key>city</key><string>§O</string></dict>",
    ],
    [
      "an XML-RPC member",
      "application/xml",
      "<s><m><name>token</name><value><string>§S</string></value></m><m><name>x</name><value><string>§O</string></value></m></s>",
    ],
    ["JSON lines", "application/x-ndjson", '{"name":"token","value":"§S"}\n{"name":"x","value":"§O"}\n'],
    ["an event", "text/event-stream", 'data: {"name":"token","value":"§S"}\n\ndata: {"name":"x","value":"§O"}\n\n'],
  ])("%s", (_, type, body) => {
    const text = both(type, body);
    expect(text).not.toMatch(/hunter7x|swordf1sh/);
    expect(text).toMatch(/ordinary1.*ordinary2/s);
  });

  test("also where it stands on one side only, or all of it is missing", () => {
    const text = [
      ...shown("text/html", '<p>a</p><input name="csrf_token" value="hunter7x">', "<p>a</p>"),
      ...shown("text/html", "<p>a</p>", '<p>a</p><input name="csrf_token" value="hunter7x">'),
      ...shown("text/html", '<input name="csrf_token" value="hunter7x">', '<input name="csrf_token">'),
      ...shown("text/html", '<input name="csrf_token" value="hunter7x">', '<input name="city" value="x">'),
      ...shown("application/json", '[{"name":"token","value":"hunter7x"}]', "[]"),
      ...shown("application/json", '{"a":{"name":"token","value":"hunter7x"}}', '{"a":null}'),
      ...shown("application/xml", "<d><key>token</key><string>hunter7x</string></d>", "<d><key>a</key></d>"),
      ...shown("multipart/x; boundary=b", `${part("password", "hunter7x")}--b--`, `${part("city", "x")}--b--`),
      ...shown(
        "multipart/x; boundary=b",
        `${part("password", "hunter7x")}${part("a", "b")}--b--`,
        `${part("a", "b")}--b--`,
      ),
    ].join("\n");
    expect(text).not.toContain("hunter7x");
  });

  test("of a doubtful name the value decides", () => {
    const text = both("text/html", '<input name="code" value="48§S"><input name="state" value="§O">');
    expect(text).not.toMatch(/hunter7x/);
    expect(shown("text/html", '<input name="code" value="EUR">', '<input name="code" value="USD">').join()).toContain(
      "EUR",
    );
  });

  test("lines of a private key in text and in lists, wherever they differ", () => {
    const key = (word: string) =>
      `-----BEGIN PRIVATE KEY-----\nMIIE${word}A\nQIBADAN${word}B\n-----END PRIVATE KEY-----`;
    const text = (word: string, end: string) => `host=a\n${key(word)}\nlast ${end}\n`;
    const inText = shown("text/plain", text("legacyword", "one"), text("candidateword", "two")).join("\n");
    expect(inText).not.toMatch(/legacyword|candidateword/);
    expect(inText).toMatch(/last one.*last two/s);
    const list = (word: string) => JSON.stringify({ lines: ["x", ...key(word).split("\n"), `end ${word}`] });
    const inList = shown("application/json", list("legacyword"), list("candidateword")).join("\n");
    expect(inList).not.toMatch(/MIIE|QIBADAN/);
    expect(inList).toMatch(/end legacyword.*end candidateword/s);
  });

  test("a title or a page that is named like a secret hides nothing else", () => {
    const text = [
      ...shown(
        "application/json",
        '[{"name":"Opening session","text":"a1"}]',
        '[{"name":"Opening session","text":"a2"}]',
      ),
      ...shown(
        "text/html",
        '<div id="session"><div><p>a1</p></div></div>',
        '<div id="session"><div><p>a2</p></div></div>',
      ),
    ].join("\n");
    expect(text).toMatch(/a1.*a2.*a1.*a2/s);
  });
});

test("ten thousand differing lines and members cost in proportion", () => {
  const many = (n: number) => Array.from({ length: n }, (_, i) => `${i}`);
  const limits = { ...LIMITS, naming: true, maxDecoded: 1e8 };
  for (const [type, body] of [
    [
      "text/plain",
      (word: string) =>
        many(20_000)
          .map((i) => `${word} ${i}`)
          .join("\n"),
    ],
    [
      "application/json",
      (word: string) => JSON.stringify(Object.fromEntries(many(20_000).map((i) => [`k${i}`, word + i]))),
    ],
  ] as const) {
    const found = compareBodies(Buffer.from(body("a")), Buffer.from(body("b")), type, rules(), limits);
    expect(found.differences.length).toBeGreaterThan(0);
  }
});
