// report/gate.ts: readiness for scripts: a line a route, JSON, or JUnit for a CI that shows tests

import type { Report, RouteReport, Verdict } from "../model/report.ts";
import { count, shown } from "./escape.ts";
import { duration, percent } from "./format.ts";

/** Readiness for scripts; its JSON is what `gate --format json` prints. */
export type Gate = {
  /** `ready` only when every route that counts is. */
  readonly verdict: Verdict;
  readonly routes: readonly GateLine[];
};

type GateLine = {
  readonly route: string;
  /** `off`: left out on purpose. */
  readonly verdict: Verdict | "off";
  readonly distinct: number;
  readonly wrong: number;
  readonly answers: number;
  readonly upper: number;
  readonly tolerance: number;
  readonly needed?: number;
  readonly etaSeconds?: number;
  readonly reasons: readonly string[];
};

/** The whole, each of its routes that counts, and those that are left out; or one route alone. Undefined: no such route. */
export function gateOf(report: Report, route?: string): Gate | undefined {
  if (route !== undefined) {
    const one = report.routes.find((each) => each.route === route);
    return one === undefined ? undefined : { verdict: one.readiness.verdict, routes: [lineOf(one)] };
  }
  // Routes of which nothing may be shadowed, such as writes, are not part of the question.
  const asked = report.routes.filter((one) => one.part !== "not_shadowed");
  return { verdict: report.total.readiness.verdict, routes: [report.total, ...asked].map(lineOf) };
}

function lineOf({ route, part, excludedBy, readiness }: RouteReport): GateLine {
  const { distinct, wrong, answers, upper, tolerance, needed, etaSeconds } = readiness;
  const isOut = part === "excluded";
  return {
    route,
    verdict: isOut ? "off" : readiness.verdict,
    ...{ distinct, wrong, answers, upper, tolerance },
    ...(needed === undefined || isOut ? {} : { needed }),
    ...(etaSeconds === undefined || isOut ? {} : { etaSeconds }),
    reasons: isOut ? [`Excluded: ${excludedBy}.`] : readiness.reasons,
  };
}

/** One line for the whole and one for each route. */
export function gateText({ routes }: Gate): string {
  return routes.map((line) => `${line.verdict.padEnd(6)} ${shown(named(line.route), 100)}: ${why(line)}\n`).join("");
}

/** A JUnit document: a route that is not ready is a failure, an excluded one is skipped. */
export function gateJunit({ routes }: Gate): string {
  const failed = routes.filter((line) => line.verdict === "hold" || line.verdict === "reject").length;
  const cases = routes.map((line) => {
    const name = `    <testcase classname="parallel-run" name="${xml(named(line.route))}"`;
    if (line.verdict === "ready") return `${name}/>`;
    if (line.verdict === "off") return `${name}>\n      <skipped message="${xml(why(line))}"/>\n    </testcase>`;
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
  const reasons = line.reasons.map((one) => shown(one, 400).replace(/\.$/, ""));
  if (line.verdict !== "ready" && reasons.length > 0) return reasons.slice(0, 3).join("; ");
  const rate = `${count(line.wrong)} of ${count(line.distinct)} distinct requests wrong, at most ${percent(line.upper)}, tolerated ${percent(line.tolerance)}`;
  const time = line.etaSeconds === undefined ? "" : ` (about ${duration(line.etaSeconds * 1000)})`;
  const needed = line.needed === undefined || line.needed === 0 ? "" : `; ${count(line.needed)} more needed${time}`;
  const leftOut = line.route === "*" ? reasons.slice(1).map((one) => `; ${one}`) : [];
  return [rate, needed, ...leftOut].join("");
}

function xml(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return shown(text, 400).replace(/[&<>"]/g, (one) => entities[one]!);
}
