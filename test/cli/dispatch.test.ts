import { execFile } from "node:child_process";
import { promisify } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { COMMANDS } from "../../src/cli/commands.ts";
import { cli } from "./some.ts";

const execute = promisify(execFile);
const names = [...COMMANDS.keys()];

describe("the command line", () => {
  test("--help lists every command with its summary", async () => {
    const { code, out } = await cli(["--help"]);
    expect(code).toBe(0);
    for (const [name, { summary }] of COMMANDS)
      expect(out).toMatch(new RegExp(`^  ${name} +${summary.slice(0, 20)}`, "m"));
  });

  test.each(names)("%s --help tells usage and exit codes, whatever else is on the line", async (name) => {
    for (const line of [
      [name, "--help"],
      [name, "-h"],
      ["help", name],
      [name, "--no-such-option", "x", "--help"],
    ]) {
      const { code, out, err } = await cli(line);
      expect({ code, err }).toEqual({ code: 0, err: "" });
      expect(out).toMatch(new RegExp(`^Usage: parallel-run ${name}`));
      expect(out).toMatch(/exit codes?/i);
    }
  });

  test.each(names)("the table's summary of %s is the command's own", async (name) => {
    const { summary, load } = COMMANDS.get(name)!;
    expect({ name, summary }).toEqual((({ name, summary }) => ({ name, summary }))(await load()));
  });

  test("nothing at all is a usage error that shows the help", async () => {
    const { code, out, err } = await cli([]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("Usage: parallel-run COMMAND");
  });

  test("an unknown command is named with the nearest known one", async () => {
    const { code, err } = await cli(["reprot"]);
    expect(code).toBe(2);
    expect(err).toContain('No command "reprot". Did you mean "report"?');
  });

  test("an unknown option is named with the nearest known one", async () => {
    const { code, err } = await cli(["report", "--fromat", "json"]);
    expect(code).toBe(2);
    expect(err).toContain("Unknown option --fromat. Did you mean --format?");
  });

  test("a mistake is its message alone, with nothing in it that a terminal obeys", async () => {
    for (const line of [
      ["report", "--format", "\u001b[2J"],
      ["\u001b[2J"],
      ["gate", "x\u009b"],
      ["report", "--format"],
      ["accept"],
      ["epoch", "a", "b"],
    ]) {
      const { code, err } = await cli(line);
      expect(code).toBe(2);
      expect(err).not.toMatch(/[\u001b\u009b]|\bat .*:\d+:\d+/);
    }
  });

  test("no line of words ends in a stack trace or in no exit code", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.string(),
            fc.constantFrom(...names, "__proto__", "constructor", "--", "-", "--format=", "--help=1"),
          ),
          { maxLength: 4 },
        ),
        async (line) => {
          const { code, err } = await cli([
            "--admin" in line ? "" : (line[0] ?? ""),
            ...line.slice(1),
            "--admin",
            "nonsense://",
          ]);
          expect([0, 2, 3]).toContain(code);
          expect(err).not.toContain("This is a bug");
        },
      ),
      { numRuns: 200 },
    );
  });

  test("--version is the package's", async () => {
    expect(await cli(["--version"])).toMatchObject({ code: 0, out: "parallel-run 0.1.0\n" });
  });

  test("as a process: the exit code is the command's, and a reader that leaves early is no error", async () => {
    const node = process.execPath;
    const main = new URL("../../src/main.ts", import.meta.url).pathname;
    await expect(execute(node, [main, "nonsense"])).rejects.toMatchObject({ code: 2, stdout: "" });
    const { stdout, stderr } = await execute("/bin/sh", ["-c", `"${node}" "${main}" --help | head -c 1; echo`]);
    expect({ stdout, stderr }).toEqual({ stdout: "p\n", stderr: "" });
  });
});
