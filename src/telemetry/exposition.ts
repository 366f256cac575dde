// telemetry/exposition.ts: the metrics as Prometheus reads them, written fast: a scrape runs on the clients' thread

import { collectDefaultMetrics, Registry } from "prom-client";
import type { Observed, Reading } from "./cells.ts";
import { type Metric, PREFIX } from "./table.ts";

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

/**
 * 200 routes are some 15,000 lines, nearly all of which begin as they did at the last scrape: the beginnings are kept with
 * the cells they belong to. A registry would spell them anew each time, for 40 ms in which no client is served.
 */
export function createExposition(): Exposition {
  const ours = processRegistry();
  const blocks: (() => string)[] = [];
  const block = (name: string, { help, type }: Metric, lines: () => string) => {
    const head = `# HELP ${PREFIX}${name} ${escapedHelp(help)}\n# TYPE ${PREFIX}${name} ${type}\n`;
    blocks.push(() => head + lines());
  };
  return {
    show: (name, metric, read) => {
      const beginnings = new WeakMap<readonly string[], string>();
      block(name, metric, () => {
        let text = "";
        for (const [labels, value] of read()) {
          const beginning = kept(beginnings, labels, () => `${PREFIX}${name}${selector(metric.labels, labels)} `);
          text += `${beginning}${numeral(value)}\n`;
        }
        return text;
      });
    },
    showHistogram: (name, metric, read) => {
      const beginnings = new WeakMap<readonly string[], readonly string[]>();
      block(name, metric, () => {
        let text = "";
        for (const { labels, counts, sum } of read()) {
          const starts = kept(beginnings, labels, () => histogramStarts(PREFIX + name, metric, labels));
          let total = 0;
          for (let i = 0; i < counts.length; i += 1) {
            total += counts[i]!;
            text += `${starts[i]}${total}\n`;
          }
          text += `${starts.at(-2)}${numeral(sum)}\n${starts.at(-1)}${total}\n`;
        }
        return text;
      });
    },
    text: async () => `${blocks.map((write) => write()).join("\n")}\n${await ours.metrics()}`,
    contentType: ours.contentType,
  };
}

/** How each line of one histogram begins: its buckets in order, then sum and count. */
function histogramStarts(name: string, { labels, buckets = [] }: Metric, values: readonly string[]): string[] {
  const bounds = [...buckets.map(String), "+Inf"];
  const own = selector(labels, values);
  return [
    ...bounds.map((le) => `${name}_bucket${selector(["le", ...labels], [le, ...values])} `),
    `${name}_sum${own} `,
    `${name}_count${own} `,
  ];
}

function selector(names: readonly string[], values: readonly string[]): string {
  if (names.length === 0) return "";
  return `{${names.map((name, i) => `${name}="${escapedLabel(values[i] ?? "")}"`).join(",")}}`;
}

function escapedLabel(value: string): string {
  return value.replace(/[\\"\n]/g, (one) => (one === "\n" ? "\\n" : `\\${one}`));
}

function escapedHelp(text: string): string {
  return text.replace(/[\\\n]/g, (one) => (one === "\n" ? "\\n" : "\\\\"));
}

function numeral(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  return value === Number.NEGATIVE_INFINITY ? "-Inf" : String(value);
}

function kept<K extends object, V>(map: WeakMap<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const value = make();
  map.set(key, value);
  return value;
}
