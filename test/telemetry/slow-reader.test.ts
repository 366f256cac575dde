import { spawn } from "node:child_process";
import { describe, expect, test } from "vitest";

const TELEMETRY = new URL("../../src/telemetry/index.ts", import.meta.url).href;

/** Writes 8 MB of log lines to standard output, then says how many lines were dropped. */
const PROGRAM = `
import { createTelemetry } from ${JSON.stringify(TELEMETRY)};
const telemetry = createTelemetry({
  version: "x", log: { level: "info", to: "stdout" }, redact: { difference: (_, one) => one },
  mismatchesPerMinute: 1, maxRoutes: 10, now: Date.now,
});
const padding = "x".repeat(1000);
for (let i = 0; i < 80; i += 1) {
  for (let j = 0; j < 100; j += 1) telemetry.log.info({ event: "line", i, padding });
  await new Promise((resolve) => setImmediate(resolve));
}
const dropped = Number(/log_dropped_total (\\d+)/.exec(await telemetry.metricsText())[1]);
await telemetry[Symbol.asyncDispose]();
process.send({ dropped, rss: process.memoryUsage().rss }, () => process.exit(0));
`;

type Told = { dropped: number; rss: number };

function run(read: "never" | "gone") {
  const child = spawn(process.execPath, ["--input-type=module", "-e", PROGRAM], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  if (read === "gone") child.stdout!.destroy();
  return new Promise<Told>((resolve, reject) => {
    let told: Told | undefined;
    child.on("message", (message) => {
      told = message as Told;
    });
    child.on("exit", (code) => (told === undefined ? reject(new Error(`ended with ${code}`)) : resolve(told)));
  });
}

describe("a log that nobody reads", () => {
  test.each(["never", "gone"] as const)(
    "when it is read %s, the thread goes on, and the lines that were dropped are counted",
    async (read) => {
      // A write that waited for a reader would never come back, and the process would not end.
      const { dropped, rss } = await run(read);
      expect(dropped).toBeGreaterThan(0);
      expect(rss).toBeLessThan(300 * 1024 * 1024);
    },
  );
});
