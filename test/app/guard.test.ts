import { writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  always,
  answerTo,
  ask,
  counter,
  echo,
  folder,
  many,
  type Serving,
  serve,
  server,
  UNHURRIED,
  until,
} from "./serving.ts";

async function serveWith(at: { path: string }, config: string): Promise<Serving> {
  const file = join(at.path, "config.yaml");
  writeFileSync(file, config);
  return serve([file]);
}

const metric = async ({ admin }: Serving, line: string): Promise<number | undefined> => {
  const { body } = await ask(`${admin}/metrics`);
  const found = body.split("\n").find((one) => one.startsWith(`parallel_run_${line} `));
  return found === undefined ? undefined : Number(found.split(" ").at(-1));
};

const switchTo = (app: Serving, body: unknown) =>
  ask(`${app.admin}/api/v1/control`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

/** A slow legacy, and a candidate that lives on the same database: what is asked of one makes the other wait. */
async function entangled() {
  const busy = new Map<string, number>();
  const legacy: RequestListener = (asked, response) => {
    const slow = asked.url!.startsWith("/shared/");
    setTimeout(() => setTimeout(() => echo(asked, response), slow && busy.has(asked.url!) ? 60 : 0), 60);
  };
  const candidate: RequestListener = (asked, response) => {
    busy.set(asked.url!, 1);
    echo(asked, response);
  };
  return { legacy: await server(legacy), candidate: await server(candidate) };
}

describe("interference", () => {
  test("is measured, published and told, and stops the shadowing of its route alone", async () => {
    const { legacy, candidate } = await entangled();
    await using _ = legacy;
    await using __ = candidate;
    using at = folder();
    await using app = await serveWith(
      at,
      `legacy: "${legacy.url}"\ncandidate: "${candidate.url}"\ninterference: { holdout: 50%, stop: true }\n`,
    );
    let sent = 0;
    const stopped = () => app.lines.find(({ event, who }) => event === "audit" && who === "interference");
    while (stopped() === undefined && sent < 4000) {
      await many(100, 16, async () => {
        sent += 1;
        const target = `/${sent % 4 === 0 ? "alone" : "shared"}/${sent}`;
        expect((await ask(`${app.proxy}${target}`)).body).toBe(answerTo("GET", target));
      });
    }
    expect(stopped()).toMatchObject({ action: "control", what: "GET /shared/{id}" });
    expect(app.lines.find(({ event }) => event === "interference")).toMatchObject({ interferes: true, stopped: true });
    const shared = { route: "GET /shared/{id}", switch: { on: false, by: "interference" } };
    expect(JSON.parse((await ask(`${app.admin}/api/v1/control`)).body)).toMatchObject({ routes: [shared] });
    expect(await metric(app, 'interference_ratio{route="GET /shared/{id}",bound="low"}')).toBeGreaterThan(1.2);
    expect(await metric(app, 'shadow_share{route="GET /shared/{id}"}')).toBe(0);
    expect(await metric(app, 'shadow_share{route="GET /alone/{id}"}')).toBe(0.5);
    const report = await until(async () => {
      const told = await app.report();
      return told.warnings.some((one) => one.startsWith("Shadowing hurts legacy")) ? told : undefined;
    });
    expect(report.interference?.find(({ route }) => route === shared.route)).toMatchObject({ interferes: true });
    expect(report.interference?.find(({ route }) => route === "GET /alone/{id}")?.interferes).not.toBe(true);
  }, 240_000);
});

describe("what the config says of shadowing", () => {
  test("holds for each request: values, a ramp, budgets of routes, and a share at run time in place of the sample", async () => {
    await using legacy = await server(echo);
    await using candidate = await server(echo);
    using at = folder();
    await using app = await serveWith(
      at,
      [
        `legacy: "${legacy.url}"\ncandidate: "${candidate.url}"`,
        "shadow: { sample: 50%, ramp: { from: 0%, over: 1d } }",
        "routes:",
        "- { match: GET /users/*, shadow: { sample: 100%, by: field x-user, values: [ada] } }",
        "- { match: GET /rare, shadow: { sample: 100%, perSecond: 0 } }",
        "",
      ].join("\n"),
    );
    await many(20, 4, async (n) => void (await ask(`${app.proxy}/orders/${n}`)));
    expect(candidate.seen).toEqual([]); // the ramp has only just begun
    expect(await metric(app, 'shadow_share{route="GET /orders/{id}"}')).toBeLessThan(0.001);
    expect(await metric(app, "shadow_enabled")).toBe(1);
    expect((await switchTo(app, { share: "100%", why: "all of it" })).status).toBe(200);
    expect(await metric(app, 'shadow_share{route="GET /orders/{id}"}')).toBe(1);
    await ask(`${app.proxy}/orders/7`);
    await ask(`${app.proxy}/rare`);
    for (const user of ["eve", "ada"]) await ask(`${app.proxy}/users/${user}`, { headers: { "x-user": user } });
    await app.counted(24);
    expect(candidate.seen).toEqual(["GET /orders/7", "GET /users/ada"]);
    await switchTo(app, { cohort: { field: "x-user", values: ["bob"] } });
    for (const user of ["eve", "bob"]) await ask(`${app.proxy}/of/${user}`, { headers: { "x-user": user } });
    await switchTo(app, { route: "GET /orders/{id}", on: true, share: 1, cohort: { cookie: "u", values: ["1"] } });
    await ask(`${app.proxy}/orders/8`, { headers: { cookie: "a=b; u=1", "x-user": "eve" } });
    await app.counted(27);
    await switchTo(app, { on: false });
    expect(await metric(app, "shadow_enabled")).toBe(0);
    expect(await metric(app, 'shadow_share{route="GET /orders/{id}"}')).toBe(0);
    expect(await counter(app.admin, "parallel_run_breaker_state")).toBe(1);
  });

  test("sheds shadowing of a process that is larger than it may be, and serves its clients", async () => {
    await using legacy = await server(echo);
    await using candidate = await server(echo);
    using at = folder();
    const config = (memory: string) =>
      `legacy: "${legacy.url}"\ncandidate: "${candidate.url}"\noverload: { memory: ${memory}, eventLoopDelay: 10s }\n`;
    await using app = await serveWith(at, config("64MiB")); // less than it ever is
    for (let n = 0; n < 5; n++) expect((await ask(`${app.proxy}/a/${n}`)).status).toBe(200);
    expect((await app.counted(5)).total.reasons["skipped/overload"]).toBe(5);
    expect(await metric(app, 'shed_total{cause="memory"}')).toBe(5);
    expect(candidate.seen).toEqual([]);
    writeFileSync(join(at.path, "config.yaml"), config("4GiB"));
    app.kill("SIGHUP");
    await until(() => app.lines.find(({ event }) => event === "reload"));
    await ask(`${app.proxy}/a/6`);
    await until(() => candidate.seen.length === 1);
  });

  test("sheds shadowing while more waits for comparison than may, and counts what it compared", async () => {
    const rows = Array.from({ length: 10_000 }, (_, id) => ({ id, name: `no. ${id}`, price: 0 }));
    await using legacy = await server(always(rows));
    await using candidate = await server(always(rows.with(-1, { ...rows.at(-1)!, price: 1 })));
    using at = folder();
    await using app = await serveWith(
      at,
      `legacy: "${legacy.url}"\ncandidate: "${candidate.url}"\n${UNHURRIED}verify: { queue: 1MiB }\nrecheck: { perSecond: 0 }\n`,
    );
    await many(200, 16, async (n) => expect((await ask(`${app.proxy}/rows/${n}`)).status).toBe(200));
    const { reasons } = (await app.counted(200)).total;
    const asked = candidate.seen.length;
    expect(asked).toBeLessThan(200);
    expect([reasons["skipped/overload"], reasons["not_comparable/unconfirmed"]]).toEqual([200 - asked, asked]);
    expect(await metric(app, 'shed_total{cause="verify"}')).toBe(200 - asked);
    expect(await metric(app, "verify_cpu_seconds_total")).toBeGreaterThan(0);
  });
});
