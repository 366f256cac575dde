// evidence/recent.ts: has the candidate become wrong lately? Evidence that a long clean past cannot outweigh

import type { Digest } from "../lib/digest.ts";

/**
 * E-detectors for one route (Shin, Ramdas, Rinaldo, "E-detectors: a nonparametric framework for sequential change
 * detection", 2023): for each of some rates q above the tolerance p the likelihood ratio of q to p, which starts over
 * whenever it falls below 1 (a CUSUM, Page 1954), and the mean of them. As long as no request is wrong with a
 * probability above p, the mean number of requests until the detector reaches c is at least c, whatever came before.
 *
 * There are two of them. The one for `hold` sees all requests, but a wrong one only once in `APART` requests: a bad
 * request that a client repeats is no change. The one for `reject` sees only requests that become wrong, each once: a
 * single bad URL is no reason to reject, however popular it is. Leaving out what is wrong only makes alarms rarer.
 */
export type Recent = {
  /** The rate that it was made for, and by how much a wrong and a right answer change the logarithm of each ratio. */
  readonly tolerance: number;
  readonly steps: readonly Step[];
  /** The logarithms of the ratios, 0 or more: of all requests, and of those that become wrong. */
  readonly all: number[];
  readonly turning: number[];
  /** Wrong requests that `all` has seen lately, and at which number of `requests`. */
  readonly lately: { request: Digest; number: number }[];
  /**
   * The stretch that the detectors look at: since they last were at their start, or since the change that was found. When
   * it began (milliseconds since the epoch), its requests, those of them that were wrong, and requests that became wrong.
   */
  since: number;
  requests: number;
  wrong: number;
  turned: number;
  /** A change was found: until this stretch proves the opposite by itself, nothing that came before it counts. */
  broken: boolean;
};

type Step = { readonly wrong: number; readonly right: number };

/** Requests until a false alarm, on average and at least: an alarm means hold. */
const ALARM_AFTER = Math.log(1e6);
/** The same for `reject`. */
const REJECT_AFTER = Math.log(1e8);
/** Fewer requests that became wrong never reject, unless a route has no more. */
const LEAST_TURNED = 3;
/** Rates to look for, as multiples of the tolerance or as they are. */
const MULTIPLES = [3, 10];
const RATES = [0.1, 0.4];
/** Requests until a wrong one counts again. */
const APART = 12;
/** No ratio grows further: a candidate that is right again must not be held to an hour of being wrong for another hour. */
const MOST = REJECT_AFTER + 5;

/** A detector that has seen no request. @param tolerance the share of wrong requests that raises no alarm, 0 to 1 */
export function createRecent(tolerance: number): Recent {
  const steps = stepsOf(tolerance);
  return {
    tolerance,
    steps,
    all: steps.map(() => 0),
    turning: steps.map(() => 0),
    lately: [],
    since: 0,
    requests: 0,
    wrong: 0,
    turned: 0,
    broken: false,
  };
}

/** A request of which nothing is known but that it was wrong. */
export const NAMELESS: Digest = { hi: 0, lo: 0 };

/**
 * A verdict on one more request.
 * @param turned whether it is wrong and was not known to be
 * @param at milliseconds since the epoch
 */
export function observeRecent(recent: Recent, request: Digest, wrong: boolean, turned: boolean, at: number): void {
  if (!wrong && recent.requests === 0) return;
  if (recent.requests === 0) recent.since = at;
  recent.requests += 1;
  if (!wrong) {
    const rest = Math.max(lower(recent.all, recent.steps), lower(recent.turning, recent.steps));
    if (rest === 0 && !recent.broken) startOver(recent);
    return;
  }
  recent.wrong += 1;
  if (turned) {
    recent.turned += 1;
    raise(recent.turning, recent.steps);
  }
  if (!isLately(recent, request)) raise(recent.all, recent.steps);
  if (levelOf(recent.all) >= ALARM_AFTER) recent.broken = true;
}

/** Whether this request was counted a moment ago; if not, it is now. */
function isLately({ lately, requests }: Recent, { hi, lo }: Digest): boolean {
  while (lately.length > 0 && requests - lately[0]!.number >= APART) lately.shift();
  if (lately.some(({ request }) => request.hi === hi && request.lo === lo)) return true;
  lately.push({ request: { hi, lo }, number: requests });
  return false;
}

/** The change that was found is settled: what came before it counts again. */
export function startOver(recent: Recent): void {
  recent.all.fill(0);
  recent.turning.fill(0);
  recent.lately.length = 0;
  recent.requests = 0;
  recent.wrong = 0;
  recent.turned = 0;
  recent.broken = false;
}

/** Whether it is as good as certain that more than the tolerance is wrong now. @param distinct requests of the route */
export function isRejected({ all, turning, turned }: Recent, distinct: number): boolean {
  if (distinct < LEAST_TURNED) return turned >= distinct && levelOf(all) >= REJECT_AFTER;
  return turned >= LEAST_TURNED && levelOf(turning) >= REJECT_AFTER;
}

function raise(logs: number[], steps: readonly Step[]): void {
  for (let i = 0; i < logs.length; i++) logs[i] = Math.min(MOST, logs[i]! + steps[i]!.wrong);
}

/** @returns the largest that is left */
function lower(logs: number[], steps: readonly Step[]): number {
  let most = 0;
  for (let i = 0; i < logs.length; i++) {
    const log = Math.max(0, logs[i]! + steps[i]!.right);
    logs[i] = log;
    if (log > most) most = log;
  }
  return most;
}

/** The logarithm of the mean ratio. */
function levelOf(logs: readonly number[]): number {
  let most = 0;
  for (const log of logs) if (log > most) most = log;
  let sum = 0;
  for (const log of logs) sum += Math.exp(log - most);
  return most + Math.log(sum / logs.length);
}

function stepsOf(tolerance: number): Step[] {
  const rates = [...MULTIPLES.map((times) => times * tolerance), ...RATES, (1 + tolerance) / 2];
  return rates
    .filter((rate) => rate > tolerance && rate < 1)
    .map((rate) => ({ wrong: Math.log(rate / tolerance), right: Math.log1p(-rate) - Math.log1p(-tolerance) }));
}
