import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import type { AuditEntry, Control } from "../../src/model/control.ts";
import type { Finding, Report } from "../../src/model/report.ts";
import { ask, folder, type Serving, serve, server, UNHURRIED, until } from "./serving.ts";

vi.setConfig({ testTimeout: 240_000 });

const change = async (app: Serving, method: string, path: string, wish: unknown, status: number) => {
  const body = JSON.stringify(wish);
  const headers = { "content-type": "application/json", "content-length": String(body.length) };
  const answer = await ask(`${app.admin}/api/v1/${path}`, { method, body, headers });
  expect([path, answer.status, answer.body]).toEqual([path, status, expect.any(String)]);
};
const read = async <T>(app: Serving, path: string): Promise<T> =>
  JSON.parse((await ask(`${app.admin}/api/v1/${path}`)).body) as T;

test("what was acknowledged is there after the process was killed at once, though nothing is written in between", async () => {
  await using legacy = await server((_, response) => void response.end('{"total":1}'));
  await using candidate = await server((_, response) => void response.end('{"total":2}'));
  using at = folder();
  const file = join(at.path, "config.yaml");
  writeFileSync(
    file,
    `legacy: "${legacy.url}"
candidate: "${candidate.url}"
data: ${join(at.path, "data")}
store: { flush: 1h }
recheck: { delay: 10ms, perSecond: 100 }
${UNHURRIED}`,
  );
  const startAgain = async (app: Serving): Promise<Serving> => {
    app.kill("SIGKILL");
    await app.exit;
    return serve([file]);
  };
  let app = await serve([file]);
  try {
    const [{ id }] = (await until(async () => {
      await ask(`${app.proxy}/orders`);
      await new Promise((next) => setTimeout(next, 200)); // or the queue is full of the same
      const { findings } = await read<Report>(app, "report");
      return findings.length > 0 && findings;
    })) as [Finding];

    await change(app, "POST", `findings/${id}/accept`, { why: "rounds", by: "ann" }, 200);
    app = await startAgain(app);
    expect(await read<Finding>(app, `findings/${id}`)).toMatchObject({ acceptance: { why: "rounds", by: "ann" } });

    await change(app, "POST", "epoch", { name: "v2", by: "bob" }, 201);
    app = await startAgain(app);
    expect(await read<Report>(app, "report")).toMatchObject({ epoch: { name: "v2" } });

    // Several at once: none may be acknowledged on behalf of another.
    await Promise.all([
      change(app, "DELETE", `findings/${id}/accept`, { by: "eve" }, 200),
      change(app, "PUT", "control", { on: false, by: "eve", why: "incident" }, 200),
      change(app, "POST", "epoch", { name: "v3", by: "eve" }, 201),
    ]);
    app = await startAgain(app);
    expect(await read<Report>(app, "report")).toMatchObject({ epoch: { name: "v3" } });
    expect((await read<Finding>(app, `findings/${id}`)).acceptance).toBe(undefined);
    expect(await read<Control>(app, "control")).toMatchObject({ everything: { on: false, why: "incident" } });

    // The order of those three is the machine's.
    const done = (await read<AuditEntry[]>(app, "audit")).map(({ who, action }) => `${who} ${action}`);
    expect(done.sort()).toEqual(["ann accept", "bob epoch", "eve control", "eve epoch", "eve unaccept"]);
  } finally {
    await app[Symbol.asyncDispose]();
  }
});
