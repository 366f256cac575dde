import { Buffer } from "node:buffer";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { parseArgs } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { type Io, UsageError } from "../../src/cli/command.ts";
import { compareCommand } from "../../src/cli/compare.ts";

const folder = mkdtempSync(join(tmpdir(), "compare-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function run(argv: string[], more: Partial<Io> = {}) {
  let out = "";
  const io: Io = {
    stdin: Readable.from([]),
    stdout: (text) => {
      out += text;
    },
    stderr: () => undefined,
    env: {},
    colour: false,
    stop: new AbortController().signal,
    ...more,
  };
  const code = await compareCommand.run(
    parseArgs({ args: argv, options: compareCommand.options, allowPositionals: true }),
    io,
  );
  return { code, out };
}

describe("compare", () => {
  test("prints one line of JSON with the numbers as they were written, and exits 1", async () => {
    const [a, b] = [file("a.json", '{"id":12345678901234567890}'), file("b.json", '{"id":12345678901234567891}')];
    expect(await run([a, b, "--format", "json"])).toEqual({
      code: 1,
      out: '{"outcome":"mismatch","differences":[{"where":"body","path":"$.id","kind":"value","legacy":12345678901234567890,"candidate":12345678901234567891}]}\n',
    });
  });

  test("says that they match and exits 0", async () => {
    const [a, b] = [file("a.json", '{"a":1,"b":[1]}'), file("b.json", '{ "b": [1.0], "a": 1 }')];
    expect(await run([a, b])).toEqual({ code: 0, out: "match\n" });
    expect(await run([a, b, "--format", "json"])).toEqual({ code: 0, out: '{"outcome":"match","differences":[]}\n' });
  });

  test("shows each difference among its neighbours", async () => {
    const item = (price: string) => `{"items":[{"sku":"A"},{"sku":"B","price":${price},"qty":2,"tags":["x"],"far":1}]}`;
    const { out } = await run([file("a.json", item("10.50")), file("b.json", item("11"))]);
    expect(out).toBe(
      `mismatch: 1 difference

$.items[1].price  value
    "sku": "B"
  - "price": 10.50
  + "price": 11
    "qty": 2
    "tags": ["x"]
`,
    );
  });

  test("shows a value of several lines on one, and leaves what is in its strings", async () => {
    const [a, b] = [
      file("a.json", '[{"id":1},{"id":2}]'),
      file("b.json", '[{"id":1},{\n  "id": 3,\n  "a": "x \\n  y"\n},{"id":2}]'),
    ];
    expect((await run([a, b])).out).toContain('+ [1] { "id": 3, "a": "x \\n  y" }');
  });

  test("shows lines of text by their numbers", async () => {
    const { out } = await run([file("a.txt", "one\ntwo\nthree\n"), file("b.txt", "one\n2\nthree\n")]);
    expect(out).toContain('        1  "one"\n  -     2  "two"\n  +     2  "2"\n        3  "three"');
  });

  test("shows bytes from the first that differs", async () => {
    const { out } = await run([file("a.bin", Buffer.from([0, 1, 2, 3])), file("b.bin", Buffer.from([0, 1, 9]))]);
    expect(out).toContain("first difference at byte 2; legacy has 4 bytes, candidate 3");
    expect(out).toContain("  - 00000002  02 03\n  + 00000002  09");
  });

  test("cuts a long value and says how long it was", async () => {
    const { out } = await run([file("a.json", `{"a":"${"x".repeat(5000)}"}`), file("b.json", '{"a":"y"}')]);
    expect(out).toContain("(5,002 characters)");
    expect(out.length).toBeLessThan(1000);
  });

  test("shows two long values where they part", async () => {
    const long = (end: string) => `{"a":"${"x".repeat(5000)}${end}"}`;
    const { out } = await run([file("a.json", long("one")), file("b.json", long("two"))]);
    expect(out).toContain('- "a": …xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxone" from character 4972 on');
    expect(out).toContain('+ "a": …xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxtwo" from character 4972 on');
  });

  test("shows what stands around in XML and CSV too", async () => {
    const xml = (price: number) => `<o><item id="1"><name>x</name><price>${price}</price></item></o>`;
    expect((await run([file("a.xml", xml(1)), file("b.xml", xml(2))])).out).toContain(`$.o[0].item[1].price  value
  - "price": "1"
  + "price": "2"
`);
    const csv = (price: number) => `id,name,price\n1,a,1\n2,b,${price}\n`;
    expect((await run([file("a.csv", csv(1)), file("b.csv", csv(2))])).out).toContain(`$[1].price  value
    "id": "2"
    "name": "b"
  - "price": "1"
  + "price": "2"
`);
  });

  test("nothing in a body is obeyed by the terminal", async () => {
    const hostile = "\x9b31m\u202e\u001b]0;x\u0007";
    const [a, b] = [file("a.txt", `a\n${hostile}\nb`), file("b.txt", `a\n${hostile}!\nb`)];
    for (const format of ["text", "json"]) {
      const { out } = await run([a, b, "--format", format]);
      expect(out).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
      if (format === "json") expect(JSON.parse(out).differences[0].legacy).toBe(hostile);
    }
    const [c, d] = [file("c.json", `{"a\x9b":\t{"b":\n\t1, "c":"\x9b"}}`), file("d.json", "{}")];
    const { out } = await run([c, d, "--format", "json"]);
    expect(out).toContain('"legacy":{"b":1,"c":"\\u009b"}');
    expect((await run([c, d])).out).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
  });

  test("colours only where it is wanted", async () => {
    const [a, b] = [file("a.json", '{"a":1}'), file("b.json", '{"a":2}')];
    expect((await run([a, b], { colour: true })).out).toContain("\x1b[31m");
    expect((await run([a, b])).out).not.toContain("\x1b");
  });

  test("reads one side from standard input", async () => {
    const a = file("a.json", '{"a":1}');
    const stdin = () => Readable.from([Buffer.from('{"a":'), Buffer.from("1.0}")]);
    expect(await run([a, "-"], { stdin: stdin() })).toEqual({ code: 0, out: "match\n" });
    expect((await run(["-", a], { stdin: stdin() })).code).toBe(0);
    await expect(run(["-", "-"])).rejects.toThrow("only one of the two");
  });

  test("--type goes before the extension, the extension before a look", async () => {
    const [a, b] = [file("a.json", '{"a":1,"b":2}'), file("b.json", '{"b":2,"a":1}')];
    expect((await run([a, b, "--type", "image/png"])).code).toBe(1);
    const [c, d] = [
      file("c", '<?xml version="1.0"?><a b="1" c="2"/>'),
      file("d", '<?xml version="1.0"?><a c="2" b="1"/>'),
    ];
    expect((await run([c, d])).code).toBe(0);
  });

  const config = file(
    "parallel-run.yaml",
    `legacy: { url: "http://legacy:8080" }
candidate: { url: "http://candidate:8080" }
compare: { ignore: ["$.at"] }
routes:
  - match: "GET /orders/{id}"
    compare: { ignore: ["$.id"] }
`,
  );

  test("tries the rules of a config and of a route, its origins mapped", async () => {
    const body = (at: number, id: number, side: string) => `{"at":${at},"id":${id},"self":"http://${side}:8080/o"}`;
    const [a, b] = [file("a.json", body(1, 1, "legacy")), file("b.json", body(2, 2, "candidate"))];
    expect((await run([a, b, "--config", config, "--format", "json"])).out).toContain(
      '"differences":[{"where":"body","path":"$.id"',
    );
    const { code, out } = await run([a, b, "--config", config, "--route", "GET /orders/{id}"]);
    expect(code).toBe(0);
    expect(out.trim().split("; ").sort()).toEqual(["1 settled by ignore $.at", "1 settled by ignore $.id", "match"]);
    await expect(run([a, b, "--config", config, "--route", "GET /order/{id}"])).rejects.toThrow(
      'it declares "GET /orders/{id}"',
    );
  });

  test("a config with faults names them with their places and exits 2", async () => {
    const bad = file(
      "bad.yaml",
      'legacy: { url: "http://legacy:8080" }\ncandidate: {}\ncompare: { ignore: ["$.["] }\n',
    );
    let err = "";
    const stderr = (text: string) => {
      err += text;
    };
    const a = file("a.json", "{}");
    expect(await run([a, a, "--config", bad], { stderr })).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/^.*bad\.yaml:3:\d+: .*path/m);
  });

  test.each([
    [["only-one"], "two files"],
    [["a", "b", "c"], "two files"],
    [
      [join(folder, "nowhere.json"), join(folder, "x")],
      `cannot read ${join(folder, "nowhere.json")}: there is no such file`,
    ],
    [[folder, folder], "it is a directory"],
    [["a", "b", "--format", "xml"], "--format is text or json"],
    [["a", "b", "--type", "json"], "--type is a media type"],
    [["a", "b", "--route", "GET /"], "--route needs --config"],
  ])("a mistake says what it is: %j", async (argv, message) => {
    const failed = run(argv);
    await expect(failed).rejects.toThrow(UsageError);
    await expect(failed).rejects.toThrow(message);
  });
});
