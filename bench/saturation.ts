// bench/saturation.ts: every pair differs at 64 KB and the comparing threads cannot keep up: what the client feels of it

import { readFileSync } from "node:fs";
import type { Manner } from "./backend.ts";
import { startTalker } from "./child.ts";
import type { LoadResult } from "./client.ts";
import { parallelRun } from "./contenders.ts";
import { quiet, treeUsage } from "./cpu.ts";
import { figure, median, table } from "./table.ts";

/** Milliseconds, medians over the rounds; counts over all of them. */
export type SaturationRow = {
  readonly pairs: string;
  readonly p50: number;
  readonly p99: number;
  /** The median over the rounds of p99 over that with shadowing off, measured in the same round. */
  readonly ratio: number;
  /** The same over that where both sides are equal byte for byte: all is shadowed there, and nothing is compared. */
  readonly equalRatio: number;
  /** Event loop delay of the serving thread, the 99th percentile of the worst round. */
  readonly lagP99: number;
  readonly cpuMicros: number;
  readonly compared: number;
  readonly overload: number;
  readonly requests: number;
  readonly errors: number;
  /** VmHWM: the most that the process ever had resident. */
  readonly peakMiB: number;
};

const SIZE = 65_536;
/** More than can be compared of the pairs that differ most. */
const RATE = 600;
/** Until the queue is as long as it stays. */
const LEAD_SECONDS = 1;
const SECONDS = 4;
const CONNECTIONS = 32;
const LEGACY: Manner = { size: SIZE };

const ROUNDS = 11;
/** Before them: what happens to few requests is interpreted until it has happened often, for some twenty seconds. */
const WARM_ROUNDS = 4;
/** Of the cases below. */
const [OFF, NOTHING_TO_COMPARE] = [0, 1];

const CASES: readonly { readonly name: string; readonly manner: Manner; readonly config?: readonly string[] }[] = [
  { name: "shadowing off", manner: LEGACY, config: ["shadow: { sample: 0% }"] },
  { name: "equal", manner: LEGACY },
  { name: "one leaf differs", manner: { size: SIZE, changed: true } },
  { name: "1,200 leaves differ", manner: { size: SIZE, changed: "everywhere" } },
];

type Started = Awaited<ReturnType<typeof parallelRun>>;
type Running = {
  readonly name: string;
  readonly at: Started;
  readonly results: LoadResult[];
  cpu: number;
  lag: number;
};

export async function benchSaturation(options: {
  readonly quick: boolean;
  readonly say: (line: string) => void;
}): Promise<SaturationRow[]> {
  const { quick, say } = options;
  await using closing = new AsyncDisposableStack();
  const client = closing.use(startTalker("./client.ts"));
  const legacyProcess = closing.use(startTalker("./backend.ts"));
  const candidateProcess = closing.use(startTalker("./backend.ts"));
  const [legacy] = await legacyProcess.ask<number[]>({ open: [LEGACY] });
  const ports = await candidateProcess.ask<number[]>({ open: CASES.map(({ manner }) => manner) });
  const running: Running[] = [];
  for (const [n, { name, config = [] }] of CASES.entries()) {
    running.push({
      name,
      at: await parallelRun(legacy!, ports[n]!, config, closing),
      results: [],
      cpu: 0,
      lag: 0,
    });
  }
  const load = (seconds: number) => ({
    connections: CONNECTIONS,
    rate: RATE,
    requests: RATE * (LEAD_SECONDS + seconds),
    lead: RATE * LEAD_SECONDS,
  });
  const [warm, rounds] = quick ? [1, 1] : [WARM_ROUNDS, ROUNDS];
  for (let round = 1 - warm; round <= rounds; round += 1) {
    for (const one of running) {
      say(`saturation, ${round > 0 ? `round ${round}` : "warming"}: ${one.name}`);
      await scrape(one.at.admin); // the delay is measured from scrape to scrape
      const before = treeUsage(one.at.pid).cpuSeconds;
      const result = await client.ask<LoadResult>({ ...load(quick ? 3 : SECONDS), port: one.at.port });
      if (round > 0) {
        one.lag = Math.max(one.lag, sumOf(await scrape(one.at.admin), /^nodejs_eventloop_lag_p99_seconds (\S+)/));
        one.cpu += treeUsage(one.at.pid).cpuSeconds - before;
        one.results.push(result);
      }
      await quiet(one.at.pid); // what one leaves to do must not slow the next
    }
  }
  const rows: SaturationRow[] = [];
  for (const { name, at, results, cpu, lag } of running) {
    const metrics = await settled(at.admin);
    const requests = results.reduce((sum, { answered }) => sum + answered, 0);
    rows.push({
      pairs: name,
      p50: median(results.map(({ p50 }) => p50)),
      p99: median(results.map(({ p99 }) => p99)),
      ratio: over(results, running[OFF]!.results),
      equalRatio: over(results, running[NOTHING_TO_COMPARE]!.results),
      lagP99: lag * 1000,
      cpuMicros: (cpu / requests) * 1e6,
      compared: sumOf(
        metrics,
        /^parallel_run_requests_total\{.*outcome="(?:match|mismatch|noise|transient)".*\} (\d+)/,
      ),
      overload: sumOf(metrics, /^parallel_run_requests_total\{.*reason="overload".*\} (\d+)/),
      requests: sumOf(metrics, /^parallel_run_requests_total\{.*\} (\d+)/),
      errors: results.reduce((sum, { errors }) => sum + errors, 0),
      peakMiB: Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${at.pid}/status`, "utf8"))![1]) / 1024,
    });
  }
  return rows;
}

const over = (results: readonly LoadResult[], base: readonly LoadResult[]) =>
  median(results.map(({ p99 }, round) => p99 / base[round]!.p99));

async function scrape(admin: number): Promise<string> {
  return (await fetch(`http://127.0.0.1:${admin}/metrics`)).text();
}

/** The metrics once nothing waits any more, also to be asked again; after 20 seconds as they are. */
async function settled(admin: number): Promise<string> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const metrics = await scrape(admin);
    if (sumOf(metrics, /^parallel_run_verify_queue (\d+)/) === 0 || performance.now() > deadline) return metrics;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

function sumOf(metrics: string, line: RegExp): number {
  let sum = 0;
  for (const one of metrics.split("\n")) sum += Number(line.exec(one)?.[1] ?? 0);
  return sum;
}

export function saturationTable(rows: readonly SaturationRow[]): string {
  const head = [
    "pairs",
    "p50 ms",
    "p99 ms",
    "/off",
    "/equal",
    "lag p99",
    "cpu us",
    "compared",
    "overload",
    "of",
    "peak MiB",
    "errors",
  ];
  const cells = rows.map((row) => [
    row.pairs,
    figure(row.p50, 2),
    figure(row.p99, 2),
    figure(row.ratio, 2),
    figure(row.equalRatio, 2),
    figure(row.lagP99, 1),
    figure(row.cpuMicros, 0),
    String(row.compared),
    String(row.overload),
    String(row.requests),
    figure(row.peakMiB, 0),
    String(row.errors),
  ]);
  return `The client's latency at ${RATE} requests a second, ${SIZE / 1024} KB, while threads compare\n${table(head, cells)}`;
}
