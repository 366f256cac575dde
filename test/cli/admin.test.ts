import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import {
  type AcceptRequest,
  type AdminListener,
  type AdminPorts,
  openAdminListener,
  openRuntimeSwitches,
} from "../../src/admin/index.ts";
import type { Report } from "../../src/model/report.ts";
import { aReport, aRoute, NOW, someReport } from "../admin/some.ts";
import { cli } from "./some.ts";

const TOKEN = "control-token-0123456789";
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A real admin listener over a real control room, with a report that stays as it is. */
async function open(report: () => Report = someReport, tokens: { control?: string } = {}) {
  const wishes: unknown[] = [];
  const wish = (one: unknown) => {
    wishes.push(one);
    return { ok: true } as const;
  };
  const control = await openRuntimeSwitches({ now: () => NOW, audit: () => undefined, warn: () => undefined });
  const known = ({ finding }: Pick<AcceptRequest, "finding">) => report().findings.some((one) => one.id === finding);
  const ports: AdminPorts = {
    report,
    metricsText: async () => "",
    version: "0.0.0",
    metricsType: "text/plain",
    live: () => ({ ok: true, phase: "serving", reasons: [], notes: [] }),
    ready: () => ({ ok: true, phase: "serving", reasons: [], notes: [] }),
    samples: () => [],
    accept: (one) => (known(one) ? wish(one) : { ok: false, status: 404, detail: "There is no such finding." }),
    unaccept: wish,
    epoch: wish,
    control,
    audit: () => [],
    configShown: () => ({}),
  };
  const opened = await openAdminListener(
    { host: "127.0.0.1", port: 0, tokens: () => tokens, now: () => NOW, failed: () => undefined },
    ports,
  );
  const listener = (opened as { listener: AdminListener }).listener;
  closing.push(
    () => control[Symbol.asyncDispose](),
    () => listener.close(0),
  );
  return { admin: listener.url, wishes, control };
}

const ready = () => {
  const whole = aRoute("*", { match: 9_000 });
  const readiness = { ...whole.readiness, verdict: "ready", upper: 0.0009 } as const;
  return aReport({ total: { ...whole, readiness }, routes: [{ ...whole, route: "GET /a", readiness }] });
};

describe("report", () => {
  test("shows what the proxy has found, in each format", async () => {
    const { admin } = await open();
    for (const [format, said] of [
      ["text", "REJECT"],
      ["json", '"version": 1'],
      ["markdown", "# parallel-run: REJECT"],
      ["html", "<!doctype html>"],
    ]) {
      const { code, out, err } = await cli(["report", "--admin", admin, "--format", format!]);
      expect({ code, err }).toEqual({ code: 0, err: "" });
      expect(out).toContain(said);
    }
    expect((await cli(["report", "--admin", admin], { colour: true })).out).toContain("\u001b[31m");
  });

  test("an admin listener that is not there, not ours or of another version is told in a sentence, and is a failure", async () => {
    const other: Server = createServer((request, response) => {
      response.end(request.headers.host === "never" ? "" : "hello");
    });
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as { port: number };
    expect(await cli(["report", "--admin", `127.0.0.1:${port}`])).toMatchObject({
      code: 3,
      err: expect.stringContaining("is that the admin listener"),
    });
    await new Promise((resolve) => other.close(resolve));
    const gone = await cli(["report", "--admin", `http://127.0.0.1:${port}`]);
    expect(gone).toMatchObject({ code: 3, err: expect.stringContaining("nothing listens on") });
    expect(gone.err.trim().split("\n")).toHaveLength(1);
    const { admin } = await open(() => ({ ...someReport(), version: 2 }) as unknown as Report);
    expect((await cli(["report", "--admin", admin])).code).toBe(3);
  });

  test("a token comes from the environment or a file, and is in no message", async () => {
    const { admin } = await open(someReport, { control: TOKEN });
    const folder = mkdtempSync(join(tmpdir(), "token-"));
    closing.push(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, "token"), `${TOKEN}\n`);
    const without = await cli(["report", "--admin", admin]);
    expect(without).toMatchObject({ code: 3, err: expect.stringContaining("PARALLEL_RUN_TOKEN") });
    const wrong = await cli(["report", "--admin", admin], { env: { PARALLEL_RUN_TOKEN: "planted-wrong-token" } });
    expect(wrong.code).toBe(3);
    expect(wrong.err).not.toContain("planted");
    expect((await cli(["report", "--admin", admin], { env: { PARALLEL_RUN_TOKEN: TOKEN } })).code).toBe(0);
    expect((await cli(["report", "--admin", admin, "--token-file", join(folder, "token")])).code).toBe(0);
    expect((await cli(["report", "--admin", admin, "--token-file", join(folder, "none")])).code).toBe(2);
  });
});

describe("gate", () => {
  test("exits 0 when ready, 1 when not, 2 when that cannot be told", async () => {
    const [good, bad] = [await open(ready), await open()];
    expect(await cli(["gate", "--admin", good.admin])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^ready {2}all routes: .*\nready {2}GET \/a: /),
    });
    expect(await cli(["gate", "--admin", bad.admin])).toMatchObject({
      code: 1,
      out: expect.stringContaining("reject GET /orders/{id}: 412 of 1,024 distinct requests wrong"),
    });
    expect((await cli(["gate", "--admin", "http://127.0.0.1:1"])).code).toBe(2);
    expect((await cli(["gate", "--admin", bad.admin, "--route", "GET /nowhere"])).code).toBe(2);
    expect((await cli(["gate", "--admin", bad.admin, "--route", "GET /stock/{sku}"])).code).toBe(1);
  });

  test("as JUnit each route that is not ready is a failure", async () => {
    const { admin } = await open();
    const { out } = await cli(["gate", "--admin", admin, "--format", "junit"]);
    expect(out).toContain('<testsuite name="parallel-run" tests="3" failures="3">');
    expect(out).toContain('name="GET /orders/{id}"');
  });
});

describe("control", () => {
  test("off, share, a route's switch, a cohort and clear do what they say", async () => {
    const { admin, control } = await open();
    let noted = "";
    const run = async (...words: string[]) => {
      const result = await cli(["control", ...words, "--admin", admin], { env: { USER: "ann" } });
      expect(result.code).toBe(0);
      noted = result.err;
      return result.out;
    };
    expect(await run("get")).toBe("everything: as the config says\n");
    expect(await run("off", "--why", "incident 4711")).toContain(
      "everything: off (by ann, 2026-11-21 12:00 UTC: incident 4711)",
    );
    expect(control.read().everything?.on).toBe(false);
    expect(await run("share", "10%", "--route", "GET /a", "--for", "2h")).toContain(
      "GET /a: on, share 10 %, until 2026-11-21 14:00 UTC",
    );
    expect(noted).toContain("no request of GET /a has been seen in this epoch");
    await run("off", "--route", "GET /orders/{ids}");
    expect(noted).toContain('did you mean "GET /orders/{id}"?');
    await run("clear", "--route", "GET /orders/{ids}");
    await run("off", "--route", "GET /orders/{id}");
    expect(noted).toBe("");
    await run("clear", "--route", "GET /orders/{id}");
    await run("cohort", "--cookie", "user", "--value", "a", "--value", "b", "--route", "GET /b");
    expect(control.read().routes[1]!.switch.cohort).toEqual({ by: { cookie: "user" }, values: ["a", "b"] });
    await run("clear");
    await run("clear", "--route", "GET /a");
    await run("clear", "--route", "GET /b");
    expect(control.read()).toEqual({ routes: [] });
  });

  test("a share or a cohort set during an incident leaves shadowing off", async () => {
    const { admin, control } = await open();
    const run = (...words: string[]) => cli(["control", ...words, "--admin", admin], { env: { USER: "ann" } });
    await run("off", "--why", "incident");
    for (const words of [
      ["share", "100%"],
      ["cohort", "--cookie", "user", "--share", "50%"],
      ["share", "100%", "--for", "2h"],
      ["on", "--route", "GET /a"],
    ]) {
      const { code, out } = await run(...words);
      expect([words, code, out]).toEqual([words, 0, expect.stringContaining("everything: off")]);
      expect(control.read().everything?.on).toBe(false);
    }
    const { out } = await run("on", "--by", "bob");
    expect(out).toMatch(/^everything: on, share 100 %, only 50 % of the values of cookie user.*by bob/);
  });

  test("an empty option is a mistake, never everything", async () => {
    const { admin, control } = await open();
    await cli(["control", "off", "--admin", admin]);
    for (const option of ["--route", "--for", "--by", "--field", "--cookie"]) {
      const { code, err } = await cli(["control", "share", "100%", option, "", "--admin", admin]);
      expect([option, code, err]).toEqual([option, 2, expect.stringContaining(`${option} is empty`)]);
    }
    expect(control.read().everything).toMatchObject({ on: false });
    expect(control.read().everything?.share).toBeUndefined();
  });

  test("a mistake changes nothing", async () => {
    const { admin, control } = await open();
    for (const words of [
      [],
      ["of"],
      ["share"],
      ["share", "110%"],
      ["share", "x"],
      ["off", "now"],
      ["off", "--for", "soon"],
      ["cohort"],
      ["cohort", "--field", "a"],
      ["get", "x"],
    ]) {
      expect([words, (await cli(["control", ...words, "--admin", admin])).code]).toEqual([words, 2]);
    }
    expect(control.read()).toEqual({ routes: [] });
  });

  test("works through the file when nobody listens, and a running proxy follows within a second", async () => {
    const folder = mkdtempSync(join(tmpdir(), "control-"));
    closing.push(() => rmSync(folder, { recursive: true }));
    expect((await cli(["control", "off", "--data", folder, "--why", "console is down"])).code).toBe(0);
    expect(JSON.parse(readFileSync(join(folder, "control.json"), "utf8"))).toMatchObject({
      everything: { on: false, why: "console is down" },
    });
    const room = await openRuntimeSwitches({
      file: join(folder, "control.json"),
      now: Date.now,
      audit: () => undefined,
      warn: () => undefined,
    });
    closing.push(() => room[Symbol.asyncDispose]());
    expect(room.read().everything?.on).toBe(false);
    expect((await cli(["control", "get", "--data", folder])).code).toBe(2);
    const { code, err } = await cli(["control", "off", "--data", join(folder, "mistyped")]);
    expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining("there is no directory") });
    expect(existsSync(join(folder, "mistyped"))).toBe(false);
  });
});

describe("accept and epoch", () => {
  test("say who, why and until when", async () => {
    const { admin, wishes } = await open();
    const env = { USER: "ann" };
    expect(
      (await cli(["accept", "f1a2b3c4", "--why", "rounding", "--for", "14d", "--admin", admin], { env })).code,
    ).toBe(0);
    expect((await cli(["accept", "f1a2b3c4", "--undo", "--admin", admin], { env })).code).toBe(0);
    expect((await cli(["epoch", "v2.4.2", "--admin", admin], { env })).code).toBe(0);
    expect(wishes).toEqual([
      { finding: "f1a2b3c4", by: "ann", why: "rounding", until: NOW + 14 * 86_400_000 },
      { finding: "f1a2b3c4", by: "ann", why: "" },
      { name: "v2.4.2", by: "ann", why: "" },
    ]);
  });

  test("without a reason, with an unknown finding or a bad time nothing is accepted", async () => {
    const { admin, wishes } = await open();
    for (const words of [
      ["f1a2b3c4"],
      ["f1a2b3c4", "--why", " "],
      ["nobody", "--why", "x"],
      ["f1a2b3c4", "--why", "x", "--until", "soon"],
      ["f1a2b3c4", "b", "--why", "x"],
      ["", "--why", "x"],
      ["f1a2b3c4", "--why", "x", "--for", ""],
    ]) {
      expect([words, (await cli(["accept", ...words, "--admin", admin])).code]).toEqual([words, 2]);
    }
    expect(wishes).toEqual([]);
  });
});
