// report/outline.ts: a report in the order in which a reader needs it, cut to what one can read; every format shows this
// biome-ignore-all lint/style/noExcessiveLinesPerFile: to be divided

import type { Undecided } from "../model/comparison.ts";
import type {
  Acceptance,
  Cause,
  Entry,
  EpochSummary,
  Finding,
  FindingState,
  Readiness,
  Report,
  RouteReport,
  SuggestedRule,
  Verdict,
} from "../model/report.ts";
import { count, plural } from "./escape.ts";
import { duration, moment, percent, period } from "./format.ts";

/** The first of something, and how many there are beyond those. */
export type Some<T> = { readonly shown: readonly T[]; readonly more: number };

/** A report in reading order, cut to the caps of a format. */
export type Outline = {
  readonly verdict: Verdict | "empty";
  /** The answer to "are we ready?", in a sentence. */
  readonly headline: string;
  readonly reasons: Some<string>;
  readonly period: string;
  readonly epochStartedAt: number;
  /** Label, number, and what it is a part of. */
  readonly totals: readonly (readonly [label: string, value: string, of: string])[];
  readonly warnings: Some<string>;
  /** Findings that need attention (new, open, regressed), grouped by fault. */
  readonly entries: Some<Entry>;
  /** Entries of high and critical severity that the cap cut off: nothing severe is omitted, it is only shortened to a line. */
  readonly severe: Some<Entry>;
  /** Accepted and fixed. */
  readonly settled: Some<Finding>;
  readonly unsteady: Some<Report["unsteady"][number]>;
  readonly coverage: Some<Report["coverage"][number]>;
  readonly routes: Some<RouteReport>;
  /** What counts as `other`, and routes that seem to be one; a line each. */
  readonly naming: Some<string>;
  readonly rules: Some<Report["rules"][number]>;
  /** What earlier epochs came to, a line each. */
  readonly epochs: Some<string>;
  /** Requests of the total that were not shadowed, by reason, most first. */
  readonly reasonsWhy: Some<readonly [reason: string, n: number]>;
};

/** The most entries of each section. */
export type Caps = {
  readonly findings: number;
  readonly settled: number;
  readonly rows: number;
  readonly routes: number;
};

/** The most severe entries beyond the cap that are listed in a line each. */
const SEVERE = 200;

const NEEDS_ATTENTION: readonly FindingState[] = ["new", "open", "regressed"];

/** Brings a report into reading order and applies the caps. */
export function outline(report: Report, caps: Caps): Outline {
  const { total } = report;
  const settled = report.findings.filter((one) => !NEEDS_ATTENTION.includes(one.state));
  const entries = first(report.entries, caps.findings);
  const severe = report.entries
    .slice(entries.shown.length)
    .filter(({ severity }) => severity === "high" || severity === "critical");
  const routes = report.routes.toSorted((a, b) => urgency(b) - urgency(a) || b.requests - a.requests);
  return {
    verdict: total.requests === 0 ? "empty" : total.readiness.verdict,
    headline: headline(report),
    reasons: first(total.readiness.reasons, 5),
    period: `${moment(report.at)} UTC, epoch ${named(report.epoch.name)} since ${moment(report.epoch.startedAt)}, counting since ${moment(report.since)} (${duration(Math.max(0, report.at - report.since))})`,
    epochStartedAt: report.epoch.startedAt,
    totals: totals(total, report.underWay ?? 0, report.rechecking ?? 0),
    warnings: first(report.warnings, 10),
    entries,
    severe: first(severe, SEVERE),
    settled: first(settled, caps.settled),
    unsteady: first(report.unsteady, caps.rows),
    coverage: first(report.coverage, caps.rows),
    routes: first(routes, caps.routes),
    naming: first([...otherLines(report), ...(report.lookAlikes ?? []).map(lookAlikeLine)], caps.rows),
    rules: first(report.rules, caps.rows),
    epochs: first((report.epochs ?? []).map(pastEpoch), 5),
    reasonsWhy: first(
      Object.entries(total.reasons).sort(([, a], [, b]) => b - a),
      12,
    ),
  };
}

function first<T>(all: readonly T[], cap: number): Some<T> {
  // One more line is no longer than "and 1 more".
  const shown = all.length <= cap + 1 ? all : all.slice(0, cap);
  return { shown, more: all.length - shown.length };
}

function otherLines({ other }: Report): string[] {
  if (other === undefined) return [];
  const { requests, examples, forgotten, limit } = other;
  const some = examples.map((one) => `${one.route} (${one.status ?? "no answer"}, ${plural(one.requests, "request")})`);
  return [
    `other: ${plural(requests, "request")} of routes that legacy never served, or of removed routes${some.length === 0 ? "" : `; mostly ${some.join(", ")}`}. Routes declared under \`routes:\` are always kept.`,
    ...(forgotten === 0
      ? []
      : [
          `Learned routes were removed ${plural(forgotten, "time")}: more than ${count(limit)} were in use (\`limits.maxRoutes\`).`,
        ]),
  ];
}

function lookAlikeLine({ route, routes, yaml }: NonNullable<Report["lookAlikes"]>[number]): string {
  const match = yaml.trim().split("\n").at(-1)!.trim();
  const some = first(routes, 5);
  const more = some.more === 0 ? "" : ` and ${count(some.more)} more`;
  return `${some.shown.join(", ")}${more} look like one route, ${route}. To declare it, add \`${match}\` under \`routes:\`.`;
}

function named(epoch: string): string {
  return epoch === "" ? "(unnamed)" : epoch;
}

function pastEpoch({ name, startedAt, endedAt, outcomes, readiness }: EpochSummary): string {
  const requests = Object.values(outcomes).reduce((all, one) => all + one, 0);
  return `${named(name)}, ${period(startedAt, endedAt)}: ${readiness.verdict}, ${plural(requests, "request")}, ${count(readiness.wrong)} of ${plural(readiness.distinct, "distinct request")} wrong`;
}

function urgency({ readiness, part }: RouteReport): number {
  if (part !== "counts") return -1;
  return { reject: 2, hold: 1, ready: 0 }[readiness.verdict];
}

function headline({ total, routes, entries, epochs = [], underWay = 0, rechecking = 0 }: Report): string {
  if (total.requests === 0) {
    if (underWay > 0) return `No outcome yet: ${beingCompared(underWay, rechecking)}.`;
    return epochs.length === 0 ? "No requests yet." : "No requests since this epoch began.";
  }
  const { readiness } = total;
  const counting = routes.filter((route) => route.part === "counts");
  const ready = counting.filter((route) => route.readiness.verdict === "ready").length;
  const where = counting.length > 1 ? ` ${count(ready)} of ${plural(counting.length, "route")} ready.` : "";
  const found = entries.length === 0 ? " No open finding." : ` ${plural(entries.length, "open finding")}.`;
  if (total.compared === 0) return `Nothing has been compared yet, of ${plural(total.requests, "request")}.`;
  switch (readiness.verdict) {
    case "ready":
      return `Ready: at most ${percent(readiness.upper)} of distinct requests are wrong, on any route.${where}${found}`;
    case "reject":
      return `Not ready${tooMany(readiness)}.${where}${found}`;
    case "hold":
      return `Not enough evidence.${evidence(readiness)}${where}${found}`;
  }
}

/** `3 requests have come and are being compared, 2 of them rechecked`. */
function beingCompared(underWay: number, rechecking: number): string {
  const again = rechecking > 0 ? `, ${count(rechecking)} of them rechecked` : "";
  return `${plural(underWay, "request")} ${underWay === 1 ? "has" : "have"} arrived and ${underWay === 1 ? "is" : "are"} being compared${again}`;
}

/** Of the route that is worst. */
function tooMany({ lower, tolerance }: Readiness): string {
  if (lower <= tolerance) return "";
  return `: at least ${percent(lower)} of a route's distinct requests are wrong, ${percent(tolerance)} is tolerated`;
}

/** What is still missing: ` 2,400 more distinct requests that are right would do (about 3 h).` */
function evidence({ needed, etaSeconds }: Readiness): string {
  if (needed === undefined || needed <= 0) return "";
  const time = etaSeconds === undefined ? "" : `, about ${duration(etaSeconds * 1000)} at the current rate`;
  return ` ${plural(needed, "more distinct request")} without a mismatch are needed${time}.`;
}

function totals(total: RouteReport, underWay: number, rechecking: number): (readonly [string, string, string])[] {
  const { outcomes, requests, compared, readiness } = total;
  const shadowed = requests - outcomes.skipped;
  const rows: (readonly [string, string, string])[] = [
    ["requests", count(requests), ""],
    ["shadowed", count(shadowed), of(shadowed, requests, "requests")],
    ["compared", count(compared), of(compared, shadowed, "shadowed")],
    ["mismatch", count(outcomes.mismatch), of(outcomes.mismatch, compared, "compared")],
  ];
  for (const name of ["match", "accepted", "noise", "transient"] as const) {
    if (outcomes[name] > 0 || name === "match")
      rows.push([name, count(outcomes[name]), of(outcomes[name], compared, "compared")]);
  }
  for (const name of ["candidate_error", "legacy_error", "not_comparable"] as const) {
    if (outcomes[name] > 0) rows.push([name, count(outcomes[name]), of(outcomes[name], shadowed, "shadowed")]);
  }
  if (outcomes.skipped > 0) rows.push(["skipped", count(outcomes.skipped), of(outcomes.skipped, requests, "requests")]);
  if (total.unconfirmed > 0)
    rows.push([
      "by place",
      count(total.unconfirmed),
      `${of(total.unconfirmed, compared, "compared")}, without a recheck`,
    ]);
  if (underWay > 0) {
    const again = rechecking > 0 ? `, ${count(rechecking)} of them rechecked` : "";
    rows.push(["under way", count(underWay), `not in the other numbers yet${again}`]);
  }
  if (compared > 0)
    rows.push([
      "distinct",
      count(readiness.distinct),
      `${count(readiness.wrong)} of them wrong, at most ${percent(readiness.upper)} on any route, tolerated ${percent(readiness.tolerance)}`,
    ]);
  if (compared > 0) rows.push(["distinct answers", count(readiness.answers), "by legacy to the distinct requests"]);
  return rows;
}

function of(part: number, whole: number, name: string): string {
  return whole === 0 ? `of 0 ${name}` : `${percent(part / whole)} of ${count(whole)} ${name}`;
}

/** A route's verdict, or why it has none: nothing of it may be shadowed, or it is left out on purpose. */
export function verdictOf({ part, excludedBy, readiness }: RouteReport): string {
  if (part === "excluded") return `excluded (${excludedBy})`;
  return part === "not_shadowed" ? "not shadowed" : readiness.verdict;
}

/** `412 comparisons (40.2 % of the route's), 398 distinct requests`: of this epoch, with what came before it. */
export function reach({ count: times, share, distinct, earlier }: Finding): string {
  const before = earlier === 0 ? "" : `; ${count(earlier)} before this epoch`;
  return `${plural(times, "comparison")} (${percent(share)} of the route's), ${plural(distinct, "distinct request")}${before}`;
}

/** What an entry is about, in a line: its title, or the place of its one finding. */
export function titleOf({ title, lead }: Entry): string {
  return title ?? `${lead.route}  ${place(lead)}  ${lead.kind}`;
}

/** How far an entry of several findings reaches. */
export function spread({ findings, places, count: times, distinct, routes }: Entry): string {
  const more = findings.length - places.length;
  const where = `${places.join("; ")}${more > 0 ? `; and ${count(more)} more` : ""}`;
  return `${plural(findings.length, "finding")} on ${plural(routes, "route")}, shown ${plural(times, "time")} in ${plural(distinct, "distinct request")}: ${where}`;
}

/** The ids to accept an entry by, a few. */
export function idsOf({ findings }: Entry): string {
  const shown = findings.slice(0, 6).join(" ");
  return findings.length > 6 ? `${shown} and ${count(findings.length - 6)} more` : shown;
}

/** What an acceptance covers, and how much that was so far. */
export function covered(acceptance: Acceptance | undefined): string {
  if (acceptance === undefined) return "";
  const what = acceptance.covers === undefined ? "" : `covers ${acceptance.covers}, `;
  return `; ${what}masked ${plural(acceptance.masked, "comparison")}`;
}

/** When it was seen; and whether only before the last deploy, so that an old finding is not mistaken for a new one. */
export function seen(finding: Finding, epochStartedAt: number): string {
  const span = period(finding.firstSeen, finding.lastSeen);
  return finding.lastSeen < epochStartedAt ? `${span}, not seen in this epoch` : span;
}

/** Where it is, in a line: `body $.items[*].price`, `field content-type`, `status`. */
export function place(one: { readonly where: string; readonly path: string }): string {
  return one.path === "" ? one.where : `${one.where} ${one.path}`;
}

const ADVICE: Readonly<Record<Undecided, string>> = {
  budget: "not enough rechecks: raise recheck.perSecond",
  room: "not enough memory for answers that wait for a recheck: raise recheck.queue",
  second_answers: "the second answer of a side had another status class or was not comparable",
  stopped: "the recheck was interrupted by a shutdown, or shadowing was switched off",
  opaque:
    "legacy's own body varies, and bodies are compared only by bytes or hash: raise capture.maxBody, or exclude the body by a rule",
  samples: "legacy varies there, and how often is not known yet: raise recheck.sample",
};

/** Why a place was not confirmed, and what to do about it; empty where it was. */
export const advice = ({ undecided }: Report["unsteady"][number]): string =>
  undecided === undefined ? "" : ADVICE[undecided];

/** Causes whose sentence has the numbers in it. */
const COUNTED: readonly string[] = [
  "query_parameter",
  "path_segment",
  "request_field",
  "request_member",
  "particular_requests",
  "intermittent",
  "replaced",
];

/** `candidate = legacy x 100, in 412 of 412`; what is explained in part only is said to be. */
export function stated({ kind, says, support, of }: Cause): string {
  if (COUNTED.includes(kind)) return says;
  if (support === of) return `${says}, in ${count(support)} of ${count(of)}`;
  return `in part: ${says}, in ${count(support)} of ${count(of)}; ${count(of - support)} have another cause`;
}

/** What the rule that a cause offers did to the stored samples of its route. */
export function effect({ settles, hides, tried }: SuggestedRule): string {
  const others = hides === 0 ? "hides nothing else" : `would hide ${plural(hides, "other difference")}`;
  return `settles ${count(settles)} of ${plural(tried, "stored sample")}, ${others}`;
}
