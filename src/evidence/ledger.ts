// evidence/ledger.ts: the numbers of one route in one epoch

import type { Comparison } from "../model/comparison.ts";
import type { Difference } from "../model/difference.ts";
import type { Digest } from "../model/digest.ts";
import { COMPARED } from "../model/outcome.ts";
import type { Unsteady } from "../model/report.ts";
import { AGREED, createDistinct, type Distinct, MISMATCHED } from "./distinct.ts";
import {
  createHistogram,
  type Histogram,
  observe,
  restoreHistogram,
  type StoredHistogram,
  storeHistogram,
} from "./histogram.ts";
import { createPace, type Pace, step } from "./pace.ts";
import type { EvidenceLimits } from "./settings.ts";
import { type Counter, count, createCounter, restoreCounter, type Tallied } from "./tally.ts";

/** Status codes of legacy that one route tells apart. */
const STATUSES = 32;

export type Ledger = {
  readonly route: string;
  counter: Counter;
  readonly distinct: Distinct;
  readonly pace: Pace;
  legacyMs: Histogram;
  candidateMs: Histogram;
  /** How long transients took to settle. */
  convergedMs: Histogram;
  /** Legacy's status codes, and how often an answer with each was compared. */
  readonly statuses: Map<number, number>;
  /** What each rule settled. */
  readonly rules: Map<string, number>;
  readonly unsteady: Map<string, Unsteady>;
  dirty: boolean;
};

export function createLedger(route: string, distinct: number): Ledger {
  return {
    route,
    counter: createCounter(),
    distinct: createDistinct(distinct),
    pace: createPace(),
    legacyMs: createHistogram(),
    candidateMs: createHistogram(),
    convergedMs: createHistogram(),
    statuses: new Map(),
    rules: new Map(),
    unsteady: new Map(),
    dirty: false,
  };
}

/** Enters a comparison. @returns whether its answers were compared */
export function enter(
  ledger: Ledger,
  comparison: Comparison,
  request: Digest,
  at: number,
  limits: EvidenceLimits,
): boolean {
  const { exchange, outcome } = comparison;
  const compared = COMPARED.includes(outcome.outcome);
  ledger.dirty = true;
  count(ledger.counter, outcome);
  if (comparison.unconfirmed) ledger.counter.unconfirmed += 1;
  if (comparison.approximate) ledger.counter.approximate += 1;
  const { legacy, candidate } = exchange;
  if (legacy.kind === "response") {
    const known = ledger.statuses.get(legacy.status);
    if (known !== undefined || ledger.statuses.size < STATUSES) {
      ledger.statuses.set(legacy.status, (known ?? 0) + (compared ? 1 : 0));
    }
  }
  for (const { rule, count: settled } of comparison.masked) {
    const known = ledger.rules.get(rule);
    if (known !== undefined || ledger.rules.size < limits.rulesPerRoute) ledger.rules.set(rule, (known ?? 0) + settled);
  }
  if (!compared) return false;
  if (ledger.distinct.add(request, outcome.outcome === "mismatch" ? MISMATCHED : AGREED) === "new")
    step(ledger.pace, at);
  if (legacy.kind === "response" && candidate.kind === "response") {
    observe(ledger.legacyMs, legacy.durationMs);
    observe(ledger.candidateMs, candidate.durationMs);
  }
  if (comparison.convergedMs !== undefined) observe(ledger.convergedMs, comparison.convergedMs);
  return true;
}

/** A place whose difference makes no finding: noise, data that moved, or a difference that was never confirmed. */
export function waver(
  ledger: Ledger,
  difference: Difference,
  place: string,
  standing: Unsteady["standing"],
  limits: EvidenceLimits,
): void {
  const { where, kind } = difference;
  let key = `${standing}\n${where}\n${kind}\n${place}`;
  let path = place;
  if (!ledger.unsteady.has(key) && ledger.unsteady.size >= limits.unsteadyPerRoute) {
    path = "*";
    key = `${standing}\n${where}\n${kind}\n*`;
  }
  const known = ledger.unsteady.get(key);
  ledger.unsteady.set(key, { route: ledger.route, where, path, kind, standing, count: (known?.count ?? 0) + 1 });
}

type StoredLedger = Tallied & {
  readonly compared: number;
  readonly level: number;
  readonly statuses: readonly (readonly [number, number])[];
  readonly rules: readonly (readonly [string, number])[];
  readonly unsteady: readonly Unsteady[];
  readonly legacyMs: StoredHistogram;
  readonly candidateMs: StoredHistogram;
  readonly convergedMs: StoredHistogram;
};

/** Everything but the distinct requests, which are kept in chunks of their own. */
export function storeLedger(ledger: Ledger, compared: number): StoredLedger {
  return {
    outcomes: { ...ledger.counter.outcomes },
    reasons: { ...ledger.counter.reasons },
    unconfirmed: ledger.counter.unconfirmed,
    approximate: ledger.counter.approximate,
    compared,
    level: ledger.distinct.level(),
    statuses: [...ledger.statuses],
    rules: [...ledger.rules],
    unsteady: [...ledger.unsteady.values()],
    legacyMs: storeHistogram(ledger.legacyMs),
    candidateMs: storeHistogram(ledger.candidateMs),
    convergedMs: storeHistogram(ledger.convergedMs),
  };
}

export function restoreLedger(ledger: Ledger, value: unknown): void {
  const stored = value as Partial<StoredLedger>;
  ledger.counter = restoreCounter(stored);
  ledger.distinct.restore(stored.level ?? 0, -1, "");
  for (const [status, times] of stored.statuses ?? []) ledger.statuses.set(status, times);
  for (const [rule, times] of stored.rules ?? []) ledger.rules.set(rule, times);
  for (const place of stored.unsteady ?? []) {
    ledger.unsteady.set(`${place.standing}\n${place.where}\n${place.kind}\n${place.path}`, place);
  }
  if (stored.legacyMs) ledger.legacyMs = restoreHistogram(stored.legacyMs);
  if (stored.candidateMs) ledger.candidateMs = restoreHistogram(stored.candidateMs);
  if (stored.convergedMs) ledger.convergedMs = restoreHistogram(stored.convergedMs);
}
