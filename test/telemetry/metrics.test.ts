import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { COMPARED, type Outcome } from "../../src/model/outcome.ts";
import { METRICS, PREFIX } from "../../src/telemetry/table.ts";
import { comparison, open, parse, sum, value } from "./some.ts";

const PROMTOOL = "promtool";

const HOSTILE = ["__proto__", "constructor", "toString", "a/b", "m~n", "0", "", 'quo"te', "back\\slash", "new\nline"];

const anOutcome: fc.Arbitrary<Outcome> = fc.oneof(
  fc.constantFrom(...COMPARED).map((outcome) => ({ outcome }) as Outcome),
  fc
    .tuple(
      fc.constantFrom("candidate_error", "legacy_error"),
      fc.constantFrom("dns", "connect", "tls", "timeout", "reset", "protocol"),
    )
    .map(([outcome, reason]) => ({ outcome, reason }) as Outcome),
  fc.constantFrom("method", "off", "overload").map((reason) => ({ outcome: "skipped", reason }) as Outcome),
);

describe("metrics", () => {
  test("the outcomes add up to the requests, whatever the routes are called and however many there are", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.oneof(fc.constantFrom(...HOSTILE), fc.string()), anOutcome, fc.boolean())),
        async (requests) => {
          const { telemetry } = open({ maxRoutes: 5 });
          for (const [route, outcome, compared] of requests) {
            if (compared) telemetry.comparison(comparison(route, outcome));
            else telemetry.count(route, outcome);
          }
          const scrape = parse(await telemetry.metricsText());
          expect(sum(scrape, "parallel_run_requests_total")).toBe(requests.length);
        },
      ),
      { numRuns: 50 },
    );
  });

  test("past the limit routes share the label other, so that labels stay bounded", async () => {
    const { telemetry } = open({ maxRoutes: 3 });
    for (let i = 0; i < 50; i += 1) telemetry.count(`GET /${i}`, { outcome: "match" });
    const text = await telemetry.metricsText();
    expect(text).toContain('parallel_run_requests_total{route="other",outcome="match",reason=""} 47');
    expect([...text.matchAll(/^parallel_run_requests_total\{/gm)]).toHaveLength(4);
  });

  test("a route that is gone gives its series up to a new one, and no counter of a living route ever goes down", async () => {
    const name = fc.constantFrom("__proto__", "constructor", "GET /a", "GET /b", "GET /c", "GET /d", "other");
    const step = fc.record({ route: name, gone: fc.array(name) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const living = new Set<string>();
        const { telemetry } = open({ maxRoutes: 3, living: () => living });
        const expected = new Map<string, number>();
        for (const { route, gone } of steps) {
          for (const one of gone) living.delete(one);
          if (route !== "other" && living.size >= 3) living.delete([...living].find((one) => one !== route)!);
          if (route !== "other") living.add(route);
          telemetry.comparison(comparison(route, { outcome: "mismatch" }, [value("$.a")]));
          const scrape = await telemetry.metricsText();
          const read = new Map(
            [...scrape.matchAll(/^parallel_run_requests_total\{route="(.*?)".* (\d+)$/gm)].map(([, one, count]) => [
              one!,
              Number(count),
            ]),
          );
          expect([...read.keys()].filter((one) => one !== "other").length).toBeLessThanOrEqual(3);
          for (const known of expected.keys()) if (!living.has(known) && known !== "other") expected.delete(known);
          expected.set(route, (expected.get(route) ?? 0) + 1);
          for (const [one, count] of expected) expect(read.get(one)).toBeGreaterThanOrEqual(count);
          const routes = new Set(
            [...scrape.matchAll(/^parallel_run_\w+\{(?:le="[^"]*",)?route="(.*?)"/gm)].map(([, r]) => r),
          );
          expect([...routes].filter((one) => !read.has(one!))).toEqual([]);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("scraping changes no counter", async () => {
    const { telemetry } = open();
    telemetry.comparison(comparison("GET /a", { outcome: "mismatch" }, [value("$.a")]));
    const own = (text: string) => text.split("\n").filter((line) => line.startsWith(PREFIX));
    const first = own(await telemetry.metricsText());
    for (let i = 0; i < 5; i += 1) await telemetry.metricsText();
    expect(own(await telemetry.metricsText())).toEqual(first);
  });

  test("only differences that stand are counted, by place and kind", async () => {
    const { telemetry } = open();
    const differences = [value("$.a"), value("$.b"), { ...value("$.c"), standing: "noise" as const }];
    telemetry.comparison(comparison("GET /a", { outcome: "mismatch" }, differences));
    const scrape = parse(await telemetry.metricsText());
    expect(scrape.get('parallel_run_differences_total{route="GET /a",where="body",kind="value"}')).toBe(2);
  });

  test("a histogram's buckets are cumulative, and its sum and count are of all it observed", async () => {
    const { telemetry } = open();
    for (const durationMs of [0.5, 1, 3, 700, 99_999, -1, Number.NaN]) {
      telemetry.observe({ route: "GET /a", side: "legacy", code: "2xx", durationMs });
    }
    const scrape = parse(await telemetry.metricsText());
    const at = (le: string) =>
      scrape.get(`parallel_run_upstream_duration_seconds_bucket{le="${le}",route="GET /a",side="legacy"}`);
    expect([at("0.001"), at("0.0025"), at("0.005"), at("1"), at("30"), at("+Inf")]).toEqual([4, 4, 5, 6, 6, 7]);
    expect(scrape.get('parallel_run_upstream_duration_seconds_count{route="GET /a",side="legacy"}')).toBe(7);
    expect(scrape.get('parallel_run_upstream_duration_seconds_sum{route="GET /a",side="legacy"}')).toBeCloseTo(
      100.7035,
    );
  });

  test("what is kept elsewhere is read at each scrape, and a source that throws costs nothing but itself", async () => {
    const { telemetry, logged } = open();
    let depth = 3;
    telemetry.publish("verify_queue", () => depth);
    telemetry.publish("findings", () => [[["GET /a", "open"], 2]]);
    telemetry.publish("in_flight", () => {
      throw new Error("broken");
    });
    await telemetry.metricsText();
    depth = 5;
    const scrape = parse(await telemetry.metricsText());
    expect(scrape.get("parallel_run_verify_queue")).toBe(5);
    expect(scrape.get('parallel_run_findings{route="GET /a",state="open"}')).toBe(2);
    expect(scrape.has("parallel_run_in_flight")).toBe(false);
    expect(logged()).toHaveLength(1);
  });

  test("each app has counters of its own, and the process's default metrics are there once", async () => {
    const [one, two] = [open(), open()];
    one.telemetry.count("GET /a", { outcome: "match" });
    expect(sum(parse(await two.telemetry.metricsText()), "parallel_run_requests_total")).toBe(0);
    const text = await one.telemetry.metricsText();
    for (const name of ["process_cpu_seconds_total", "process_resident_memory_bytes", "nodejs_eventloop_lag_seconds"]) {
      expect(text.split(`# TYPE ${name} `)).toHaveLength(2);
    }
  });

  test("every metric of the table is announced with its help and type, under the prefix", async () => {
    const text = await open().telemetry.metricsText();
    for (const [name, { type, help }] of Object.entries(METRICS)) {
      expect(text).toContain(`# HELP ${PREFIX}${name} ${help}\n# TYPE ${PREFIX}${name} ${type}\n`);
    }
  });

  test("promtool finds nothing wrong with a scrape", async (context) => {
    try {
      execFileSync(PROMTOOL, ["--version"], { stdio: "ignore" });
    } catch {
      context.skip("promtool is not installed (Debian package prometheus)");
    }
    const { telemetry } = open();
    for (const route of HOSTILE) telemetry.comparison(comparison(route, { outcome: "mismatch" }, [value("$.a")]));
    telemetry.observe({ route: "GET /a", side: "candidate", code: "timeout", durationMs: 10_000, firstByteMs: 3 });
    telemetry.publish("findings", () => [[["GET /a", "open"], 2]]);
    const ours = (await telemetry.metricsText()).split("\n\n").filter((block) => block.includes(PREFIX));
    const complaints = execFileSync(PROMTOOL, ["check", "metrics"], {
      input: `${ours.join("\n")}\n`,
      encoding: "utf8",
    });
    expect(complaints).toBe("");
  });
});
