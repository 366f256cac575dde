// telemetry: metrics in one table, log lines, health

export { type CostAwareCache, createCostAwareCache } from "../lib/cost-aware-cache.ts";
export type { Reading } from "./cells.ts";
export type { Health, HealthState, Phase } from "./health.ts";
export type { Log, LogLevel, LogTarget } from "./log.ts";
export type { MismatchLine, Redact } from "./mismatch-lines.ts";
export { createTelemetry, type Telemetry, type TelemetryOptions } from "./telemetry.ts";
