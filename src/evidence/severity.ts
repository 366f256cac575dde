// evidence/severity.ts: how bad a finding is, and which is told first

import type { Kind, Where } from "../model/difference.ts";
import type { Finding, FindingState, Severity } from "../model/report.ts";

const SEVERITIES: readonly Severity[] = ["low", "medium", "high", "critical"];

/** From this share of a route's comparisons on, a finding is a step worse. */
const WIDE_REACH = 0.2;

const BASE: Readonly<Record<Kind, number>> = { extra: 0, order: 1, value: 1, type: 2, missing: 2, format: 2 };

/**
 * A wrong status is critical. A client breaks on what is missing or has another type, and may not notice another value;
 * it seldom minds what is extra. A finding that shows in a fifth of the comparisons or more is a step worse, unless it
 * is only something extra; one in a field is a step milder than the same in the body.
 * @param share of the route's comparisons that show it, 0 to 1
 */
export function severity(where: Where, kind: Kind, share: number): Severity {
  if (where === "status") return "critical";
  const reach = kind !== "extra" && share >= WIDE_REACH ? 1 : 0;
  return SEVERITIES[Math.min(3, Math.max(0, BASE[kind] + reach - (where === "field" ? 1 : 0)))]!;
}

/** What asks for someone's work first; what is settled last. */
const URGENCY: Readonly<Record<FindingState, number>> = { regressed: 0, new: 1, open: 1, accepted: 2, fixed: 3 };

/** Most telling first: by what is still to do, severity, how many different requests show it, and how often. */
export function byTelling(a: Finding, b: Finding): number {
  return (
    URGENCY[a.state] - URGENCY[b.state] ||
    SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
    b.distinct - a.distinct ||
    b.count - a.count ||
    (a.id < b.id ? -1 : 1)
  );
}
