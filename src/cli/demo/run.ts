// cli/demo/run.ts: backends, the proxy between them, traffic; then what the report says of what was planted

import { CannotOpen, type Effects, openApp } from "../../app/app.ts";
import { formatFault, readConfig } from "../../config/index.ts";
import type { Report } from "../../model/report.ts";
import { UsageError } from "../command.ts";
import { Failed } from "../failed.ts";
import { version } from "../version.ts";
import { openCandidate } from "./candidate.ts";
import { demoConfig } from "./config.ts";
import { openLegacy } from "./legacy.ts";
import type { Planted } from "./planted.ts";
import { seeded } from "./random.ts";
import { createStock } from "./stock.ts";
import { startTraffic, type TrafficCounts } from "./traffic.ts";
import { type Check, judgeDemo } from "./verdict.ts";

/** What a run of the demo depends on. */
export type DemoOptions = {
  readonly planted: readonly Planted[];
  readonly seconds: number;
  /** Goes on until so many requests were sent, on a machine too busy for the rate; but no longer than ten times `seconds`. */
  readonly atLeast?: number;
  /** Requests a second. */
  readonly rate: number;
  readonly listen: string;
  readonly admin: string;
  /** Ends the traffic early; the report is still given. */
  readonly stop: AbortSignal;
  /** The proxy's own log, line by line; it speaks up only when something is amiss. */
  readonly log: (line: string) => void;
  /** All is open; where to look. */
  readonly opened: (where: { readonly proxy: string; readonly admin: string }) => void;
  readonly progress: (seconds: number, counts: Readonly<TrafficCounts>, report: Report) => void;
};

/** A finished run; its services stay open until it is disposed. */
export type Demo = AsyncDisposable & { readonly report: Report; readonly checks: readonly Check[] };

const SEED = 20_260_105;
/** Articles whose stock is written to, and those that are only read. */
const ARTICLES = 4_000;
const PROGRESS_MS = 2_000;
/** How long the last comparisons may take to come in after the traffic has ended. */
const SETTLE_MS = 60_000;

/** Runs a demo to its end. What it returns is still open, for a look at the page; closing it is the caller's. */
export async function runDemo(options: DemoOptions): Promise<Demo> {
  await using closing = new AsyncDisposableStack();
  const { planted, stop } = options;
  const stock = createStock(ARTICLES, Date.now);
  const legacy = closing.use(await openLegacy(planted, stock, seeded(SEED + 1)));
  const candidate = closing.use(await openCandidate(planted, stock, seeded(SEED + 2)));
  const { listen, admin } = options;
  const text = demoConfig({ legacy: legacy.url, candidate: candidate.url, clean: planted.length === 0 });
  const read = readConfig(text, { file: "demo.yaml", env: {}, overrides: { listen, admin } });
  if ("faults" in read) throw new UsageError(read.faults.map(formatFault).join("\n"));
  const app = closing.use(await openApp(read.config, effects(options.log)).catch(unopened));
  const proxy = `http://${app.address.host}:${app.address.port}`;
  options.opened({ proxy, admin: app.adminUrl });

  const started = performance.now();
  const elapsed = () => (performance.now() - started) / 1000;
  const enough = new AbortController();
  const traffic = startTraffic(proxy, {
    rate: options.rate,
    seed: SEED,
    stop: AbortSignal.any([stop, enough.signal]),
  });
  const watching = setInterval(() => {
    const sent = traffic.counts.sent >= (options.atLeast ?? 0) || elapsed() >= options.seconds * 10;
    if (sent && elapsed() >= options.seconds) enough.abort();
  }, 50);
  closing.defer(() => clearInterval(watching));
  const ticking = setInterval(() => options.progress(elapsed(), traffic.counts, app.report()), PROGRESS_MS);
  closing.defer(() => clearInterval(ticking));
  await traffic.done;
  clearInterval(ticking);
  clearInterval(watching);

  // What differed last is still being asked again: every request must have come to its outcome first.
  const deadline = performance.now() + SETTLE_MS;
  while (app.report().total.requests < traffic.counts.answered && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const report = app.report();
  const checks = [...judgeDemo(report, planted), ...judgeRun(report, traffic.counts, candidate.seen)];
  const open = closing.move();
  return { report, checks, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

const effects = (log: (line: string) => void): Effects => ({
  now: Date.now,
  random: Math.random,
  newId: () => crypto.randomUUID(),
  readFile: (file) => {
    throw new Error(`the demo's config names no file, and yet ${file} is asked for`);
  },
  logTo: { write: log },
  version: version(),
});

/** A port in use and the like is for the one who started it. */
function unopened(error: unknown): never {
  throw error instanceof CannotOpen ? new Failed(error.message) : error;
}

/** Checks that apply regardless of what is planted. */
function judgeRun(report: Report, counts: TrafficCounts, candidateSaw: ReadonlyMap<string, number>): Check[] {
  const check = (ok: boolean, name: string, says: string): Check => ({ ok, name, route: "", says });
  const summed = Object.values(report.total.outcomes).reduce((sum, count) => sum + count, 0);
  // What is declared `readOnly` is the one POST that may get there.
  const writes = [...candidateSaw.keys()].filter((sent) => !["GET", "HEAD", "POST /search"].includes(sent));
  return [
    check(counts.failed === 0, "clients", `${counts.answered} answers to ${counts.sent} requests`),
    check(summed === counts.sent, "outcomes", `${summed} outcomes of ${counts.sent} requests`),
    check(
      writes.length === 0,
      "reads only",
      `the candidate was sent ${[...candidateSaw.keys()].sort().slice(0, 10).join(", ")}`,
    ),
  ];
}
