// evidence/render.ts: renders the evidence as a report

import type {
  EpochSummary,
  Finding,
  Interference,
  LookAlike,
  OtherRequests,
  Report,
  RouteReport,
  Unsteady,
} from "../model/report.ts";
import { coverageOf } from "./coverage.ts";
import { FEW } from "./distinct.ts";
import { entriesOf } from "./entries.ts";
import { addInto, atRanks, createHistogram, type Histogram } from "./histogram.ts";
import { interferenceText } from "./interference.ts";
import { latencyRatios } from "./latency.ts";
import { addLatencyPairs, createLatencyPairs } from "./latency-pairs.ts";
import { perSecond } from "./pace.ts";
import { type Assessment, assess } from "./readiness.ts";
import type { Ledger } from "./route-record.ts";
import type { ReadinessSettings } from "./settings.ts";
import { byTelling } from "./severity.ts";
import { createCounter, merge, rates, type Tallied } from "./tally.ts";
import { partOf, trafficOf } from "./traffic.ts";
import { wholeReadiness } from "./whole.ts";

/** What the evidence cannot know by itself. */
export type Extra = {
  /** Templates that the config names. */
  readonly declaredRoutes?: readonly string[];
  /** Operations of an API description: `GET /orders/{orderId}`. */
  readonly describedRoutes?: readonly string[];
  /** Rules of the config, so that rules that never applied are listed too. */
  readonly declaredRules?: readonly { readonly route: string; readonly rule: string }[];
  readonly interference?: readonly Interference[];
  /** Comparisons whose recheck is under way. */
  readonly rechecking?: number;
  readonly warnings?: readonly string[];
  readonly lookAlikes?: readonly LookAlike[];
  readonly other?: Omit<OtherRequests, "requests">;
};

type Context = {
  readonly at: number;
  readonly since: number;
  readonly epoch: { readonly name: string; readonly startedAt: number };
  readonly epochs: readonly EpochSummary[];
  readonly routes: ReadonlyMap<string, Ledger>;
  readonly capacityOf: (route: string) => number;
  readonly readinessOf: (route: string) => ReadinessSettings;
  /** What holds for routes without settings of their own. */
  readonly base: ReadinessSettings;
  /** Open, confirmed findings of high or critical severity, by route. */
  readonly standing: ReadonlyMap<string, readonly string[]>;
  /** Shadowed requests that have no outcome yet, by route. */
  readonly underWay: ReadonlyMap<string, number>;
  /** Shadowed requests that have waited long for their outcome, by route. */
  readonly pending: ReadonlyMap<string, number>;
};

/** The name of the whole in a report. No route can have it. */
const WHOLE = "*";

/** The report. @param findings in any order @param extra what the evidence does not know itself */
export function render(context: Context, findings: readonly Finding[], extra: Extra = {}): Report {
  const ledgers = [...context.routes.values()].sort((a, b) => ascending(a.route, b.route));
  const assessed = routeReports(context, ledgers);
  const routes = assessed.map(({ report }) => report);
  const total = totalReport(context, assessed);
  const sorted = [...findings].sort(byTelling);
  return {
    version: 1,
    at: context.at,
    since: context.since,
    epoch: context.epoch,
    total,
    routes,
    findings: sorted,
    entries: entriesOf(sorted, routes.filter(({ compared }) => compared > 0).length),
    unsteady: ledgers
      .flatMap((ledger) => [...ledger.unsteady.values()])
      .sort((a, b) => b.count - a.count || ascending(keyOf(a), keyOf(b))),
    rules: rulesOf(ledgers, extra.declaredRules ?? []),
    coverage: coverageOf(ledgers, routes, extra.declaredRoutes ?? [], extra.describedRoutes ?? []),
    epochs: context.epochs,
    ...otherOf(routes, extra.other),
    ...(extra.lookAlikes && extra.lookAlikes.length > 0 && { lookAlikes: extra.lookAlikes }),
    ...(extra.interference && { interference: extra.interference }),
    underWay: [...context.underWay.values()].reduce((sum, count) => sum + count, 0),
    ...(extra.rechecking !== undefined && { rechecking: extra.rechecking }),
    warnings: [
      ...(extra.warnings ?? []),
      ...(extra.interference ?? []).filter(({ interferes }) => interferes).map(interferenceText),
      ...warningsOf(total, context.routes),
      ...identityWarnings(routes),
    ],
  };
}

/** Of each route what its gauges show. */
export function readinessOf(context: Context): Pick<RouteReport, "route" | "readiness">[] {
  return routeReports(context, [...context.routes.values()]).map(({ report: { route, readiness } }) => ({
    route,
    readiness,
  }));
}

/** What an epoch came to, when it ends. */
export function summarise(context: Context): EpochSummary {
  const total = totalReport(context, routeReports(context, [...context.routes.values()]));
  return { ...context.epoch, endedAt: context.at, outcomes: total.outcomes, readiness: total.readiness };
}

type AssessedRoute = { readonly report: RouteReport; readonly rank: Assessment["rank"] };

function routeReports(context: Context, ledgers: readonly Ledger[]): AssessedRoute[] {
  const parts = ledgers.map(({ route, counter }) =>
    partOf(counter, context.readinessOf(route).excludedBy, context.underWay.get(route) ?? 0),
  );
  const counting = parts.filter((part) => part === "counts").length;
  return ledgers.map((ledger, i) => routeReport(context, ledger, parts[i]!, Math.max(1, counting)));
}

function routeReport(context: Context, ledger: Ledger, part: RouteReport["part"], routes: number): AssessedRoute {
  const { route, counter, distinct } = ledger;
  const settings = context.readinessOf(route);
  const latency = latencyRatios(ledger.latencyPairs, ledger.legacyMs, ledger.candidateMs, settings.confidence);
  const { readiness, rank } = assess(
    {
      distinct: distinct.size(),
      wrong: distinct.wrong(),
      steadily: distinct.steadily(),
      level: distinct.level(),
      capacity: context.capacityOf(route),
      fewest: distinct.size() > FEW ? 0 : distinct.fewest(),
      growth: ledger.growth,
      answers: ledger.answers.estimate(),
      traffic: trafficOf(counter, ledger.refused),
      outcomes: counter.outcomes,
      recent: ledger.recent,
      latency,
      findings: context.standing.get(route) ?? [],
      pending: context.pending.get(route) ?? 0,
      pace: perSecond(ledger.pace, context.epoch.startedAt, context.at),
      routes,
      at: context.at,
    },
    settings,
  );
  const convergence = convergenceOf(ledger.convergedMs);
  const report: RouteReport = {
    route,
    part,
    ...(settings.excludedBy === undefined ? {} : { excludedBy: settings.excludedBy }),
    ...countsOf(counter),
    readiness,
    latency,
    ...(convergence === undefined ? {} : { convergence }),
  };
  return { report, rank };
}

function totalReport(context: Context, assessed: readonly AssessedRoute[]): RouteReport {
  let tallied: Tallied = createCounter();
  const parts = { legacyMs: createHistogram(), candidateMs: createHistogram(), convergedMs: createHistogram() };
  const pairs = createLatencyPairs();
  for (const ledger of context.routes.values()) {
    addLatencyPairs(pairs, ledger.latencyPairs);
    tallied = merge(tallied, ledger.counter);
    for (const name of ["legacyMs", "candidateMs", "convergedMs"] as const) addInto(parts[name], ledger[name]);
  }
  const convergence = convergenceOf(parts.convergedMs);
  return {
    route: WHOLE,
    part: "counts",
    ...countsOf(tallied),
    readiness: wholeReadiness(assessed, context.base.tolerance),
    latency: latencyRatios(pairs, parts.legacyMs, parts.candidateMs, context.base.confidence),
    ...(convergence === undefined ? {} : { convergence }),
  };
}

const countsOf = ({ outcomes, reasons, unconfirmed }: Tallied) => ({
  outcomes: { ...outcomes },
  reasons: { ...reasons },
  ...rates(outcomes),
  unconfirmed,
});

function otherOf(routes: readonly RouteReport[], known?: Omit<OtherRequests, "requests">): Pick<Report, "other"> {
  const requests = routes.find(({ route }) => route === "other")?.requests;
  return requests === undefined || known === undefined ? {} : { other: { requests, ...known } };
}

function convergenceOf(settled: Histogram): RouteReport["convergence"] {
  if (settled.total === 0) return undefined;
  const [p50, p95] = atRanks(settled, [Math.ceil(settled.total * 0.5), Math.ceil(settled.total * 0.95)]);
  return { count: settled.total, p50: p50!, p95: p95!, max: settled.max };
}

function rulesOf(ledgers: readonly Ledger[], declared: readonly { route: string; rule: string }[]): Report["rules"] {
  const applied = ledgers.flatMap(({ route, rules }) =>
    [...rules].map(([rule, settled]) => ({ route, rule, settled })),
  );
  const known = new Set(applied.map(({ route, rule }) => `${route}\n${rule}`));
  const idle = declared.filter(({ route, rule }) => !known.has(`${route}\n${rule}`));
  return [
    ...applied.sort((a, b) => b.settled - a.settled || ascending(a.rule, b.rule)),
    ...idle.map((rule) => ({ ...rule, settled: 0 })),
  ];
}

function warningsOf(total: RouteReport, routes: ReadonlyMap<string, Ledger>): string[] {
  const warnings: string[] = [];
  const { outcomes, compared, unconfirmed } = total;
  const differing = compared - outcomes.match;
  if (total.requests > 0 && compared === 0) warnings.push("Nothing was compared, so the numbers have no meaning yet.");
  if (unconfirmed > 0 && unconfirmed > differing * 0.05) {
    warnings.push(
      `${unconfirmed} of ${differing} comparisons with differences were classified by earlier rechecks of the same places, because recheck.perSecond was used up.`,
    );
  }
  const undecided = total.reasons["not_comparable/unconfirmed"] ?? 0;
  if (undecided > 0) {
    warnings.push(
      `${undecided} requests have differences that no recheck could confirm; they are not findings yet. "Unsteady" names the key to raise for each place.`,
    );
  }
  const approximate = [...routes.values()].reduce((sum, { counter }) => sum + counter.approximate, 0);
  if (approximate > 0) {
    warnings.push(
      `In ${approximate} comparisons the places are approximate, because the answers were too large to be paired exactly.`,
    );
  }
  const overload = total.reasons["skipped/overload"] ?? 0;
  if (overload > total.requests * 0.01) {
    warnings.push(`${overload} of ${total.requests} requests were not shadowed because of overload.`);
  }
  if (outcomes.candidate_error > 0 && outcomes.candidate_error > compared * 0.05) {
    warnings.push(
      `The candidate failed ${outcomes.candidate_error} times: rates are shares of the ${compared} compared requests.`,
    );
  }
  return warnings;
}

/** Many answers to few requests: who asks may decide, and is not known. */
function identityWarnings(routes: readonly RouteReport[]): string[] {
  const odd = routes.filter(({ readiness: { answers, distinct } }) => answers >= 20 && answers > 5 * distinct);
  if (odd.length === 0) return [];
  const { route, readiness } = odd[0]!;
  const more = odd.length > 1 ? ` The same applies to ${odd.length - 1} more routes.` : "";
  return [
    `On ${route} legacy gave ${readiness.answers} different answers to ${readiness.distinct} distinct ${readiness.distinct === 1 ? "request" : "requests"}. If they depend on the user, add the field or cookie to identity.fields or identity.cookies.${more}`,
  ];
}

/** By code unit: the same in every locale. */
const ascending = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

const keyOf = ({ route, where, path, kind, standing, undecided }: Unsteady) =>
  [route, where, path, kind, standing, undecided ?? ""].join("\n");
