// telemetry/registry.ts: registers the metrics of the table with prom-client; values are read from the cells at each scrape

import { setImmediate } from "node:timers/promises";
import { collectDefaultMetrics, type Metric as PromMetric, Registry } from "prom-client";
import type { CounterCell, HistogramCell, Labels } from "./cells.ts";
import { type Metric, PREFIX } from "./table.ts";

/**
 * One line of the text format. prom-client writes `labels` anew for each line, and `sharedLabels` once for as long as the
 * object lives: its own histograms do the same with all labels but `le`.
 */
type Sample = {
  readonly metricName?: string;
  readonly labels?: Labels;
  readonly sharedLabels: Labels;
  readonly value: number;
};

/**
 * The default metrics of prom-client describe the process, and their observers cannot be removed. All apps of a process
 * share one set, which is created when the first app opens.
 */
let processMetrics: Registry | undefined;

/** A registry of one app, with the default metrics of the process already registered. */
export function createRegistry(): Registry {
  if (processMetrics === undefined) {
    processMetrics = new Registry();
    collectDefaultMetrics({ register: processMetrics });
  }
  const registry = new Registry();
  for (const metric of processMetrics.getMetricsAsArray()) registry.registerMetric(metric as unknown as PromMetric);
  return registry;
}

/** Registers a counter or gauge. `read` is called at each scrape. */
export function registerValues(
  registry: Registry,
  name: string,
  metric: Metric,
  read: () => readonly CounterCell[],
): void {
  register(registry, name, metric, () => read().map(({ labels, value }) => ({ sharedLabels: labels, value })));
}

/** Registers a histogram. `read` is called at each scrape. */
export function registerHistogram(
  registry: Registry,
  name: string,
  metric: Metric,
  read: () => readonly HistogramCell[],
): void {
  const bounds = [...(metric.buckets ?? []), "+Inf"].map((le) => ({ le: String(le) }));
  register(registry, name, metric, () =>
    read().flatMap(({ labels: sharedLabels, counts, sum }) => {
      let total = 0;
      const buckets = bounds.map((labels, i): Sample => {
        total += counts[i]!;
        return { metricName: `${PREFIX}${name}_bucket`, labels, sharedLabels, value: total };
      });
      return [
        ...buckets,
        { metricName: `${PREFIX}${name}_sum`, sharedLabels, value: sum },
        { metricName: `${PREFIX}${name}_count`, sharedLabels, value: total },
      ];
    }),
  );
}

/**
 * prom-client's own metric classes look up a hash of the label object for each update. The registry needs of a metric no
 * more than its name and its samples at the time of a scrape.
 */
function register(registry: Registry, name: string, metric: Metric, read: () => readonly Sample[]): void {
  const head = { name: PREFIX + name, help: metric.help, type: metric.type, aggregator: "sum" };
  const withValues = { ...head, getForPromString: async () => ({ ...head, values: read() }) };
  registry.registerMetric(withValues as unknown as PromMetric);
}

/**
 * Writes all metrics in the text format 0.0.4, each in a turn of the event loop of its own: a scrape runs on the thread that
 * serves clients, and 200 routes make some 20,000 lines.
 */
export async function writeMetrics(registry: Registry): Promise<string> {
  const blocks: string[] = [];
  for (const { name } of registry.getMetricsAsArray()) {
    blocks.push(await registry.getSingleMetricAsString(name));
    await setImmediate();
  }
  return `${blocks.join("\n\n")}\n`;
}
