// evidence/join.ts: the numbers of two routes that turned out to be one

import { addInto } from "./histogram.ts";
import { addLatencyPairs } from "./latency-pairs.ts";
import { type Ledger, STATUSES } from "./route-record.ts";
import { merge } from "./tally.ts";

/**
 * Adds to `ledger` what another route has counted. Observing whether the set of distinct requests still grows starts again; what
 * broke lately on either is broken.
 */
export function join(ledger: Ledger, other: Ledger): void {
  ledger.dirty = true;
  const { outcomes, reasons, unconfirmed, approximate } = merge(ledger.counter, other.counter);
  ledger.counter = { outcomes: { ...outcomes }, reasons: { ...reasons }, unconfirmed, approximate };
  ledger.refused += other.refused;
  const [mine, theirs] = [ledger.growth, other.growth];
  const firstAt = ledger.distinct.size() === 0 ? theirs.firstAt : Math.min(mine.firstAt, theirs.firstAt);
  ledger.growth = { firstAt, lastAt: Math.max(mine.lastAt, theirs.lastAt), since: 0 };
  ledger.distinct.merge(other.distinct);
  ledger.answers.merge(other.answers);
  if (other.recent.broken && !ledger.recent.broken) ledger.recent = other.recent;
  for (const name of ["legacyMs", "candidateMs", "convergedMs"] as const) addInto(ledger[name], other[name]);
  addLatencyPairs(ledger.latencyPairs, other.latencyPairs);
  for (const [status, times] of other.statuses) {
    if (!ledger.statuses.has(status) && ledger.statuses.size >= STATUSES) continue;
    ledger.statuses.set(status, (ledger.statuses.get(status) ?? 0) + times);
  }
  for (const [rule, times] of other.rules) ledger.rules.set(rule, (ledger.rules.get(rule) ?? 0) + times);
  for (const [key, one] of other.unsteady) {
    const count = one.count + (ledger.unsteady.get(key)?.count ?? 0);
    ledger.unsteady.set(key, { ...one, route: ledger.route, count });
  }
}
