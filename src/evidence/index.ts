// evidence: outcomes -> tallies, findings, confidence, readiness

export { type Circumstances, classify } from "./classify.ts";
export { createEvidence, type Evidence, type Gauges } from "./evidence.ts";
export { createInterference, interferenceText } from "./interference.ts";
export { createNoiseBook, type Look, type Need, type NoiseBook, type Recheck } from "./noise-book.ts";
export { createRecentWrites, type RecentWrites } from "./recent-writes.ts";
export type { EvidenceSettings, Identity, ReadinessSettings } from "./settings.ts";
export { likeness } from "./shape.ts";
