import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { expect, test } from "vitest";

const MAIN = new URL("../../src/main.ts", import.meta.url).pathname;
const FLAGS = ["--legacy", "http://127.0.0.1:1", "--candidate", "http://127.0.0.1:2"];
const ANYWHERE = ["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"];

/** The command line of a proxy that serves, as the system knows it by the id of the process that was started. */
async function commandLine(node: readonly string[], env: NodeJS.ProcessEnv): Promise<string[]> {
  const child = spawn(process.execPath, [...node, MAIN, "serve", ...FLAGS, ...ANYWHERE], {
    stdio: ["ignore", "pipe", "inherit"],
    env,
  });
  try {
    let log = "";
    for await (const chunk of child.stdout) {
      log += String(chunk);
      if (log.includes('"listening"')) break;
    }
    return readFileSync(`/proc/${child.pid}/cmdline`, "utf8").split("\0");
  } finally {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  }
}

const few = availableParallelism() < 5;

test.runIf(few)("where there are few cores, a proxy serves with settings for them, as the same process", async () => {
  const line = await commandLine([], {});
  const at = line.indexOf(MAIN);
  expect(line.slice(at, at + 2)).toEqual([MAIN, "serve"]);
  expect(line.slice(1, at)).toContain(`--v8-pool-size=${Math.max(1, availableParallelism() - 1)}`);
  expect(line.slice(1, at)).toContain("--max-semi-space-size=16");
});

test("whoever gives Node flags keeps them, and gets no others", async () => {
  expect((await commandLine(["--v8-pool-size=3"], {})).slice(1, 4)).toEqual(["--v8-pool-size=3", MAIN, "serve"]);
  const env = { NODE_OPTIONS: "--v8-pool-size=3" };
  expect((await commandLine([], env)).slice(1, 3)).toEqual([MAIN, "serve"]);
});
