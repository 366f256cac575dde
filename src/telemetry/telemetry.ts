// telemetry/telemetry.ts: counts requests and comparisons, writes the log, reports health

import type { Comparison, Observation } from "../model/comparison.ts";
import { type Outcome, reasonOf } from "../model/outcome.ts";
import { createHealth, type Health } from "./health.ts";
import { type Log, type LogLevel, type LogTarget, openLog } from "./log.ts";
import { createMetrics, type Metrics, type Source } from "./metrics.ts";
import { createMismatchLines, type FindingIdOf, type Redact } from "./mismatch-lines.ts";
import { createRouteLabels } from "./route-labels.ts";
import type { NameOf } from "./table.ts";

/** How the log and the metrics of one app are set up. */
export type TelemetryOptions = {
  readonly version: string;
  readonly log: { readonly level: LogLevel; readonly to: LogTarget };
  readonly redact: Redact;
  /** Mismatch lines a minute and finding, beside the first of each, which is always written. */
  readonly mismatchesPerMinute: number;
  /** Routes that get labels of their own, beside `other`. Read each time. */
  readonly maxRoutes: number;
  /**
   * The routes under which requests may still come. The series of one that is not among them are removed when a new route
   * needs its place; a route for which there is no place is counted as `other`. Without it all routes stay.
   */
  readonly living?: () => ReadonlySet<string>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
};

/** Counters that other parts add to; all others are derived from requests and comparisons. */
type Event = "refused_requests_total" | "store_lost_total";

/** Metrics, log and health of one app. */
export type Telemetry = {
  /** A request that ended without a comparison. Each request comes here or to `comparison`, exactly once. */
  readonly count: (route: string, outcome: Outcome) => void;
  /** A request that ended with one. */
  readonly comparison: (comparison: Comparison, findingId?: FindingIdOf) => void;
  /** One answer, or none, of one side. */
  readonly observe: (observation: Observation) => void;
  /** Seconds that a request spent in the proxy rather than in legacy. */
  readonly overhead: (seconds: number) => void;
  readonly event: (name: Event, label?: string, by?: number) => void;
  /** Has a gauge, or a counter that is kept elsewhere, read at each scrape. A source that throws shows nothing. */
  readonly publish: (name: NameOf<"gauge" | "counter">, source: Source) => void;
  readonly metricsText: () => Promise<string>;
  readonly metricsType: string;
  readonly log: Log;
  readonly health: Health;
  /** Writes out what the log still holds. */
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** Opens the log and creates the metrics and health of one app. */
export function createTelemetry(options: TelemetryOptions): Telemetry {
  const { log, dropped, close } = openLog({ ...options.log, now: options.now, version: options.version });
  const metrics = createMetrics((metric, error) => log.error({ event: "metric_failed", metric, error: String(error) }));
  const lines = createMismatchLines({
    redact: options.redact,
    perMinute: options.mismatchesPerMinute,
    now: options.now,
  });
  metrics.publish("build_info", () => [[[options.version, process.version], 1]]);
  metrics.publish("mismatch_lines_suppressed_total", lines.suppressed);
  metrics.publish("log_dropped_total", dropped);
  return {
    ...counting(metrics, options, (comparison, findingId) => {
      try {
        for (const line of lines.of(comparison, findingId)) log.info(line);
      } catch (error) {
        // A redaction that fails must neither let the line out nor make counting fail.
        log.error({ event: "mismatch_line_failed", id: comparison.exchange.id, error: (error as Error).name });
      }
    }),
    event: (name, label = "", by = 1) => metrics.counter(name).add(by, label),
    publish: metrics.publish,
    metricsText: metrics.text,
    metricsType: metrics.contentType,
    log,
    health: createHealth(),
    [Symbol.asyncDispose]: close,
  };
}

/** Counts requests, comparisons and observations under route labels that are bounded in number. */
function counting(
  metrics: Metrics,
  options: TelemetryOptions,
  writeLines: (comparison: Comparison, findingId: FindingIdOf | undefined) => void,
): Pick<Telemetry, "count" | "comparison" | "observe" | "overhead"> {
  const requests = metrics.counter("requests_total");
  const differences = metrics.counter("differences_total");
  const upstream = metrics.counter("upstream_requests_total");
  const unconfirmed = metrics.counter("unconfirmed_total");
  const rechecks = metrics.counter("recheck_total");
  const duration = metrics.histogram("upstream_duration_seconds");
  const firstByte = metrics.histogram("upstream_first_byte_seconds");
  const overhead = metrics.histogram("proxy_overhead_seconds");
  const verifying = metrics.histogram("verify_duration_seconds");
  const converging = metrics.histogram("convergence_seconds");
  const labelOf = createRouteLabels(() => options.maxRoutes, options.living, metrics.removeRoute);
  return {
    count: (route, outcome) => requests.add(1, labelOf(route), outcome.outcome, reasonOf(outcome)),
    comparison: (comparison, findingId) => {
      const { outcome } = comparison;
      const route = labelOf(comparison.exchange.route);
      requests.add(1, route, outcome.outcome, reasonOf(outcome));
      verifying.observe(comparison.tookMs / 1000);
      if (comparison.unconfirmed) unconfirmed.add(1, route);
      if (outcome.outcome === "mismatch" || outcome.outcome === "noise" || outcome.outcome === "transient") {
        rechecks.add(1, route, comparison.unconfirmed ? "refused" : outcome.outcome);
      } else if (reasonOf(outcome) === "unconfirmed") rechecks.add(1, route, "unconfirmed");
      if (comparison.convergedMs !== undefined) converging.observe(comparison.convergedMs / 1000, route);
      if (comparison.differences.length === 0) return;
      for (const { standing, where, kind, alike = 0 } of comparison.differences) {
        if (standing === "mismatch") differences.add(1 + alike, route, where, kind);
      }
      if (outcome.outcome === "mismatch") writeLines(comparison, findingId);
    },
    observe: (one) => {
      const route = labelOf(one.route);
      upstream.add(1, route, one.side, one.code);
      duration.observe(one.durationMs / 1000, route, one.side);
      if (one.firstByteMs !== undefined) firstByte.observe(one.firstByteMs / 1000, route, one.side);
    },
    overhead: (seconds) => overhead.observe(seconds),
  };
}
