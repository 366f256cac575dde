// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how a config names the environment
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, describe, expect, test } from "vitest";
import { checkCommand } from "../../src/cli/check.ts";
import { UsageError } from "../../src/cli/command.ts";

const folder = mkdtempSync(join(tmpdir(), "parallel-run-check-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function check(positionals: string[], values = {}) {
  const out: string[] = [];
  const io = {
    stdin: Readable.from([]),
    stdout: (text: string) => void out.push(text),
    stderr: (text: string) => void out.push(`stderr: ${text}`),
    env: { URL: "http://legacy" },
    colour: false,
    stop: new AbortController().signal,
  };
  const code = await checkCommand.run({ values, positionals }, io);
  return { code, text: out.join("") };
}

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe("check", () => {
  test("prints one line a fault with the line of the file below it, and exits 2", async () => {
    const path = file(
      "three.yaml",
      "legacy: { url: http://legacy }\ncandidate: { url: candidate:80, timeout: 10 }\nlisten2: x\n",
    );
    const { code, text } = await check([path]);
    expect(code).toBe(2);
    expect(text.split("\n")).toEqual([
      expect.stringMatching(/three\.yaml:2:19: candidate\.url: `candidate:80` has no scheme \(/),
      "  2 | candidate: { url: candidate:80, timeout: 10 }",
      "    |                   ^",
      expect.stringMatching(/three\.yaml:2:42: candidate\.timeout: `10` is not a duration \(/),
      "  2 | candidate: { url: candidate:80, timeout: 10 }",
      "    |                                          ^",
      expect.stringMatching(/three\.yaml:3:1: unknown key listen2 \(did you mean listen\?\)$/),
      "  3 | listen2: x",
      "    | ^",
      "",
    ]);
  });

  test("says ok of a sound config, after what was probably not meant, and exits 0", async () => {
    const path = file("sound.yaml", "legacy: ${URL}\ncandidate: http://candidate\ncompare: { ignore: [$..*] }\n");
    expect(await check([path])).toEqual({
      code: 0,
      text: `${path}:3:21: warning: ignore $..* hides whole bodies (name the places that may differ)
  3 | compare: { ignore: [$..*] }
    |                     ^
${path}: ok
`,
    });
  });

  test("shows no line that may hold a secret, nor one in which a caret would stand elsewhere", async () => {
    for (const line of ["adminAccess: { token: hunter2 }", "legacy: http://user:hunter2@legacy", "grace: 𝟏𝟎"]) {
      const { text } = await check([file("secret.yaml", `candidate: http://candidate\n${line}\n`)]);
      expect(text).toMatch(/secret\.yaml:2:/);
      expect(text).not.toMatch(/hunter2|2 \|/);
    }
  });

  test("prints annotations for a GitHub workflow", async () => {
    const faulty = file("a,b.yaml", "legacy: ${URL}\ncandidate: http://candidate\ngrace: soon%\n");
    const { code, text } = await check([faulty], { format: "github" });
    expect(code).toBe(2);
    expect(text).toBe(
      `::error file=${faulty.replace(",", "%2C")},line=3,col=8::grace: \`soon%25\` is not a duration (a number with ms, s, m, h or d: 500ms, 10s, 14d)\n`,
    );
    const sound = file("sound.yaml", "legacy: ${URL}\ncandidate: http://candidate\ncompare: { ignore: [$..*] }\n");
    expect(await check([sound], { format: "github" })).toMatchObject({
      code: 0,
      text: expect.stringMatching(/^::warning file=.*,line=3,col=21::ignore .*\n$/),
    });
  });

  test("opens the files that the config names, and says which cannot be used", async () => {
    const pem = readFileSync(join(import.meta.dirname, "../support/tls/server.pem"), "utf8");
    const key = readFileSync(join(import.meta.dirname, "../support/tls/test.key"), "utf8");
    file("server.pem", pem);
    file("server.key", key);
    file("empty", "");
    const sections = {
      "legacy: { url: https://legacy, tls: { ca: none.pem } }":
        /legacy\.tls\.ca: cannot read none\.pem: there is no such/,
      "legacy: { url: https://legacy, tls: { ca: empty } }": /legacy\.tls\.ca: empty contains no PEM certificate/,
      "legacy: { url: https://legacy, tls: { cert: server.pem, key: server.pem } }":
        /server\.pem are not a certificate and its private key/,
      "tls: { cert: server.pem, key: none.key }": /tls\.cert: cannot read none\.key/,
      "adminAccess: { tls: { cert: empty, key: server.key } }": /adminAccess\.tls\.cert: empty and server\.key are no/,
      "adminAccess: { tokenFile: none }": /adminAccess\.tokenFile: cannot read none/,
      "readiness: { openapi: none.yaml }": /readiness\.openapi: cannot read none\.yaml/,
      "readiness: { openapi: empty }": /readiness\.openapi: empty is no OpenAPI file/,
      "tls: { cert: server.pem, key: server.key }": undefined,
    };
    for (const [line, wrong] of Object.entries(sections)) {
      const legacy = line.startsWith("legacy") ? "" : "legacy: http://legacy\n";
      const { code, text } = await check([file("files.yaml", `candidate: http://candidate\n${legacy}${line}\n`)]);
      expect([line, code]).toEqual([line, wrong === undefined ? 0 : 2]);
      if (wrong !== undefined) expect(text).toMatch(wrong);
    }
  });

  test.each([
    ["shadow: { sample: 0.1 }", "did you mean 10%?"],
    ["shadow: { maxRequestBody: 128MB }", "did you mean 128MiB?"],
    ["capture: { budget: 1 gb }", "did you mean 1GiB?"],
    ["grace: 2 minutes", "did you mean 2m?"],
    ["listen: :8080", "did you mean 127.0.0.1:8080?"],
    ["port: 8080", "the client port is listen: 127.0.0.1:8080"],
    ["shadow: { by: header x-user }", "did you mean field x-user?"],
    ["routes: [{ match: /orders/:id }]", 'did you mean "GET /orders/{id}"?'],
    ["routes: [{ match: GET /orders/:id }]", "a parameter is {id}"],
    ["routes: [{ match: 'GET /orders/<int:id>/lines' }]", "a parameter is {id}"],
    ["primary: http://a", "is legacy:"],
  ])("says what was probably meant by %s", async (line, hint) => {
    const { code, text } = await check([file("hint.yaml", `legacy: \${URL}\ncandidate: http://candidate\n${line}\n`)]);
    expect(code).toBe(2);
    expect(text).toContain(hint);
  });

  test("prints the JSON Schema", async () => {
    const { code, text } = await check([], { schema: true });
    expect(code).toBe(0);
    expect(JSON.parse(text)).toMatchObject({ $schema: "http://json-schema.org/draft-07/schema#", type: "object" });
  });

  test("refuses what it cannot read as the user's mistake", async () => {
    await expect(check([])).rejects.toThrow(UsageError);
    await expect(check(["a", "b"])).rejects.toThrow("check takes one config");
    await expect(check([join(folder, "none.yaml")])).rejects.toThrow(/cannot read .*none\.yaml: there is no such file/);
    await expect(check([file("latin1.yaml", new Uint8Array([0x61, 0x3a, 0x20, 0xe9]))])).rejects.toThrow("not UTF-8");
  });
});
