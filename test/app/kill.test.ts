import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import type { Report } from "../../src/model/report.ts";
import { answerTo, ask, echo, folder, freePort, many, serve, server, UNHURRIED } from "./serving.ts";

/** More with KILL_ROUNDS in the environment: 50 take some three minutes. */
const ROUNDS = Number(process.env["KILL_ROUNDS"] ?? 4);
/** Fewer than are counted one by one: beyond, a sample of them is kept, which halves every now and then. */
const DISTINCT = 50_000;
/** What the config says: it is the default. */
const FLUSH_MS = 500;

const counts = ({ total, findings }: Report) => ({
  requests: total.requests,
  match: total.outcomes.match,
  mismatch: total.outcomes.mismatch,
  distinct: total.readiness.distinct,
  findings: findings.length,
  seen: findings.reduce((sum, one) => sum + one.count, 0),
});

test(
  `kill -9 under load, ${ROUNDS} times: no count falls, the file is sound, and the proxy answers from the first second`,
  async () => {
    await using legacy = await server(echo);
    await using candidate = await server((asked, response) => {
      if (/[05]$/.test(asked.url!)) response.setHeader("content-type", "application/json").end('{"total":1}');
      else echo(asked, response);
    });
    using at = folder();
    const port = await freePort();
    const proxy = `http://127.0.0.1:${port}`;
    const file = join(at.path, "config.yaml");
    const data = join(at.path, "data");
    writeFileSync(
      file,
      `legacy: "${legacy.url}"\ncandidate: "${candidate.url}"\nlisten: 127.0.0.1:${port}\ndata: ${data}
recheck: { delay: 10ms, perSecond: 1000, tries: 1 }\n${UNHURRIED}`,
    );
    let n = 0;
    let going = true;
    const wrong: unknown[] = [];
    const clients = many(4, 4, async () => {
      while (going) {
        const target = `/orders/${n++ % DISTINCT}`;
        // Between a kill and the next start nobody listens, and what was under way is lost with the process.
        const answer = await ask(`${proxy}${target}`).catch(() => undefined);
        if (answer && (answer.status !== 200 || answer.body !== answerTo("GET", target))) wrong.push(answer);
        await new Promise((done) => setTimeout(done, answer ? 2 : 20));
      }
    });
    let owed: ReturnType<typeof counts> | undefined;
    for (let round = 0; round <= ROUNDS; round += 1) {
      await using app = await serve([file, "--listen", `127.0.0.1:${port}`]);
      expect((await ask(`${proxy}/first/1`)).status).toBe(200);
      const now = counts(await app.report());
      for (const [name, count] of Object.entries(owed ?? {})) {
        expect(now[name as keyof typeof now], `${name} after ${round} kills`).toBeGreaterThanOrEqual(count);
      }
      expect(app.lines.filter(({ event, level }) => event === "store" && level !== "info")).toEqual([]);
      if (round === ROUNDS) break;

      // Looks until the moment of the kill, which is never the same.
      const shown: { at: number; counts: ReturnType<typeof counts> }[] = [];
      const until = performance.now() + 1_100 + ((round * 389) % 900);
      const isOwed = (one: (typeof shown)[number]) => one.counts.mismatch > 0 && one.at < performance.now() - FLUSH_MS;
      while (performance.now() < until || shown.length < 3 || !shown.some(isOwed)) {
        shown.push({ counts: counts(await app.report()), at: performance.now() });
        await new Promise((done) => setTimeout(done, 20));
      }
      const killed = performance.now();
      app.kill("SIGKILL");
      expect(await app.exit).toBe("SIGKILL");
      owed = shown.findLast((one) => one.at < killed - FLUSH_MS)?.counts ?? owed;
      const database = new DatabaseSync(join(data, "parallel-run.db"));
      expect(database.prepare("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
      database.close();
    }
    going = false;
    await clients;
    expect(wrong).toEqual([]);
    expect(owed!.requests).toBeGreaterThan(ROUNDS * 5);
    expect(owed!.mismatch).toBeGreaterThan(0);
    expect(readdirSync(data).filter((name) => name.startsWith("parallel-run.db."))).toEqual([]); // nothing put aside
  },
  60_000 + ROUNDS * 30_000,
);
