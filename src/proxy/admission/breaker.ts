// proxy/admission/breaker.ts: leaves a failing or slow candidate alone for a while, then asks it carefully

import type { BreakerOptions } from "../options.ts";

/** `closed` lets every request through, `open` none, `half_open` a few probes. */
export type BreakerState = "closed" | "open" | "half_open";

/** How a request that was allowed ended. */
export type Ended = {
  readonly ok: boolean;
  /** How long it took. */
  readonly ms: number;
  /** The candidate said when it is to be asked again: so many milliseconds from now. */
  readonly pauseMs?: number;
};

/** Stops asking a candidate that fails or is slow, and probes it until it answers again. */
export type Breaker = {
  /** May the candidate be asked now? In the half-open state each yes is a probe whose end must be recorded. */
  allow(now: number): boolean;
  /** How a request that was allowed ended; `undefined` when that says nothing of the candidate. */
  record(ended: Ended | undefined, now: number): void;
  state(now: number): BreakerState;
};

const SLICES = 10;
const MAX_BACKOFF = 16;
/** A candidate may ask for a pause, and not for an end of shadowing. */
const MAX_PAUSE_MS = 60_000;

/** It opened, since so many of the last answers failed or were slow; or it closed. */
export type BreakerChange =
  | { readonly state: "open"; readonly failed: number; readonly slow: number; readonly of: number }
  | { readonly state: "closed" };

/** Counts over a sliding window of ten slices. Times are milliseconds of any steady clock. */
export function createBreaker(options: BreakerOptions, changed: (change: BreakerChange) => void = () => {}): Breaker {
  const { latency = Number.POSITIVE_INFINITY } = options;
  const slice = Math.max(1, options.window / SLICES);
  const total = new Uint32Array(SLICES);
  const failed = new Uint32Array(SLICES);
  const slow = new Uint32Array(SLICES);
  let newest = 0;
  let pausedUntil = Number.NEGATIVE_INFINITY;
  let openUntil: number | undefined;
  let backoff = 1;
  let probing = 0;
  let succeeded = 0;

  function turn(now: number): number {
    const current = Math.floor(now / slice);
    for (let i = Math.max(newest + 1, current - SLICES + 1); i <= current; i++)
      total[i % SLICES] = failed[i % SLICES] = slow[i % SLICES] = 0;
    newest = Math.max(newest, current);
    return newest % SLICES;
  }
  function open(now: number): void {
    openUntil = now + options.openFor * backoff;
    probing = succeeded = 0;
  }
  function close(): void {
    openUntil = undefined;
    backoff = 1;
    for (const counts of [total, failed, slow]) counts.fill(0);
    changed({ state: "closed" });
  }
  const sum = (counts: Uint32Array) => {
    let all = 0;
    for (let i = 0; i < SLICES; i++) all += counts[i]!;
    return all;
  };

  return {
    allow(now) {
      if (now < pausedUntil) return false;
      if (openUntil === undefined) return true;
      if (now < openUntil || probing + succeeded >= options.probes) return false;
      probing++;
      return true;
    },
    record(ended, now) {
      if (ended?.pauseMs !== undefined) {
        pausedUntil = Math.max(pausedUntil, now + Math.min(MAX_PAUSE_MS, ended.pauseMs));
      }
      const late = ended !== undefined && ended.ms > latency;
      if (openUntil !== undefined) {
        if (now < openUntil || probing === 0) return; // asked before it opened
        probing--;
        if (ended === undefined) return;
        if (!ended.ok || late) {
          backoff = Math.min(MAX_BACKOFF, backoff * 2);
          open(now);
        } else if (++succeeded >= options.probes) close();
        return;
      }
      if (ended === undefined) return;
      const at = turn(now);
      total[at]!++;
      if (ended.ok && !late) return;
      if (!ended.ok) failed[at]!++;
      if (late) slow[at]!++;
      const all = sum(total);
      if (all < options.minRequests) return;
      // The median is over a bound exactly when more than half of the values are.
      if (sum(failed) < options.errorShare * all && sum(slow) * 2 <= all) return;
      open(now);
      changed({ state: "open", failed: sum(failed), slow: sum(slow), of: all });
    },
    state(now) {
      if (now < pausedUntil) return "open";
      return openUntil === undefined ? "closed" : now < openUntil ? "open" : "half_open";
    },
  };
}
