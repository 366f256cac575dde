// telemetry/exposition.ts: the metrics as Prometheus reads them; a Registry of its own for each app

import { collectDefaultMetrics, type Metric as PromMetric, Registry } from "prom-client";
import type { Observed, Reading } from "./cells.ts";
import { type Metric, PREFIX } from "./table.ts";

type Value = { readonly metricName?: string; readonly labels: Record<string, string | number>; readonly value: number };

export type Exposition = {
  /** A counter or gauge whose numbers are read at each scrape. */
  readonly show: (name: string, metric: Metric, read: () => Iterable<Reading>) => void;
  readonly showHistogram: (name: string, metric: Metric, read: () => readonly Observed[]) => void;
  /** The text format 0.0.4, with prom-client's default metrics of the process. Reading changes nothing. */
  readonly text: () => Promise<string>;
  readonly contentType: string;
};

/**
 * prom-client's default metrics belong to the process, and their observers can never be taken down again: so they are
 * started once for all apps of a process, at the first need.
 */
let ofProcess: Registry | undefined;

function processRegistry(): Registry {
  if (ofProcess === undefined) {
    ofProcess = new Registry();
    collectDefaultMetrics({ register: ofProcess });
  }
  return ofProcess;
}

export function createExposition(): Exposition {
  const registry = new Registry();
  const ours = processRegistry();
  // A registry asks its metrics for nothing but `name` and `get`, so that numbers kept elsewhere need no second home.
  const register = (name: string, metric: Metric, values: () => Value[]): void => {
    const full = PREFIX + name;
    const { help, type } = metric;
    const get = async () => ({ name: full, help, type, aggregator: "sum", values: values() });
    registry.registerMetric({ name: full, help, get } as unknown as PromMetric);
  };
  return {
    show: (name, metric, read) =>
      register(name, metric, () =>
        [...read()].map(([labels, value]) => ({ labels: named(metric.labels, labels), value })),
      ),
    showHistogram: (name, metric, read) =>
      register(name, metric, () => read().flatMap((one) => lines(PREFIX + name, metric, one))),
    text: async () => (await registry.metrics()) + (await ours.metrics()),
    contentType: registry.contentType,
  };
}

function named(names: readonly string[], values: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name, i) => [name, values[i] ?? ""]));
}

/** A histogram's lines: cumulative buckets, then sum and count. */
function lines(name: string, metric: Metric, { labels, counts, sum }: Observed): Value[] {
  const own = named(metric.labels, labels);
  const bounds: (number | string)[] = [...(metric.buckets ?? []), "+Inf"];
  let total = 0;
  const buckets = bounds.map((le, i) => {
    total += counts[i]!;
    return { metricName: `${name}_bucket`, labels: { le, ...own }, value: total };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels: own, value: sum },
    { metricName: `${name}_count`, labels: own, value: total },
  ];
}
