import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatFault, readConfig } from "../../src/config/index.ts";
import { hides } from "../../src/config/warnings.ts";
import { parsePath } from "../../src/jsonpath/parse.ts";
import { selectPath } from "../support/select-path.ts";

const URLS = `legacy: { url: "http://legacy:8080" }\ncandidate: { url: "http://candidate:8080" }\n`;

function warnings(text: string): string[] {
  const reading = readConfig(URLS + text, { file: "c.yaml", env: { T: "0123456789abcdef" } });
  if ("faults" in reading) throw new Error(reading.faults.map(formatFault).join("\n"));
  return reading.warnings.map(formatFault);
}

describe("a warning", () => {
  test.each([
    ["compare: { ignore: [$] }", "3:21", "ignore $ hides whole bodies"],
    ["compare: { ignore: [$.*] }", "3:21", "ignore $.* hides whole bodies"],
    ['compare: { ignore: ["$[*]"] }', "3:21", "ignore $[*] hides whole bodies"],
    ["compare: { ignore: [$..*] }", "3:21", "ignore $..* hides whole bodies"],
    ['compare: { ignore: ["$[0, *]"] }', "3:21", "ignore $[0, *] hides whole bodies"],
    ["compare: { ignore: [$.a, $.a.b] }", "3:26", "ignore $.a.b has no effect (ignore $.a covers it)"],
    ["compare: { ignore: [$.a, $.a] }", "3:26", "ignore $.a has no effect (ignore $.a covers it)"],
    ["compare: { ignore: [$..at], times: [$.x.at] }", "3:37", "times $.x.at tolerance 0s never applies (ignore $..at"],
    ["compare: { ignore: [$.a], arrays: { $.a.b: unordered } }", "3:44", "arrays $.a.b unordered never applies"],
    ["compare: { ignore: [field etag], only: [field ETag] }", "3:41", "only field etag never applies"],
    ["shadow: { sample: 0% }", "3:9", "nothing is shadowed"],
    ["shadow: off", "3:9", "nothing is shadowed"],
    ["routes: [{ match: POST /a, shadow: on }]", "3:36", "POST /a is never shadowed, so these settings have no effect"],
    ["routes: [{ match: PUT /a, shadow: { sample: 5% } }]", "3:35", "PUT /a is never shadowed"],
    [
      "legacyReplica: { url: https://l2, tls: { insecure: true } }",
      "3:52",
      "legacyReplica's certificate is not verified",
    ],
    ["legacyReplica: { url: http://l2, tls: { ca: a.pem } }", "3:39", "legacyReplica has TLS settings and an http URL"],
    ["adminAccess: { token: 0123456789abcdefg }", "3:23", "adminAccess.token is written in plain text in the file"],
    ["routes: [{ match: GET /a, readOnly: true }]", "3:37", "readOnly has no effect on GET /a"],
    ["routes: [{ match: DELETE /a, readOnly: true }]", "3:40", "DELETE /a is sent to the candidate as well"],
    ["routes: [{ match: POST /a, readOnly: true, shadow: off }]", "3:38", "POST /a is readOnly and its shadow is off"],
  ])("is given for %s, at its place", (line, place, message) => {
    const given = warnings(`${line}\n`);
    expect(given).toHaveLength(1);
    expect(given[0]).toContain(`c.yaml:${place}: ${message}`);
  });

  test("is not given for what is narrow, ordered well, or kept elsewhere", () => {
    expect(
      warnings(`
adminAccess: { token: "\${T}" }
shadow: { sample: 0% }
compare: { ignore: [$.a, $.*.b, $..c, "$[0]", "$[0:2].c", field etag], times: [$.at, $.b], only: [status] }
routes:
  - { match: "GET /{a}", shadow: { sample: 1% } }
  - { match: GET /a, compare: { ignore: [$.a] } }
`).map((line) => line.replace(/ \(.*/, "")),
    ).toEqual(["c.yaml:6:47: ignore $[0:2].c has no effect"]);
  });
});

describe("an ignore that hides another rule", () => {
  const selector = fc.constantFrom(".a", ".b", "[0]", "[1]", "[*]", "..a", "..b", "..[0]", "..*", "['a','b']", "[0:1]");
  const path = fc.array(selector, { maxLength: 3 }).map((parts) => {
    const parsed = parsePath(`$${parts.join("")}`);
    if ("fault" in parsed) throw new Error(parsed.fault.message);
    return parsed.path;
  });
  const tree = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      fc.constant(1),
      fc.record({ a: tie("node"), b: tie("node") }),
      fc.array(tie("node"), { maxLength: 2 }),
    ),
  })).node;

  test("leaves nothing that the other rule could mean, in any body", () => {
    let covered = 0;
    fc.assert(
      fc.property(path, path, tree, (wide, narrow, value) => {
        if (!hides({ where: "body", path: wide }, { where: "body", path: narrow })) return;
        covered += 1;
        const roots = [...selectPath(wide, value)].map(({ trail }) => JSON.stringify(trail).slice(0, -1));
        for (const { trail } of selectPath(narrow, value)) {
          const at = trail.map((_, depth) => JSON.stringify(trail.slice(0, depth)).slice(0, -1));
          expect(roots.some((root) => [...at, JSON.stringify(trail).slice(0, -1)].includes(root))).toBe(true);
        }
      }),
      { numRuns: 3_000 },
    );
    expect(covered).toBeGreaterThan(100);
  });
});
