// evidence/settings.ts: the settings of evidence; their defaults are those of the config

import type { Digest } from "../lib/digest.ts";
import type { Difference } from "../model/difference.ts";
import type { Exchange } from "../model/exchange.ts";
import type { FindingSample } from "../model/report.ts";
import type { Explainer } from "./explainer.ts";

/** When a route counts as ready. Shares and rates are 0 to 1. */
export type ReadinessSettings = {
  /** The share of distinct requests, and of requests, that may be wrong; the bounds must be under it. */
  readonly tolerance: number;
  /** The chance that a bound holds, at all times: 0.95. */
  readonly confidence: number;
  /** The most that the candidate may fail: the share of requests to which it gives no answer. */
  readonly errorRate: number;
  /** The largest share of requests that should have been compared and were not. */
  readonly unseen: number;
  /** How often each request of a route with few possible requests must have been right. */
  readonly repeat: number;
  /** For how long no new request may have come to such a route, in milliseconds. */
  readonly bakeMs: number;
  /** The most that the candidate may take, as a multiple of legacy's quantile. Absent: not looked at. */
  readonly latency: { readonly p50?: number; readonly p95?: number; readonly p99?: number };
  /** The setting that leaves the route out, on purpose: `readiness: off`. Absent: it counts. */
  readonly excludedBy?: string;
};

/** The candidate may be this many milliseconds slower regardless of the ratio: 0.4 ms instead of 0.2 ms is no reason. */
export const LATENCY_SLACK_MS = 1;

/** The limits that the config sets: `limits.maxRoutes`, `findings.max` and `findings.samples`. */
export type ConfiguredLimits = {
  /** Routes, beside `other` and those with settings of their own. */
  readonly routes: number;
  /** Findings of all routes together; beyond it, as beyond `findingsPerRoute`, further places are counted together. */
  readonly findings: number;
  /** Samples of one finding. */
  readonly samples: number;
};

/** Everything that evidence keeps is bounded by one of these. */
export type EvidenceLimits = ConfiguredLimits & {
  /** Findings of one route. */
  readonly findingsPerRoute: number;
  /** Requests of one route whose second answer differed from the first. */
  readonly unsteadyPerRoute: number;
  /** Characters of one value in a sample. */
  readonly value: number;
  /** Differences of one comparison that are looked at. */
  readonly differences: number;
  /** Distinct requests remembered per route, at 18 bytes each; fewer where the tolerance needs fewer. */
  readonly distinct: number;
  readonly rulesPerRoute: number;
  readonly acceptances: number;
  readonly epochs: number;
};

/** The limits without a config key: they bound memory, and no user needs to change them. */
export const LIMITS: Omit<EvidenceLimits, keyof ConfiguredLimits> = {
  findingsPerRoute: 100,
  unsteadyPerRoute: 100,
  value: 400,
  differences: 1000,
  distinct: 65_536,
  rulesPerRoute: 200,
  acceptances: 1000,
  epochs: 20,
};

/** How a finding's life goes on. */
export type LifeSettings = {
  /** How long after it was first seen a finding is called `new`, in milliseconds. */
  readonly newForMs: number;
  /** The chance, at most, that a finding which is still there is called `fixed`. */
  readonly fixedAlpha: number;
  /** The fewest clean comparisons before it. */
  readonly fixedAfter: number;
};

/** The settings of a finding's life without a config key: it is `new` for an hour, and `fixed` is wrong with a chance of at most 1 %. */
export const LIFE = { newForMs: 3_600_000, fixedAlpha: 0.01 } as const;

/** Tells one distinct request from another. */
export type Identity = {
  readonly digest: (exchange: Exchange) => Digest;
  /** By what it does: another one begins other sets of distinct requests. */
  readonly version: () => string;
};

/** The settings of evidence and what it needs from other rooms. */
export type EvidenceSettings = {
  /** Milliseconds since the epoch; when this evidence, and its first epoch, began. */
  readonly startedAt: number;
  /** The candidate's version, or any name. */
  readonly epoch?: string;
  readonly readiness: ReadinessSettings;
  /** What holds for a route that has settings of its own. */
  readonly routeReadiness?: (route: string) => ReadinessSettings | undefined;
  readonly life: Pick<LifeSettings, "fixedAfter"> & Partial<LifeSettings>;
  readonly limits: ConfiguredLimits & Partial<EvidenceLimits>;
  /** By route, shadowed requests that have no outcome yet, at this moment. */
  readonly underWay?: () => ReadonlyMap<string, number>;
  /**
   * The routes that still get requests. To free capacity for a new route, one that is not among them is merged into
   * `other`. Without this port all routes do.
   */
  readonly living?: () => Iterable<string>;
  /** By route, shadowed requests that have waited long for their outcome, at this moment. */
  readonly pending?: () => ReadonlyMap<string, number>;
  /** Without it a request is distinct by method, target and body. */
  readonly identity?: Identity;
  /** Takes out what must not be kept, from the target and both values, before anything else sees them. */
  readonly redact?: (sample: FindingSample, route: string) => FindingSample;
  /** Takes out of a difference what must not be kept; those that are added have it taken out already. */
  readonly redactDifference?: (route: string, difference: Difference) => Difference;
  readonly explainer?: Explainer;
};
