// proxy/breaker.ts: leaves a failing candidate alone for a while, then asks it carefully

import type { BreakerOptions } from "./options.ts";

export type BreakerState = "closed" | "open" | "half_open";

export type Breaker = {
  /** May the candidate be asked now? In the half-open state each yes is a probe whose end must be told. */
  allow(now: number): boolean;
  /** How a request that was allowed ended; `undefined` when that says nothing of the candidate. */
  record(ok: boolean | undefined, now: number): void;
  state(now: number): BreakerState;
};

const SLICES = 10;
const MAX_BACKOFF = 16;

/** Counts over a sliding window of ten slices. Times are milliseconds of any steady clock. */
export function createBreaker(options: BreakerOptions): Breaker {
  const slice = Math.max(1, options.window / SLICES);
  const total = new Uint32Array(SLICES);
  const failed = new Uint32Array(SLICES);
  let newest = 0;
  let openUntil: number | undefined;
  let backoff = 1;
  let probing = 0;
  let succeeded = 0;

  function turn(now: number): number {
    const current = Math.floor(now / slice);
    for (let i = Math.max(newest + 1, current - SLICES + 1); i <= current; i++)
      total[i % SLICES] = failed[i % SLICES] = 0;
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
    total.fill(0);
    failed.fill(0);
  }
  const sum = (counts: Uint32Array) => counts.reduce((all, count) => all + count, 0);

  return {
    allow(now) {
      if (openUntil === undefined) return true;
      if (now < openUntil || probing + succeeded >= options.probes) return false;
      probing++;
      return true;
    },
    record(ok, now) {
      if (openUntil !== undefined) {
        if (now < openUntil || probing === 0) return; // asked before it opened
        probing--;
        if (ok === false) {
          backoff = Math.min(MAX_BACKOFF, backoff * 2);
          open(now);
        } else if (ok === true && ++succeeded >= options.probes) close();
        return;
      }
      if (ok === undefined) return;
      const at = turn(now);
      total[at]!++;
      if (ok) return;
      failed[at]!++;
      const all = sum(total);
      if (all >= options.minRequests && sum(failed) >= options.errorShare * all) open(now);
    },
    state: (now) => (openUntil === undefined ? "closed" : now < openUntil ? "open" : "half_open"),
  };
}
