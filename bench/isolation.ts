// bench/isolation.ts: how long the client waits while the candidate misbehaves, each against shadowing off

import type { Manner } from "./backend.ts";
import { freePort, startTalker } from "./child.ts";
import type { LoadResult } from "./client.ts";
import { parallelRun } from "./contenders.ts";
import { quiet, treeUsage } from "./cpu.ts";
import { figure, median, table } from "./table.ts";

/** Milliseconds, medians over the rounds. */
export type IsolationRow = {
  readonly candidate: string;
  readonly p50: number;
  readonly p99: number;
  readonly errors: number;
  /** The highest resident memory seen after a round. */
  readonly rssMiB: number;
};

const RATE = 300;
const SECONDS = 6;
const CONNECTIONS = 32;
const LEGACY: Manner = { size: 1_024 };

/** What the candidate does; undefined is a port that nobody listens on. */
const CASES: readonly { readonly name: string; readonly manner?: Manner; readonly config?: readonly string[] }[] = [
  { name: "shadowing off", manner: LEGACY, config: ["shadow: { sample: 0% }"] },
  { name: "healthy", manner: LEGACY },
  { name: "hung (accepts, never answers)", manner: { size: 1_024, hang: true } },
  { name: "dead (refuses)" },
  { name: "slow (2 s)", manner: { size: 1_024, delayMs: 2_000 } },
  { name: "10 MB bodies", manner: { size: 10_000_000 } },
];

export async function benchIsolation(options: {
  readonly quick: boolean;
  readonly say: (line: string) => void;
}): Promise<IsolationRow[]> {
  const { quick, say } = options;
  await using closing = new AsyncDisposableStack();
  const client = closing.use(startTalker("./client.ts"));
  const legacyProcess = closing.use(startTalker("./backend.ts"));
  const candidateProcess = closing.use(startTalker("./backend.ts"));
  const [legacy] = await legacyProcess.ask<number[]>({ open: [LEGACY] });
  const ports = await candidateProcess.ask<number[]>({ open: CASES.map(({ manner }) => manner ?? LEGACY) });
  const running = [];
  for (const [n, { name, manner, config = [] }] of CASES.entries()) {
    const candidate = manner === undefined ? await freePort() : ports[n]!;
    running.push({
      name,
      at: await parallelRun(legacy!, candidate, config, closing),
      results: [] as LoadResult[],
      rss: 0,
    });
  }
  const load = (seconds: number) => ({ connections: CONNECTIONS, rate: RATE, requests: Math.round(RATE * seconds) });
  for (let round = 0; round <= (quick ? 1 : 5); round += 1) {
    for (const one of running) {
      say(`isolation, round ${round}: ${one.name}`);
      const result = await client.ask<LoadResult>({ ...load(round === 0 || quick ? 2 : SECONDS), port: one.at.port });
      one.rss = Math.max(one.rss, treeUsage(one.at.pid).rss);
      await quiet(one.at.pid); // what it still reads of the candidate must not slow the next
      if (round > 0) one.results.push(result); // the first warms
    }
  }
  return running.map(({ name, results, rss }) => ({
    candidate: name,
    p50: median(results.map(({ p50 }) => p50)),
    p99: median(results.map(({ p99 }) => p99)),
    errors: results.reduce((sum, { errors }) => sum + errors, 0),
    rssMiB: rss / 2 ** 20,
  }));
}

export function isolationTable(rows: readonly IsolationRow[]): string {
  const off = rows[0]!;
  const cells = rows.map((row) => [
    row.candidate,
    figure(row.p50, 2),
    figure(row.p50 / off.p50, 2),
    figure(row.p99, 2),
    figure(row.p99 / off.p99, 2),
    figure(row.rssMiB, 0),
    String(row.errors),
  ]);
  const head = ["candidate", "p50 ms", "/off", "p99 ms", "/off", "rss MiB", "errors"];
  return `The client's latency at ${RATE} requests a second, 1 KB\n${table(head, cells)}`;
}
