// evidence/severity.ts: the severity of a finding, and the order of findings in a report

import type { Kind, Where } from "../model/difference.ts";
import type { Finding, FindingSample, FindingState, Severity } from "../model/report.ts";
import { isFrameworkField } from "./framework-fields.ts";

/** All severities, from the lowest to the highest. */
export const SEVERITIES: readonly Severity[] = ["low", "medium", "high", "critical"];

/** From this share of a route's comparisons on, a finding is a step worse. */
const WIDE_REACH = 0.2;
/** And from so many comparisons on: what one answer showed says nothing of the others. */
const OFTEN = 3;

const BASE: Readonly<Record<Kind, number>> = { extra: 0, order: 1, value: 1, type: 2, missing: 2, format: 2 };

/** A finding, as far as its severity goes. */
export type Graded = {
  readonly where: Where;
  readonly path: string;
  readonly kind: Kind;
  /** Observed pairs; of a status, its codes. */
  readonly samples: readonly Pick<FindingSample, "legacy" | "candidate">[];
  /** The share of the route's comparisons that show it, 0 to 1, and how many those are. */
  readonly share: number;
  readonly count: number;
};

/**
 * Another class of status is critical, another status of the same class high. A client breaks on what is missing or has
 * another type, and may not notice another value; it seldom minds what is extra. A finding that shows in a fifth of the
 * comparisons or more, and in some, is a step worse, unless it is only something extra; one in a field is a step milder
 * than the same in the body, and one in a field that a framework sets by itself is low.
 */
export function severity({ where, path, kind, samples, share, count }: Graded): Severity {
  if (where === "status") return samples.some(isOtherClass) || samples.length === 0 ? "critical" : "high";
  if (where === "field" && isFrameworkField(path)) return "low";
  const reach = kind !== "extra" && share >= WIDE_REACH && count >= OFTEN ? 1 : 0;
  return SEVERITIES[Math.min(3, Math.max(0, BASE[kind] + reach - (where === "field" ? 1 : 0)))]!;
}

const isOtherClass = ({ legacy = "", candidate = "" }: Pick<FindingSample, "legacy" | "candidate">) =>
  legacy[0] !== candidate[0];

/** What is settled comes last. */
const SETTLED: Readonly<Record<FindingState, number>> = { regressed: 0, new: 0, open: 0, accepted: 1, fixed: 2 };

/** Of the same severity, a client breaks on the first of these first. */
const KIND_ORDER: readonly Kind[] = ["missing", "type", "format", "value", "order", "extra"];
const WHERE_ORDER: readonly Where[] = ["status", "body", "field"];

/** What the order of findings, and of entries that hold several, goes by. */
export type Ranked = Pick<Finding, "id" | "state" | "severity" | "where" | "kind" | "distinct" | "count">;

/**
 * Most telling first: what is still to do, then by severity, then status before body before fields, and what is missing
 * before another type before another value, then by how many requests show it. Whether it is new or came back is marked,
 * and moves nothing: noise that came back must not stand above a fault.
 */
export function byTelling(a: Ranked, b: Ranked): number {
  return (
    SETTLED[a.state] - SETTLED[b.state] ||
    SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
    Number(a.count === 0) - Number(b.count === 0) ||
    WHERE_ORDER.indexOf(a.where) - WHERE_ORDER.indexOf(b.where) ||
    KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind) ||
    b.distinct - a.distinct ||
    b.count - a.count ||
    (a.id < b.id ? -1 : 1)
  );
}
