// bench/relay.ts: what a request costs in each proxy, and how long the client waits

import type { BackendCount, Manner } from "./backend.ts";
import { startTalker, type Talker } from "./child.ts";
import type { Load, LoadResult } from "./client.ts";
import { CONTENDERS, type Contender, has, type Running } from "./contenders.ts";
import { quiet, treeUsage } from "./cpu.ts";
import { figure, median, table } from "./table.ts";

export type RelayOptions = { readonly quick: boolean; readonly only?: string; readonly say: (line: string) => void };

/** One contender and size, medians over the rounds. CPU in microseconds a request, latencies in milliseconds. */
export type RelayRow = {
  readonly contender: string;
  readonly size: number;
  readonly cpuBusy?: number;
  readonly cpuPaced?: number;
  readonly legacyOpens: number;
  readonly candidateOpens?: number;
  /** Candidate requests a client request: under 1 means that shadowing was shed, and flatters the CPU. */
  readonly shadowedBusy?: number;
  readonly shadowedPaced?: number;
  readonly p50: number;
  readonly p99: number;
  readonly errors: number;
  readonly rssMiB?: number;
};

const CONNECTIONS = 64;
const SIZES = [1_024, 65_536];
const CLIENT_RATE: Readonly<Record<number, number>> = { 1024: 1_000, 65536: 300 };
const REQUESTS: Readonly<Record<number, number>> = { 1024: 20_000, 65536: 8_000 };
const PACED_SECONDS = 4;

type Measured = {
  readonly load: LoadResult;
  readonly cpu?: number;
  readonly legacy: BackendCount;
  readonly candidate?: BackendCount;
};

/** Whether this is the name of a contender, or a part of one. */
export const isContender = (part: string): boolean => CONTENDERS.some(({ name }) => name.includes(part));

export async function benchRelay({ quick, only, say }: RelayOptions): Promise<RelayRow[]> {
  await using closing = new AsyncDisposableStack();
  const client = closing.use(startTalker("./client.ts"));
  const rows: RelayRow[] = [];
  const chosen = CONTENDERS.filter(({ name }) => only === undefined || name.includes(only)).filter(
    ({ name, needs }) => {
      if (needs === undefined || has(needs)) return true;
      say(`${needs} is not installed: left out ${name}`);
      return false;
    },
  );
  for (const size of SIZES) rows.push(...(await benchSize(size, chosen, client, quick, say)));
  return rows;
}

async function benchSize(
  size: number,
  contenders: readonly Contender[],
  client: Talker,
  quick: boolean,
  say: (line: string) => void,
): Promise<RelayRow[]> {
  await using closing = new AsyncDisposableStack();
  // Legacy and the candidates are processes of their own, so that neither slows the other's answers.
  const legacyProcess = closing.use(startTalker("./backend.ts"));
  const candidateProcess = closing.use(startTalker("./backend.ts"));
  const manners: readonly Manner[] = [{ size }, { size, changed: true }];
  const [legacy] = await legacyProcess.ask<number[]>({ open: [{ size }] });
  const [equal, differs] = await candidateProcess.ask<number[]>({ open: manners });
  const backends = { legacy: legacy!, equal: equal!, differs: differs! };

  const counts = async ({ candidate }: Running) => {
    const [ofLegacy] = await legacyProcess.ask<BackendCount[]>({ counts: true });
    const ofCandidates = await candidateProcess.ask<BackendCount[]>({ counts: true });
    return {
      legacy: ofLegacy!,
      candidate: candidate === undefined ? undefined : ofCandidates[candidate === equal ? 0 : 1]!,
    };
  };
  const measure = async (running: Running, load: Omit<Load, "port">): Promise<Measured> => {
    const before = await counts(running);
    const cpuBefore = running.pid === undefined ? 0 : treeUsage(running.pid).cpuSeconds;
    const result = await client.ask<LoadResult>({ ...load, port: running.port });
    // What was shadowed last is still being compared: its cost belongs to this load.
    if (running.pid !== undefined) await quiet(running.pid);
    const after = await counts(running);
    const less = (now: BackendCount, then: BackendCount) => ({
      connections: now.connections - then.connections,
      requests: now.requests - then.requests,
    });
    return {
      load: result,
      ...(running.pid === undefined
        ? {}
        : { cpu: ((treeUsage(running.pid).cpuSeconds - cpuBefore) / result.answered) * 1e6 }),
      legacy: less(after.legacy, before.legacy),
      ...(after.candidate && before.candidate ? { candidate: less(after.candidate, before.candidate) } : {}),
    };
  };

  const requests = Math.round(REQUESTS[size]! / (quick ? 4 : 1));
  const rate = CLIENT_RATE[size]!;
  const busy = { connections: CONNECTIONS, requests };
  const paced = { connections: CONNECTIONS, rate, requests: rate * (quick ? 2 : PACED_SECONDS) };
  const running: { contender: Contender; at: Running; busy: Measured[]; paced: Measured[] }[] = [];
  for (const contender of contenders) {
    try {
      const at = await contender.start(backends, closing);
      await measure(at, { connections: CONNECTIONS, requests: Math.round(requests / 2) }); // warm: compiled, connected
      running.push({ contender, at, busy: [], paced: [] });
    } catch (error) {
      say(`left out ${contender.name}: ${(error as Error).message}`);
    }
  }
  for (let round = 1; round <= (quick ? 1 : 3); round += 1) {
    for (const one of running) {
      say(`${size} bytes, round ${round}: ${one.contender.name}`);
      one.busy.push(await measure(one.at, busy));
      one.paced.push(await measure(one.at, paced));
    }
  }
  return running.map(({ contender, at, busy, paced }) => {
    const all = [...busy, ...paced];
    const answered = all.reduce((sum, { load }) => sum + load.answered, 0);
    const sum = (pick: (one: Measured) => number) => all.reduce((total, one) => total + pick(one), 0);
    const shadowed = (runs: readonly Measured[]) =>
      median(runs.map(({ candidate, load }) => candidate!.requests / load.answered));
    return {
      contender: contender.name,
      size,
      legacyOpens: sum(({ legacy }) => legacy.connections) / answered,
      p50: median(paced.map(({ load }) => load.p50)),
      p99: median(paced.map(({ load }) => load.p99)),
      errors: sum(({ load }) => load.errors),
      ...(at.pid === undefined
        ? {}
        : {
            cpuBusy: median(busy.map(({ cpu }) => cpu!)),
            cpuPaced: median(paced.map(({ cpu }) => cpu!)),
            rssMiB: treeUsage(at.pid).rss / 2 ** 20,
          }),
      ...(at.candidate === undefined
        ? {}
        : {
            candidateOpens: sum(({ candidate }) => candidate!.connections) / answered,
            shadowedBusy: shadowed(busy),
            shadowedPaced: shadowed(paced),
          }),
    };
  });
}

export function relayTable(rows: readonly RelayRow[]): string {
  const head = [
    "",
    "cpu us",
    "/mirror",
    "/http-proxy",
    "paced cpu us",
    "p50 ms",
    "p99 ms",
    "opens",
    "shadow opens",
    "shadowed",
    "paced",
    "rss MiB",
    "errors",
  ];
  return SIZES.map((size) => {
    const here = rows.filter((row) => row.size === size);
    const cpuOf = (name: string) => here.find(({ contender }) => contender === name)?.cpuBusy;
    const over = (row: RelayRow, name: string) => {
      const reference = cpuOf(name);
      return row.cpuBusy === undefined || reference === undefined ? undefined : row.cpuBusy / reference;
    };
    const cells = here.map((row) => [
      row.contender,
      figure(row.cpuBusy, 1),
      figure(over(row, "nginx mirror"), 2),
      figure(over(row, "http-proxy"), 2),
      figure(row.cpuPaced, 1),
      figure(row.p50, 2),
      figure(row.p99, 2),
      figure(row.legacyOpens, 3),
      figure(row.candidateOpens, 3),
      figure(row.shadowedBusy, 2),
      figure(row.shadowedPaced, 2),
      figure(row.rssMiB, 0),
      String(row.errors),
    ]);
    return `${size / 1024} KB bodies\n${table(head, cells)}`;
  }).join("\n\n");
}
