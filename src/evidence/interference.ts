// evidence/interference.ts: what shadowing does to legacy, from requests that were shadowed and others that a fair draw left out

import { LRUCache } from "lru-cache";
import type { Answer } from "../model/answer.ts";
import type { Interference } from "../model/report.ts";
import { createBounds } from "./bounds.ts";
import { atRanks, createHistogram, type Histogram, observe } from "./histogram.ts";

/** The keys of `interference` in the config. */
export type InterferenceSettings = {
  /** Legacy's latency, shadowed over unshadowed: more than this is interference. */
  readonly latency: number;
  /** Legacy's error share, shadowed less unshadowed, 0 to 1: more than this is interference. */
  readonly errors: number;
};

/** Compares legacy's latency and errors between shadowed and unshadowed requests, per route. */
export type InterferenceBook = {
  /**
   * Takes in legacy's answer to a request that was shadowed, or to one that would have been but for a fair draw.
   * @param at milliseconds since the epoch
   * @returns what is known of the route when this answer was the one that made it interference; once for each stretch
   */
  readonly note: (route: string, shadowed: boolean, legacy: Answer, at: number) => Interference | undefined;
  /** Shadowing of a route was stopped: if it is taken up again, what it does then counts. */
  readonly restart: (route: string, at: number) => void;
  /** Of all routes that have both kinds of requests. */
  readonly read: () => readonly Interference[];
};

/** The chance to cry wolf, for each route and stretch, at the very limit; where there is no effect it is far smaller. */
const ALPHA = 1e-4;
const FEWEST_PAIRS = 100;
/** Evidence of old must not outweigh that of now. */
const STRETCH_MS = 3_600_000;
/** A pair is of the same moment: what moves both of its requests cancels out. */
const APART_MS = 60_000;
/** Added to both of a pair, so that the microseconds of our own do not look like much beside an answer that takes none. */
const FLOOR_MS = 1;
/** The most routes; above it the least recently used one is removed. */
const MAX_ROUTES = 2_000;

/** Whether the median of n values is over a bound that k of them are over; and an interval for it from order statistics. */
const MEDIAN = createBounds(0.5, ALPHA / 2);

/** An answer that waits for its other half. Written over by the next: most never find one, and must cost nothing. */
type Seen = { ms: number; failed: boolean; at: number };

type Stretch = {
  readonly from: number;
  readonly shadowed: Seen;
  readonly unshadowed: Seen;
  pairs: number;
  /** Pairs of two answers, how many of them are over the limit, and all their ratios. */
  answered: number;
  over: number;
  readonly ratios: Histogram;
  /** Pairs in which only the one request failed, or only the other. */
  onlyShadowed: number;
  onlyUnshadowed: number;
  reported: boolean;
};

/**
 * Pairs each shadowed request with an unshadowed one of the same route and minute. Who is in which group is a draw, so
 * without an effect the two of a pair are exchangeable, whatever legacy's latency does over the day and however the share
 * is raised: each ratio is above 1 as often as below. The median of the ratios has a distribution-free interval from their
 * order (the sign test turned round), and its level holds however often one looks, since the count over a bound is
 * Bernoulli (`bounds.ts`). Errors are compared by the pairs of which only one request failed (McNemar 1947), each of the
 * two rates within such bounds. Neither sees what shadowing does to shadowed and unshadowed requests alike.
 */
export function createInterference(settings: () => InterferenceSettings): InterferenceBook {
  const routes = new LRUCache<string, { now: Stretch; before: Interference | undefined }>({ max: MAX_ROUTES });
  let held = settings();
  let errors = boundsOfErrors(held);

  function view(route: string, one: Stretch): Interference {
    const { pairs, answered, ratios, onlyShadowed, onlyUnshadowed } = one;
    const rank = medianRank(answered);
    const [low, ratio, high] = atRanks(ratios, [rank + 1, Math.ceil(answered / 2), answered - rank]);
    const more = errors.lower(pairs, onlyShadowed) - errors.upper(pairs, onlyUnshadowed);
    const most = errors.upper(pairs, onlyShadowed) - errors.lower(pairs, onlyUnshadowed);
    return {
      route,
      pairs,
      ...(answered > 0 && { ratio: ratio! }),
      // A bucket is 2 % wide and identified by its upper end.
      ...(rank > 0 && { low: low! / 1.02, high: high! }),
      errors: { more: (onlyShadowed - onlyUnshadowed) / Math.max(1, pairs), low: more, high: most },
      interferes: interferes(one),
    };
  }

  /** Asked for every pair, so what costs more comes last. */
  function interferes({ pairs, answered, over, onlyShadowed, onlyUnshadowed }: Stretch): boolean {
    if (answered >= FEWEST_PAIRS && over * 2 > answered && MEDIAN.above(answered, over)) return true;
    if (pairs < FEWEST_PAIRS || onlyShadowed - onlyUnshadowed <= pairs * held.errors) return false;
    return errors.lower(pairs, onlyShadowed) - errors.upper(pairs, onlyUnshadowed) > held.errors;
  }

  return {
    note(route, shadowed, legacy, at) {
      if (legacy.kind === "unseen") return undefined;
      const asked = settings();
      if (asked.latency !== held.latency || asked.errors !== held.errors) {
        held = asked;
        errors = boundsOfErrors(held);
        routes.clear(); // what was counted, was counted against another limit
      }
      let known = routes.get(route);
      if (known === undefined) {
        known = { now: begin(at), before: undefined };
        routes.set(route, known);
      }
      if (at - known.now.from >= STRETCH_MS && known.now.pairs >= FEWEST_PAIRS) {
        known.before = view(route, known.now);
        known.now = begin(at);
      }
      const one = known.now;
      const failed = legacy.kind === "failure" || legacy.status >= 500;
      const ms = legacy.kind === "failure" ? legacy.durationMs : legacy.firstByteMs;
      const seen = shadowed ? one.shadowed : one.unshadowed;
      const other = shadowed ? one.unshadowed : one.shadowed;
      seen.ms = ms;
      seen.failed = failed;
      seen.at = at;
      if (at - other.at > APART_MS) return undefined;
      count(one, held.latency);
      one.shadowed.at = one.unshadowed.at = NEVER;
      if (one.reported || !interferes(one)) return undefined;
      const found = view(route, one);
      one.reported = true;
      known.before = found;
      return found;
    },
    restart(route, at) {
      const known = routes.peek(route);
      if (known !== undefined) known.now = begin(at);
    },
    read: () =>
      [...routes.rkeys()].flatMap((route) => {
        const { now, before } = routes.peek(route)!;
        if (now.pairs >= FEWEST_PAIRS || (now.pairs > 0 && before === undefined)) return [view(route, now)];
        return before === undefined ? [] : [before];
      }),
  };
}

const NEVER = Number.NEGATIVE_INFINITY;

function begin(from: number): Stretch {
  return {
    from,
    shadowed: { ms: 0, failed: false, at: NEVER },
    unshadowed: { ms: 0, failed: false, at: NEVER },
    ...{ pairs: 0, answered: 0, over: 0, ratios: createHistogram() },
    ...{ onlyShadowed: 0, onlyUnshadowed: 0, reported: false },
  };
}

function count(one: Stretch, limit: number): void {
  const { shadowed, unshadowed } = one;
  one.pairs += 1;
  if (shadowed.failed !== unshadowed.failed) {
    if (shadowed.failed) one.onlyShadowed += 1;
    else one.onlyUnshadowed += 1;
  }
  if (shadowed.failed || unshadowed.failed) return;
  const ratio = (shadowed.ms + FLOOR_MS) / (unshadowed.ms + FLOOR_MS);
  one.answered += 1;
  if (ratio > limit) one.over += 1;
  observe(one.ratios, ratio);
}

/** Two rates are bounded on both sides, so each bound gets a quarter of the chance to be wrong. */
function boundsOfErrors({ errors }: InterferenceSettings) {
  return createBounds(Math.min(0.5, Math.max(1e-4, errors)), ALPHA / 4);
}

/** The largest k for which the median is above the k-th smallest of n values; 0 when there are too few to say. */
function medianRank(n: number): number {
  let low = 0;
  let high = Math.floor(n / 2) + 1;
  if (n === 0 || !MEDIAN.under(n, 0)) return 0;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (MEDIAN.under(n, middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** What is to be known of it, in a sentence. */
export function interferenceText({ route, ratio, low, high, pairs, errors }: Interference): string {
  const by = (share: number) => `${Number((share * 100).toPrecision(2))} %`;
  const slower =
    ratio === undefined || low === undefined || high === undefined || low <= 0.98
      ? []
      : [`takes ${ratio.toFixed(2)} times as long (${low.toFixed(2)} to ${high.toFixed(2)})`];
  const failing = errors.low > 0 ? [`fails more often by ${by(errors.more)} (at least ${by(errors.low)})`] : [];
  return `Shadowing hurts legacy on ${route}: when shadowed it ${[...slower, ...failing].join(" and ")}, over ${pairs} pairs of requests.`;
}
