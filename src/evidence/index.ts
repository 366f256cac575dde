// evidence: outcomes -> tallies, findings, confidence, readiness

export { classify, type Look } from "./classify.ts";
export { createEvidence, type Evidence, fingerprint, type Touched } from "./evidence.ts";
export type { Explainer } from "./explainer.ts";
export type { Decision } from "./findings.ts";
export {
  createNoiseBook,
  type Explanation,
  type NoiseBook,
  type NoiseSettings,
  type NoisyPlace,
} from "./noise-book.ts";
export { createRecentWrites, type RecentWrites } from "./recent-writes.ts";
export type { Extra } from "./render.ts";
export {
  type EvidenceLimits,
  type EvidenceSettings,
  type LifeSettings,
  READINESS,
  type ReadinessSettings,
} from "./settings.ts";
export { merge, type Tallied } from "./tally.ts";
