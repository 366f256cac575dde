// bench/coverage.ts: with the shipped defaults, how much of the traffic that differs is shadowed and compared

import { startTalker } from "./child.ts";
import type { LoadResult } from "./client.ts";
import { parallelRun } from "./contenders.ts";
import { quiet, treeUsage } from "./cpu.ts";
import type { Ports, SiteKind } from "./site.ts";
import { figure, table } from "./table.ts";

/** Counts are requests; milliseconds are the client's. */
export type CoverageRow = {
  readonly traffic: string;
  readonly rate: number;
  readonly requests: number;
  /** Requests that ended as a match, mismatch, accepted, noise or transient, over all that were sent. */
  readonly compared: number;
  readonly overload: number;
  /** What was shed, by cause. */
  readonly shed: string;
  readonly rechecks: string;
  readonly p50: number;
  readonly p99: number;
  readonly cpuMicros: number;
};

/** Of 25 requests for a web application's files, in this order. */
const FILES = [
  ...["/", "/app.css", "/main.js", "/vendor.js", "/logo.png", "/api?1", "/api?2", "/api?3"],
  ...["/", "/app.css", "/logo.png", "/api?4", "/api?5", "/logo.png?2", "/", "/api?6", "/logo.png?3"],
  ...["/vendor.js", "/main.js", "/api?7", "/logo.png?4", "/", "/app.css", "/api?8", "/logo.png?5"],
];

const DEMO = Array.from({ length: 4_000 }, (_, n) => {
  const [order, customer] = [10_000 + ((n * 7) % 4_999), (n * 11) % 3_999];
  return [
    ...[`/orders/${order}`, `/customers/${customer}`, `/customers/${customer}/orders`, `/products/${customer}`],
    ...[`/orders?status=PAID&page=${(n % 399) + 1}`, `/invoices/${order}`, `/shipments/${order}`, `/payments/${order}`],
    ...[`/carts/${customer}`, `/invoices/${order}/lines.csv`, `/shipments/${order}/label`],
  ][n % 11]!;
});

const CASES: readonly { readonly site: SiteKind; readonly rate: number; readonly targets?: readonly string[] }[] = [
  { site: "1 KB", rate: 1_000 },
  { site: "12 KB lists", rate: 50 },
  { site: "demo", rate: 50, targets: DEMO },
  { site: "web application", rate: 25, targets: FILES },
];
const SECONDS = 20;
const QUICK_SECONDS = 5;
const CONNECTIONS = 32;

export async function benchCoverage(options: {
  readonly quick: boolean;
  readonly say: (line: string) => void;
}): Promise<CoverageRow[]> {
  const rows: CoverageRow[] = [];
  for (const { site, rate, targets } of CASES) {
    options.say(`coverage: ${site}`);
    await using closing = new AsyncDisposableStack();
    const client = closing.use(startTalker("./client.ts"));
    const { legacy, candidate } = await closing.use(startTalker("./site.ts")).ask<Ports>(site);
    const { port, pid, admin } = await parallelRun(legacy, candidate, [], closing);
    const requests = rate * (options.quick ? QUICK_SECONDS : SECONDS);
    const before = treeUsage(pid).cpuSeconds;
    const load = { port, connections: CONNECTIONS, rate, requests, ...(targets && { targets }) };
    const { p50, p99 } = await client.ask<LoadResult>(load);
    await quiet(pid);
    const cpu = treeUsage(pid).cpuSeconds - before;
    const metrics = await settled(admin);
    const total = sumOf(metrics, /^parallel_run_requests_total\{.*\} (\d+)/);
    const compared = sumOf(
      metrics,
      /^parallel_run_requests_total\{.*outcome="(?:match|mismatch|accepted|noise|transient)".*\} (\d+)/,
    );
    const overload = sumOf(metrics, /^parallel_run_requests_total\{.*reason="overload".*\} (\d+)/);
    rows.push({
      ...{ traffic: site, rate, requests: total, compared: compared / total, overload },
      shed: byLabel(metrics, /^parallel_run_shed_total\{cause="(\w+)"\} (\d+)/),
      rechecks: byLabel(metrics, /^parallel_run_recheck_total\{.*result="(\w+)"\} (\d+)/),
      ...{ p50, p99, cpuMicros: (cpu / requests) * 1e6 },
    });
  }
  return rows;
}

/** The metrics once nothing waits any more; after 20 seconds as they are. */
async function settled(admin: number): Promise<string> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const metrics = await (await fetch(`http://127.0.0.1:${admin}/metrics`)).text();
    if (sumOf(metrics, /^parallel_run_verify_queue (\d+)/) === 0 || performance.now() > deadline) return metrics;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

function sumOf(metrics: string, line: RegExp): number {
  let sum = 0;
  for (const one of metrics.split("\n")) sum += Number(line.exec(one)?.[1] ?? 0);
  return sum;
}

/** `cause 12, other 3`, without what is nought. */
function byLabel(metrics: string, line: RegExp): string {
  const sums = new Map<string, number>();
  for (const one of metrics.split("\n")) {
    const [, label, value] = line.exec(one) ?? [];
    if (label !== undefined && value !== "0") sums.set(label, (sums.get(label) ?? 0) + Number(value));
  }
  return [...sums].map(([label, sum]) => `${label} ${sum}`).join(", ") || "-";
}

export function coverageTable(rows: readonly CoverageRow[]): string {
  const head = [
    "traffic",
    "a second",
    "requests",
    "compared",
    "overload",
    "shed",
    "rechecks",
    "p50 ms",
    "p99 ms",
    "cpu us",
  ];
  const cells = rows.map((row) => [
    row.traffic,
    String(row.rate),
    String(row.requests),
    `${figure(row.compared * 100, 1)} %`,
    String(row.overload),
    row.shed,
    row.rechecks,
    figure(row.p50, 2),
    figure(row.p99, 2),
    figure(row.cpuMicros, 0),
  ]);
  return `Share of traffic that is shadowed and compared, with the shipped defaults\n${table(head, cells)}`;
}
