// evidence/recent.ts: has the candidate become wrong lately? Evidence that a long clean past cannot outweigh

/**
 * An e-detector for one route (Shin, Ramdas, Rinaldo, "E-detectors: a nonparametric framework for sequential change
 * detection", 2023): for each of some rates q above the tolerance p the likelihood ratio of q to p, which starts over
 * whenever it falls below 1 (a CUSUM, Page 1954), and the mean of them. As long as no request is wrong with a
 * probability above p, the mean number of requests until the detector reaches c is at least c, whatever came before.
 *
 * A wrong answer to a request that was wrong before counts a quarter: one bad request that a client repeats is no change.
 * That only makes alarms rarer.
 */
export type Recent = {
  /** The rate that it was made for, and by how much a wrong and a right answer change each logarithm. */
  readonly tolerance: number;
  readonly steps: readonly Step[];
  /** The logarithm of each ratio, 0 or more. */
  readonly logs: number[];
  /**
   * The stretch that the detector looks at: since it last was at its start, or since the change that it found. When it
   * began (milliseconds since the epoch), its requests, those of them that were wrong, and requests that became wrong.
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
export const ALARM_AFTER = 1e6;
/** The same for `reject`. */
export const REJECT_AFTER = 1e8;
/** Fewer requests that became wrong never reject. */
const LEAST_TURNED = 3;
/** Rates to look for, as multiples of the tolerance or as they are. */
const MULTIPLES = [3, 10];
const RATES = [0.1, 0.4];
const REPEATED = 0.25;
/** No ratio grows further: a candidate that is right again must not be held to an hour of being wrong for another hour. */
const MOST = Math.log(REJECT_AFTER) + 5;

export function createRecent(tolerance: number): Recent {
  const steps = stepsOf(tolerance);
  return {
    tolerance,
    steps,
    logs: steps.map(() => 0),
    since: 0,
    requests: 0,
    wrong: 0,
    turned: 0,
    broken: false,
  };
}

/** A verdict on one more request. @param before whether the same request was wrong before, or may have been */
export function observeRecent(recent: Recent, wrong: boolean, before: boolean, at: number): void {
  if (!wrong && recent.requests === 0) return;
  if (recent.requests === 0) recent.since = at;
  recent.requests += 1;
  if (wrong) recent.wrong += 1;
  if (wrong && !before) recent.turned += 1;
  const share = wrong && before ? REPEATED : 1;
  let most = 0;
  for (const [i, step] of recent.steps.entries()) {
    const log = Math.min(MOST, Math.max(0, recent.logs[i]! + share * (wrong ? step.wrong : step.right)));
    recent.logs[i] = log;
    if (log > most) most = log;
  }
  if (wrong && !recent.broken && level(recent) >= Math.log(ALARM_AFTER)) recent.broken = true;
  if (most === 0 && !recent.broken) startOver(recent);
}

/** The change that was found is settled: what came before it counts again. */
export function startOver(recent: Recent): void {
  recent.logs.fill(0);
  recent.requests = 0;
  recent.wrong = 0;
  recent.turned = 0;
  recent.broken = false;
}

/** Whether it is as good as certain that more than the tolerance is wrong now. @param distinct requests of the route */
export function isRejected(recent: Recent, distinct: number): boolean {
  return recent.turned >= Math.min(LEAST_TURNED, distinct) && level(recent) >= Math.log(REJECT_AFTER);
}

/** The logarithm of the mean ratio. */
function level({ logs }: Recent): number {
  const most = Math.max(...logs);
  return most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0) / logs.length);
}

function stepsOf(tolerance: number): Step[] {
  const rates = [...MULTIPLES.map((times) => times * tolerance), ...RATES, (1 + tolerance) / 2];
  return rates
    .filter((rate) => rate > tolerance && rate < 1)
    .map((rate) => ({ wrong: Math.log(rate / tolerance), right: Math.log1p(-rate) - Math.log1p(-tolerance) }));
}
