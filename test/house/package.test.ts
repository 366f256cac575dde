import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const HOUSE = resolve(import.meta.dirname, "../..");
/** The Node that the house is tested with comes first, whatever the machine has. */
const PATH = [dirname(process.execPath), process.env["PATH"]].join(delimiter);

type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };

function run(command: string, args: readonly string[], cwd: string, path = PATH): Promise<Ran> {
  const env = { ...process.env, PATH: path, NO_COLOR: "1" };
  return new Promise((done) => {
    execFile(command, [...args], { cwd, env, timeout: 110_000 }, (error, stdout, stderr) => {
      done({ code: error === null ? 0 : typeof error.code === "number" ? error.code : 1, stdout, stderr });
    });
  });
}

/** A Node from outside this project that is too old for it, if the machine has one. */
async function oldNode(): Promise<string | undefined> {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    if (folder === "" || folder.includes("node_modules")) continue;
    const { code, stdout } = await run(join(folder, "node"), ["-p", "process.versions.node"], HOUSE);
    if (code === 0 && Number.parseInt(stdout, 10) < 24) return join(folder, "node");
  }
  return undefined;
}

describe("the package", () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "parallel-run-package-"));
    const packed = await run("npm", ["pack", "--silent", "--pack-destination", folder], HOUSE);
    expect(packed.code, packed.stderr).toBe(0);
    await writeFile(join(folder, "package.json"), '{ "name": "a-users-project", "private": true, "type": "module" }\n');
    const tarball = (await readdir(folder)).find((name) => name.endsWith(".tgz"))!;
    const install = ["install", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", `./${tarball}`];
    const installed = await run("npm", install, folder);
    expect(installed.code, installed.stderr).toBe(0);
  }, 240_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("it runs from an empty project", async () => {
    const { code, stdout } = await run("npx", ["--no-install", "parallel-run", "--help"], folder);
    expect(code).toBe(0);
    for (const command of ["serve", "check", "compare", "report", "gate", "demo"]) expect(stdout).toContain(command);
  });

  test("check says each of three faults on a line of its own and exits 2", async () => {
    await writeFile(
      join(folder, "wrong.yaml"),
      'legacy: { url: "http://127.0.0.1:1" }\ncandidate: { url: "127.0.0.1:2" }\nshadow: { sampel: 10% }\nagain: { delay: soon }\n',
    );
    const { code, stdout, stderr } = await run("npx", ["--no-install", "parallel-run", "check", "wrong.yaml"], folder);
    const lines = `${stdout}${stderr}`.split("\n").filter((line) => /^\S*wrong\.yaml:\d+:\d+: \S/.test(line));
    expect(code).toBe(2);
    expect(lines.map((line) => Number(line.split(":")[1])).sort()).toEqual([2, 3, 4]);
  });

  test("it can be imported, and compares", async () => {
    const script = 'import { compare } from "parallel-run"; console.log(typeof compare);';
    const { code, stdout, stderr } = await run("node", ["--input-type=module", "-e", script], folder);
    expect(stderr).toBe("");
    expect([code, stdout]).toEqual([0, "function\n"]);
  });

  test("its types need no other package and no types of Node, and the documented examples print what is documented", async () => {
    const text = await readFile(join(HOUSE, "docs/library.md"), "utf8");
    const examples = [...text.matchAll(/^```ts\n([\s\S]*?)^```\n\n```text\n([\s\S]*?)^```$/gm)];
    expect(examples.length).toBe(text.match(/^```ts$/gm)!.length);
    expect(examples.length).toBeGreaterThan(4);
    const consumer = join(folder, "consumer");
    await mkdir(consumer);
    const compilerOptions = {
      ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, types: [], lib: ["ES2022"] },
      ...{ target: "ES2022", module: "nodenext", rootDir: ".", outDir: "out" },
    };
    await writeFile(join(consumer, "package.json"), '{ "type": "module" }');
    await writeFile(join(consumer, "tsconfig.json"), JSON.stringify({ compilerOptions }));
    await writeFile(join(consumer, "console.d.ts"), "declare const console: { log(...values: unknown[]): void };\n");
    for (const [i, [, code]] of examples.entries()) await writeFile(join(consumer, `example-${i}.ts`), code!);
    const tsc = join(HOUSE, "node_modules/typescript/bin/tsc");
    expect(await run("node", [tsc, "-p", "."], consumer)).toMatchObject({ code: 0, stdout: "" });
    for (const [i, [, , printed]] of examples.entries()) {
      expect(await run("node", [`out/example-${i}.js`], consumer)).toEqual({ code: 0, stdout: printed, stderr: "" });
    }
  });

  test("it holds compiled JavaScript, and no sources or tests", async () => {
    const files = await readdir(join(folder, "node_modules/parallel-run"), { recursive: true });
    expect(files).toContain("dist/main.js");
    expect(
      files.filter((file) => (file.endsWith(".ts") && !file.endsWith(".d.ts")) || /^(?:src|test|bench)\b/.test(file)),
    ).toEqual([]);
  });

  test("a Node that is too old is told so, in one line and without a stack", async ({ skip }) => {
    const node = await oldNode();
    if (node === undefined) return skip("no Node older than 24 on this machine");
    const main = join(folder, "node_modules/parallel-run/dist/main.js");
    const { code, stderr } = await run(node, [main, "serve"], folder);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/Node(?:\.js)? 24/);
    expect(stderr.trim().split("\n").length).toBeLessThanOrEqual(3);
  });

  test("a Node that is too old to serve can still help, and check a config", async ({ skip }) => {
    const node = await oldNode();
    if (
      node === undefined ||
      Number.parseInt((await run(node, ["-p", "process.versions.node"], folder)).stdout, 10) < 20
    )
      return skip("no such Node on this machine");
    const main = join(folder, "node_modules/parallel-run/dist/main.js");
    expect(await run(node, [main, "--help"], folder)).toMatchObject({ code: 0, stderr: "" });
    await writeFile(join(folder, "wrong.yaml"), "legacy: 1\ncandidate: http://127.0.0.1:2\nlisten: 3\n");
    const { code, stdout, stderr } = await run(node, [main, "check", "wrong.yaml"], folder);
    expect({ code, stderr }).toEqual({ code: 2, stderr: "" });
    expect(stdout.match(/^wrong\.yaml:\d+:\d+: /gm)).toHaveLength(2);
  });
});
