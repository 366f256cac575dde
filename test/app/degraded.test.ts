import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ask, echo, folder, type Serving, serve, server, until } from "./serving.ts";

const readyz = async (app: Serving) =>
  JSON.parse((await ask(`${app.admin}/readyz`)).body) as { ok: boolean; notes: string[] };
const metric = async (app: Serving, name: string) =>
  Number(new RegExp(`^parallel_run_${name} (\\S+)$`, "m").exec((await ask(`${app.admin}/metrics`)).body)?.[1]);
const warnings = async (app: Serving) => (await app.report()).warnings.join("\n");

test("a refused reload is in the report, in /readyz and in a metric until the file is sound again", async () => {
  await using legacy = await server(echo);
  await using candidate = await server(echo);
  using at = folder();
  const file = join(at.path, "config.yaml");
  const write = (more: string) =>
    writeFileSync(file, `legacy: "${legacy.url}"\ncandidate: "${candidate.url}"\n${more}`);
  write("");
  await using app = await serve([file]);
  expect(await metric(app, "config_reload_failed")).toBe(0);
  for (const mend of ["", "grace: 3s\n"]) {
    write("grace: soon\n");
    app.kill("SIGHUP");
    await until(async () => (await metric(app, "config_reload_failed")) === 1);
    const said = /changed config is refused.*config\.yaml:3:8: grace: `soon` is not a duration/;
    expect(await warnings(app)).toMatch(said);
    const { ok, notes } = await readyz(app);
    expect([ok, notes.join("\n")]).toEqual([true, expect.stringMatching(said)]);
    expect((await ask(`${app.proxy}/orders/1`)).status).toBe(200);
    write(mend);
    app.kill("SIGHUP");
    await until(async () => (await metric(app, "config_reload_failed")) === 0);
    expect(await warnings(app)).not.toMatch(/refused/);
    expect((await readyz(app)).notes).toEqual([]);
  }
});

test("an accepted reload logs rules as they are written in the file", async () => {
  await using legacy = await server(echo);
  await using candidate = await server(echo);
  using at = folder();
  const file = join(at.path, "config.yaml");
  const write = (ignore: string) =>
    writeFileSync(file, `legacy: "${legacy.url}"\ncandidate: "${candidate.url}"\ncompare: { ignore: [${ignore}] }\n`);
  write('"$.a"');
  await using app = await serve([file]);
  write('"$..b[*].c"');
  app.kill("SIGHUP");
  const reload = await until(() => app.lines.find(({ event }) => event === "reload"));
  const changes = JSON.stringify(reload["changes"]);
  expect(changes).toContain("$..b[*].c");
  expect(changes).not.toMatch(/segments|selectors/);
});

test("a data folder that another process uses is in the report and in /readyz", async () => {
  await using legacy = await server(echo);
  await using candidate = await server(echo);
  using at = folder();
  const flags = ["--legacy", legacy.url, "--candidate", candidate.url, "--data", join(at.path, "data")];
  await using first = await serve(flags);
  await using second = await serve(flags);
  expect(await warnings(first)).toBe("");
  expect(await warnings(second)).toMatch(/^Evidence may not survive a restart: .*in use/);
  expect((await readyz(second)).notes.join()).toMatch(/in use/);
});

test("a breaker is not reported open while shadowing is switched off, and a planned end is published", async () => {
  await using legacy = await server(echo);
  await using candidate = await server((asked) => void asked.socket.destroy());
  await using app = await serve(["--legacy", legacy.url, "--candidate", candidate.url]);
  await until(async () => {
    await ask(`${app.proxy}/orders/1`);
    return (await metric(app, "breaker_open")) === 1;
  });
  const off = (body: object) =>
    ask(`${app.admin}/api/v1/control`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  await off({ on: false });
  expect(await metric(app, "breaker_open")).toBe(0);
  expect(await metric(app, "shadow_off_until_timestamp_seconds")).toBe(0);
  await off({ on: false, for: "3d" });
  expect(await metric(app, "shadow_off_until_timestamp_seconds")).toBeGreaterThan(Date.now() / 1000);
});
