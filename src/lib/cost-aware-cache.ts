// lib/cost-aware-cache.ts: a value that is expensive to make, made again only after ten times its cost has passed

/** Keeps one value for ten times as long as it took to make. */
export type CostAwareCache<T> = {
  readonly get: () => T;
  /** The next call of `get` makes a new value: call it when what the value shows was changed on purpose. */
  readonly forget: () => void;
};

/**
 * Reports and scrapes are made on the thread that serves clients. So what took 2 ms to make is good for 20:
 * all readers together, however eager, cost at most about a tenth of the time. While a promise is under way all get it.
 */
export function createCostAwareCache<T>(make: () => T, times = 10): CostAwareCache<T> {
  let held: { readonly value: T } | undefined;
  let until = 0;
  return {
    forget: () => {
      held = undefined;
    },
    get: () => {
      const start = performance.now();
      if (held !== undefined && start < until) return held.value;
      const value = make();
      const mine = { value };
      held = mine;
      const done = () => {
        if (held !== mine) return; // forgotten while it was made
        const now = performance.now();
        until = now + (now - start) * times;
      };
      if (value instanceof Promise) {
        until = Number.POSITIVE_INFINITY;
        value.then(done, () => {
          if (held === mine) held = undefined; // a failure is not kept
        });
      } else done();
      return value;
    },
  };
}
