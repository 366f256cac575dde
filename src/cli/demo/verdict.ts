// cli/demo/verdict.ts: whether a report says what was planted, and nothing else

import type { Finding, Report, RouteReport, Unsteady } from "../../model/report.ts";
import type { Planted, PlantedPlace } from "./planted.ts";

/** One line of the summary. */
export type Check = { readonly ok: boolean; readonly name: string; readonly route: string; readonly says: string };

type Spot = PlantedPlace & { readonly route: string };

/** Checks every planted fault in order, then lists what else the report shows. Pure. */
export function judgeDemo(report: Report, planted: readonly Planted[]): readonly Check[] {
  return [...planted.map((one) => checkOne(report, one)), ...strays(report, planted)];
}

function checkOne(report: Report, one: Planted): Check {
  const check = (ok: boolean, says: string): Check => ({ ok, name: one.name, route: one.route, says });
  const route = report.routes.find(({ route }) => route === one.route);
  if (route === undefined) return check(false, "no request was sent");
  switch (one.kind) {
    case "difference": {
      const found = one.places.map((place) => findingAt(report, { ...place, route: one.route }));
      const lacking = one.places.filter((_, n) => found[n] === undefined);
      if (lacking.length > 0) return check(false, `not found: ${lacking.map(spell).join(", ")}`);
      const causes = found.flatMap((finding) => finding!.causes.slice(0, 1));
      const cause = causes.find(({ kind }) => kind === one.cause);
      if (cause === undefined)
        return check(false, `cause not named: ${causes.map(({ kind }) => kind).join(", ") || "none"}`);
      return check(true, `${one.places.map(spell).join(", ")}: ${cause.says}`);
    }
    case "noise": {
      const lacking = one.places.filter((place) => !unsteadyAt(report, "noise", { ...place, route: one.route }));
      if (lacking.length > 0) return check(false, `not called noise: ${lacking.map(spell).join(", ")}`);
      return check(true, `noise: ${one.places.map(spell).join(", ")}`);
    }
    case "lag":
      return checkLag(report, route, one, check);
    case "slow": {
      const median = route.latency.find(({ quantile }) => quantile === "p50");
      // On a busy machine both sides wait as long beside their own work, so the ratio shrinks and the difference stays.
      const leastMs = (one.candidateMs - one.legacyMs) / 2;
      if (median === undefined || median.candidateMs - median.legacyMs < leastMs) {
        return check(false, "its slowness does not show");
      }
      return check(true, `candidate takes ${median.ratio.toFixed(1)} times as long at p50`);
    }
    case "failure": {
      const failed = route.outcomes.candidate_error;
      const reasons = ["candidate_error/reset", "candidate_error/timeout"].filter((name) => !route.reasons[name]);
      if (failed === 0 || reasons.length > 0) return check(false, `not counted: ${reasons.join(", ")}`);
      return check(true, `candidate_error: ${failed} of ${route.requests}`);
    }
  }
}

function checkLag(
  report: Report,
  route: RouteReport,
  one: Extract<Planted, { kind: "lag" }>,
  check: (ok: boolean, says: string) => Check,
): Check {
  const lacking = one.places.filter((place) => !unsteadyAt(report, "transient", { ...place, route: one.route }));
  if (lacking.length > 0) return check(false, `not called transient: ${lacking.map(spell).join(", ")}`);
  const settled = route.convergence;
  // It is an upper bound, in which the wait for the recheck is counted; the data is not there sooner than the lag allows.
  if (settled === undefined || settled.p50 < one.lagMs / 2) {
    return check(false, `convergence time not sensible: ${settled?.p50.toFixed(0) ?? "none"} ms`);
  }
  return check(true, `transient, settled within ${settled.p50.toFixed(0)} ms at p50`);
}

/** Problems that the report shows for a route and that were not planted. */
function strays(report: Report, planted: readonly Planted[]): Check[] {
  const known = new Set(
    planted.flatMap((one) =>
      "places" in one ? one.places.map((place) => `${one.kind} ${key({ ...place, route: one.route })}`) : [],
    ),
  );
  const findings = report.findings
    .filter((finding) => !known.has(`difference ${key(finding)}`))
    .map((finding) => stray(finding, `finding: ${spell(finding)}, ${finding.count} times`));
  const unsteady = report.unsteady
    .filter((one) => one.standing !== "unconfirmed") // says nothing: the machine was too busy for a recheck
    .filter((one) => !known.has(`${one.standing === "noise" ? "noise" : "lag"} ${key(one)}`))
    .map((one) => stray(one, `${one.standing}: ${spell(one)}, ${one.count} times`));
  return [...findings, ...unsteady];
}

const stray = ({ route }: Finding | Unsteady, says: string): Check => ({ ok: false, name: "not planted", route, says });

const key = ({ route, where, path, kind }: Spot) => `${route} ${where} ${path} ${kind}`;
const spell = ({ where, path, kind }: PlantedPlace) => `${where === "body" ? path : `${where} ${path}`.trim()} ${kind}`;

function findingAt(report: Report, spot: Spot): Finding | undefined {
  return report.findings.find((finding) => key(finding) === key(spot));
}

function unsteadyAt(report: Report, standing: Unsteady["standing"], spot: Spot): boolean {
  return report.unsteady.some((unsteady) => unsteady.standing === standing && key(unsteady) === key(spot));
}
