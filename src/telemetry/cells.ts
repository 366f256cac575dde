// telemetry/cells.ts: numbers by label values, cheap enough for every request; read only when someone scrapes

/** Label values in the metric's order, and the number. */
export type Reading = readonly [labels: readonly string[], value: number];

export type Counter = {
  /** Adds one, or `by`. Labels a metric does not have are left out. */
  readonly add: (by: number, a?: string, b?: string, c?: string) => void;
  readonly read: () => Reading[];
  /** Removes all cells with this first label value. */
  readonly remove: (a: string) => void;
};

/** What one set of label values was observed to have: how often at most each bucket's bound, and the sum. */
export type Observed = { readonly labels: readonly string[]; readonly counts: Float64Array; readonly sum: number };

export type Histogram = {
  /** `value` is in the unit of the buckets. What is not finite, or below 0, counts as 0: a clock may step back. */
  readonly observe: (value: number, a?: string, b?: string, c?: string) => void;
  readonly read: () => Observed[];
  /** Removes all cells with this first label value. */
  readonly remove: (a: string) => void;
};

type Cell = { readonly labels: readonly string[]; value: number };
type HistogramCell = { readonly labels: readonly string[]; readonly counts: Float64Array; sum: number };

/**
 * A table by up to three label values. Maps all the way: a route may be called `constructor`, and hashing a label object
 * for each request costs more than the rest of the counting together.
 */
function byLabels<T>(width: number, create: (labels: readonly string[]) => T) {
  /** By the first label value: its cells, and the table of the other two. */
  const root = new Map<string, { readonly cells: T[]; readonly table: Map<string, Map<string, T>> }>();
  const add = (a: string, b: string, c: string): T => {
    const cell = create([a, b, c].slice(0, width));
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

export function createCounter(labels: readonly string[]): Counter {
  const table = byLabels<Cell>(labels.length, (values) => ({ labels: values, value: 0 }));
  if (labels.length === 0) table.find("", "", ""); // without labels it exists from the start, as 0
  return {
    add: (by, a = "", b = "", c = "") => {
      table.find(a, b, c).value += by;
    },
    read: () => table.cells().map((cell) => [cell.labels, cell.value]),
    remove: table.remove,
  };
}

export function createHistogram(labels: readonly string[], buckets: readonly number[]): Histogram {
  const table = byLabels<HistogramCell>(labels.length, (values) => ({
    labels: values,
    counts: new Float64Array(buckets.length + 1), // the last one is past every bound
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
    read: () =>
      table.cells().map(({ labels: values, counts, sum }) => ({ labels: values, counts: counts.slice(), sum })),
    remove: table.remove,
  };
}
