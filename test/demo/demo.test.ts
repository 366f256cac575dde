import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PLANTED } from "../../src/cli/demo/planted.ts";
import { type Demo, runDemo } from "../../src/cli/demo/run.ts";
import { ROUTES } from "../../src/cli/demo/service.ts";
import { gateOf } from "../../src/report/index.ts";

/** At a rate that a busy machine keeps up with: backends, clients and proxy share one event loop, and a queue there hides what is slow. */
const run = (planted: typeof PLANTED, seconds: number, atLeast: number, rate: number) =>
  runDemo({
    planted,
    seconds,
    atLeast,
    rate,
    listen: "127.0.0.1:0",
    admin: "127.0.0.1:0",
    stop: new AbortController().signal,
    log: () => {},
    opened: () => {},
    progress: () => {},
  });

describe("a demo with everything planted", () => {
  let demo: Demo;
  beforeAll(async () => {
    demo = await run(PLANTED, 6, 1_500, 100);
  }, 240_000);
  afterAll(() => demo[Symbol.asyncDispose]());

  test("the report finds everything that was planted, and nothing else", () => {
    expect(demo.checks.filter(({ ok }) => !ok)).toEqual([]);
  });

  test.each(PLANTED.filter(({ kind }) => kind === "difference"))("it finds the $name on $route", ({ name, route }) => {
    expect(demo.checks.filter((check) => check.name === name)).toMatchObject([{ ok: true, route }]);
  });

  test("the gate does not let it pass, and names the routes that are wrong", () => {
    const { verdict, routes } = gateOf(demo.report)!;
    expect(verdict).toBe("reject");
    expect(routes[0]!.reasons[0]).toMatch(/^GET \S+ is rejected: at least [\d.]+ % of distinct requests are wrong/);
  });

  test("the clean routes show no difference", () => {
    const faulty = new Set(PLANTED.map(({ route }) => route));
    const clean = ROUTES.map(({ route }) => route).filter((route) => !faulty.has(route));
    const seen = demo.report.routes.filter(({ route }) => clean.includes(route));
    expect(seen.length).toBeGreaterThan(5);
    expect(seen.filter(({ outcomes }) => outcomes.mismatch + outcomes.noise + outcomes.candidate_error > 0)).toEqual(
      [],
    );
    expect(seen.filter(({ compared }) => compared > 20).length).toBeGreaterThan(4);
  });

  test("the routes with noise, lag, slowness and failures only show no mismatch", () => {
    const wrong = new Set(PLANTED.filter(({ kind }) => kind === "difference").map(({ route }) => route));
    const others = demo.report.routes.filter(({ route }) => !wrong.has(route));
    expect(others.filter(({ outcomes }) => outcomes.mismatch > 0).map(({ route }) => route)).toEqual([]);
  });
});

describe("a demo with nothing planted", () => {
  test("the report finds nothing, and the gate says ready", async () => {
    await using demo = await run([], 12, 3_500, 120);
    expect(demo.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(demo.report.findings).toEqual([]);
    expect(demo.report.total.outcomes.mismatch).toBe(0);
    expect(demo.report.total.compared).toBeGreaterThan(200);
    const { verdict, routes } = gateOf(demo.report)!;
    expect(routes.filter((one) => one.verdict !== "ready").map(({ route, reasons }) => [route, reasons])).toEqual([
      ["GET /health", ["Excluded: shadow: off."]],
    ]);
    expect(verdict).toBe("ready");
  }, 300_000);
});
