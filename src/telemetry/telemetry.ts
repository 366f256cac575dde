// telemetry/telemetry.ts: what the rooms tell us, as numbers, lines and health

import type { Comparison, Observation } from "../model/comparison.ts";
import { type Outcome, reasonOf } from "../model/outcome.ts";
import { type Counter, createCounter, createHistogram, type Histogram, type Reading } from "./cells.ts";
import { createExposition } from "./exposition.ts";
import { createHealth, type Health } from "./health.ts";
import { type Log, type LogLevel, type LogTarget, openLog } from "./log.ts";
import { createMismatchLines, type FindingIdOf, type Redact } from "./mismatch-lines.ts";
import { createRouteLabels } from "./route-labels.ts";
import { METRICS, type Metric, type MetricName, type NameOf } from "./table.ts";

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

/** Counters that a room adds to by event; all others are derived from what it tells us. */
type Event = "refused_requests_total" | "store_lost_total";

/** What a metric that lives elsewhere reads: one number, or one for each set of label values. */
export type Source = () => number | Iterable<Reading>;

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

// biome-ignore lint/complexity/noExcessiveLinesPerFunction: to be divided
export function createTelemetry(options: TelemetryOptions): Telemetry {
  const exposition = createExposition();
  const { log, dropped, close } = openLog({ ...options.log, now: options.now, version: options.version });
  const lines = createMismatchLines({
    redact: options.redact,
    perMinute: options.mismatchesPerMinute,
    now: options.now,
  });
  const sources = new Map<MetricName, Source>();
  const failed = new Set<MetricName>();

  const readSource = (name: MetricName): Iterable<Reading> => {
    try {
      const value = sources.get(name)?.() ?? [];
      return typeof value === "number" ? [[[], value]] : [...value];
    } catch (error) {
      if (!failed.has(name)) log.error({ event: "metric_failed", metric: name, error: String(error) });
      failed.add(name);
      return [];
    }
  };

  const counters = new Map<MetricName, Counter>();
  const histograms = new Map<MetricName, Histogram>();
  for (const [name, metric] of Object.entries(METRICS) as [MetricName, Metric][]) {
    if (metric.type === "gauge") {
      exposition.show(name, metric, () => readSource(name));
    } else if (metric.type === "counter") {
      const counter = createCounter(metric.labels);
      counters.set(name, counter);
      exposition.show(name, metric, () => (sources.has(name) ? readSource(name) : counter.read()));
    } else {
      const histogram = createHistogram(metric.labels, metric.buckets ?? []);
      histograms.set(name, histogram);
      exposition.showHistogram(name, metric, histogram.read);
    }
  }
  const counter = (name: NameOf<"counter">) => counters.get(name)!;
  const histogram = (name: NameOf<"histogram">) => histograms.get(name)!;
  const requests = counter("requests_total");
  const differences = counter("differences_total");
  const upstream = counter("upstream_requests_total");
  const unconfirmed = counter("unconfirmed_total");
  const rechecks = counter("recheck_total");
  const duration = histogram("upstream_duration_seconds");
  const firstByte = histogram("upstream_first_byte_seconds");
  const overheads = histogram("proxy_overhead_seconds");
  const verifying = histogram("verify_duration_seconds");
  const converging = histogram("convergence_seconds");

  const byRoute = (Object.entries(METRICS) as [MetricName, Metric][])
    .filter(([, { labels, type }]) => labels[0] === "route" && type !== "gauge")
    .map(([name]) => (counters.get(name) ?? histograms.get(name))!);
  const bounded = createRouteLabels(
    () => options.maxRoutes,
    options.living,
    (route) => {
      for (const metric of byRoute) metric.remove(route);
    },
  );

  sources.set("build_info", () => [[[options.version, process.version], 1]]);
  sources.set("mismatch_lines_suppressed_total", lines.suppressed);
  sources.set("log_dropped_total", dropped);

  const write = (comparison: Comparison, findingId: FindingIdOf | undefined): void => {
    try {
      for (const line of lines.of(comparison, findingId)) log.info(line);
    } catch (error) {
      // A redaction that fails must not let the line out, nor hurt the one who told us.
      log.error({ event: "mismatch_line_failed", id: comparison.exchange.id, error: (error as Error).name });
    }
  };

  return {
    count: (route, outcome) => requests.add(1, bounded(route), outcome.outcome, reasonOf(outcome)),
    comparison: (comparison, findingId) => {
      const { outcome } = comparison;
      const route = bounded(comparison.exchange.route);
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
      if (outcome.outcome === "mismatch") write(comparison, findingId);
    },
    observe: (one) => {
      const route = bounded(one.route);
      upstream.add(1, route, one.side, one.code);
      duration.observe(one.durationMs / 1000, route, one.side);
      if (one.firstByteMs !== undefined) firstByte.observe(one.firstByteMs / 1000, route, one.side);
    },
    overhead: (seconds) => overheads.observe(seconds),
    event: (name, label = "", by = 1) => counter(name).add(by, label),
    publish: (name, source) => {
      sources.set(name, source);
    },
    metricsText: exposition.text,
    metricsType: exposition.contentType,
    log,
    health: createHealth(),
    [Symbol.asyncDispose]: close,
  };
}
