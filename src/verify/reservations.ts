// verify/reservations.ts: queue capacity reserved for exchanges whose answers have not arrived

import { LRUCache } from "lru-cache";
import { LARGE_BYTES } from "./job-buffer.ts";

/** Weight of the newest pair in what the pairs of its route usually bring. */
const NEWEST = 0.1;

/** The share of the bytes for bodies that only small pairs may use, so that large ones never block them. */
export const FOR_SMALL = 0.125;

/** Bytes of bodies that wait: of all pairs, and of the small ones alone. */
export type WaitingBytes = { readonly bytes: number; readonly smallBytes: number };
/** Routes with an estimate. */
const MAX_ROUTES = 2_000;

/** Reserves bytes of the queue for pairs whose size is not known yet. */
export type Reservations = {
  /** Whether a pair of this route, as large as they usually are, fits in beside what waits. */
  readonly fits: (route: string, waiting: WaitingBytes) => boolean;
  /** Reserves capacity for a pair. Call the result once, with the bytes that were queued: 0 if none were. */
  readonly reserve: (route: string) => (bytes: number) => void;
};

/**
 * How large a pair is shows only when both sides have answered. So each route has an estimate: a moving average over its
 * pairs. Where large pairs fill the queue, routes with small ones still find capacity, and a route of which nothing is known yet has
 * one pair taken.
 * @param limitBytes what may wait and be expected together, read each time; a single pair may be larger
 */
export function createReservations(limitBytes: () => number): Reservations {
  const usual = new LRUCache<string, number>({ max: MAX_ROUTES });
  /** Routes whose first pair is being asked for. */
  const unknown = new Set<string>();
  let expected = 0;
  let expectedSmall = 0;
  return {
    fits: (route, { bytes, smallBytes }) => {
      const pair = usual.get(route);
      const taken = bytes + expected;
      if (taken === 0 || taken + (pair ?? 0) < limitBytes()) return true;
      if (pair === undefined) return !unknown.has(route);
      return pair < LARGE_BYTES && smallBytes + expectedSmall + pair < limitBytes() * FOR_SMALL;
    },
    reserve: (route) => {
      const reserved = usual.get(route) ?? 0;
      const reservedSmall = reserved < LARGE_BYTES ? reserved : 0;
      if (!usual.has(route)) unknown.add(route);
      expected += reserved;
      expectedSmall += reservedSmall;
      return (bytes) => {
        expected -= reserved;
        expectedSmall -= reservedSmall;
        unknown.delete(route);
        const before = usual.get(route);
        usual.set(route, before === undefined ? bytes : Math.round(before + (bytes - before) * NEWEST));
      };
    },
  };
}
