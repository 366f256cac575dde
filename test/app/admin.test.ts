import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ask, echo, folder, run, serve, server } from "./serving.ts";

const CONTROL = "planted-control-token-0001";
const READ = "planted-read-token-0002";
const URLS = ["--legacy", "http://127.0.0.1:1", "--candidate", "http://127.0.0.1:2", "--listen", "127.0.0.1:0"];
const PATHS = [
  ...["/", "/metrics", "/api/v1/report", "/api/v1/findings/x", "/api/v1/epoch", "/api/v1/control", "/api/v1/audit"],
  ...[
    "/api/v1/config",
    "/api/v1",
    "/nothing",
    "/livez/",
    "//livez",

    "/LIVEZ",
    "/favicon.ico",
  ],
];

describe("the admin listener on 0.0.0.0", () => {
  test("does not start without a token, and says what to do", async () => {
    const { exit, err } = run(["serve", ...URLS, "--admin", "0.0.0.0:0"]);
    expect([2, 3]).toContain(await exit);
    expect(err()).toMatch(/token/);
    expect(err()).toMatch(/PARALLEL_RUN_TOKEN|adminAccess/);
    expect(err()).toMatch(/127\.0\.0\.1|loopback/);
  });

  test("answers 401 on every path but the two of health, whatever is asked and however", async () => {
    await using app = await serve([...URLS, "--admin", "0.0.0.0:0"], {
      env: { PARALLEL_RUN_TOKEN: CONTROL },
      flagsAlone: true,
    });
    const admin = `http://127.0.0.1:${new URL(app.admin).port}`;
    for (const authorization of [
      undefined,
      "Bearer",
      "Bearer ",
      `Bearer ${CONTROL}x`,
      `Bearer ${CONTROL.slice(1)}`,
      CONTROL,
      "Basic eDp5",
    ]) {
      const headers = authorization === undefined ? {} : { authorization };
      for (const path of PATHS) expect([path, (await ask(`${admin}${path}`, { headers })).status]).toEqual([path, 401]);
      for (const method of ["PUT", "POST", "DELETE", "HEAD", "OPTIONS"]) {
        expect((await ask(`${admin}/api/v1/control`, { method, headers })).status).toBe(401);
      }
      for (const path of ["/livez", "/readyz", "/livez?x=1"]) {
        expect([path, (await ask(`${admin}${path}`, { headers })).status]).toEqual([path, 200]);
      }
    }
    const headers = { authorization: `Bearer ${CONTROL}` };
    expect((await ask(`${admin}/api/v1/report`, { headers })).status).toBe(200);
    expect(app.out() + app.err()).not.toContain(CONTROL);
    expect((await ask(`${admin}/api/v1/config`, { headers })).body).not.toContain(CONTROL);
  });

  test("lets the read token look and nothing more, and a browser's page of elsewhere change nothing", async () => {
    await using legacy = await server(echo);
    await using candidate = await server(echo);
    using at = folder();
    const file = join(at.path, "config.yaml");
    writeFileSync(join(at.path, "read-token"), `${READ}\n`);
    writeFileSync(
      file,
      `legacy: "${legacy.url}"\ncandidate: "${candidate.url}"\nadmin: 0.0.0.0:0\nadminAccess: { token: "\${SECRET}", readTokenFile: read-token }\n`,
    );
    await using app = await serve([file, "--admin", "0.0.0.0:0"], { env: { SECRET: CONTROL } });
    const admin = `http://127.0.0.1:${new URL(app.admin).port}`;
    const off = JSON.stringify({ on: false, by: "me", why: "because" });
    const put = (token: string, more: Record<string, string> = {}) =>
      ask(`${admin}/api/v1/control`, {
        method: "PUT",
        body: off,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...more },
      });
    const read = { authorization: `Bearer ${READ}` };
    for (const path of ["/", "/metrics", "/api/v1/report", "/api/v1/audit", "/api/v1/config"]) {
      expect((await ask(`${admin}${path}`, { headers: read })).status).toBe(200);
    }
    expect((await put(READ)).status).toBe(403);
    for (const path of ["/api/v1/epoch", "/api/v1/findings/x/accept"]) {
      expect((await ask(`${admin}${path}`, { method: "POST", body: off, headers: read })).status).toBe(403);
    }
    expect((await put(CONTROL, { origin: "https://evil.example" })).status).toBe(403);
    expect((await put(CONTROL, { "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect(JSON.parse((await ask(`${admin}/api/v1/control`, { headers: read })).body)).toEqual({ routes: [] });
    expect((await put(CONTROL)).status).toBe(200);
    expect(JSON.parse((await ask(`${admin}/api/v1/control`, { headers: read })).body)).toMatchObject({
      everything: { on: false },
    });
    expect(app.out() + app.err()).not.toMatch(/planted-(control|read)-token/);
    const shown = (await ask(`${admin}/api/v1/config`, { headers: read })).body;
    expect(shown).not.toMatch(/planted-(control|read)-token/);
  });
});
