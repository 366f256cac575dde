import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { ENDPOINTS } from "../../src/admin/endpoints.ts";
import type { AdminListener, AdminOptions, AdminPorts } from "../../src/admin/index.ts";
import { openAdminListener } from "../../src/admin/index.ts";
import { NO_CONTROL } from "../../src/model/control.ts";
import { NOW, someReport } from "./some.ts";

const PATHS = [
  "/",
  "/metrics",
  "/api/v1/report",
  "/api/v1/findings/f1a2b3c4",
  "/api/v1/control",
  "/api/v1/audit",
  "/api/v1/config",
  "/api/v1/openapi.json",
  "/api/v1/epoch",
  "/nothing",
  "/livezz",
];
const READ = "read-token-0123456789";
const CONTROL = "control-token-0123456789";

const opened: AdminListener[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close(0);
});

async function open(options: Partial<AdminOptions> = {}, ports: Partial<AdminPorts> = {}) {
  const asked: unknown[] = [];
  const wish = (one: unknown) => {
    asked.push(one);
    return { ok: true } as const;
  };
  const failures: unknown[] = [];
  const result = await openAdminListener(
    {
      host: "127.0.0.1",
      port: 0,
      tokens: () => ({}),
      now: () => NOW,
      failed: (error) => failures.push(error),
      ...options,
    },
    {
      report: someReport,
      metricsText: async () => "parallel_run_in_flight 0\n",
      version: "0.0.0",
      metricsType: "text/plain; version=0.0.4; charset=utf-8",
      live: () => ({ ok: true, phase: "serving", reasons: [], notes: [] }),
      ready: () => ({ ok: false, phase: "draining", reasons: ["draining"], notes: [] }),
      samples: () => [],
      accept: wish,
      unaccept: wish,
      epoch: wish,
      control: { read: () => NO_CONTROL, change: wish },
      audit: () => [],
      configShown: () => ({ listen: "127.0.0.1:8080" }),
      ...ports,
    },
  );
  if (!result.ok) throw new Error(result.message);
  opened.push(result.listener);
  const base = `http://127.0.0.1:${result.listener.port}`;
  const ask = (path: string, init: RequestInit = {}) => fetch(base + path, init);
  const send = (method: string, path: string, body: unknown, headers: Record<string, string> = {}) =>
    ask(path, { method, body: JSON.stringify(body), headers: { "content-type": "application/json", ...headers } });
  return { ask, send, asked, failures, base, port: result.listener.port };
}

/** Raw bytes to a port, and all that comes back until the other side closes. */
function raw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("close", () => resolve(text));
    socket.on("error", reject);
  });
}

describe("the admin listener", () => {
  test("serves health with reasons, metrics, the page and the report", async () => {
    const { ask } = await open();
    expect(await (await ask("/livez")).json()).toMatchObject({ ok: true });
    const ready = await ask("/readyz");
    expect([ready.status, await ready.json()]).toMatchObject([503, { reasons: ["draining"] }]);
    const metrics = await ask("/metrics");
    expect([metrics.headers.get("content-type"), await metrics.text()]).toEqual([
      "text/plain; version=0.0.4; charset=utf-8",
      "parallel_run_in_flight 0\n",
    ]);
    expect(await (await ask("/")).text()).toContain("<!doctype html>");
    expect(await (await ask("/api/v1/report")).json()).toEqual(JSON.parse(JSON.stringify(someReport())));
    expect(await (await ask("/api/v1/findings/f1a2b3c4")).json()).toMatchObject({ id: "f1a2b3c4", count: 412 });
  });

  test("every answer carries the guards, and the page's policy knows its style sheet", async () => {
    const { ask } = await open();
    for (const path of PATHS) {
      const { headers } = await ask(path);
      expect(headers.get("content-security-policy")).toMatch(
        /default-src 'none'; style-src 'sha256-[\w+/=]+'; frame-ancestors 'none'/,
      );
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("cache-control")).toBe("no-store");
    }
  });

  test("the policies of the answer and of the saved page allow the page's style sheet and nothing else", async () => {
    const { ask } = await open();
    const answer = await ask("/");
    const page = await answer.text();
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)![1]!;
    const hash = `'sha256-${createHash("sha256").update(style).digest("base64")}'`;
    expect(answer.headers.get("content-security-policy")).toContain(`style-src ${hash};`);
    expect(page.replaceAll("&#39;", "'")).toContain(`style-src ${hash}"`);
  });

  test("errors are problem details; an unknown method is told which ones there are; HEAD is GET without the body", async () => {
    const { ask } = await open();
    const missing = await ask("/api/v1/findings/constructor");
    expect(missing.headers.get("content-type")).toBe("application/problem+json");
    expect(await missing.json()).toMatchObject({ status: 404, title: "Not Found" });
    const wrong = await ask("/api/v1/control", { method: "DELETE" });
    expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "GET, PUT, HEAD"]);
    const head = await ask("/api/v1/report", { method: "HEAD" });
    expect([head.status, Number(head.headers.get("content-length")) > 1000, await head.text()]).toEqual([
      200,
      true,
      "",
    ]);
    expect((await ask("/api/v1/findings/%ff")).status).toBe(404);
  });

  test("a room below that fails or breaks is an answer, and the one who asks sees none of it", async () => {
    const { ask, failures } = await open({}, { report: () => Promise.reject(new Error("secret path /var/x")) });
    const answer = await ask("/api/v1/report");
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain("secret");
    expect(failures).toHaveLength(1);
    expect((await ask("/livez")).status).toBe(200);
  });

  test("a port in use is told in a sentence", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as { port: number };
    await expect(open({ port })).rejects.toThrow(/127\.0\.0\.1:\d+ is in use by another process/);
    await new Promise((resolve) => other.close(resolve));
  });
});

describe("access", () => {
  test("an address that others reach needs a token, or it does not open and says what to do", async () => {
    for (const host of ["0.0.0.0", "::", "10.0.0.1", "example.org"]) {
      await expect(open({ host })).rejects.toThrow(/has no token.*PARALLEL_RUN_TOKEN.*127\.0\.0\.1/);
    }
    await expect(open({ host: "0.0.0.0", tokens: () => ({ control: "short" }) })).rejects.toThrow(/too short/);
  });

  test("with a token, every path but the two of health answers 401 without it", async () => {
    const { ask } = await open({ host: "0.0.0.0", tokens: () => ({ read: READ, control: CONTROL }) });
    for (const path of PATHS) {
      for (const method of ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"]) {
        const answer = await ask(path, { method });
        expect([path, method, answer.status]).toEqual([path, method, 401]);
        expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer /);
      }
    }
    expect((await ask("/livez")).status).toBe(200);
    expect((await ask("/readyz")).status).toBe(503);
  });

  test("a wrong token, half a token and another scheme are nothing; the right one opens", async () => {
    const { ask } = await open({ tokens: () => ({ read: READ }) });
    const status = async (authorization: string) => (await ask("/metrics", { headers: { authorization } })).status;
    for (const wrong of [
      "Bearer ",
      "Bearer x",
      `Bearer ${READ.slice(1)}`,
      `Bearer ${READ}x`,
      READ,
      `Digest ${READ}`,
      "Basic !!!",
      "Bearer undefined",
    ]) {
      expect(await status(wrong)).toBe(401);
    }
    expect(await status(`Bearer ${READ}`)).toBe(200);
    expect(await status(`bearer  ${READ}`)).toBe(200);
    expect(await status(`Basic ${Buffer.from(`anyone:${READ}`).toString("base64")}`)).toBe(200);
  });

  test("the read token sees and does not change", async () => {
    const { ask, send, asked } = await open({ tokens: () => ({ read: READ, control: CONTROL }) });
    const as = (token: string) => ({ authorization: `Bearer ${token}` });
    expect((await ask("/api/v1/control", { headers: as(READ) })).status).toBe(200);
    expect((await send("PUT", "/api/v1/control", { on: false }, as(READ))).status).toBe(403);
    expect(asked).toEqual([]);
    expect((await send("PUT", "/api/v1/control", { on: false }, as(CONTROL))).status).toBe(200);
    expect(asked).toHaveLength(1);
  });

  test("without a token only names of this machine are answered, so that no page can rebind its own name to us", async () => {
    const { port } = await open();
    const status = async (host: string) =>
      (await raw(port, `GET /metrics HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)).slice(9, 12);
    for (const good of [`127.0.0.1:${port}`, `localhost:${port}`, "[::1]:9900", "LOCALHOST"])
      expect(await status(good)).toBe("200");
    for (const bad of ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:9900", "10.0.0.1", ""])
      expect(await status(bad)).toBe("421");
  });

  test("a change from another origin is refused, one without an origin is not from a browser", async () => {
    const { send, base, asked } = await open();
    const change = (headers: Record<string, string>) => send("PUT", "/api/v1/control", { on: false }, headers);
    for (const headers of [
      { origin: "http://evil.example" },
      { origin: "null" },
      { origin: base, "sec-fetch-site": "cross-site" },
    ]) {
      const { port } = new URL(base);
      const lines = Object.entries(headers)
        .map(([name, value]) => `${name}: ${value}\r\n`)
        .join("");
      const answer = await raw(
        Number(port),
        `PUT /api/v1/control HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${lines}Content-Type: application/json\r\nContent-Length: 12\r\nConnection: close\r\n\r\n{"on":false}`,
      );
      expect(answer.slice(9, 12)).toBe("403");
    }
    expect(asked).toEqual([]);
    expect((await change({})).status).toBe(200);
    expect((await change({ origin: base })).status).toBe(200);
  });
});

describe("changes", () => {
  test("a switch can be set with next to nothing, and with everything", async () => {
    const { send, asked } = await open();
    expect((await send("PUT", "/api/v1/control", { on: false })).status).toBe(200);
    await send("PUT", "/api/v1/control", {
      route: "GET /a",
      share: "10%",
      for: "2h",
      by: "ann",
      why: "slow",
      cohort: { cookie: "u", share: 0.5 },
    });
    await send("PUT", "/api/v1/control", { clear: true });
    expect(asked).toEqual([
      { by: "anonymous", why: "", to: { on: false, by: "anonymous", why: "", at: NOW } },
      {
        route: "GET /a",
        by: "ann",
        why: "slow",
        to: {
          share: 0.1,
          cohort: { by: { cookie: "u" }, share: 0.5 },
          until: NOW + 7_200_000,
          by: "ann",
          why: "slow",
          at: NOW,
        },
      },
      { by: "anonymous", why: "" },
    ]);
  });

  test("an acceptance needs a reason, an epoch a name; every fault is listed", async () => {
    const { send, asked } = await open();
    const no = await send("POST", "/api/v1/findings/f1a2b3c4/accept", { until: "yesterday", wy: 1 });
    expect(no.status).toBe(422);
    expect(((await no.json()) as { faults: string[] }).faults).toHaveLength(3);
    expect(
      (await send("POST", "/api/v1/findings/f1a2b3c4/accept", { why: "rounding", by: "ann", until: "2026-12-31" }))
        .status,
    ).toBe(200);
    expect((await send("DELETE", "/api/v1/findings/f1a2b3c4/accept", {})).status).toBe(200);
    expect((await send("POST", "/api/v1/epoch", { name: "v 2" })).status).toBe(422);
    expect((await send("POST", "/api/v1/epoch", { name: "v2" })).status).toBe(201);
    expect(asked).toEqual([
      { finding: "f1a2b3c4", by: "ann", why: "rounding", until: Date.UTC(2026, 11, 31) },
      { finding: "f1a2b3c4", by: "anonymous", why: "" },
      { name: "v2", by: "anonymous", why: "" },
    ]);
  });

  test("what is no JSON, no object, too large, of another type or hostile changes nothing", async () => {
    const { ask, send, asked } = await open();
    const put = (body: string, type = "application/json") =>
      ask("/api/v1/control", { method: "PUT", body, headers: { "content-type": type } });
    expect((await put("{")).status).toBe(400);
    expect((await put('{"on":false}', "text/plain")).status).toBe(415);
    expect((await put('{"on":false}', "application/x-www-form-urlencoded")).status).toBe(415);
    expect((await put(`{"why":"${"x".repeat(100_000)}"}`)).status).toBe(413);
    for (const body of [
      null,
      [],
      "off",
      1,
      {},
      { on: "false" },
      { share: 2 },
      { share: "101%" },
      { on: true, clear: true },
      { on: false, for: "-1h" },
      { on: false, until: 1 },
      { share: "100%", route: "" },
      { on: true, by: "" },
      { cohort: {} },
      { ["__proto__x"]: 1 },
    ]) {
      expect([body, (await send("PUT", "/api/v1/control", body)).status]).toEqual([body, 422]);
    }
    expect((await put('{"__proto__":{"on":false}}')).status).toBe(422);
    expect(asked).toEqual([]);
  });

  test("a room that says no is heard in its own words", async () => {
    const { send } = await open(
      {},
      { accept: () => ({ ok: false, status: 404, detail: "There is no such finding." }) },
    );
    const answer = await send("POST", "/api/v1/findings/x/accept", { why: "y" });
    expect([answer.status, ((await answer.json()) as { detail: string }).detail]).toEqual([
      404,
      "There is no such finding.",
    ]);
  });

  test("a body that never ends is cut off", { timeout: 10_000 }, async () => {
    const { port, asked } = await open();
    const answer = await raw(
      port,
      "PUT /api/v1/control HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{",
    );
    expect(answer).not.toContain("200 OK");
    expect(asked).toEqual([]);
  });
});

test("the OpenAPI document names every path, with the schema of what it takes", async () => {
  const { ask } = await open();
  const answer = await ask("/api/v1/openapi.json");
  expect(answer.status).toBe(200);
  type Operation = { requestBody: { content: Record<string, { schema: { properties: object } }> } };
  const { openapi, paths } = (await answer.json()) as {
    openapi: string;
    paths: Record<string, Record<string, Operation>>;
  };
  expect(openapi).toBe("3.1.0");
  expect(Object.keys(paths)).toEqual(ENDPOINTS.map(({ path }) => path));
  const { properties } = paths["/api/v1/control"]!["put"]!.requestBody.content["application/json"]!.schema;
  expect(Object.keys(properties)).toEqual(["on", "share", "cohort", "clear", "route", "until", "for", "by", "why"]);
});
