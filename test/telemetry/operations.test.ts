import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { describe, expect, type TestContext, test, vi } from "vitest";
import { parse } from "yaml";
import type { Metric } from "../../src/telemetry/table.ts";
import { METRICS, PREFIX } from "../../src/telemetry/table.ts";
import { open } from "./some.ts";

const PROMTOOL = "promtool";
const PROMETHEUS = "prometheus";

const CONFIG = resolve(import.meta.dirname, "../../config");
const rulesText = readFileSync(join(CONFIG, "prometheus/rules.yaml"), "utf8");
const dashboard = JSON.parse(readFileSync(join(CONFIG, "grafana/dashboard.json"), "utf8")) as {
  panels: {
    id: number;
    title: string;
    gridPos: { x: number; y: number; w: number; h: number };
    targets?: { expr: string }[];
  }[];
};
type Rule = {
  record?: string;
  alert?: string;
  expr: string;
  labels?: { severity: string };
  annotations?: { runbook_url: string; summary: string };
};
const rules = (parse(rulesText) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules);
const alerts = rules.filter((rule) => rule.alert !== undefined);
const panels = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

function need(command: string, context: TestContext): void {
  try {
    execFileSync(command, ["--version"], { stdio: "ignore" });
  } catch {
    context.skip(`${command} is not installed (Debian package prometheus)`);
  }
}

function promtool(...args: string[]): string {
  return execFileSync(PROMTOOL, args, { cwd: join(CONFIG, "prometheus"), encoding: "utf8", stdio: "pipe" });
}

describe("the Prometheus rules", () => {
  test("are sound, and every alert fires when it should and not before", (context) => {
    need("promtool", context);
    expect(promtool("check", "rules", "rules.yaml")).toContain("SUCCESS");
    expect(promtool("test", "rules", "rules.test.yaml")).toContain("SUCCESS");
  });

  test("every alert is tried", () => {
    const tried = readFileSync(join(CONFIG, "prometheus/rules.test.yaml"), "utf8");
    for (const { alert } of alerts) expect(tried).toContain(`alertname: ${alert}\n`);
  });

  test("every alert has a severity and a runbook that is there, and every runbook has an alert", () => {
    const named = new Set<string>();
    for (const { alert, labels, annotations } of alerts) {
      expect([alert, labels?.severity]).toEqual([alert, expect.stringMatching(/^(page|ticket)$/)]);
      named.add(basename(annotations!.runbook_url));
    }
    const there = readdirSync(join(CONFIG, "runbooks")).filter((name) => name !== "README.md");
    expect([...named].sort()).toEqual(there.sort());
  });
});

/** `breaker_open` says it; an alert alone needs it; the dashboard's variables are made of it. */
const NOT_SHOWN = ["breaker_state", "shadow_off_until_timestamp_seconds", "build_info"];

describe("rules and dashboard", () => {
  test("the dashboard shows every metric there is", () => {
    const shown = new Set(
      panels.flatMap((expr) =>
        [...expr.matchAll(/\bparallel_run_(\w+)/g)].map(([, name]) => name!.replace(/_bucket$/, "")),
      ),
    );
    expect(Object.keys(METRICS).filter((name) => !shown.has(name))).toEqual(NOT_SHOWN);
  });

  test("ask only for metrics and labels that there are", () => {
    const recorded = new Set(rules.flatMap((rule) => rule.record ?? []));
    for (const expr of [...rules.map((rule) => rule.expr), ...panels]) {
      for (const [name] of expr.matchAll(/parallel_run:[\w:]+/g)) expect(recorded).toContain(name);
      for (const [, name, selector = ""] of expr.matchAll(/\bparallel_run_(\w+)(?:\{([^}]*)\})?/g)) {
        const plain = name!.replace(/_(bucket|sum|count)$/, "");
        const metric = (METRICS as Record<string, Metric>)[name!] ?? (METRICS as Record<string, Metric>)[plain];
        expect([name, metric !== undefined]).toEqual([name, true]);
        for (const [, label] of selector.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)) {
          expect([...metric!.labels, "job", "le"]).toContain(label);
        }
      }
    }
  });

  test("every expression of the dashboard is PromQL", (context) => {
    need("promtool", context);
    const folder = mkdtempSync(join(tmpdir(), "dashboard-"));
    const filled = panels.map((expr) => expr.replaceAll("$__rate_interval", "5m").replaceAll(/\$\w+/g, ".*"));
    const file = join(folder, "rules.json");
    writeFileSync(
      file,
      JSON.stringify({ groups: [{ name: "x", rules: filled.map((expr, i) => ({ record: `panel:${i}`, expr })) }] }),
    );
    expect(promtool("check", "rules", file)).toContain("SUCCESS");
    rmSync(folder, { recursive: true });
  });

  test("no two panels of the dashboard lie on each other or share an id", () => {
    const cells = new Set<string>();
    for (const { gridPos } of dashboard.panels) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(cells).not.toContain(`${x} ${y}`);
          cells.add(`${x} ${y}`);
        }
      }
    }
    expect(new Set(dashboard.panels.map((panel) => panel.id)).size).toBe(dashboard.panels.length);
  });
});

describe("a real Prometheus", () => {
  test("scrapes us without a complaint and finds the numbers that we counted", { timeout: 60_000 }, async (context) => {
    need("prometheus", context);
    const { telemetry } = open();
    for (let i = 0; i < 7; i += 1) telemetry.count('GET /"a"\\{id}', { outcome: "skipped", reason: "method" });
    telemetry.observe({ route: "GET /b", side: "candidate", code: "5xx", durationMs: 12, firstByteMs: 3 });
    const target = createServer(async (_request, response) => {
      response.setHeader("content-type", telemetry.metricsType);
      response.end(await telemetry.metricsText());
    });
    await new Promise<void>((resolve) => target.listen(0, "127.0.0.1", resolve));
    const { port } = target.address() as AddressInfo;
    const folder = mkdtempSync(join(tmpdir(), "prometheus-"));
    const scrape = {
      job_name: "parallel-run",
      scrape_interval: "500ms",
      scrape_timeout: "500ms",
      static_configs: [{ targets: [`127.0.0.1:${port}`] }],
    };
    writeFileSync(
      join(folder, "prometheus.json"),
      JSON.stringify({ scrape_configs: [scrape], rule_files: [join(CONFIG, "prometheus/rules.yaml")] }),
    );
    const server = spawn(
      PROMETHEUS,
      [
        `--config.file=${folder}/prometheus.json`,
        `--storage.tsdb.path=${folder}/data`,
        "--web.listen-address=127.0.0.1:0",
        "--log.level=info",
      ],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    let log = "";
    server.stderr.on("data", (chunk) => {
      log += chunk;
    });
    try {
      const address = await vi.waitFor(() => /msg="Listening on" address=(\S+)/.exec(log)?.[1] ?? expect.fail(log), {
        timeout: 60_000,
        interval: 50,
      });
      const ask = async (query: string) => {
        const answer = await fetch(`http://${address}/api/v1/query?query=${encodeURIComponent(query)}`);
        return (
          (await answer.json()) as { data: { result: { metric: Record<string, string>; value: [number, string] }[] } }
        ).data.result;
      };
      await vi.waitFor(async () => expect((await ask("up"))[0]?.value[1]).toBe("1"), {
        timeout: 60_000,
        interval: 100,
      });
      const [requests] = await ask(`${PREFIX}requests_total`);
      expect(requests).toMatchObject({
        metric: { route: 'GET /"a"\\{id}', outcome: "skipped", reason: "method" },
        value: [expect.anything(), "7"],
      });
      const [slow] = await ask(`${PREFIX}upstream_duration_seconds_bucket{le="0.025"}`);
      expect(slow?.value[1]).toBe("1");
    } finally {
      const gone = new Promise((resolve) => server.on("close", resolve));
      server.kill("SIGKILL");
      await gone;
      await new Promise((resolve) => target.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
