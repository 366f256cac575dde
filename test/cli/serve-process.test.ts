import { type ChildProcess, spawn } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, test, vi } from "vitest";
import { parse, sum } from "../telemetry/some.ts";

const MAIN = new URL("../../src/main.ts", import.meta.url).pathname;

const children: ChildProcess[] = [];
const servers: Server[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill("SIGKILL");
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function backend(price: number): Promise<string> {
  const server = createServer((_request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ price }));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** `serve` as a process of its own, with its log lines and exit code. */
function start(...args: string[]) {
  const child = spawn(process.execPath, [MAIN, "serve", ...args], { stdio: ["ignore", "pipe", "pipe"], env: {} });
  children.push(child);
  const lines: Record<string, unknown>[] = [];
  let err = "";
  createInterface({ input: child.stdout }).on("line", (line) =>
    lines.push(JSON.parse(line) as Record<string, unknown>),
  );
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  const exit = new Promise<number | null>((resolve) => child.on("close", resolve));
  const listening = () =>
    vi.waitFor(() => lines.find((line) => line["event"] === "listening") ?? expect.fail(err), {
      timeout: 60_000,
      interval: 20,
    });
  return { child, exit, listening, err: () => err };
}

describe("serve as a process", () => {
  test("counts every request once, shows it everywhere alike, and stops cleanly with exit code 0", async () => {
    const [legacy, candidate] = [await backend(10), await backend(11)];
    const { child, exit, listening } = start(
      "--legacy",
      legacy,
      "--candidate",
      candidate,
      "--listen",
      "127.0.0.1:0",
      "--admin",
      "127.0.0.1:0",
    );
    const line = await listening();
    const [proxy, admin] = [`http://${line["listen"]}`, String(line["admin"])];
    for (let i = 0; i < 30; i += 1) {
      const method = i % 3 === 0 ? "POST" : "GET";
      expect(await (await fetch(`${proxy}/orders/${i}`, { method })).json()).toEqual({ price: 10 });
    }
    const counted = async () =>
      sum(parse(await (await fetch(`${admin}/metrics`)).text()), "parallel_run_requests_total");
    await vi.waitFor(async () => expect(await counted()).toBe(30), { timeout: 60_000, interval: 100 });
    for (let i = 0; i < 3; i += 1) await fetch(`${admin}/`); // looking counts nothing
    expect(await counted()).toBe(30);
    const report = (await (await fetch(`${admin}/api/v1/report`)).json()) as {
      total: { requests: number; outcomes: object };
    };
    expect(report.total.requests).toBe(30);
    expect(Object.values(report.total.outcomes).reduce((all, one) => all + one, 0)).toBe(30);
    expect((await fetch(`${admin}/readyz`)).status).toBe(200);
    child.kill("SIGTERM");
    expect(await exit).toBe(0);
  });

  test("a port in use, and an admin listener open to others without a token, are a sentence and exit code 3", async () => {
    const taken = new URL(await backend(1)).host;
    const urls = ["--legacy", "http://127.0.0.1:1", "--candidate", "http://127.0.0.1:2"];
    for (const [args, said] of [
      [["--listen", taken, "--admin", "127.0.0.1:0"], /in use/],
      [["--listen", "127.0.0.1:0", "--admin", taken], /in use/],
      [["--listen", "127.0.0.1:0", "--admin", "0.0.0.0:0"], /token/],
    ] as const) {
      const { exit, err } = start(...urls, ...args);
      expect([2, 3]).toContain(await exit);
      expect(err()).toMatch(said);
      expect(err()).not.toMatch(/\n {4}at /);
    }
  });
});
