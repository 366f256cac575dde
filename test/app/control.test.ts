import { rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import type { AuditEntry, Control } from "../../src/model/control.ts";
import { ask, folder, freePort, many, run, type Serving, serve, server, until } from "./serving.ts";

vi.setConfig({ testTimeout: 240_000 });

/** Two sides that differ, so that they are asked again too, and when the candidate was asked. */
async function sides() {
  const asked: number[] = [];
  const legacy = await server((_asked, response) => void response.end('{"total":1}'));
  const candidate = await server((_asked, response) => {
    asked.push(performance.now());
    response.end('{"total":2}');
  });
  const closing = new AsyncDisposableStack();
  closing.use(legacy);
  closing.use(candidate);
  return {
    asked,
    /** The targets that the candidate was asked for. */
    targets: candidate.seen,
    flags: ["--legacy", legacy.url, "--candidate", candidate.url],
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

/**
 * Asks without a pause until `stop`; resolves with how many were asked and what was not legacy's answer. Requests that are sent
 * after `afterSwitch()` say so in their query.
 */
function load(app: Serving) {
  let query = "";
  const wrong: unknown[] = [];
  let going = true;
  let sent = 0;
  const done = many(1_000_000, 4, async () => {
    if (!going) return;
    const answer = await ask(`${app.proxy}/orders/${sent++}${query}`).catch((error: Error) => ({
      status: 0,
      body: String(error),
    }));
    if (answer.status !== 200 || answer.body !== '{"total":1}') wrong.push(answer);
    await new Promise((next) => setTimeout(next, 5));
  });
  const stop = async () => {
    going = false;
    await done;
    return { sent, wrong };
  };
  const afterSwitch = () => {
    query = AFTER;
  };
  return { sent: () => sent, stop, afterSwitch };
}

const AFTER = "?after-the-switch";

/** Load goes on for so many more requests and at least so long. */
async function goesOn(loading: { sent: () => number }, requests: number, ms: number): Promise<void> {
  const [from, at] = [loading.sent(), performance.now()];
  await until(() => loading.sent() > from + requests && performance.now() > at + ms);
}

/**
 * From now on no request that a client sends may reach the candidate. What was under way may still: waits until that has come
 * to its end, and expects that it stays so.
 */
async function staysOff(
  both: { readonly asked: readonly unknown[]; readonly targets: readonly string[] },
  loading: { readonly sent: () => number; readonly afterSwitch: () => void },
): Promise<void> {
  loading.afterSwitch();
  let asked: number;
  do {
    asked = both.asked.length;
    await goesOn(loading, 50, 0);
  } while (both.asked.length > asked);
  await goesOn(loading, 100, 1_000);
  expect(both.asked.length).toBe(asked);
  expect(both.targets.filter((target) => target.includes(AFTER))).toEqual([]);
}

const control = async (...args: string[]) => {
  const running = run(["control", ...args]);
  return { code: await running.exit, out: running.out(), err: running.err() };
};

describe("parallel-run control off", () => {
  test("during load stops every candidate request, and holds after kill -9", async () => {
    await using both = await sides();
    using at = folder();
    const flags = [...both.flags, "--data", at.path];
    {
      await using app = await serve(flags);
      const loading = load(app);
      await until(() => both.asked.length > 100);
      const { code, out } = await control("off", "--admin", app.admin, "--why", "incident 4711");
      expect(code).toBe(0);
      expect(out).toMatch(/everything: off .*incident 4711/);
      await staysOff(both, loading);
      const { sent, wrong } = await loading.stop();
      expect(wrong).toEqual([]);
      const { total } = await app.counted(sent);
      expect(total.reasons["skipped/off"]).toBeGreaterThan(100);
      const audit = async () => JSON.parse((await ask(`${app.admin}/api/v1/audit`)).body) as AuditEntry[];
      await until(async () => (await audit()).length > 0);
      app.kill("SIGKILL");
      await app.exit;
    }
    const before = both.asked.length;
    await using again = await serve(flags);
    const loading = load(again);
    await goesOn(loading, 100, 500);
    const { wrong } = await loading.stop();
    expect(wrong).toEqual([]);
    expect(both.asked.length).toBe(before);
    const audit = JSON.parse((await ask(`${again.admin}/api/v1/audit`)).body) as AuditEntry[];
    expect(audit).toContainEqual(
      expect.objectContaining({ action: "control", what: "everything", why: "incident 4711", from: "null" }),
    );
    // And on again.
    expect((await control("on", "--admin", again.admin)).code).toBe(0);
    await ask(`${again.proxy}/orders/1`);
    await until(() => both.asked.length > before);
  });

  test("of one route leaves the others, and its time ends by itself", async () => {
    await using both = await sides();
    await using app = await serve(both.flags);
    const off = performance.now();
    const body = JSON.stringify({ on: false, route: "GET /orders/{id}", for: "4s" });
    const headers = { "content-type": "application/json" };
    expect((await ask(`${app.admin}/api/v1/control`, { method: "PUT", headers, body })).status).toBe(200);
    await ask(`${app.proxy}/orders/1`);
    await ask(`${app.proxy}/stock`);
    const { total } = await app.counted(1);
    expect(total.reasons["skipped/off"]).toBe(1);
    await until(() => both.asked.length === 1);
    await until(async () => {
      await ask(`${app.proxy}/orders/2`);
      const orders = (await app.report()).routes.find(({ route }) => route === "GET /orders/{id}");
      return orders!.requests > (orders!.reasons["skipped/off"] ?? 0);
    });
    expect(performance.now() - off).toBeGreaterThan(3_800);
  });

  test("works when the data folder is gone, and says that it will not survive", async () => {
    await using both = await sides();
    using at = folder();
    const data = join(at.path, "data");
    await using app = await serve([...both.flags, "--data", data]);
    await ask(`${app.proxy}/orders/1`);
    await until(() => both.asked.length > 0);
    rmSync(data, { recursive: true });
    writeFileSync(data, "no folder any more");
    const { code, err } = await control("off", "--admin", app.admin);
    expect(code).toBe(3);
    expect(err).toMatch(/the switch is set, but will not survive a restart/);
    const loading = load(app);
    await staysOff(both, loading);
    expect((await loading.stop()).wrong).toEqual([]);
    expect((await app.report()).total.reasons["skipped/off"]).toBeGreaterThan(90);
  });

  test("works by the file when the admin listener cannot be asked", async () => {
    await using both = await sides();
    using at = folder();
    await using app = await serve([...both.flags, "--data", at.path]);
    const loading = load(app);
    await until(() => both.asked.length > 50);
    expect((await control("off", "--admin", `http://127.0.0.1:${await freePort()}`)).code).toBe(3);
    expect((await control("off", "--data", at.path)).code).toBe(0);
    // The file is looked at every 400 ms; once the switch is seen to be in force it holds for every request.
    await until(async () => {
      const { everything } = JSON.parse((await ask(`${app.admin}/api/v1/control`)).body) as Control;
      return everything?.on === false;
    });
    await staysOff(both, loading);
    expect((await loading.stop()).wrong).toEqual([]);
  });

  test("works, and liveness is answered, while hundreds of admin connections ask nothing", async () => {
    await using both = await sides();
    await using app = await serve(both.flags);
    const held: Socket[] = [];
    for (let i = 0; i < 600; i += 1) {
      held.push(connect(Number(new URL(app.admin).port), "127.0.0.1").on("error", () => {}));
      if (i % 3 === 0) held.at(-1)!.write("GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
      if (i % 3 === 1) held.at(-1)!.write("GET /livez HTTP/1.1\r\nHo");
    }
    for (let i = 0; i < 20; i += 1) {
      expect((await ask(`${app.admin}/livez`, { agent: false })).status).toBe(200);
    }
    expect((await control("off", "--admin", app.admin)).code).toBe(0);
    for (const socket of held) socket.destroy();
  });

  test("works when every thread dies: neither comparisons nor the store are left", async () => {
    await using both = await sides();
    using at = folder();
    const preload = join(at.path, "threads-die.mjs");
    writeFileSync(
      preload,
      `import threads from "node:worker_threads";
       import { syncBuiltinESMExports } from "node:module";
       threads.Worker = class extends threads.Worker {
         constructor() { super("throw new Error('no thread lives')", { eval: true }); }
       };
       syncBuiltinESMExports();`,
    );
    await using app = await serve([...both.flags, "--data", join(at.path, "data")], { preload: [preload] });
    const loading = load(app);
    await until(() => both.asked.length > 50);
    expect((await control("off", "--admin", app.admin)).code).toBe(0);
    await staysOff(both, loading);
    const { sent, wrong } = await loading.stop();
    expect(wrong).toEqual([]);
    const { total } = await app.counted(sent);
    expect(total.requests).toBe(sent);
    expect(total.outcomes.not_comparable).toBeGreaterThan(0); // told, not dropped
  });
});
