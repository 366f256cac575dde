// console/render/gate.ts: readiness for scripts: a line a route, JSON, or JUnit for a CI that shows tests

import type { Report, RouteReport, Verdict } from "../../model/report.ts";
import { duration, percent } from "./measures.ts";
import { count, shown } from "./plain.ts";

export type Gate = {
  /** `ready` only when every route that counts is. */
  readonly verdict: Verdict;
  readonly routes: readonly GateLine[];
};

type GateLine = {
  readonly route: string;
  readonly verdict: Verdict;
  readonly distinct: number;
  readonly mismatched: number;
  readonly upper: number;
  readonly tolerance: number;
  readonly needed?: number;
  readonly etaSeconds?: number;
  readonly reasons: readonly string[];
};

/** The whole and each of its routes that was ever shadowed; or one route alone. Undefined: no such route. */
export function gateOf(report: Report, route?: string): Gate | undefined {
  if (route !== undefined) {
    const one = report.routes.find((each) => each.route === route);
    return one === undefined ? undefined : { verdict: one.readiness.verdict, routes: [lineOf(one)] };
  }
  // Routes whose every request was skipped (writes, routes switched off) are not part of the question.
  const asked = report.routes.filter((one) => one.requests > one.outcomes.skipped);
  return { verdict: report.total.readiness.verdict, routes: [report.total, ...asked].map(lineOf) };
}

function lineOf({ route, readiness }: RouteReport): GateLine {
  const { verdict, distinct, mismatched, upper, tolerance, needed, etaSeconds, reasons } = readiness;
  return {
    route,
    verdict,
    distinct,
    mismatched,
    upper,
    tolerance,
    ...(needed === undefined ? {} : { needed }),
    ...(etaSeconds === undefined ? {} : { etaSeconds }),
    reasons,
  };
}

export function gateText({ routes }: Gate): string {
  return routes.map((line) => `${line.verdict.padEnd(6)} ${shown(named(line.route), 100)}: ${why(line)}\n`).join("");
}

export function gateJunit({ routes }: Gate): string {
  const failed = routes.filter((line) => line.verdict !== "ready").length;
  const cases = routes.map((line) => {
    const name = `    <testcase classname="parallel-run" name="${xml(named(line.route))}"`;
    if (line.verdict === "ready") return `${name}/>`;
    return `${name}>\n      <failure type="${line.verdict}" message="${xml(why(line))}"/>\n    </testcase>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites tests="${routes.length}" failures="${failed}">`,
    `  <testsuite name="parallel-run" tests="${routes.length}" failures="${failed}">`,
    ...cases,
    "  </testsuite>",
    "</testsuites>\n",
  ].join("\n");
}

/** The whole has a name that no route can have. */
function named(route: string): string {
  return route === "*" ? "all routes" : route;
}

function why(line: GateLine): string {
  const reasons = line.reasons.slice(0, 3).map((one) => shown(one, 200).replace(/\.$/, ""));
  if (line.verdict !== "ready" && reasons.length > 0) return reasons.join("; ");
  const rate = `${count(line.mismatched)} of ${count(line.distinct)} distinct requests mismatch, at most ${percent(line.upper)}, tolerated ${percent(line.tolerance)}`;
  const time = line.etaSeconds === undefined ? "" : ` (about ${duration(line.etaSeconds * 1000)})`;
  const needed = line.needed === undefined || line.needed === 0 ? "" : `; ${count(line.needed)} more needed${time}`;
  return rate + needed;
}

function xml(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return shown(text, 400).replace(/[&<>"]/g, (one) => entities[one]!);
}
