// model/report.ts: what was found, as every reader sees it: the API, the CLI, the page, the metrics

import type { Undecided } from "./comparison.ts";
import type { JsonText, Kind, Where } from "./difference.ts";
import type { OutcomeName } from "./outcome.ts";

/** A finding's life. `accepted` ends at its expiry; `fixed` that is seen again is `regressed`. */
export type FindingState = "new" | "open" | "accepted" | "fixed" | "regressed";

/** All states of a finding. */
export const FINDING_STATES: readonly FindingState[] = ["new", "open", "accepted", "fixed", "regressed"];

/** How severe a difference is for a client. */
export type Severity = "low" | "medium" | "high" | "critical";

/** One observed pair of values. Redacted and clipped: fit to be shown. */
export type FindingSample = {
  /** The request's id. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly method: string;
  readonly target: string;
  /** The concrete path, `$.items[3].price`. */
  readonly path: string;
  readonly legacy?: JsonText;
  readonly candidate?: JsonText;
  readonly note?: string;
};

/** What explains a finding, with its support. */
export type Cause = {
  /** `renamed`, `factor`, `time_zone`, `code_mapping`, ... */
  readonly kind: string;
  /** For a person: `candidate = legacy x 100`. */
  readonly says: string;
  /** Observations that fit, of all that were looked at. */
  readonly support: number;
  readonly of: number;
  /** Pairs that do not fit, a few. */
  readonly counterExamples: readonly { readonly legacy?: JsonText; readonly candidate?: JsonText }[];
  /** The rule that would settle it, as YAML for `compare:`, and what it does to the stored samples. */
  readonly rule?: SuggestedRule;
};

/** A rule, and what it did to the stored samples of its route when it was tried on them. */
export type SuggestedRule = {
  /** As it would stand below `compare:`. */
  readonly yaml: string;
  /** Samples of the finding that it settles, and other differences that it would hide, of so many samples. */
  readonly settles: number;
  readonly hides: number;
  readonly tried: number;
};

/** A user's decision that a finding is acceptable for a time. Times in milliseconds since the epoch. */
export type Acceptance = {
  readonly finding: string;
  readonly by: string;
  readonly why: string;
  readonly at: number;
  readonly until?: number;
  /** What it covers of the finding's place, in words: `candidate = legacy in upper case`. Absent: all that differs there. */
  readonly covers?: string;
  /** How many comparisons it has masked. */
  readonly masked: number;
};

/**
 * Differences alike in route, where, generalised path and kind; at a place of which something was accepted, those that the
 * acceptance does not cover are a finding of their own.
 */
export type Finding = {
  /** Short and stable: a digest of route, where, path and kind. */
  readonly id: string;
  readonly route: string;
  readonly where: Where;
  /** Generalised: `$.items[*].price`. */
  readonly path: string;
  readonly kind: Kind;
  readonly state: FindingState;
  readonly severity: Severity;
  /** Comparisons of this epoch that showed it, and how many different requests those were. */
  readonly count: number;
  readonly distinct: number;
  /** How many of `count` were asked again and stayed; the others were decided without. */
  readonly confirmed?: number;
  /** Comparisons of earlier epochs that showed it. */
  readonly earlier: number;
  /** `count` as a share of the route's comparisons in this epoch, 0 to 1. */
  readonly share: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly samples: readonly FindingSample[];
  /** Best first. */
  readonly causes: readonly Cause[];
  readonly acceptance?: Acceptance;
  /** The accepted finding at the same place, which does not cover this one. */
  readonly beside?: string;
};

/** One entry of a report: a finding that needs attention, or several with one cause. */
export type Entry = {
  /** The most telling of its findings. */
  readonly lead: Finding;
  /** What they have in common: `` `name` missing on 74 of 80 routes``. Absent for a single finding. */
  readonly title?: string;
  /** Ids of all its findings, the most important first. */
  readonly findings: readonly string[];
  /** Where they are, a few: `GET /orders $.total`. */
  readonly places: readonly string[];
  readonly routes: number;
  /** The worst of its findings. */
  readonly severity: Severity;
  readonly states: readonly FindingState[];
  /** Sums over its findings: a comparison or a request that shows several of them counts for each. */
  readonly count: number;
  readonly distinct: number;
};

/** A place that differs only as legacy differs from itself, that settled when rechecked, or that was never confirmed. */
export type Unsteady = {
  readonly route: string;
  readonly where: Where;
  readonly path: string;
  readonly kind: Kind;
  readonly standing: "noise" | "transient" | "unconfirmed";
  /** For `unconfirmed`: what stood in the way. */
  readonly undecided?: Undecided;
  readonly count: number;
};

/** The verdict of readiness: switch over, wait, or do not. */
export type Verdict = "ready" | "hold" | "reject";

/** The verdict with its evidence. Shares and bounds are 0 to 1. */
export type Readiness = {
  readonly verdict: Verdict;
  /** The reasons of the verdict, a sentence each, the most severe first. */
  readonly reasons: readonly string[];
  /** Distinct requests, and those of them that are wrong: they mismatched, or the candidate gave no answer. */
  readonly distinct: number;
  readonly wrong: number;
  /** How many different answers legacy gave to them; an estimate above some hundreds. */
  readonly answers: number;
  /** Anytime-valid bounds on the share of distinct requests that are wrong, 0 to 1; each by itself. */
  readonly lower: number;
  readonly upper: number;
  /** The same by requests: each counts as often as it came. With what the breaker kept from the candidate. */
  readonly traffic: { readonly requests: number; readonly wrong: number; readonly upper: number };
  /** The share of the requests that should have been compared and were not, 0 to 1. */
  readonly unseen: number;
  readonly tolerance: number;
  /** Further distinct requests needed if none of them is wrong, and how long that takes at the present pace. */
  readonly needed?: number;
  readonly etaSeconds?: number;
};

/** Requests by outcome. */
export type Tally = Readonly<Record<OutcomeName, number>>;

/** Latency, candidate over legacy: 1.2 is a fifth slower. Each bound holds at the configured confidence, at all times. */
export type LatencyRatio = {
  readonly quantile: "p50" | "p95" | "p99";
  readonly legacyMs: number;
  readonly candidateMs: number;
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  /** By how many milliseconds the candidate's quantile is above legacy's, at most. */
  readonly slowerMs: number;
};

/** The counts and readiness of one route, or of the whole. */
export type RouteReport = {
  readonly route: string;
  /**
   * Whether the whole waits for this route. `excluded`: left out on purpose, by the config; `not_shadowed`: none of its
   * requests may be shadowed, such as those of a write.
   */
  readonly part: "counts" | "excluded" | "not_shadowed";
  /** The setting that leaves it out: `readiness: off`. */
  readonly excludedBy?: string;
  readonly outcomes: Tally;
  /** `skipped/method` and the like, with their counts. */
  readonly reasons: Readonly<Record<string, number>>;
  readonly requests: number;
  readonly compared: number;
  /** mismatch / compared; 0 when nothing was compared. */
  readonly mismatchRate: number;
  /** compared / (all - skipped); 0 when nothing was shadowed. */
  readonly comparableShare: number;
  /** Comparisons whose outcome was decided without asking again. */
  readonly unconfirmed: number;
  readonly readiness: Readiness;
  readonly latency: readonly LatencyRatio[];
  /** How long transients took to settle, in milliseconds. */
  readonly convergence?: { readonly count: number; readonly p50: number; readonly p95: number; readonly max: number };
};

/** What an earlier epoch came to. Kept for reading; it no longer counts. */
export type EpochSummary = {
  readonly name: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly outcomes: Tally;
  readonly readiness: Readiness;
};

/**
 * What shadowing does to legacy on a route: requests that were shadowed, each beside one of the same minute that a fair
 * draw left out. Bounds hold however often one looks, and are absent while there are too few pairs.
 */
export type Interference = {
  readonly route: string;
  readonly pairs: number;
  /** Legacy's time to the first byte, shadowed over unshadowed: the median over the pairs in which both answered. */
  readonly ratio?: number;
  readonly low?: number;
  readonly high?: number;
  /** Legacy's error share, shadowed less unshadowed, -1 to 1. */
  readonly errors: { readonly more: number; readonly low: number; readonly high: number };
  /** It is over what the config allows. */
  readonly interferes: boolean;
};

/** Requests whose route has no name of its own. */
export type OtherRequests = {
  /** Of this epoch. */
  readonly requests: number;
  /** Templates that legacy did not serve, the most frequent first: of the requests since the start. */
  readonly examples: readonly { readonly route: string; readonly status?: number; readonly requests: number }[];
  /** How often since the start a learned route was removed because `limit` others were served more recently. */
  readonly forgotten: number;
  readonly limit: number;
};

/** Learned routes that seem to be one: legacy's answers look alike, and they differ in one segment. */
export type LookAlike = {
  /** `GET /branches/{name}`. */
  readonly route: string;
  readonly routes: readonly string[];
  /** What declares it in the config. */
  readonly yaml: string;
};

/** The whole report; its JSON is the body of `/api/v1/report`. Times are milliseconds since the epoch. */
export type Report = {
  readonly version: 1;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly since: number;
  readonly epoch: { readonly name: string; readonly startedAt: number };
  readonly total: RouteReport;
  readonly routes: readonly RouteReport[];
  /** Most telling first. */
  readonly findings: readonly Finding[];
  /** The findings that need attention, grouped by fault; most important first. */
  readonly entries: readonly Entry[];
  readonly unsteady: readonly Unsteady[];
  /** Shadowed requests that have no outcome yet: they are in no number. Absent where that is not known. */
  readonly underWay?: number;
  /** Those of them that differ and are being rechecked: they are in no number yet. Absent where that is not known. */
  readonly rechecking?: number;
  /** Rules by what they settled; those that never applied have 0. */
  readonly rules: readonly { readonly route: string; readonly rule: string; readonly settled: number }[];
  /** What is not covered: routes seen or declared and never compared, legacy's status codes never compared. */
  readonly coverage: readonly { readonly route: string; readonly note: string }[];
  /** What counts as `other`. Absent where nothing does. */
  readonly other?: OtherRequests;
  /** Most routes first. */
  readonly lookAlikes?: readonly LookAlike[];
  /** Routes that have shadowed and unshadowed requests to compare. */
  readonly interference?: readonly Interference[];
  /** Earlier epochs, latest first. */
  readonly epochs?: readonly EpochSummary[];
  /** Sentences that a reader must know before trusting the numbers. */
  readonly warnings: readonly string[];
};
