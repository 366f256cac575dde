// Every format that is compared is stored without its secrets, read or not
import { describe, expect, test } from "vitest";
import { parsePath } from "../../src/jsonpath/parse.ts";
import type { Path } from "../../src/jsonpath/path.ts";
import { compileRedactor } from "../../src/store/index.ts";

const path = (text: string): Path => {
  const parsed = parsePath(text);
  if ("fault" in parsed) throw new Error(parsed.fault.message);
  return parsed.path;
};
const redactor = compileRedactor({
  fields: [],
  show: [],
  query: ["password", "api_key"],
  json: [path("$..password"), path("$..api_key")],
  patterns: ["bearer", "card", "email"],
  values: "shown",
});
const SECRET = "hunter2Zx9";
const stored = (type: string, text: string) => redactor.body(new TextEncoder().encode(text), type);

describe("a body of", () => {
  test.each([
    ["application/yaml", `db:\n  user: ann\n  password: ${SECRET}\n`],
    ["application/yaml", `db:\n  password: "${SECRET}"\n  host: x\n`],
    ["text/x-yaml", `- api_key: '${SECRET}' # secret\n`],
    ["application/vnd.x+yaml", `{user: ann, password: ${SECRET}, host: x}\n`],
    ["application/yaml", `{"user": "ann", "password": "${SECRET}"}\n`],
    ["application/yaml", `"password": ${SECRET}\n'api_key': ${SECRET}\n`],
    ["application/json", `{"a":1}\n{"password":"${SECRET}"}\n`],
    ["application/x-ldjson", `{"a":1}\n{"password":"${SECRET}"}\n`],
    ["text/plain", `{"a":1}\n{"password":"${SECRET}"}\n`],
    ["application/json", `)]}',\n{"password":"${SECRET}"}`],
    ["application/json", `while(1);{"a":1,"password":"${SECRET}"}`],
    ["application/javascript", `callback({"a":1,"password":"${SECRET}"});`],
    ["text/javascript", `/**/cb({"password":"${SECRET}"})`],
    ["text/csv", `id,password\n1,${SECRET}\n2,5" pipe\n`],
    ["application/json", `{"payload":"{\\"password\\":\\"${SECRET}\\"}"}`],
    ["text/event-stream", `event: message\ndata: {"password":"${SECRET}"}\n\n`],
    ["application/json", `{"a":1,"password":"${SECRET}"`],
  ])("%s %j is stored without its secret", (type, text) => {
    expect(stored(type, text)).not.toContain(SECRET);
  });
});

describe("the values of a difference", () => {
  const shown = (legacy: string, place: string) =>
    JSON.stringify(
      redactor.difference("GET /x", { where: "body", path: place, kind: "format", legacy, candidate: '"x"' }),
    );

  test("are shown without secrets, a whole body and the beginning of one too", () => {
    const whole = `{"user":"ann","password":"${SECRET}"}`;
    expect(shown(whole, "$")).not.toContain(SECRET);
    expect(shown(JSON.stringify(`${whole.slice(0, -1)},"more":[1,2`), "$")).not.toContain(SECRET);
    expect(shown(JSON.stringify(`password: ${SECRET}\nmore: 1\n`), "$")).not.toContain(SECRET);
    expect(shown(JSON.stringify(SECRET), "$.payload.password")).not.toContain(SECRET);
  });
});

describe("YAML is stored without", () => {
  const yaml = (text: string) => stored("application/yaml", text);

  test("maps, lists and blocks under a secret name, and the values that are named beside them", () => {
    expect(yaml("tokens:\n  - a1b2c3\n  - d4e5f6\nhost: x\n")).toBe('tokens:\n  "[redacted]"\nhost: x\n');
    expect(yaml("password: |\n  first\n  second\nhost: x\n")).toBe('password: "[redacted]"\nhost: x\n');
    expect(yaml("env:\n  - name: DB_PASSWORD\n    value: s3\n  - name: HOST\n    value: db\n")).toBe(
      'env:\n  - name: DB_PASSWORD\n    value: "[redacted]"\n  - name: HOST\n    value: db\n',
    );
  });

  test("what an alias or a merge key at a secret place stands for", () => {
    expect(yaml("shared: &p hunter2\nlogin:\n  password: *p\n")).not.toContain("hunter2");
    expect(yaml("base: &b\n  inner: hunter2\npassword:\n  <<: *b\n")).not.toContain("hunter2");
    expect(yaml("base: &b [hunter2]\nrest: &r [*b]\npassword: *r\n")).not.toContain("hunter2");
  });

  test("secrets in JSON inside of a string, in comments and in a document that is not sound", () => {
    expect(yaml('config.json: |\n  {"password": "hunter2", "a": 1}\n')).not.toContain("hunter2");
    expect(yaml("# password: hunter2\na: 1\n")).not.toContain("hunter2");
    expect(yaml("a: [\npassword: hunter2\n")).not.toContain("hunter2");
  });

  test("secrets in documents whose aliases multiply or refer to themselves", () => {
    const laughs = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`).join("\n");
    expect(yaml(`a0: &a0 x\n${laughs}\npassword: hunter2\n`)).not.toContain("hunter2");
    expect(yaml("a: &a\n  password: hunter2\n  self: *a\n")).not.toContain("hunter2");
  });
});

test("a UTF-16 body is stored as text without its secret, whether or not it says so", () => {
  const utf16 = Buffer.from(`{"password":"${SECRET}"}`, "utf16le");
  for (const type of ["application/json", "application/json; charset=utf-16", "text/plain", undefined]) {
    expect(redactor.body(utf16, type), type).toBe('{"password":"[redacted]"}');
  }
});

test("a boundary within a line does not end a part, so a secret part is hidden whole", () => {
  const body = `--b\r\nContent-Disposition: form-data; name="password"\r\n\r\nx--b${SECRET}\r\n--b--\r\n`;
  expect(stored("multipart/form-data; boundary=b", body)).not.toContain(SECRET);
});

test("a table that begins with empty lines is stored without its secret column", () => {
  expect(stored("text/csv", `\n\nid;password\n1;${SECRET}\n`)).not.toContain(SECRET);
});
