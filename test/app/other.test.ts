import { writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { join } from "node:path";
import { expect, test } from "vitest";
import { renderMarkdown } from "../../src/report/markdown.ts";
import { renderText } from "../../src/report/text.ts";
import { always, ask, folder, many, serve, server, UNHURRIED, until } from "./serving.ts";

/** A service that knows some paths, and says 404 to the rest. */
const knowing =
  (paths: (path: string) => boolean, known: RequestListener): RequestListener =>
  (request, response) => {
    if (paths(request.url!.split("?")[0]!)) known(request, response);
    else response.writeHead(404, { "content-type": "text/plain" }).end("Not Found");
  };

test("invented paths are one row, said in every form of the report, and no route is lost by them", async () => {
  const service = knowing((path) => path === "/orders", always({ total: 1 }));
  await using legacy = await server(service);
  await using candidate = await server(service);
  await using app = await serve(["--legacy", legacy.url, "--candidate", candidate.url]);
  await many(600, 16, async (n) => {
    await ask(`${app.proxy}/wp-admin${n}/setup.php?token=s3cr3t`);
  });
  await many(20, 4, async () => {
    await ask(`${app.proxy}/.env`);
  });
  await many(5, 1, async (n) => {
    await ask(`${app.proxy}/orders?page=${n}`);
  });
  const { routes, other, warnings } = await app.counted(625);
  expect(routes.map(({ route, requests }) => [route, requests])).toEqual([
    ["GET /orders", 5],
    ["other", 620],
  ]);
  expect(other).toMatchObject({ requests: 620, forgotten: 0, limit: 200 });
  expect(other!.examples.slice(0, 2)).toEqual([
    { route: "GET /{token}/setup.php", status: 404, requests: 600 },
    { route: "GET /.env", status: 404, requests: 20 },
  ]);
  expect(warnings.filter((one) => one.includes("620 of 625 requests (99 %)"))).toEqual([
    expect.stringMatching(/GET \/\.env \(404\).*`routes:`/),
  ]);
  const metrics = (await ask(`${app.admin}/metrics`)).body;
  const names = [...metrics.matchAll(/^parallel_run_requests_total\{route="(.*?)"/gm)].map(([, route]) => route);
  expect([...new Set(names)].sort()).toEqual(["GET /orders", "other"]);
  const report = await app.report();
  const page = (await ask(`${app.admin}/`)).body;
  for (const text of [page, renderText(report), renderMarkdown(report)]) {
    expect(text.replace(/\s+/g, " ")).toMatch(
      /620 of 625 requests.*other: 620 requests of routes that legacy never served/,
    );
    expect(text).not.toContain("s3cr3t");
  }
}, 120_000);

test("routes that look alike are suggested as one, with what declares it; once there are eight, they are one", async () => {
  const branches = always({ name: "x", open: true });
  const service = knowing((path) => path.startsWith("/city/"), branches);
  await using legacy = await server(service);
  await using candidate = await server(service);
  await using app = await serve(["--legacy", legacy.url, "--candidate", candidate.url]);
  const names = "main east west north south upper lower river".split(" ");
  for (const name of names.slice(0, 3)) await ask(`${app.proxy}/city/branches/${name}`);
  const { lookAlikes } = await app.counted(3);
  expect(lookAlikes).toEqual([
    {
      route: "GET /city/branches/{name}",
      routes: names.slice(0, 3).map((name) => `GET /city/branches/${name}`),
      yaml: "routes:\n  - match: GET /city/branches/{name}\n",
    },
  ]);
  for (const name of names.slice(3)) await ask(`${app.proxy}/city/branches/${name}`);
  const joined = await until(async () => {
    const report = await app.report();
    return report.total.requests === 8 && report.routes.length === 1 ? report : undefined;
  });
  expect(joined.routes).toMatchObject([{ route: "GET /city/branches/{name}", requests: 8 }]);
  expect(joined.lookAlikes).toBeUndefined();
  await ask(`${app.proxy}/city/branches/ninth`);
  await app.counted(9);
  const metrics = (await ask(`${app.admin}/metrics`)).body;
  expect(metrics).toContain(
    'parallel_run_requests_total{route="GET /city/branches/{name}",outcome="match",reason=""} 1',
  );
}, 120_000);

test("learned routes beyond the limit are forgotten, and all outcomes still add up", async () => {
  const service: RequestListener = always({ ok: true });
  await using legacy = await server(service);
  await using candidate = await server(service);
  using at = folder();
  const file = join(at.path, "config.yaml");
  writeFileSync(file, `${UNHURRIED}legacy: ${legacy.url}\ncandidate: ${candidate.url}\nlimits: { maxRoutes: 5 }\n`);
  await using app = await serve([file]);
  for (let n = 0; n < 40; n += 1) {
    await ask(`${app.proxy}/page${"abcdefghijklmnopqrstuvwxyzabcdefghijklmn"[n]}${"xyz"[n % 3]}${n}`);
    await ask(`${app.proxy}/orders`);
  }
  const { routes, other, total } = await app.counted(80);
  expect(total.requests).toBe(80);
  expect(routes.reduce((sum, { requests }) => sum + requests, 0)).toBe(80);
  expect(routes.find(({ route }) => route === "GET /orders")).toMatchObject({ requests: 40 });
  expect(routes.length).toBeLessThanOrEqual(6);
  expect(other).toMatchObject({ forgotten: 36, limit: 5 });
}, 120_000);
