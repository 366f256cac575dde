import { spawn } from "node:child_process";
import { once } from "node:events";
import { delimiter, dirname, resolve } from "node:path";
import { expect, test } from "vitest";

const HOUSE = resolve(import.meta.dirname, "../..");

test("a stop that is told to npm reaches the proxy that it started", async () => {
  const flags = ["--legacy", "http://127.0.0.1:1", "--candidate", "http://127.0.0.1:2"];
  const anywhere = ["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"];
  const npm = spawn("npm", ["run", "-s", "cli", "--", "serve", ...flags, ...anywhere], {
    cwd: HOUSE,
    env: { ...process.env, PATH: [dirname(process.execPath), process.env["PATH"]].join(delimiter) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let log = "";
  npm.stdout.on("data", (chunk: Buffer) => {
    log += chunk;
  });
  await expect.poll(() => log, { timeout: 60_000 }).toContain('"listening"');
  npm.kill("SIGTERM");
  // The pipe ends when the last who holds it does: the proxy itself, not npm alone.
  await once(npm.stdout, "end");
  expect(log).toContain('"stopping"');
}, 40_000);
