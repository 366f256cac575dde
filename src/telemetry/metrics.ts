// telemetry/metrics.ts: every metric of the table, with its values: counted here, or read from a source at each scrape

import {
  type Counter,
  type CounterCell,
  createCounter,
  createHistogram,
  type Histogram,
  labelsOf,
  type Reading,
} from "./cells.ts";
import { createRegistry, registerHistogram, registerValues, writeMetrics } from "./registry.ts";
import { METRICS, type Metric, type MetricName, type NameOf } from "./table.ts";

/** Reads a metric whose values are kept elsewhere: one number, or one for each set of label values. */
export type Source = () => number | Iterable<Reading>;

/** The metrics of one app. */
export type Metrics = {
  readonly counter: (name: NameOf<"counter">) => Counter;
  readonly histogram: (name: NameOf<"histogram">) => Histogram;
  /** Reads `name` from a source at each scrape from now on. A source that throws leaves the metric without values. */
  readonly publish: (name: NameOf<"gauge" | "counter">, source: Source) => void;
  /** Removes the series of a route from all counters and histograms. */
  readonly removeRoute: (route: string) => void;
  /** All metrics in the text format of Prometheus. */
  readonly text: () => Promise<string>;
  /** The media type of `text`. */
  readonly contentType: string;
};

/** @param onFailure called when the source of a metric throws: once for each metric, not at each scrape */
export function createMetrics(onFailure: (name: MetricName, error: unknown) => void): Metrics {
  const registry = createRegistry();
  const counters = new Map<MetricName, Counter>();
  const histograms = new Map<MetricName, Histogram>();
  const sources = new Map<MetricName, Source>();
  const failed = new Set<MetricName>();

  const readSource = (name: MetricName, { labels }: Metric): CounterCell[] => {
    try {
      const read = sources.get(name)?.() ?? [];
      const readings: Iterable<Reading> = typeof read === "number" ? [[[], read]] : read;
      return Array.from(readings, ([values, value]) => ({ labels: labelsOf(labels, values), value }));
    } catch (error) {
      if (!failed.has(name)) onFailure(name, error);
      failed.add(name);
      return [];
    }
  };

  for (const [name, metric] of Object.entries(METRICS) as [MetricName, Metric][]) {
    if (metric.type === "gauge") {
      registerValues(registry, name, metric, () => readSource(name, metric));
    } else if (metric.type === "counter") {
      const counter = createCounter(metric.labels);
      counters.set(name, counter);
      registerValues(registry, name, metric, () => (sources.has(name) ? readSource(name, metric) : counter.read()));
    } else {
      const histogram = createHistogram(metric.labels, metric.buckets ?? []);
      histograms.set(name, histogram);
      registerHistogram(registry, name, metric, histogram.read);
    }
  }
  const byRoute = [...counters, ...histograms].filter(([name]) => METRICS[name].labels[0] === "route");

  return {
    counter: (name) => counters.get(name)!,
    histogram: (name) => histograms.get(name)!,
    publish: (name, source) => void sources.set(name, source),
    removeRoute: (route) => {
      for (const [, metric] of byRoute) metric.remove(route);
    },
    text: () => writeMetrics(registry),
    contentType: registry.contentType,
  };
}
