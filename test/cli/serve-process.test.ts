import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, test, vi } from "vitest";
import { freePort } from "../app/serving.ts";
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
  return { child, exit, listening, lines, err: () => err };
}

/** Whether the process catches SIGHUP: signal 1, so the lowest bit of the mask. */
function handlesHangUp(pid: number): boolean {
  const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "0";
  return (BigInt(`0x${caught}`) & 1n) === 1n;
}

describe("serve as a process", () => {
  test("counts every request once, shows it everywhere alike, and stops cleanly with exit code 0", async () => {
    const [legacy, candidate] = [await backend(10), await backend(11)];
    const { child, exit, listening, lines } = start(
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
    expect(lines.at(-1)).toMatchObject({ level: "info", service: "parallel-run", event: "stopped" });
  });

  test("SIGHUP ends it at no moment of its start, and a config is read again", async () => {
    const folder = mkdtempSync(join(tmpdir(), "signals-"));
    const file = join(folder, "config.yaml");
    writeFileSync(
      file,
      "legacy: http://127.0.0.1:1\ncandidate: http://127.0.0.1:2\nlisten: 127.0.0.1:0\nadmin: 127.0.0.1:0\n",
    );
    const { child, exit, listening, lines } = start(file);
    // Before Node runs any of our code, nothing can be done about a signal.
    await vi.waitFor(() => expect(handlesHangUp(child.pid!)).toBe(true), { timeout: 60_000, interval: 1 });
    const timer = setInterval(() => child.kill("SIGHUP"), 5);
    await listening();
    await vi.waitFor(() => expect(lines.map(({ event }) => event)).toContain("reload"), { timeout: 60_000 });
    clearInterval(timer);
    child.kill("SIGTERM");
    expect(await exit).toBe(0);
    rmSync(folder, { recursive: true });
  });

  test.each(["/dev/full", "/dev/null"])("SIGTERM ends it when standard output is %s", async (device) => {
    const out = openSync(device, "w");
    const [legacy, candidate] = [await backend(10), await backend(11)];
    const port = await freePort();
    const urls = ["--legacy", legacy, "--candidate", candidate, "--listen", `127.0.0.1:${port}`];
    const child = spawn(process.execPath, [MAIN, "serve", ...urls, "--admin", "127.0.0.1:0"], {
      stdio: ["ignore", out, "ignore"],
      env: {},
    });
    children.push(child);
    closeSync(out);
    const exit = new Promise((resolve) => child.on("close", resolve));
    const ask = () => fetch(`http://127.0.0.1:${port}/orders/1`).then(({ status }) => status);
    await vi.waitFor(async () => expect(await ask()).toBe(200), { timeout: 60_000, interval: 50 });
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
