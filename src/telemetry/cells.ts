// telemetry/cells.ts: counters and histograms by label values, cheap enough to update several times a request

/** Label values in the order of the metric's labels, and the number. */
export type Reading = readonly [labels: readonly string[], value: number];

/** Label names and their values. */
export type Labels = Readonly<Record<string, string>>;

/** The value of one set of labels. The same `labels` object for as long as the cell lives. */
export type CounterCell = { readonly labels: Labels; value: number };

/** The observations of one set of labels: how many fell into each bucket (the last is above every bound), and their sum. */
export type HistogramCell = { readonly labels: Labels; readonly counts: Float64Array; sum: number };

/** A counter by label values. */
export type Counter = {
  /** Adds `by`. Label values beyond the labels of the metric are ignored. */
  readonly add: (by: number, a?: string, b?: string, c?: string) => void;
  /** The cells themselves, not copies. */
  readonly read: () => readonly Readonly<CounterCell>[];
  /** Removes all cells with this first label value. */
  readonly remove: (a: string) => void;
};

/** A histogram by label values. */
export type Histogram = {
  /** `value` is in the unit of the buckets. A value that is negative or not finite counts as 0: a clock may step back. */
  readonly observe: (value: number, a?: string, b?: string, c?: string) => void;
  /** The cells themselves, not copies. */
  readonly read: () => readonly Readonly<HistogramCell>[];
  /** Removes all cells with this first label value. */
  readonly remove: (a: string) => void;
};

/** The labels of a metric as an object, from values in the order of the names. */
export function labelsOf(names: readonly string[], values: readonly string[]): Labels {
  return Object.fromEntries(names.map((name, i) => [name, values[i] ?? ""]));
}

/**
 * A table of cells by up to three label values, made of nested maps: a route may be named `constructor`, and building and
 * hashing a label object for each request costs more than the rest of the counting together.
 */
function byLabels<T>(names: readonly string[], create: (labels: Labels) => T) {
  /** By the first label value: its cells, and the table of the other two. */
  const root = new Map<string, { readonly cells: T[]; readonly table: Map<string, Map<string, T>> }>();
  const add = (a: string, b: string, c: string): T => {
    const cell = create(labelsOf(names, [a, b, c]));
    const group = root.get(a) ?? { cells: [], table: new Map<string, Map<string, T>>() };
    root.set(a, group);
    const row = group.table.get(b) ?? new Map<string, T>();
    group.table.set(b, row.set(c, cell));
    group.cells.push(cell);
    return cell;
  };
  return {
    cells: () => [...root.values()].flatMap((group) => group.cells),
    find: (a: string, b: string, c: string): T => root.get(a)?.table.get(b)?.get(c) ?? add(a, b, c),
    remove: (a: string) => void root.delete(a),
  };
}

/** A counter for at most three labels. Without labels its only cell exists from the start, with 0. */
export function createCounter(labels: readonly string[]): Counter {
  const table = byLabels<CounterCell>(labels, (values) => ({ labels: values, value: 0 }));
  if (labels.length === 0) table.find("", "", "");
  return {
    add: (by, a = "", b = "", c = "") => {
      table.find(a, b, c).value += by;
    },
    read: table.cells,
    remove: table.remove,
  };
}

/** A histogram for at most three labels. `buckets` are the upper bounds, ascending, each inclusive. */
export function createHistogram(labels: readonly string[], buckets: readonly number[]): Histogram {
  const table = byLabels<HistogramCell>(labels, (values) => ({
    labels: values,
    counts: new Float64Array(buckets.length + 1),
    sum: 0,
  }));
  if (labels.length === 0) table.find("", "", "");
  return {
    observe: (value, a = "", b = "", c = "") => {
      const cell = table.find(a, b, c);
      const amount = Number.isFinite(value) ? Math.max(value, 0) : 0;
      let at = 0;
      while (at < buckets.length && amount > buckets[at]!) at += 1;
      cell.counts[at]! += 1;
      cell.sum += amount;
    },
    read: table.cells,
    remove: table.remove,
  };
}
