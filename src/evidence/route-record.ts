// evidence/route-record.ts: the numbers of one route in one epoch

import { type Digest, digest } from "../lib/digest.ts";
import type { Response } from "../model/answer.ts";
import type { ClassifiedDifference, Comparison } from "../model/comparison.ts";
import { COMPARED } from "../model/outcome.ts";
import type { Unsteady } from "../model/report.ts";
import { AGREED, createDistinct, type Distinct, FAILED, MISMATCHED, REFUSED } from "./distinct.ts";
import {
  createHistogram,
  type Histogram,
  observe,
  restoreHistogram,
  type StoredHistogram,
  storeHistogram,
} from "./histogram.ts";
import { addLatencyPair, createLatencyPairs, type LatencyPairs } from "./latency-pairs.ts";
import { createPace, type Pace, step } from "./pace.ts";
import { boundsByRequests, type Growth } from "./readiness.ts";
import { createRecent, observeRecent, type Recent, startOver } from "./recent.ts";
import type { EvidenceLimits, ReadinessSettings } from "./settings.ts";
import { type Counter, count, createCounter, restoreCounter, type Tallied } from "./tally.ts";

/** Status codes of legacy that one route tells apart. */
export const STATUSES = 32;
/** Different answers of legacy that are counted exactly; above it their number is an estimate. */
const ANSWERS = 256;
/** Of a body, to tell one answer from another. */
const ANSWER_BYTES = 4_096;

/** Everything that is counted of one route. */
export type Ledger = {
  readonly route: string;
  counter: Counter;
  /** Requests that the candidate alone refused. */
  refused: number;
  readonly distinct: Distinct;
  /** The version of the request identity: a change starts a new set of distinct requests. */
  readonly identity: string;
  /** Whether stored distinct requests belong to this set. */
  distinctRestores: boolean;
  growth: Growth;
  /** Different answers of legacy, by digest. */
  readonly answers: Distinct;
  recent: Recent;
  readonly pace: Pace;
  legacyMs: Histogram;
  candidateMs: Histogram;
  /** Both of them for each request. */
  latencyPairs: LatencyPairs;
  /** The pairs that were stored last. */
  latencyPairsStored: number;
  /** How long transients took to settle. */
  convergedMs: Histogram;
  /** Legacy's status codes, and how often an answer with each was compared. */
  readonly statuses: Map<number, number>;
  /** What each rule settled. */
  readonly rules: Map<string, number>;
  readonly unsteady: Map<string, Unsteady>;
  dirty: boolean;
};

/** A route without counts. @param identity the version of the request identity @param distinct the most distinct requests kept */
export function createLedger(route: string, identity: string, distinct: number, tolerance: number): Ledger {
  return {
    route,
    counter: createCounter(),
    refused: 0,
    distinct: createDistinct(distinct),
    identity,
    distinctRestores: false,
    growth: { firstAt: 0, lastAt: 0, since: 0 },
    answers: createDistinct(ANSWERS),
    recent: createRecent(tolerance),
    pace: createPace(),
    legacyMs: createHistogram(),
    candidateMs: createHistogram(),
    latencyPairs: createLatencyPairs(),
    latencyPairsStored: 0,
    convergedMs: createHistogram(),
    statuses: new Map(),
    rules: new Map(),
    unsteady: new Map(),
    dirty: false,
  };
}

/**
 * Enters a comparison.
 * @returns undefined when its answers were not compared; else whether the request is a distinct one that is new in this epoch
 */
export function enter(
  ledger: Ledger,
  comparison: Comparison,
  request: Digest,
  at: number,
  limits: EvidenceLimits,
  settings: ReadinessSettings,
): "new" | "known" | undefined {
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
  const seen = seenOf(comparison);
  const isNew = seen !== undefined && distinguish(ledger, request, seen, at, settings);
  if (!compared) return undefined;
  if (legacy.kind === "response") ledger.answers.add(answerOf(legacy), AGREED);
  if (legacy.kind === "response" && candidate.kind === "response") {
    observe(ledger.legacyMs, legacy.durationMs);
    observe(ledger.candidateMs, candidate.durationMs);
    addLatencyPair(ledger.latencyPairs, legacy.durationMs, candidate.durationMs);
  }
  if (comparison.convergedMs !== undefined) observe(ledger.convergedMs, comparison.convergedMs);
  return isNew ? "new" : "known";
}

/** Enters one occurrence of a distinct request. @returns whether it is the first */
function distinguish(ledger: Ledger, request: Digest, seen: number, at: number, settings: ReadinessSettings): boolean {
  const known = ledger.distinct.add(request, seen);
  if (known === "new") {
    step(ledger.pace, at);
    const { firstAt } = ledger.growth;
    ledger.growth = { firstAt: ledger.distinct.size() === 1 ? at : firstAt, lastAt: at, since: 0 };
  } else ledger.growth = { ...ledger.growth, since: ledger.growth.since + 1 };
  if (seen === REFUSED) ledger.refused += 1;
  // A refusal may be a matter of how much was asked: it holds, and is no request that became wrong.
  const turned = (seen === MISMATCHED || seen === FAILED) && (known === "new" || known === "right");
  watch(ledger, request, seen !== AGREED, turned, at, settings);
  return known === "new";
}

/** Lets the detectors of recent changes see one more request. @param turned it is wrong, and was not known to be */
export function watch(
  ledger: Ledger,
  request: Digest,
  wrong: boolean,
  turned: boolean,
  at: number,
  { tolerance, confidence }: ReadinessSettings,
): void {
  if (ledger.recent.tolerance !== tolerance) ledger.recent = { ...ledger.recent, ...fresh(tolerance) };
  const { recent } = ledger;
  observeRecent(recent, request, wrong, turned, at);
  if (!recent.broken) return;
  if (boundsByRequests(tolerance, confidence).under(recent.requests, recent.wrong)) startOver(recent);
}

const fresh = (tolerance: number) => {
  const { steps, all, turning } = createRecent(tolerance);
  return { tolerance, steps, all, turning };
};

/** What a comparison says of its request; undefined: nothing. */
function seenOf({ exchange, outcome }: Comparison): number | undefined {
  if (outcome.outcome === "mismatch") return MISMATCHED;
  if (COMPARED.includes(outcome.outcome)) return AGREED;
  if (outcome.outcome === "candidate_error") return FAILED;
  if (outcome.outcome !== "not_comparable") return undefined;
  const { legacy, candidate } = exchange;
  if (legacy.kind !== "response" || candidate.kind !== "response") return undefined;
  return candidate.status === 429 && legacy.status !== 429 && legacy.status !== 503 ? REFUSED : undefined;
}

/** One answer, however often it is given: status, length and the beginning of the body. */
function answerOf({ status, body }: Response): Digest {
  if (body.kind === "measured") return digest(`${status} ${body.length} ${body.sha256}`);
  const [first] = body.chunks;
  return digest(`${status} ${body.length}`, first?.subarray(0, ANSWER_BYTES));
}

/** A place whose difference makes no finding: noise, data that moved, or a difference that was never confirmed. */
export function waver(
  ledger: Ledger,
  { where, kind, undecided }: ClassifiedDifference,
  place: string,
  standing: Unsteady["standing"],
  limits: EvidenceLimits,
): void {
  const one = { route: ledger.route, where, path: place, kind, standing, ...(undecided && { undecided }) };
  const isRoom = ledger.unsteady.has(unsteadyKey(one)) || ledger.unsteady.size < limits.unsteadyPerRoute;
  const counted = isRoom ? one : { ...one, path: "*" };
  const key = unsteadyKey(counted);
  ledger.unsteady.set(key, { ...counted, count: (ledger.unsteady.get(key)?.count ?? 0) + 1 });
}

const unsteadyKey = ({ standing, undecided, where, kind, path }: Omit<Unsteady, "count">) =>
  [standing, undecided ?? "", where, kind, path].join("\n");

/** The shape of what is stored; what has another is left out. */
const SHAPE = 2;

type StoredRecent = Omit<Recent, "steps" | "lately">;

type StoredLedger = Tallied & {
  readonly shape: typeof SHAPE;
  readonly identity: string;
  readonly refused: number;
  readonly growth: Growth;
  readonly recent: StoredRecent;
  readonly answersLevel: number;
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
  const { steps: _, lately: __, ...recent } = ledger.recent;
  return {
    shape: SHAPE,
    identity: ledger.identity,
    refused: ledger.refused,
    growth: ledger.growth,
    recent: { ...recent, all: [...recent.all], turning: [...recent.turning] },
    answersLevel: ledger.answers.level(),
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

/** Whether a stored tally has the shape that `restoreLedger` takes. */
export function isLedger(value: unknown): value is StoredLedger {
  return (value as { readonly shape?: unknown } | null)?.shape === SHAPE;
}

/** @param checked whether distinct requests of another identity version are excluded */
export function restoreLedger(ledger: Ledger, stored: StoredLedger, checked: boolean): void {
  ledger.counter = restoreCounter(stored);
  ledger.refused = stored.refused;
  ledger.distinctRestores = !checked || stored.identity === ledger.identity;
  if (ledger.distinctRestores) {
    ledger.distinct.restore(stored.level, -1, "");
    ledger.answers.restore(stored.answersLevel, -1, "");
    const { firstAt, lastAt, since } = stored.growth;
    ledger.growth = { firstAt, lastAt, since };
  }
  const { recent } = ledger;
  const isSame = stored.recent.tolerance === recent.tolerance && stored.recent.all.length === recent.all.length;
  ledger.recent = { ...recent, ...stored.recent, ...(isSame ? {} : fresh(recent.tolerance)) };
  for (const [status, times] of stored.statuses) ledger.statuses.set(status, times);
  for (const [rule, times] of stored.rules) ledger.rules.set(rule, times);
  for (const place of stored.unsteady) {
    ledger.unsteady.set(unsteadyKey(place), place);
  }
  ledger.legacyMs = restoreHistogram(stored.legacyMs);
  ledger.candidateMs = restoreHistogram(stored.candidateMs);
  ledger.convergedMs = restoreHistogram(stored.convergedMs);
}
