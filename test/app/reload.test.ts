import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import type { AuditEntry } from "../../src/model/control.ts";
import { ask, folder, many, type Serving, serve, server, until } from "./serving.ts";

vi.setConfig({ testTimeout: 240_000 });

/** Answers with its name and a total of its own. */
const named = (name: string, total: number) =>
  server((_asked, response) => {
    response.setHeader("x-side", name);
    response.end(JSON.stringify({ total, n: 1 }));
  });

const events = (app: Serving, event: string) => app.lines.filter((line) => line["event"] === event);

/** Asks without a pause until `stop` is called; keeps who answered, and what failed. */
function load(app: Serving, atOnce: number) {
  const sides = new Map<string, number>();
  const faults: unknown[] = [];
  let going = true;
  let sent = 0;
  const done = many(1_000_000, atOnce, async (n) => {
    if (!going) return;
    sent += 1;
    const answer = await ask(`${app.proxy}/orders/${n % 50}`).catch((error) => faults.push(error));
    if (typeof answer === "number") return;
    const side = answer.status === 200 ? String(answer.fields["x-side"]) : `${answer.status}`;
    sides.set(side, (sides.get(side) ?? 0) + 1);
    await new Promise((next) => setTimeout(next, 2));
  });
  const stop = async () => {
    going = false;
    await done;
    return sent;
  };
  return { sides, faults, stop };
}

describe("a changed config", () => {
  test("takes over between two requests under load, and none is dropped", async () => {
    await using one = await named("one", 1);
    await using two = await named("two", 1);
    await using old = await named("old", 2);
    await using fresh = await named("fresh", 2);
    using at = folder();
    const file = join(at.path, "config.yaml");
    const write = (legacy: string, candidate: string, more = "") =>
      writeFileSync(
        file,
        `legacy: "${legacy}"\ncandidate: "${candidate}"\nrecheck: { delay: 1ms, perSecond: 1000, tries: 1 }\n${more}`,
      );
    write(one.url, old.url);
    await using app = await serve([file]);
    const { sides, faults, stop } = load(app, 8);
    await until(() => old.seen.length > 100);
    expect(fresh.seen.length).toBe(0);

    // Another candidate, by a file that is seen to have changed.
    write(one.url, fresh.url);
    await until(() => events(app, "reload")[0]);
    const asked = old.seen.length;
    await until(() => fresh.seen.length > 100);
    expect(old.seen.length).toBeLessThanOrEqual(asked + 8); // those that were under way

    // A faulty one changes nothing, and every fault is told.
    writeFileSync(file, "legacy: nonsense\ncandidat: 1\n");
    const refused = await until(() => events(app, "reload_refused")[0]);
    expect((refused["faults"] as string[]).length).toBeGreaterThan(1);
    const then = fresh.seen.length;
    await until(() => fresh.seen.length > then + 50);

    // Another legacy, a rule that settles the difference, and a key that waits, by a signal.
    await until(async () => (await app.report()).total.outcomes.mismatch > 100);
    expect((await app.report()).total.outcomes.match ?? 0).toBe(0);
    write(
      two.url,
      fresh.url,
      'limits: { maxRoutes: 100 }\ncompare: { ignore: ["$.total", "field x-side"] }\nreadiness: { tolerance: 7% }\n',
    );
    app.kill("SIGHUP");
    const reloaded = await until(
      () => events(app, "reload")[1],
      () => JSON.stringify(app.lines.slice(-5)),
    );
    expect(reloaded["afterRestart"]).toEqual(["limits.maxRoutes"]);
    expect(reloaded["changes"]).toContainEqual(expect.stringContaining(two.url));
    await until(
      async () => ((await app.report()).total.outcomes.match ?? 0) > 100,
      () => JSON.stringify(app.lines.slice(-5)),
    );
    expect((await app.report()).total.readiness).toMatchObject({ tolerance: 0.07 });

    const sent = await stop();
    expect(faults).toEqual([]);
    expect([...sides.keys()].sort()).toEqual(["one", "two"]);
    expect((await app.counted(sent)).total.requests).toBe(sent);
    await until(async () => {
      const audit = JSON.parse((await ask(`${app.admin}/api/v1/audit`)).body) as AuditEntry[];
      return audit.filter(({ action }) => action === "reload").length === 2;
    });
    app.kill("SIGTERM");
    expect(await app.exit).toBe(0);
  });
});
