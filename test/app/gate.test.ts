import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ask, folder, many, run, type Serving, serve, server, UNHURRIED, until } from "./serving.ts";

/** What a minute can prove: the latency of two test servers on a busy machine says nothing. */
const CONFIG = `readiness: { tolerance: 5%, errors: 5%, latency: {}, bake: 1s }
recheck: { delay: 1ms, perSecond: 1000, tries: 1 }
routes:
  - { match: "GET /private", readiness: off }
  - { match: "GET /logout", shadow: off }
`;

/** Both answer with what they were asked; the candidate is wrong where `isWrong` says so. */
async function between(isWrong: (target: string) => boolean, use: (app: Serving, at: string) => Promise<void>) {
  const answering = (wrong: boolean) =>
    server((asked, response) => {
      response.setHeader("content-type", "application/json");
      if (wrong && asked.url!.includes("/hang-")) return; // never answered
      response.end(JSON.stringify({ asked: asked.url, total: wrong && isWrong(asked.url!) ? 0 : 19.9 }));
    });
  await using legacy = await answering(false);
  await using candidate = await answering(true);
  using at = folder();
  const file = join(at.path, "config.yaml");
  writeFileSync(
    file,
    `legacy: "${legacy.url}"\ncandidate: { url: "${candidate.url}", timeout: 60s }\n${CONFIG}${UNHURRIED}`,
  );
  await using app = await serve([file]);
  await use(app, at.path);
}

async function gate(app: Serving): Promise<{ readonly code: number | string; readonly out: string }> {
  const running = run(["gate", "--admin", app.admin]);
  const code = await running.exit;
  return { code, out: running.out() };
}

/** A busy machine may leave a request out, so they are asked until as many were compared. */
async function compared(app: Serving, targets: readonly string[]): Promise<void> {
  let asked = (await app.report()).total.requests;
  await until(async () => {
    await many(targets.length, 4, async (i) => void (await ask(`${app.proxy}${targets[i]}`)));
    asked += targets.length;
    const { total } = await app.counted(asked);
    return total.compared + total.outcomes.candidate_error >= targets.length;
  });
}

const orders = (count: number) => Array.from({ length: count }, (_, i) => `/orders/${i}`);

describe("the gate", () => {
  test("opens for a candidate that is right, and lists what is left out on purpose", async () => {
    await between(
      () => false,
      async (app) => {
        await ask(`${app.proxy}/private`);
        await ask(`${app.proxy}/logout`);
        await compared(app, [...orders(150), ...new Array(150).fill("/status")]);
        const { code, out } = await until(async () => {
          const told = await gate(app);
          return told.code === 0 ? told : undefined;
        });
        expect(code).toBe(0);
        expect(out).toContain("ready  all routes:");
        expect(out).toContain("Excluded: GET /logout (shadow: off), GET /private (readiness: off)");
        expect(out).toMatch(/^off {4}GET \/private: /m);
        expect(out).toMatch(/^ready {2}GET \/status: /m); // one possible request, asked again and again
      },
    );
  }, 180_000);

  test("stays shut for one route that is wrong on every request at 1 % of the traffic, and names it", async () => {
    await between(
      (target) => target.startsWith("/refunds/"),
      async (app) => {
        await compared(app, [...orders(396), "/refunds/1", "/refunds/2", "/refunds/3", "/refunds/4"]);
        const { code, out } = await gate(app);
        expect(code).toBe(1);
        expect(out).toMatch(
          /^reject all routes: GET \/refunds\/\{id\} is rejected: at least .* readiness\.tolerance is 5 %/,
        );
      },
    );
  }, 180_000);

  test("stays shut while requests hang at the candidate, before their time is up", async () => {
    await between(
      () => false,
      async (app) => {
        // As many as would be ready if the others did not hang.
        await many(150, 4, async (i) => void (await ask(`${app.proxy}/orders/${i}`)));
        await many(12, 4, async (i) => void (await ask(`${app.proxy}/orders/hang-${1000 + i}`)));
        await many(150, 4, async (i) => void (await ask(`${app.proxy}/orders/${i}`)));
        const { out } = await until(async () => {
          const told = await gate(app);
          return told.out.includes("have had no outcome for more than a second") ? told : undefined;
        });
        expect(out).toMatch(/^hold/);
      },
    );
  }, 180_000);

  test("stays shut for a route of which too little is known, and says what is missing", async () => {
    await between(
      () => false,
      async (app) => {
        await compared(app, [...orders(150), "/once"]);
        const { code, out } = await gate(app);
        expect(code).toBe(1);
        expect(out).toContain("hold   all routes: GET /once is on hold: up to ");
        expect(out).toContain("readiness.repeat");
      },
    );
  }, 180_000);
});
