// evidence/settings.ts: what may be set, and what holds where nothing is

import type { FindingSample } from "../model/report.ts";
import type { Explainer } from "./explainer.ts";

/** When a route counts as ready. Shares and rates are 0 to 1. */
export type ReadinessSettings = {
  /** The mismatch rate, over distinct requests, that the bound must be under. */
  readonly tolerance: number;
  /** The chance that the two bounds hold, at all times together: 0.95. */
  readonly confidence: number;
  /** The least share of the shadowed requests that must have been comparable. */
  readonly comparableShare: number;
  /** The most that the candidate may fail: candidate_error / (compared + candidate_error). */
  readonly errorRate: number;
  /** The most that the candidate may take, as a multiple of legacy's quantile. Absent: not looked at. */
  readonly latency: { readonly p50?: number; readonly p95?: number; readonly p99?: number };
  /** Milliseconds by which the candidate may be slower whatever the ratio says: 0.4 ms for 0.2 ms is no reason. */
  readonly latencySlackMs: number;
};

export const READINESS: ReadinessSettings = {
  tolerance: 0.001,
  confidence: 0.95,
  comparableShare: 0.8,
  errorRate: 0.01,
  latency: { p95: 1.2 },
  latencySlackMs: 1,
};

/** Nothing in here grows without one of these. */
export type EvidenceLimits = {
  readonly routes: number;
  /** Of all routes together; beyond it, as beyond a route's own number, further places are counted together. */
  readonly findings: number;
  readonly findingsPerRoute: number;
  readonly unsteadyPerRoute: number;
  readonly samples: number;
  /** Characters of one value in a sample. */
  readonly value: number;
  /** Differences of one comparison that are looked at. */
  readonly differences: number;
  /** Distinct requests remembered per route, at 17 bytes each; fewer where the tolerance needs fewer. */
  readonly distinct: number;
  readonly rulesPerRoute: number;
  readonly acceptances: number;
  readonly epochs: number;
};

export const LIMITS: EvidenceLimits = {
  routes: 300,
  findings: 5000,
  findingsPerRoute: 100,
  unsteadyPerRoute: 100,
  samples: 8,
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

export const LIFE: LifeSettings = { newForMs: 3_600_000, fixedAlpha: 0.01, fixedAfter: 20 };

export type EvidenceSettings = {
  /** Milliseconds since the epoch; when this evidence, and its first epoch, began. */
  readonly startedAt: number;
  /** The candidate's version, or any name. */
  readonly epoch?: string;
  readonly readiness?: Partial<ReadinessSettings>;
  /** What a route sets for itself. */
  readonly routeReadiness?: (route: string) => Partial<ReadinessSettings> | undefined;
  readonly life?: Partial<LifeSettings>;
  readonly limits?: Partial<EvidenceLimits>;
  /** Takes out what must not be kept, from the target and both values, before anything else sees them. */
  readonly redact?: (sample: FindingSample, route: string) => FindingSample;
  readonly explainer?: Explainer;
};
