// bench/simulation/verdicts.ts: the verdict of one route after every request, as `assess` gives it, fast enough for 10^8 looks

import { distinctCapacity } from "../../src/evidence/distinct.ts";
import { boundsAt, boundsByRequests } from "../../src/evidence/readiness.ts";
import { createRecent, isRejected, observeRecent, startOver } from "../../src/evidence/recent.ts";
import type { ReadinessSettings } from "../../src/evidence/settings.ts";

/** As in the config's defaults. */
export const ALPHA = 0.05;
const MOST_DISTINCT = 65_536;
const LEAST_WRONG = 3;
export const LEVELS = 6;

/** For each n the greatest k that is still under the tolerance (-1: none), and the smallest that is above it. */
type Limits = { readonly under: Int32Array; readonly above: Int32Array };

function limitsOf(
  bounds: { under(n: number, k: number): boolean; above(n: number, k: number): boolean },
  most: number,
) {
  const limits: Limits = { under: new Int32Array(most + 1).fill(-1), above: new Int32Array(most + 1).fill(most + 2) };
  for (let n = 1, k = -1, over = 0; n <= most; n++) {
    while (bounds.under(n, k + 1)) k += 1;
    while (over <= n && !bounds.above(n, over)) over += 1;
    limits.under[n] = k;
    limits.above[n] = over;
  }
  return limits;
}

export type Rules = {
  readonly tolerance: number;
  readonly capacity: number;
  readonly byLevel: readonly Limits[];
  readonly byRequests: Limits;
};

/** The decisions as tables, for up to so many requests. @param routes that share the error of `reject` */
export function rulesOf(tolerance: number, requests: number, routes = 1): Rules {
  const settings = { tolerance, confidence: 1 - ALPHA } as ReadinessSettings;
  const capacity = distinctCapacity(tolerance, MOST_DISTINCT);
  return {
    tolerance,
    capacity,
    byLevel: Array.from({ length: LEVELS }, (_, level) =>
      limitsOf(boundsAt(level, settings, routes), Math.min(capacity, requests) + 1),
    ),
    byRequests: limitsOf(boundsByRequests(tolerance, 1 - ALPHA), requests),
  };
}

export type Route = {
  /** Takes in one request, by its number. @returns the verdict after it: findings, latency and the like are left out */
  readonly add: (request: number, wrong: boolean) => "ready" | "hold" | "reject";
  readonly distinct: () => number;
};

const AGREED = 1;
const WRONG = 2;

/**
 * A route whose requests are numbers below `population`. Its distinct requests are counted as `createDistinct` counts
 * them, without the hash table: a test holds the two against each other.
 */
export function openRoute({ tolerance, capacity, byLevel, byRequests }: Rules, levels: Uint8Array): Route {
  const flags = new Uint8Array(levels.length);
  /** By sampling level: requests, those that were ever wrong, and those that never were right. */
  const sizes = new Uint32Array(LEVELS);
  const wrongs = new Uint32Array(LEVELS);
  const steadily = new Uint32Array(LEVELS);
  const name = { hi: 0, lo: 0 };
  const recent = createRecent(tolerance);
  let level = 0;
  let requests = 0;
  let wrongRequests = 0;

  function count(request: number, flag: number): "new" | "right" | "wrong" | "outside" {
    const highest = levels[request]!;
    const before = flags[request]!;
    const after = before | flag;
    if (after !== before) {
      flags[request] = after;
      for (let j = 0; j <= highest; j++) {
        if (before === 0) sizes[j]! += 1;
        wrongs[j]! += Number((after & WRONG) !== 0) - Number((before & WRONG) !== 0);
        steadily[j]! += Number(after === WRONG) - Number(before === WRONG);
      }
    }
    if (highest < level) return "outside";
    while (sizes[level]! > capacity && level < LEVELS - 1) level += 1;
    return before === 0 ? "new" : (before & WRONG) !== 0 ? "wrong" : "right";
  }

  return {
    distinct: () => sizes[level]! * 2 ** level,
    add: (request, wrong) => {
      requests += 1;
      if (wrong) wrongRequests += 1;
      const known = count(request, wrong ? WRONG : AGREED);
      if (wrong || recent.requests > 0) {
        name.lo = request + 1;
        observeRecent(recent, name, wrong, wrong && (known === "new" || known === "right"), requests);
      }
      if (recent.broken && recent.wrong <= byRequests.under[recent.requests]!) startOver(recent);
      const { under, above } = byLevel[level]!;
      const size = sizes[level]!;
      if (steadily[level]! >= LEAST_WRONG && steadily[level]! >= above[size]!) return "reject";
      if (recent.requests > 0 && isRejected(recent, size)) return "reject";
      if (recent.broken || wrongRequests > byRequests.under[requests]!) return "hold";
      return wrongs[level]! <= under[size]! ? "ready" : "hold";
    },
  };
}
