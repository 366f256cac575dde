import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test, vi } from "vitest";
import { ask, echo, folder, run, type Serving, serve, server, until } from "./serving.ts";

vi.setConfig({ testTimeout: 240_000 });

test("a damaged record of any kind never stops the start: it is left out, and the report says so", async () => {
  await using legacy = await server(echo);
  await using candidate = await server((asked, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ method: asked.method, target: asked.url, total: 20, more: true }));
  });
  using at = folder();
  const flags = ["--legacy", legacy.url, "--candidate", candidate.url, "--data", at.path];
  const findings = async (app: Serving) => (await app.report()).findings.map(({ id }) => id).sort();
  let known: string[];
  {
    await using app = await serve(flags);
    known = await until(async () => {
      await ask(`${app.proxy}/orders/1`);
      await ask(`${app.proxy}/orders/2`);
      await new Promise((next) => setTimeout(next, 200)); // or the queue is full of the same
      const found = await findings(app);
      return found.length >= 2 ? found : undefined;
    });
    app.kill("SIGTERM");
    expect(await app.exit).toBe(0);
  }
  const damage = (statement: string) => {
    const database = new DatabaseSync(join(at.path, "parallel-run.db"));
    const { changes } = database.prepare(statement).run();
    database.close();
    expect([statement, changes]).toEqual([statement, expect.toSatisfy((count: number) => count > 0)]);
  };
  // As a flipped bit does, and as another version of the program would have written it.
  damage(`UPDATE documents SET value = replace(value, ':', ';') WHERE kind = '"finding"' AND key = '"${known[0]}"'`);
  damage(`UPDATE documents SET value = '[{"other":[1]}]', crc = NULL WHERE kind = '"samples"'`);
  damage(`UPDATE documents SET value = '{"places":[null],"at":1,"trials":1}', crc = NULL WHERE kind = '"noise"'`);
  damage(
    `UPDATE documents SET value = '"x"', crc = NULL WHERE kind IN ('"cause"', '"requests"', '"epoch"', '"settings"')`,
  );
  damage("UPDATE samples SET data = 'null'");
  damage("INSERT INTO audit (entry) VALUES ('{'), ('[]')");
  {
    await using app = await serve(flags);
    const { findings: left, warnings } = await app.report();
    expect(left.map(({ id }) => id).sort()).toEqual(known.slice(1));
    expect(warnings).toEqual(
      expect.arrayContaining([expect.stringMatching(/^The store: \d+ stored rows? cannot be read/)]),
    );
    expect(app.lines.filter(({ event, unreadable }) => event === "store" && unreadable !== 0)).not.toEqual([]);
    expect((await ask(`${app.admin}/api/v1/audit`)).status).toBe(200);
    expect((await ask(`${app.proxy}/orders/3`)).status).toBe(200);
    app.kill("SIGTERM");
    expect(await app.exit).toBe(0);
  }
  const report = run(["report", "--data", at.path]);
  expect(await report.exit).toBe(0);
});
