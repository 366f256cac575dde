// test/trial/product.ts: the product as its users have it: a process, its admin API and its commands

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Finding, Report } from "../../src/model/report.ts";
import { ask, folder, run, type Serving, serve } from "../app/serving.ts";

export type Gate = { readonly code: number; readonly text: string };

export type Product = AsyncDisposable & {
  readonly proxy: () => string;
  readonly report: () => Promise<Report>;
  /** `parallel-run report --data`: what is on disk, without asking the process. */
  readonly stored: () => Promise<Report>;
  /** Resolves once every one of so many requests has its outcome, or after a minute; with the report. */
  readonly settled: (requests: number) => Promise<Report>;
  /** `parallel-run gate`. */
  readonly gate: (route?: string) => Promise<Gate>;
  /** `parallel-run accept`. */
  readonly accept: (finding: Finding, why: string) => Promise<void>;
  /** `parallel-run COMMAND ...`; resolves to its exit code and output. */
  readonly command: (...args: string[]) => Promise<Gate>;
  /** What was not shadowed for want of room, by what was lacking: `queue 12, event_loop 3`. */
  readonly shed: () => Promise<string>;
  /** kill -9, and a start with the same config, data and ports. */
  readonly restart: () => Promise<void>;
  /** Log lines of warning and above, so far. */
  readonly complaints: () => readonly Record<string, unknown>[];
};

export type Sides = { readonly legacy: string; readonly candidate: string };

const SETTLE_MS = 60_000;

/** @param config YAML beside the URLs and addresses; its `readiness`, if any, replaces the tolerance of 1 % */
export async function openProduct(sides: Sides, config: string): Promise<Product> {
  const at = folder();
  const file = join(at.path, "trial.yaml");
  const data = join(at.path, "data");
  // As flags, so that a config may say more about either side.
  const urls = ["--legacy", sides.legacy, "--candidate", sides.candidate];
  const tolerance = /^readiness:/m.test(config) ? "" : "readiness: { tolerance: 1% }\n";
  writeFileSync(file, `data: "${data}"\n${tolerance}${config}`);
  let serving: Serving = await serve([file, ...urls]);
  const { port, admin } = serving;
  const complained: Record<string, unknown>[] = [];

  const report = async () => JSON.parse((await ask(`${serving.admin}/api/v1/report`)).body) as Report;
  const command = async (...args: string[]): Promise<Gate> => {
    const { exit, out, err } = run([...args, "--admin", serving.admin], { env: { NO_COLOR: "1" } });
    return { code: Number(await exit), text: `${out()}${err()}` };
  };
  return {
    proxy: () => serving.proxy,
    report,
    stored: async () => {
      const { exit, out } = run(["report", "--format", "json", "--data", data], { env: {} });
      await exit;
      return JSON.parse(out()) as Report;
    },
    settled: async (requests) => {
      const until = performance.now() + SETTLE_MS;
      for (;;) {
        const now = await report();
        if (now.total.requests >= requests || performance.now() > until) return now;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    },
    gate: (route) => command("gate", ...(route === undefined ? [] : ["--route", route])),
    accept: async (finding, why) => {
      const { code, text } = await command("accept", finding.id, "--why", why);
      if (code !== 0) throw new Error(`accept failed: ${text}`);
    },
    command,
    shed: async () => {
      const { body } = await ask(`${serving.admin}/metrics`);
      const lines = [...body.matchAll(/^parallel_run_shed_total\{cause="([^"]+)"\} (\d+)/gm)];
      return lines
        .filter(([, , count]) => count !== "0")
        .map(([, cause, count]) => `${cause} ${count}`)
        .join(", ");
    },
    restart: async () => {
      serving.kill("SIGKILL");
      await serving.exit;
      complained.push(...warnings(serving));
      serving = await serve([file, ...urls, "--listen", `127.0.0.1:${port}`, "--admin", new URL(admin).host]);
    },
    complaints: () => [...complained, ...warnings(serving)],
    async [Symbol.asyncDispose]() {
      await serving[Symbol.asyncDispose]();
      at[Symbol.dispose]();
    },
  };
}

const warnings = ({ lines }: Serving) => lines.filter(({ level }) => Number(level) >= 40);
