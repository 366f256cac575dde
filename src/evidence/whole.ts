// evidence/whole.ts: the verdict of the whole from those of its routes: ready when every counted route is

import type { Readiness, RouteReport, Verdict } from "../model/report.ts";

type AssessedRoute = { readonly report: RouteReport; readonly rank: number };

/** The most routes that are listed by name. */
const NAMED = 5;

/**
 * One rejected route rejects the whole, and one route on hold holds it. The bounds of the whole are those
 * of its worst route; the counts are sums.
 */
export function wholeReadiness(assessed: readonly AssessedRoute[], tolerance: number): Readiness {
  const counting = assessed
    .filter(({ report }) => report.part === "counts")
    .toSorted((a, b) => a.rank - b.rank || b.report.requests - a.report.requests);
  const all = counting.map(({ report }) => report);
  const waiting = all.filter(({ readiness }) => readiness.verdict !== "ready");
  const verdict: Verdict = all.some(({ readiness }) => readiness.verdict === "reject")
    ? "reject"
    : waiting.length > 0 || all.length === 0
      ? "hold"
      : "ready";
  const sum = (count: (readiness: Readiness) => number) =>
    all.reduce((total, { readiness }) => total + count(readiness), 0);
  const most = (count: (readiness: Readiness) => number, none: number) =>
    all.length === 0 ? none : Math.max(...all.map(({ readiness }) => count(readiness)));
  return {
    verdict,
    reasons: [...reasonsOf(all, waiting), ...leftOut(assessed)],
    distinct: sum(({ distinct }) => distinct),
    wrong: sum(({ wrong }) => wrong),
    answers: sum(({ answers }) => answers),
    lower: most(({ lower }) => lower, 0),
    upper: most(({ upper }) => upper, 1),
    traffic: {
      requests: sum(({ traffic }) => traffic.requests),
      wrong: sum(({ traffic }) => traffic.wrong),
      upper: most(({ traffic }) => traffic.upper, 1),
    },
    unseen: most(({ unseen }) => unseen, 0),
    tolerance,
    ...neededOf(verdict, waiting),
  };
}

function reasonsOf(all: readonly RouteReport[], waiting: readonly RouteReport[]): string[] {
  if (all.length === 0) return ["No counted route has had a request: there is no evidence."];
  if (waiting.length === 0) return [`All ${all.length} counted routes are ready.`];
  const more = waiting.length - NAMED;
  return [
    ...waiting.slice(0, NAMED).map(({ route, readiness: { verdict, reasons } }) => {
      return `${route} ${verdict === "reject" ? "is rejected" : "is on hold"}: ${lowered(reasons[0] ?? "no reason is known.")}`;
    }),
    ...(more > 0 ? [`${more} more of ${all.length} counted routes are not ready.`] : []),
  ];
}

/** Routes that the config excludes: `ready` says nothing about them. */
function leftOut(assessed: readonly AssessedRoute[]): string[] {
  const names = assessed
    .filter(({ report }) => report.part === "excluded")
    .map(({ report }) => `${report.route} (${report.excludedBy})`);
  if (names.length === 0) return [];
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : "";
  return [`Excluded: ${names.slice(0, NAMED).join(", ")}${more}.`];
}

/** All that is missing, when for each route that waits it is known and nothing but more requests would do. */
function neededOf(verdict: Verdict, waiting: readonly RouteReport[]): Pick<Readiness, "needed" | "etaSeconds"> {
  if (verdict !== "hold" || waiting.length === 0) return {};
  if (waiting.some(({ readiness }) => readiness.needed === undefined)) return {};
  const times = waiting.map(({ readiness }) => readiness.etaSeconds);
  const needed = waiting.reduce((total, { readiness }) => total + readiness.needed!, 0);
  return times.includes(undefined) ? { needed } : { needed, etaSeconds: Math.max(...times.map((time) => time!)) };
}

const lowered = (sentence: string) => sentence.slice(0, 1).toLowerCase() + sentence.slice(1);
