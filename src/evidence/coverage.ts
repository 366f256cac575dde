// evidence/coverage.ts: what the evidence does not cover: routes and status codes that were never compared

import type { Report, RouteReport } from "../model/report.ts";
import type { Ledger } from "./route-record.ts";

/**
 * Routes seen and never compared, requests too large to be shadowed, routes declared and never seen, status codes of legacy never compared.
 * @param declared by the config: exactly the labels of their routes
 * @param described by an API description, whose parameters have other names than learned ones
 */
export function coverageOf(
  ledgers: readonly Ledger[],
  routes: readonly RouteReport[],
  declared: readonly string[],
  described: readonly string[],
): Report["coverage"] {
  const never = routes
    .filter(({ compared }) => compared === 0)
    .map(({ route, reasons }) => {
      const [most] = Object.entries(reasons).sort(([x, a], [y, b]) => b - a || (x < y ? -1 : 1));
      return { route, note: `seen and never compared${most === undefined ? "" : ` (mostly ${most[0]})`}` };
    });
  const seen = new Set(ledgers.map(({ route }) => route));
  const unseen = declared
    .filter((route) => !seen.has(route))
    .map((route) => ({ route, note: "declared and never seen" }));
  const undescribed = unmet([...seen], described)
    .filter((route) => !declared.includes(route))
    .map((route) => ({ route, note: "in the API description and never seen" }));
  const statuses = ledgers.flatMap(({ route, statuses }) =>
    [...statuses]
      .filter(([, compared]) => compared === 0)
      .sort(([a], [b]) => a - b)
      .map(([status]) => ({ route, note: `legacy's ${status} was never compared` })),
  );
  return [...never, ...tooLarge(routes), ...unseen, ...undescribed, ...statuses];
}

/** Requests that are like no others of their route, and of which none was ever shadowed. */
function tooLarge(routes: readonly RouteReport[]): Report["coverage"] {
  return routes.flatMap(({ route, requests, compared, reasons }) => {
    const times = reasons["skipped/body_too_large"] ?? 0;
    if (times === 0 || compared === 0) return []; // a route that was never compared says so itself
    const note = `${times} of ${requests} requests were never shadowed: their bodies are above shadow.maxRequestBody`;
    return [{ route, note }];
  });
}

/** The operations that no route is an instance of. A route counts for the most literal operation that it fits. */
function unmet(routes: readonly string[], described: readonly string[]): string[] {
  if (described.length === 0) return [];
  const operations = described.map((name) => ({ name, parts: name.split(/[ /]/) }));
  const byLength = Map.groupBy(operations, ({ parts }) => parts.length);
  const met = new Set<string>();
  for (const route of routes) {
    const parts = route.split(/[ /]/);
    const fitting = (byLength.get(parts.length) ?? []).filter((one) => fits(parts, one.parts));
    const best = fitting.sort((a, b) => parametersOf(a.parts) - parametersOf(b.parts))[0];
    if (best !== undefined) met.add(best.name);
  }
  return described.filter((name) => !met.has(name));
}

const isParameter = (part: string) => part.includes("{");
const parametersOf = (parts: readonly string[]) => parts.filter(isParameter).length;

/** A literal fits itself and a parameter; a learned parameter fits a parameter alone. `ANY` is every method. */
function fits(route: readonly string[], operation: readonly string[]): boolean {
  return operation.every((part, i) => isParameter(part) || part === route[i] || (i === 0 && route[0] === "ANY"));
}
