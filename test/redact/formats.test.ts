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
