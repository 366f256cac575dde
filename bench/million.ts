// bench/million.ts: a million comparisons with 200 findings through verifier, evidence, causes and store: what each costs, and whether memory stays

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEvidence } from "../src/app/evidence.ts";
import { openIdentity } from "../src/app/identity.ts";
import { verifyOptions } from "../src/app/live.ts";
import { rulesOf } from "../src/app/rules.ts";
import { openStore, restoreAndKeep } from "../src/app/store.ts";
import { classifying } from "../src/app/verification.ts";
import { identical } from "../src/compare/index.ts";
import { readConfig } from "../src/config/index.ts";
import { createNoiseBook } from "../src/evidence/index.ts";
import { digest } from "../src/lib/digest.ts";
import type { Response } from "../src/model/answer.ts";
import type { Exchange } from "../src/model/exchange.ts";
import { findingOf } from "../src/model/place.ts";
import { compileRedactor } from "../src/store/index.ts";
import { createTelemetry } from "../src/telemetry/index.ts";
import { createPool, createVerifier } from "../src/verify/index.ts";
import { figure, table } from "./table.ts";

export type MillionOptions = { readonly comparisons: number; readonly costs: boolean };

export type Million = {
  readonly comparisons: number;
  readonly counted: number;
  readonly mismatches: number;
  readonly findings: number;
  readonly seconds: number;
  /** The most resident in the fifth after warm-up, and in the last fifth, in MiB. */
  readonly rssThen: number;
  readonly rssLast: number;
  readonly storeMiB: number;
  readonly storeLimitMiB: number;
  /** Microseconds of CPU, all threads: of one match, one mismatch, asking one mismatch again, and keeping, a comparison. */
  readonly match?: number;
  readonly mismatch?: number;
  readonly again?: number;
  readonly store?: number;
  readonly storeMismatch?: number;
  /** Of a mismatch, what the serving thread pays. */
  readonly mismatchLoop?: number;
};

const ROUTES = 20;
const PLACES = 10;
const DISTINCT = 200_000;
/** One comparison in so many differs. */
const DIFFERS = 20;
const IN_FLIGHT = 250;
const STORE_MIB = 16;

/** The rooms as the app wires them, without the network: both sides' answers are made up. */
async function openRooms(dir: string, kind: "sqlite" | "none", expected: number) {
  await using opening = new AsyncDisposableStack();
  const read = readConfig(
    `legacy: { url: "http://127.0.0.1:1" }
candidate: { url: "http://127.0.0.1:2", maxInFlight: 1024 }
data: ${JSON.stringify(dir)}
recheck: { perSecond: 1000000, delay: 10ms, tries: 1, sample: 0% }
store: { maxSize: ${STORE_MIB}MiB }`,
    { file: "million.yaml", env: {} },
  );
  if (!("config" in read)) throw new Error(JSON.stringify(read.faults));
  const { config } = read;
  const now = Date.now;
  const redactor = compileRedactor(config.redact);
  const telemetry = opening.use(
    createTelemetry({
      version: "bench",
      log: { level: "info", to: { write: () => undefined } },
      redact: redactor,
      mismatchesPerMinute: config.log.mismatchesPerMinute,
      maxRoutes: config.limits.maxRoutes,
      now,
    }),
  );
  const evidence = openEvidence(
    () => config,
    now,
    redactor,
    () => undefined,
    openIdentity(() => config).identity,
  );
  const noise = createNoiseBook();
  const store = opening.use(await openStore(config, now, telemetry.log));
  const { keeper } = await restoreAndKeep(config, {
    now,
    store,
    folds: kind === "none" ? [] : [evidence, noise],
    redactor,
    log: telemetry.log,
  });
  opening.use(keeper);
  const rules = rulesOf(config);
  const comparer = createPool({
    setup: rules.setup,
    workers: config.verify.threads + 1,
  });
  opening.defer(comparer.close);
  let counted = 0;
  let perSecond = config.recheck.perSecond;
  const verifier = createVerifier(
    verifyOptions(() => ({ ...config, recheck: { ...config.recheck, perSecond } })),
    {
      now,
      random: () => 1,
      comparer,
      comparable: () => undefined,
      identical: (route, a, b) => identical(a, b, rules.compiledFor(route)),
      ask: async (side, exchange) => exchange[side],
      ...classifying({
        noise,
        now,
        written: () => false,
        lagMs: () => 0,
        identity: ({ request }) => digest(request.target).lo,
      }),
      on: () => true,
      accepted: (route, difference, all) => evidence.accepts(route, difference, all, now()),
      emit: (judged) => {
        counted += 1;
        const { request, route } = judged.exchange;
        const own = redactor.forRequest(request);
        const comparison =
          judged.differences.length === 0
            ? judged
            : { ...judged, differences: judged.differences.map((one) => own.difference(route, one)) };
        evidence.add(comparison, now());
        telemetry.comparison(comparison);
        if (kind === "none") return;
        keeper.offer(
          comparison,
          comparison.differences.map((one) => findingOf(route, one)),
        );
      },
      bug: (error) => {
        throw error;
      },
    },
  );
  opening.defer(() => verifier.drain(expected));
  const whole = opening.move();
  return {
    verifier,
    store,
    keeper,
    counted: () => counted,
    /** From now on what differs is classified by what is known of its place. */
    recheckNoMore: () => {
      perSecond = 0;
    },
    report: () => evidence.report(now()),
    [Symbol.asyncDispose]: () => whole.disposeAsync(),
  };
}

type Rooms = Awaited<ReturnType<typeof openRooms>>;

function response(n: number, wrong: number | undefined): Response {
  const values = Array.from({ length: PLACES }, (_, i) => `"member${i}":${i === wrong ? -n - 1 : n + i}`);
  const bytes = Buffer.from(`{"id":"o-${n}",${values.join(",")},"name":"of order ${n}"}`);
  return {
    kind: "response",
    status: 200,
    reason: "OK",
    fields: ["Content-Type", "application/json"],
    body: { kind: "kept", chunks: [bytes], length: bytes.length },
    trailers: [],
    firstByteMs: 3,
    durationMs: 4 + (n % 7),
  };
}

function exchangeOf(n: number, differs: boolean): Exchange {
  const id = (n * 7_919) % DISTINCT;
  const r = Math.floor(n / DIFFERS / PLACES) % ROUTES;
  const legacy = response(id, undefined);
  const candidate = response(id, differs ? Math.floor(n / DIFFERS) % PLACES : undefined);
  const request = { method: "GET", target: `/area${r}/orders/${id}`, fields: ["Host", "bench.test"] };
  return { id: `e${n}`, route: `GET /area${r}/orders/{id}`, request, at: Date.now(), legacy, candidate };
}

/** Gives the rooms so many exchanges, as many at once as a busy proxy would, and waits for the last. */
async function drive(rooms: Rooms, from: number, count: number, differs: (n: number) => boolean, tick = () => {}) {
  for (let n = from; n < from + count; n += 1) {
    const exchange = exchangeOf(n, differs(n));
    while (rooms.verifier.stats().pending >= IN_FLIGHT) await turn();
    if (!rooms.verifier.offer(exchange.route, async () => exchange)) throw new Error("refused");
    if (n % 256 === 0) await turn();
    if (n % 1_000 === 0) tick();
  }
  while (rooms.verifier.stats().pending > 0) await turn();
}

const turn = () => new Promise<void>((done) => setImmediate(done));

/** Microseconds of CPU for each of `count`: of all threads, and of this one. */
async function costOf(count: number, work: () => Promise<void>): Promise<{ all: number; loop: number }> {
  const before = [process.cpuUsage(), process.threadCpuUsage()] as const;
  await work();
  const [all, loop] = [process.cpuUsage(before[0]), process.threadCpuUsage(before[1])];
  return { all: (all.user + all.system) / count, loop: (loop.user + loop.system) / count };
}

/** Most of them match; every twentieth shows one of 200 findings. */
export async function million({ comparisons, costs }: MillionOptions): Promise<Million> {
  const dir = mkdtempSync(join(tmpdir(), "parallel-run-million-"));
  try {
    const started = performance.now();
    const peaks = [0, 0, 0, 0, 0];
    let whole: Omit<Million, "seconds">;
    {
      await using rooms = await openRooms(join(dir, "whole"), "sqlite", 60_000);
      let at = 0;
      await drive(
        rooms,
        0,
        comparisons,
        (n) => n % DIFFERS === 0,
        () => {
          const fifth = Math.min(4, Math.floor((at * 5) / comparisons));
          at += 1_000;
          peaks[fifth] = Math.max(peaks[fifth]!, process.memoryUsage.rss() / 2 ** 20);
        },
      );
      await rooms.keeper.flush();
      const { total, findings } = rooms.report();
      whole = {
        comparisons,
        counted: rooms.counted(),
        mismatches: total.outcomes.mismatch,
        findings: findings.length,
        rssThen: peaks[1]!,
        rssLast: peaks[4]!,
        storeMiB: rooms.store.stats().bytes / 2 ** 20,
        storeLimitMiB: STORE_MIB,
      };
    }
    const seconds = (performance.now() - started) / 1000;
    return costs ? { ...whole, seconds, ...(await eachCost(dir)) } : { ...whole, seconds };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function eachCost(
  dir: string,
): Promise<Pick<Million, "match" | "mismatch" | "again" | "store" | "storeMismatch" | "mismatchLoop">> {
  const [matches, mismatches, asked, mixed] = [100_000, 20_000, 2_000, 100_000];
  const always = () => true;
  const measured = async (kind: "sqlite" | "none") => {
    await using rooms = await openRooms(join(dir, kind), kind, 60_000);
    await drive(rooms, 0, 20_000, (n) => n % 4 === 0); // compiled, findings made
    rooms.recheckNoMore();
    return {
      match: await costOf(matches, () => drive(rooms, 0, matches, () => false)),
      mixed: await costOf(mixed, () => drive(rooms, 0, mixed, (n) => n % DIFFERS === 0)),
      mismatch: await costOf(mismatches, () => drive(rooms, 0, mismatches, always)),
    };
  };
  const bare = await measured("none");
  const kept = await measured("sqlite");
  await using rooms = await openRooms(join(dir, "again"), "none", 60_000);
  await drive(rooms, 0, 4_000, always);
  const again = await costOf(asked, () => drive(rooms, 0, asked, always));
  return {
    match: bare.match.all,
    mismatch: bare.mismatch.all,
    mismatchLoop: bare.mismatch.loop,
    again: again.all - bare.mismatch.all,
    store: kept.mixed.all - bare.mixed.all,
    storeMismatch: kept.mismatch.all - bare.mismatch.all,
  };
}

export function millionTable(one: Million): string {
  const growth = (one.rssLast / one.rssThen - 1) * 100;
  const rows: [string, string][] = [
    ["comparisons, all counted", `${one.comparisons}, ${one.counted === one.comparisons ? "yes" : one.counted}`],
    ["mismatches, findings", `${one.mismatches}, ${one.findings}`],
    ["seconds", figure(one.seconds, 1)],
    ["RSS after warm-up, at the end, MiB", `${figure(one.rssThen, 0)}, ${figure(one.rssLast, 0)}`],
    ["RSS growth, %", figure(growth, 1)],
    ["store, of its limit, MiB", `${figure(one.storeMiB, 1)}, ${one.storeLimitMiB}`],
    ["CPU us a match", figure(one.match, 1)],
    ["CPU us a mismatch", figure(one.mismatch, 1)],
    ["  of it on the serving thread", figure(one.mismatchLoop, 1)],
    ["CPU us of asking one again", figure(one.again, 1)],
    ["CPU us of the store a comparison", figure(one.store, 1)],
    ["  a mismatch", figure(one.storeMismatch, 1)],
  ];
  return table(["a million comparisons", ""], rows);
}

if (import.meta.main && process.send !== undefined) {
  process.on("message", async (options: MillionOptions) => process.send!(await million(options)));
  process.on("disconnect", () => process.exit(0));
}
