// evidence: outcomes -> tallies, findings, confidence, readiness

export { classify, type Look } from "./classify.ts";
export { createEvidence, type Evidence, type Gauges } from "./evidence.ts";
export { createInterference, interferenceText } from "./interference.ts";
export { createNoiseBook } from "./noise-book.ts";
export { createRecentWrites } from "./recent-writes.ts";
export type { Identity, ReadinessSettings } from "./settings.ts";
export { likeness } from "./shape.ts";
