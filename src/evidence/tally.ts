// evidence/tally.ts: how many requests ended how; the outcomes add up to the requests

import type { FailureReason } from "../model/answer.ts";
import { COMPARED, OUTCOMES, type Outcome, reasonOf } from "../model/outcome.ts";
import type { Tally } from "../model/report.ts";

/** Counts of one route, or of any part of its requests. `reasons` has keys such as `skipped/method`. */
export type Tallied = {
  readonly outcomes: Tally;
  readonly reasons: Readonly<Record<string, number>>;
  /** Comparisons that were decided without asking again, and those whose places may be coarser. */
  readonly unconfirmed: number;
  readonly approximate: number;
};

/** The same, while it grows. Reasons are a closed list, so the record is bounded. */
export type Counter = {
  readonly outcomes: Record<Outcome["outcome"], number>;
  readonly reasons: Record<string, number>;
  unconfirmed: number;
  approximate: number;
};

/** A counter of outcomes at 0. */
export function createCounter(): Counter {
  const outcomes = Object.fromEntries(OUTCOMES.map((name) => [name, 0])) as Counter["outcomes"];
  return { outcomes, reasons: {}, unconfirmed: 0, approximate: 0 };
}

/** Counts one outcome with its reason. */
export function count(counter: Counter, outcome: Outcome): void {
  counter.outcomes[outcome.outcome] += 1;
  const reason = reasonOf(outcome) as FailureReason | "";
  if (reason === "") return;
  const key = `${outcome.outcome}/${reason}`;
  counter.reasons[key] = (counter.reasons[key] ?? 0) + 1;
}

/** The tally of both parts: associative, commutative, and the empty tally changes nothing. */
export function merge(a: Tallied, b: Tallied): Tallied {
  const merged = createCounter();
  for (const part of [a, b]) {
    for (const name of OUTCOMES) merged.outcomes[name] += part.outcomes[name];
    for (const [key, times] of Object.entries(part.reasons)) merged.reasons[key] = (merged.reasons[key] ?? 0) + times;
    merged.unconfirmed += part.unconfirmed;
    merged.approximate += part.approximate;
  }
  return merged;
}

/** Totals and shares that follow from a tally; shares are 0 to 1. */
export type Rates = {
  readonly requests: number;
  readonly compared: number;
  readonly mismatchRate: number;
  readonly comparableShare: number;
};

/** The totals and shares of a tally. A share of nothing is 0. */
export function rates(outcomes: Tally): Rates {
  const requests = OUTCOMES.reduce((sum, name) => sum + outcomes[name], 0);
  const compared = COMPARED.reduce((sum, name) => sum + outcomes[name], 0);
  const shadowed = requests - outcomes.skipped;
  return {
    requests,
    compared,
    mismatchRate: compared === 0 ? 0 : outcomes.mismatch / compared,
    comparableShare: shadowed === 0 ? 0 : compared / shadowed,
  };
}

/** A tally as it was kept; anything unexpected in it counts as nothing. */
export function restoreCounter(stored: Partial<Tallied>): Counter {
  const counter = createCounter();
  for (const name of OUTCOMES) counter.outcomes[name] = number(stored.outcomes?.[name]);
  for (const [key, times] of Object.entries(stored.reasons ?? {})) counter.reasons[key] = number(times);
  counter.unconfirmed = number(stored.unconfirmed);
  counter.approximate = number(stored.approximate);
  return counter;
}

const number = (value: unknown) => (typeof value === "number" && value >= 0 ? value : 0);
