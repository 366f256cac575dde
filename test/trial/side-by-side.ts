// test/trial/side-by-side.ts: every fault and every calm route at once, in one process, as in real life

import { between, seeded } from "../../src/cli/demo/random.ts";
import type { Report } from "../../src/model/report.ts";
import { CALM, type Calm } from "./calm/index.ts";
import { type Call, openClients } from "./clients.ts";
import { type Fault, routeOf, sidesOf } from "./fault.ts";
import { FAULTS } from "./faults/index.ts";
import { findingsOf, judgeCalm, judgeFault } from "./judge.ts";
import type { Line } from "./line.ts";
import { openProduct, type Product } from "./product.ts";
import { type Handler, openBackend } from "./service.ts";

export type SideBySideOptions = {
  readonly seed: number;
  /** Requests to each route. */
  readonly rounds: number;
  /** Requests a second, over all routes. */
  readonly perSecond: number;
  /** Kill the product half way and start it again. */
  readonly kill: boolean;
  readonly only?: RegExp;
  readonly progress: (says: string) => void;
  /** Told of the last report. */
  readonly reported?: (report: Report) => void;
};

const USERS = 40;
const IDS = 100_000;

export async function runSideBySide(options: SideBySideOptions): Promise<Line[]> {
  const { seed, rounds, perSecond, only, progress } = options;
  const wanted = ({ name }: { readonly name: string }) => only?.test(name) ?? true;
  const faults = FAULTS.filter(wanted);
  const calm = Object.entries(CALM).flatMap(([kind, list]) =>
    list.filter(wanted).map((one) => ({ kind: kind as keyof typeof CALM, one })),
  );
  if (faults.length + calm.length === 0) return [];
  const [legacySide, candidateSide] = [new Map<string, Handler>(), new Map<string, Handler>()];
  for (const fault of faults) {
    const { legacy, candidate } = sidesOf(fault);
    legacySide.set(fault.name, legacy);
    candidateSide.set(fault.name, candidate);
  }
  for (const { one } of calm) {
    legacySide.set(one.name, one.legacy);
    candidateSide.set(one.name, one.candidate ?? one.legacy);
  }
  const all: readonly (Fault | Calm)[] = [...faults, ...calm.map(({ one }) => one)];
  const shared = new Map<string, unknown>();
  await using legacy = await openBackend("legacy", legacySide, shared, seed + 1);
  await using candidate = await openBackend("candidate", candidateSide, shared, seed + 2);
  await using product = await openProduct({ legacy: legacy.url, candidate: candidate.url }, configOf(all));
  using clients = openClients(product.proxy);

  const next = mixOf(all, seed);
  const total = rounds * all.length;
  const lines: Line[] = [];
  progress(`${all.length} routes side by side, ${total} requests`);
  let lost = 0;
  let sent = 0;
  const load = async (requests: number) => {
    const from = sent;
    sent += requests;
    lost += (await clients.load({ requests, perSecond, next: (n) => next(from + n) })).failed;
  };
  await load(Math.ceil(total / 2));
  if (options.kill) lines.push(...(await killed(product, sent)));
  await load(total - sent);
  // A busy machine sheds: what was not shadowed for want of room is made up for, up to twice over.
  const overloaded = async () => (await product.report()).total.reasons["skipped/overload"] ?? 0;
  while (sent < total * 3) {
    const lacking = (await overloaded()) - (sent - total);
    if (lacking < total / 10) break;
    await load(lacking);
  }
  const report = await product.settled(sent);
  options.reported?.(report);

  progress(`not shadowed for want of room: ${(await product.shed()) || "none"}`);
  const complaints = product.complaints().filter(({ event }) => event !== "mismatch");
  for (const one of complaints.slice(0, 5)) progress(`in the log: ${JSON.stringify(one).slice(0, 300)}`);
  const gate = await product.gate();
  const whole = (planted: string, expected: string, said: string, ok: boolean) =>
    lines.push({ kind: "whole", planted, expected, said, ok });
  const outcomes = Object.values(report.total.outcomes).reduce((sum, count) => sum + count, 0);
  whole("clients", "an answer to each request", `${lost} of ${sent} without`, lost === 0);
  if (!options.kill) whole("outcomes", "one for each request", `${outcomes} of ${sent}`, outcomes === sent);
  if (faults.length > 0) {
    whole("gate", "exit code 1", `exit code ${gate.code}: ${gate.text.split("\n")[0]}`, gate.code === 1);
  }
  return [
    ...faults.map((fault) => judgeFault(report, fault)),
    ...calm.map(({ kind, one }) => judgeCalm(report, kind, one)),
    ...lines,
  ];
}

/** After kill -9 and a restart: the same verdicts, findings and acceptances as before. */
async function killed(product: Product, sent: number): Promise<Line[]> {
  const first = (await product.settled(sent)).findings.find(({ state }) => state === "open" || state === "new");
  if (first !== undefined) await product.accept(first, "it is known");
  // What is written is on disk within `store.flush`, half a second.
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const before = standing(await product.report());
  await product.restart();
  const after = standing(await product.report());
  const lost = before.filter((one) => !after.includes(one));
  const gained = after.filter((one) => !before.includes(one));
  if (first !== undefined) await product.command("accept", first.id, "--undo");
  const said = lost.length + gained.length === 0 ? "the same" : `lost ${lost.slice(0, 4)}; new ${gained.slice(0, 4)}`;
  return [
    {
      kind: "whole",
      planted: "kill -9 and restart",
      expected: `the same ${before.length} verdicts, findings and acceptances`,
      said,
      ok: lost.length + gained.length === 0,
    },
  ];
}

function standing(report: Report): string[] {
  const routes = report.routes.map(({ route, readiness }) => `${route} ${readiness.verdict}`);
  const found = report.routes.flatMap(({ route }) =>
    findingsOf(report, route).map(({ id, state, count }) => `${route} ${id} ${state} ${count}`),
  );
  return [`all ${report.total.readiness.verdict}`, ...routes, ...found];
}

/** Routes are declared: names that stand in the first segment are the trial's own, and no parameter. */
function configOf(all: readonly (Fault | Calm)[]): string {
  const routes = all.map(
    (one) => `  - match: "${routeOf(one)}"\n${one.config === undefined ? "" : `    ${one.config}\n`}`,
  );
  return `routes:\n${routes.join("")}`;
}

/** Each route once in every round, in an order of the round's own; ids are new in two of three. */
function mixOf(all: readonly (Fault | Calm)[], seed: number): (n: number) => Call {
  const random = seeded(seed);
  const order = all.map((_, n) => n);
  return (n) => {
    const at = n % all.length;
    // Fisher and Yates, one step a request.
    const swap = between(random, at, all.length - 1);
    [order[at], order[swap]] = [order[swap]!, order[at]!];
    const one = all[order[at]!]!;
    const round = Math.floor(n / all.length);
    const id = random() < 0.66 ? 1 + ((round * 7_919 + order[at]!) % IDS) : 1 + between(random, 0, 20);
    const call = one.call?.(id, random, round) ?? { target: `/${one.name}/${id}` };
    const user = `Bearer user-${between(random, 1, USERS)}`;
    return { ...call, fields: { accept: "application/json", authorization: user, ...call.fields } };
  };
}
