// test/trial/situations/run.ts: each situation in a process of its own, a few at a time

import { seeded } from "../../../src/cli/demo/random.ts";
import type { Report } from "../../../src/model/report.ts";
import { openClients } from "../clients.ts";
import { drawn } from "../domain.ts";
import { describe, outcomesOf, spell } from "../judge.ts";
import type { Line } from "../line.ts";
import { openProduct } from "../product.ts";
import { type Handler, openBackend, type Side } from "../service.ts";
import { IDENTITY } from "./identity.ts";
import { MORE } from "./more.ts";
import { NUMBERED } from "./numbered.ts";
import { READY } from "./ready.ts";
import { REPORTS } from "./reports.ts";
import type { Situation, Stage } from "./situation.ts";

export const SITUATIONS: readonly Situation[] = [...NUMBERED, ...MORE, ...IDENTITY, ...REPORTS, ...READY];

export type SituationOptions = {
  readonly seed: number;
  readonly short: boolean;
  readonly atOnce: number;
  readonly only?: RegExp;
  readonly progress: (says: string) => void;
};

const REQUESTS = 800;
const PER_SECOND = 160;
const LOOK_MS = 400;

export async function runSituations({ seed, short, atOnce, only, progress }: SituationOptions): Promise<Line[]> {
  const wanted = SITUATIONS.filter(({ name, quick }) => (only?.test(name) ?? true) && (!short || quick === true));
  const lines: Line[] = [];
  const waiting = [...wanted];
  const worker = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      const line = await runSituation(one, seed).catch((error: unknown) => failed(one, error));
      progress(`${line.ok ? "ok   " : "WRONG"} ${one.name}: ${line.said.slice(0, 400)}`);
      lines.push(line);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return wanted.map(({ name }) => lines.find(({ planted }) => planted === name)!);
}

const failed = ({ name, must }: Situation, error: unknown): Line => ({
  kind: must,
  planted: name,
  expected: must,
  said: `it broke: ${error instanceof Error ? error.message : String(error)}`.replaceAll("\n", " "),
  ok: false,
});

async function runSituation(situation: Situation, seed: number): Promise<Line> {
  const { must, routes, requests = REQUESTS, perSecond = PER_SECOND, act } = situation;
  const shared = new Map<string, unknown>();
  const handlers = (side: Side): ReadonlyMap<string, Handler> =>
    new Map(
      Object.entries(routes).map(([name, { legacy, candidate = legacy }]) => [
        name,
        unhurried(side === "legacy" ? legacy : candidate),
      ]),
    );
  await using legacy = await openBackend("legacy", handlers("legacy"), shared, seed + 1);
  await using candidate = await openBackend("candidate", handlers("candidate"), shared, seed + 2);
  await using product = await openProduct({ legacy: legacy.url, candidate: candidate.url }, configOf(situation));
  using clients = openClients(product.proxy);

  const random = seeded(seed);
  const complaints: string[] = [];
  let sent = 0;
  let judged = act === undefined || must === "ready";
  let readyAt: number | undefined;
  const look = async () => {
    const { total } = await product.report();
    if (judged && total.readiness.verdict === "ready") readyAt ??= total.requests;
  };
  let looking: Promise<void> = Promise.resolve();
  const looks = setInterval(() => {
    looking = look().catch(() => {});
  }, LOOK_MS);

  const stage: Stage = {
    product,
    shared,
    ask: clients.ask,
    load: async (count, next = situation.next) => {
      const enough = () => must === "ready" && readyAt !== undefined;
      const done = await clients.load({ requests: count, perSecond, next: (n) => next(n, random), enough });
      sent += done.sent;
    },
    settle: () => product.settled(sent),
    judge: () => {
      judged = true;
    },
    complain: (says) => complaints.push(says),
  };
  await (act === undefined ? stage.load(requests) : act(stage));
  const report = await stage.settle();
  clearInterval(looks);
  await looking;
  if (must === "not ready") await look();
  const gate = await product.gate();
  return judge(situation, report, gate, readyAt, complaints);
}

/** What must not be ready must not be so whatever the latency: how long answers take on a busy machine is no reason. */
function configOf({ must, slow, config = "" }: Situation): string {
  const readiness = must === "ready" || slow === true ? "" : "readiness: { tolerance: 1%, latency: {} }\n";
  return `${readiness}${config}`;
}

/** Takes as long as real services do, on both sides alike. */
function unhurried(handler: Handler): Handler {
  return (ask, world) => {
    const reply = handler(ask, world);
    if (reply === "reset" || reply.after !== undefined || reply.during !== undefined) return reply;
    return { ...reply, after: 3 + drawn("time", ask.target)() * 6 };
  };
}

function judge(
  { name, must, because, finds = [], check }: Situation,
  report: Report,
  gate: { readonly code: number; readonly text: string },
  readyAt: number | undefined,
  complaints: readonly string[],
): Line {
  const { total, findings } = report;
  const wrong = [...complaints];
  if (must === "ready" && gate.code !== 0) wrong.push("not ready");
  if (must === "not ready" && readyAt !== undefined) wrong.push(`READY after ${readyAt} requests`);
  if (must === "not ready" && gate.code !== 1) wrong.push(`gate exits ${gate.code}`);
  if (because !== undefined && !because.test(gate.text)) wrong.push(`gate does not say ${because}`);
  const found = new Set(findings.map((one) => `${one.route} ${spell(one)}`));
  for (const place of finds) if (!found.has(place)) wrong.push(`no finding ${place}`);
  const further = check?.(report);
  if (further !== undefined) wrong.push(further);
  const reasons = gate.text.split("\n").filter((line) => !line.startsWith("ready "))[0] ?? "";
  return {
    kind: must,
    planted: name,
    expected: must,
    said: [...wrong, `${total.requests} requests: ${outcomesOf(total)}`, describe(findings), reasons].join("; "),
    ok: wrong.length === 0,
  };
}
