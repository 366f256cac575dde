// app/report.ts: the report that every reader gets: the API, the page, the metrics

import type { RuntimeSwitches } from "../admin/index.ts";
import type { Config } from "../config/index.ts";
import type { Evidence } from "../evidence/index.ts";
import type { Interference, OtherRequests, Report } from "../model/report.ts";
import type { CompareRules } from "../model/rules.ts";
import { createServed } from "../proxy/index.ts";
import { switchWarnings } from "../report/index.ts";
import { type CostAwareCache, createCostAwareCache } from "../telemetry/index.ts";
import { otherWarning } from "./other.ts";

/** Made anew only as often as the thread that serves clients can spare the time. */
export function reporting(
  config: () => Config,
  described: () => readonly string[],
  evidence: Evidence,
  control: Pick<RuntimeSwitches, "read">,
  {
    interference,
    rechecking,
    warnings,
    other,
    now,
  }: {
    readonly interference: () => readonly Interference[];
    /** Comparisons whose recheck is under way. */
    readonly rechecking: () => number;
    readonly warnings: () => readonly string[];
    readonly other: () => Omit<OtherRequests, "requests">;
    readonly now: () => number;
  },
): CostAwareCache<Report> {
  return createCostAwareCache(() => {
    const { routes, candidate } = config();
    const report = evidence.report(now(), {
      declaredRoutes: routes.map((route) => route.match.text),
      describedRoutes: described(),
      declaredRules: routes.flatMap(({ match, compare }) =>
        namesOf(compare).map((rule) => ({ route: match.text, rule })),
      ),
      interference: interference(),
      rechecking: rechecking(),
      other: other(),
      warnings: [...warnings(), ...switchWarnings(control.read(), now())],
    });
    const more = [otherWarning(report), notBuiltText(report, candidate.serves)].filter((one) => one !== undefined);
    return more.length === 0 ? report : { ...report, warnings: [...report.warnings, ...more] };
  });
}

const MAX_NOT_BUILT = 20;

/** The routes that were asked for and that `candidate.serves` does not list, in a sentence. */
function notBuiltText({ routes }: Report, serves: Config["candidate"]["serves"]): string | undefined {
  if (serves.length === 0) return undefined;
  const served = createServed(serves.map(({ text }) => text));
  const names = routes
    .filter(({ route, reasons }) => {
      const [method = "", path = ""] = route.split(" ");
      return (reasons["skipped/route"] ?? 0) > 0 && path.startsWith("/") && !served(method, path);
    })
    .map(({ route }) => route);
  if (names.length === 0) return undefined;
  const more = names.length > MAX_NOT_BUILT ? ` and ${names.length - MAX_NOT_BUILT} more` : "";
  return `Not built yet, by candidate.serves: ${names.slice(0, MAX_NOT_BUILT).join(", ")}${more}.`;
}

/** The names under which what a route's rules settled is counted. */
function namesOf({ ignore, arrays, numbers, times, strings }: CompareRules): string[] {
  return [...ignore, ...arrays, ...numbers, ...times, ...strings].map(({ name }) => name);
}
