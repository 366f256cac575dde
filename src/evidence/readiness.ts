// evidence/readiness.ts: is the evidence of one route enough to switch it over?

import type { LatencyRatio, Readiness, Tally, Verdict } from "../model/report.ts";
import { type Bounds, createBounds, needed } from "./bounds.ts";
import { FEW } from "./distinct.ts";
import { isRejected, type Recent } from "./recent.ts";
import { LATENCY_SLACK_MS, type ReadinessSettings } from "./settings.ts";
import type { Traffic } from "./traffic.ts";

/** What a verdict rests on. */
export type Basis = {
  /** Distinct requests in the sample, those of them that are wrong, and that never were right; the sampling level. */
  readonly distinct: number;
  readonly wrong: number;
  readonly steadily: number;
  readonly level: number;
  /** How many distinct requests can be counted at all. */
  readonly capacity: number;
  /** Occurrences of the distinct request that occurred least. */
  readonly fewest: number;
  /** How the set of distinct requests grows. */
  readonly growth: Growth;
  /** Different answers of legacy. */
  readonly answers: number;
  readonly traffic: Traffic;
  readonly outcomes: Tally;
  readonly recent: Recent;
  readonly latency: readonly LatencyRatio[];
  /** Open, confirmed findings of high or critical severity that were seen in this epoch, each in a few words. */
  readonly findings: readonly string[];
  /** Shadowed requests that have waited long for their outcome. */
  readonly pending: number;
  /** Distinct requests a second, lately. */
  readonly pace: number;
  /** Routes that count, this one included: the error of `reject` is shared among them. */
  readonly routes: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
};

/** When the first distinct request of a route came, when the last new one, and how many requests have come since. */
export type Growth = { readonly firstAt: number; readonly lastAt: number; readonly since: number };

/** A verdict, and how grave its first reason is: 0 is the gravest. */
export type Assessment = { readonly readiness: Readiness; readonly rank: number };

/** What speaks against `ready`, in order of severity. */
const RANKS = ["rejected", "findings", "wrong", "failing", "unseen", "slow", "evidence", "none"] as const;
type Concern = { readonly rank: (typeof RANKS)[number]; readonly text: string };

/** Fewer wrong requests than this never reject: one in the first ten would do, and may well be a matter of that one. */
const LEAST_WRONG = 3;

/** Of the error that the config allows, for a bound that decides on `ready`. The bounds use up all they are given. */
const SHARE = 0.8;

/** The bounds of a rate by requests, such as the share of them that the candidate fails. */
export function boundsByRequests(tolerance: number, confidence: number): Bounds {
  return createBounds(tolerance, (1 - confidence) * SHARE);
}

/**
 * The bounds of a sampling level over distinct requests. Each level is a sequence of its own, so the error is shared out
 * among them: most of it to the whole, and the rest by halves to the samples.
 *
 * `ready` needs every condition at once, and the whole needs every route, so that none of them has to share the error
 * with another: a wrong `ready` of the whole is a wrong `ready` of the route that is wrong. One `reject` is enough, and
 * so R routes share the error, each with 1/(R(R+1)) of it: that sums to less than 1 however the routes come in.
 */
export function boundsAt(level: number, settings: ReadinessSettings, routes = 1): Bounds {
  const alpha = (1 - settings.confidence) * (level === 0 ? SHARE : (1 - SHARE) * 2 ** -level);
  return createBounds(settings.tolerance, alpha, alpha / (routes * (routes + 1)));
}

/**
 * `ready`: there are no concerns. `reject`: a lower bound is above the tolerance. Otherwise `hold`.
 *
 * Within an epoch the worst that a distinct request did counts against `ready`. `reject` takes only those that never
 * were right. Either count is on the safe side of that of first answers, for which the bounds are proven.
 */
export function assess(basis: Basis, settings: ReadinessSettings): Assessment {
  const { distinct, wrong, steadily, traffic } = basis;
  const bounds = boundsAt(basis.level, settings, basis.routes);
  const byRequests = boundsByRequests(settings.tolerance, settings.confidence);
  const lower = bounds.lower(distinct, steadily);
  const mostByRequests = byRequests.upper(traffic.requests, traffic.wrong);
  const isClosed = missingOfClosed(basis, settings).length === 0;
  // Of a closed set nothing is left to infer; what bounds the rate is how rare requests may be that never came.
  const upper = isClosed ? mostByRequests : bounds.upper(distinct, wrong);
  const enough = isClosed || bounds.under(distinct, wrong);

  const concerns: Concern[] = [
    ...rejections(basis, settings, { lower, isOver: bounds.above(distinct, steadily) }),
    ...basis.findings.slice(0, 1).map(() => findingsConcern(basis.findings)),
    ...(enough || distinct === 0 ? [] : distinctConcerns(basis, settings, bounds, upper)),
    ...trafficConcerns(basis, settings, byRequests, mostByRequests),
    ...failures(basis, settings),
    ...unseen(basis, settings),
    ...slowness(basis, settings),
    ...waiting(basis, settings, { enough, isClosed, bounds, byRequests }),
  ];
  concerns.sort((a, b) => RANKS.indexOf(a.rank) - RANKS.indexOf(b.rank));

  const [first] = concerns;
  const verdict: Verdict = first === undefined ? "ready" : first.rank === "rejected" ? "reject" : "hold";
  const goal = enough ? undefined : needed(bounds, distinct, wrong);
  const missing = verdict === "reject" || goal === undefined || goal > basis.capacity ? undefined : goal - distinct;
  const readiness: Readiness = {
    verdict,
    reasons: [...concerns.map(({ text }) => text), ...(first === undefined ? grounds(basis, settings, upper) : [])],
    distinct,
    wrong,
    answers: basis.answers,
    lower,
    upper,
    traffic: { requests: traffic.requests, wrong: traffic.wrong, upper: mostByRequests },
    unseen: shareOf(traffic.unseen, traffic.eligible),
    tolerance: settings.tolerance,
    ...(missing === undefined ? {} : { needed: missing }),
    ...(missing === undefined || basis.pace <= 0 ? {} : { etaSeconds: Math.ceil(missing / basis.pace) }),
  };
  return { readiness, rank: RANKS.indexOf(first?.rank ?? "none") };
}

/** What `ready` rests on. */
function grounds(basis: Basis, settings: ReadinessSettings, upper: number): string[] {
  const { distinct, wrong, level, answers, traffic } = basis;
  const of = `${wrong} of ${distinct}, with ${answers} different answers`;
  return [
    `At most ${percent(upper)} of distinct requests are wrong, and ${tolerated(settings)}: ${of}.`,
    `${traffic.wrong} of ${traffic.requests} requests were wrong.`,
    ...(level === 0 ? [] : [`The bounds are based on one in ${2 ** level} distinct requests, chosen by digest.`]),
  ];
}

function rejections(
  { distinct, wrong, steadily, level, fewest, recent }: Basis,
  settings: ReadinessSettings,
  { lower, isOver }: { readonly lower: number; readonly isOver: boolean },
): Concern[] {
  const found: string[] = [];
  if (steadily >= LEAST_WRONG && isOver) {
    found.push(
      `At least ${percent(lower)} of distinct requests are wrong, and ${tolerated(settings)}: ${wrong} of ${distinct} were.`,
    );
  }
  const isAll = level === 0 && steadily === distinct && distinct > 0 && distinct < LEAST_WRONG;
  if (isAll && fewest >= settings.repeat) {
    found.push(
      `All of its distinct requests (${distinct}) are wrong each time, at least ${fewest} times (readiness.repeat: ${settings.repeat}), and ${tolerated(settings)}.`,
    );
  }
  if (isRejected(recent, distinct)) found.push(broken(recent, settings));
  return found.map((text) => ({ rank: "rejected", text }));
}

function findingsConcern(findings: readonly string[]): Concern {
  const shown = findings.slice(0, 3).join("; ");
  const more = findings.length > 3 ? ` and ${findings.length - 3} more` : "";
  const many =
    findings.length === 1
      ? "1 finding of high or critical severity is"
      : `${findings.length} findings of high or critical severity are`;
  return { rank: "findings", text: `${many} open, and 0 are allowed: ${shown}${more}. Fix or accept them.` };
}

/** The bound over distinct requests is not under the tolerance: they are wrong too often, or too few. */
function distinctConcerns(basis: Basis, settings: ReadinessSettings, bounds: Bounds, upper: number): Concern[] {
  const { distinct, wrong, capacity } = basis;
  const goal = needed(bounds, distinct, wrong);
  const reach =
    goal === undefined || goal > capacity
      ? ` ${goal === undefined ? "No number of distinct requests is enough" : `${goal} distinct requests are needed`}, and at most ${capacity} are kept apart: raise the tolerance.`
      : ` ${goal - distinct} more without a mismatch are needed.`;
  const few = wrong === 0 && distinct <= FEW ? ` ${closedText(basis, settings)}` : "";
  const text = `Up to ${percent(upper)} of distinct requests may be wrong, and ${tolerated(settings)}: ${wrong} of ${distinct} were.${reach}${few}`;
  return [{ rank: wrong > 0 ? "wrong" : "evidence", text }];
}

/**
 * The other way to `ready`, for a route with few possible requests: all of them were seen, and each was right each time.
 * All were seen when no new one has come for so many requests that the requests which never came have a share below
 * the tolerance (each size of the set is a test of its own, so size d gets 1/(d(d+1)) of the error), and for
 * `readiness.bake`, and for as long as the set took to grow, up to an hour of `bake` minutes.
 * @returns what is missing, a phrase each; none: the set is closed
 */
function missingOfClosed(basis: Basis, settings: ReadinessSettings): string[] {
  const { distinct, wrong, level, fewest, growth, at } = basis;
  if (distinct === 0 || level > 0 || distinct > FEW || wrong > 0) return ["not for this route"];
  const alpha = 1 - settings.confidence;
  const least = Math.ceil(Math.log((distinct * (distinct + 1)) / alpha) / -Math.log1p(-settings.tolerance));
  const grew = Math.min(growth.lastAt - growth.firstAt, MOST_BAKES * settings.bakeMs);
  const wait = Math.max(settings.bakeMs, grew);
  const missing: string[] = [];
  if (growth.since < least)
    missing.push(`no new one for ${least} requests (readiness.tolerance; ${growth.since} so far)`);
  if (at - growth.lastAt < wait) {
    missing.push(`no new one for ${seconds(wait)} (readiness.bake; ${seconds(at - growth.lastAt)} so far)`);
  }
  if (fewest < settings.repeat) {
    missing.push(`each without a mismatch ${settings.repeat} times (readiness.repeat; at least ${fewest} so far)`);
  }
  return missing;
}

const MOST_BAKES = 60;

function closedText(basis: Basis, settings: ReadinessSettings): string {
  return `Or, if these are all requests of the route: ${missingOfClosed(basis, settings).join(", ")}.`;
}

function trafficConcerns(
  { distinct, traffic, recent }: Basis,
  settings: ReadinessSettings,
  bounds: Bounds,
  upper: number,
): Concern[] {
  if (traffic.requests === 0 || distinct === 0) {
    return [{ rank: traffic.wrong > 0 ? "wrong" : "evidence", text: "Nothing has been compared yet." }];
  }
  const found: Concern[] = [];
  if (recent.broken) found.push({ rank: "wrong", text: broken(recent, settings) });
  if (!bounds.under(traffic.requests, traffic.wrong)) {
    const text = `Up to ${percent(upper)} of requests may be wrong, and ${tolerated(settings)}: ${traffic.wrong} of ${traffic.requests} were.`;
    found.push({ rank: traffic.wrong > 0 ? "wrong" : "evidence", text });
  }
  return found;
}

function broken({ since, requests, wrong }: Recent, settings: ReadinessSettings): string {
  const from = new Date(since).toISOString().slice(0, 19).replace("T", " ");
  return `Since ${from} UTC ${wrong} of ${requests} requests were wrong, and ${tolerated(settings)}: earlier evidence no longer counts.`;
}

function failures({ outcomes, traffic }: Basis, settings: ReadinessSettings): Concern[] {
  const failed = outcomes.candidate_error;
  const bounds = boundsByRequests(settings.errorRate, settings.confidence);
  if (traffic.requests === 0 || bounds.under(traffic.requests, failed)) return [];
  const text = `The candidate may fail in up to ${percent(bounds.upper(traffic.requests, failed))} of requests, and readiness.errors allows ${percent(settings.errorRate)}: ${failed} of ${traffic.requests} so far.`;
  return [{ rank: failed > 0 ? "failing" : "evidence", text }];
}

function unseen({ traffic }: Basis, settings: ReadinessSettings): Concern[] {
  const share = shareOf(traffic.unseen, traffic.eligible);
  if (share <= settings.unseen) return [];
  const text = `${percent(share)} of the requests were not compared, and readiness.unseen allows ${percent(settings.unseen)}: ${traffic.unseen} of ${traffic.eligible} (${traffic.unseenMostly}).`;
  return [{ rank: "unseen", text }];
}

/**
 * A request that the candidate leaves hanging comes to its outcome only when its time is up, and those that it answers
 * well come at once. So what has waited long counts as wrong for as long as it waits.
 */
function waiting(
  { distinct, wrong, traffic, pending }: Basis,
  settings: ReadinessSettings,
  { enough, isClosed, bounds, byRequests }: Decisions,
): Concern[] {
  if (pending === 0 || !enough) return [];
  const holds = isClosed || bounds.under(distinct + pending, wrong + pending);
  if (holds && byRequests.under(traffic.requests + pending, traffic.wrong + pending)) return [];
  const text = `${pending} requests have had no outcome for more than a second; if they are wrong, too many are, and ${tolerated(settings)}.`;
  return [{ rank: "unseen", text }];
}

type Decisions = {
  readonly enough: boolean;
  readonly isClosed: boolean;
  readonly bounds: Bounds;
  readonly byRequests: Bounds;
};

function slowness({ latency, distinct }: Basis, settings: ReadinessSettings): Concern[] {
  const found: Concern[] = [];
  if (distinct === 0) return found;
  for (const name of ["p50", "p95", "p99"] as const) {
    const limit = settings.latency[name];
    if (limit === undefined) continue;
    const ratio = latency.find((known) => known.quantile === name);
    if (ratio === undefined) {
      found.push({
        rank: "evidence",
        text: `Too few answers to estimate the ${name} of both sides (readiness.latency.${name}).`,
      });
      continue;
    }
    if (ratio.high <= limit || ratio.slowerMs <= LATENCY_SLACK_MS) continue;
    const facts = `${name} is ${times(ratio.ratio)} times legacy's (between ${times(ratio.low)} and ${times(ratio.high)}), and readiness.latency.${name} allows ${times(limit)}.`;
    found.push({ rank: "slow", text: `The candidate ${ratio.low > limit ? "is" : "may be"} too slow: ${facts}` });
  }
  return found;
}

const tolerated = ({ tolerance }: ReadinessSettings) => `readiness.tolerance is ${percent(tolerance)}`;

const shareOf = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

const seconds = (ms: number) => `${Math.max(0, Math.round(ms / 1000))} s`;

function times(ratio: number): string {
  return `${ratio.toFixed(2)}`;
}
