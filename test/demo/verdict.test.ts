import { describe, expect, test } from "vitest";
import { PLANTED } from "../../src/cli/demo/planted.ts";
import { judgeDemo } from "../../src/cli/demo/verdict.ts";
import type { Finding, Report, RouteReport, Unsteady } from "../../src/model/report.ts";

const tally = {
  match: 0,
  mismatch: 0,
  accepted: 0,
  noise: 0,
  transient: 0,
  candidate_error: 9,
  legacy_error: 0,
  not_comparable: 0,
  skipped: 0,
};

function routeReport(route: string): RouteReport {
  return {
    route,
    part: "counts",
    outcomes: tally,
    reasons: { "candidate_error/reset": 5, "candidate_error/timeout": 4 },
    requests: 100,
    compared: 91,
    mismatchRate: 0,
    comparableShare: 0.91,
    unconfirmed: 0,
    readiness: {
      verdict: "hold",
      reasons: [],
      distinct: 91,
      wrong: 0,
      answers: 91,
      traffic: { requests: 91, wrong: 0, upper: 1 },
      unseen: 0,
      lower: 0,
      upper: 1,
      tolerance: 0.001,
    },
    latency: [{ quantile: "p50", legacyMs: 40, candidateMs: 200, ratio: 5, low: 4, high: 6, slowerMs: 200 }],
    convergence: { count: 3, p50: 700, p95: 800, max: 900 },
  };
}

/** A report that says all that was planted. */
function perfect(): Report {
  const findings = PLANTED.flatMap((one): Finding[] =>
    one.kind !== "difference"
      ? []
      : one.places.map((place) => ({
          ...place,
          id: `${one.name} ${place.path}`,
          route: one.route,
          state: "new",
          severity: "high",
          count: 9,
          distinct: 9,
          earlier: 0,
          share: 0.1,
          firstSeen: 0,
          lastSeen: 1,
          samples: [],
          causes: [{ kind: one.cause, says: one.says, support: 9, of: 9, counterExamples: [] }],
        })),
  );
  const unsteady = PLANTED.flatMap((one): Unsteady[] =>
    one.kind === "noise" || one.kind === "lag"
      ? one.places.map((place) => ({
          ...place,
          route: one.route,
          standing: one.kind === "noise" ? "noise" : "transient",
          count: 9,
        }))
      : [],
  );
  return {
    version: 1,
    at: 1,
    since: 0,
    epoch: { name: "1", startedAt: 0 },
    total: routeReport("*"),
    routes: [...new Set(PLANTED.map(({ route }) => route))].map(routeReport),
    findings,
    entries: [],
    unsteady,
    rules: [],
    coverage: [],
    warnings: [],
  };
}

const failed = (report: Report, planted = PLANTED) => judgeDemo(report, planted).filter(({ ok }) => !ok);

describe("the demo's verdict", () => {
  test("a report with all that was planted and nothing else passes", () => {
    expect(failed(perfect())).toEqual([]);
  });

  test("each planted place that the report lacks is named", () => {
    const whole = perfect();
    for (const gone of whole.findings) {
      const wrong = failed({ ...whole, findings: whole.findings.filter((finding) => finding !== gone) });
      expect(wrong.map(({ route }) => route)).toEqual([gone.route]);
    }
    for (const gone of whole.unsteady) {
      const wrong = failed({ ...whole, unsteady: whole.unsteady.filter((unsteady) => unsteady !== gone) });
      expect(wrong.map(({ route }) => route)).toEqual([gone.route]);
    }
  });

  test("a finding at another place, of another kind or without its cause does not pass for the planted one", () => {
    const whole = perfect();
    const [first, ...rest] = whole.findings;
    const changed = (change: Partial<Finding>) => failed({ ...whole, findings: [{ ...first!, ...change }, ...rest] });
    expect(changed({ path: "$.elsewhere" }).length).toBeGreaterThan(0);
    expect(changed({ kind: "type" }).length).toBeGreaterThan(0);
    expect(failed({ ...whole, findings: whole.findings.map((finding) => ({ ...finding, causes: [] })) })).toHaveLength(
      PLANTED.filter(({ kind }) => kind === "difference").length,
    );
  });

  test("with nothing planted, any finding, noise or moved data is a stray", () => {
    const whole = perfect();
    expect(failed(whole, [])).toHaveLength(whole.findings.length + whole.unsteady.length);
    expect(failed({ ...whole, findings: [], unsteady: [] }, [])).toEqual([]);
  });
});
