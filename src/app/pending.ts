// app/pending.ts: shadowed requests that have not come to their outcome yet, by route

export type Pending = {
  /** A request begins. @returns what ends it */
  readonly begin: (route: string) => () => void;
  /** By route, how many there are. Routes without any are left out. */
  readonly all: () => ReadonlyMap<string, number>;
  /** Of these, how many have waited longer than `PENDING_MS`. */
  readonly waiting: () => ReadonlyMap<string, number>;
};

/** A request that takes longer than this may be one that the candidate never answers. */
export const PENDING_MS = 1_000;

/**
 * As many entries as there are exchanges under way, which the reconciler bounds.
 * @param now milliseconds, from a clock that never goes back
 */
export function createPending(now: () => number): Pending {
  const byRoute = new Map<string, Set<{ readonly from: number }>>();
  return {
    begin: (route) => {
      const one = { from: now() };
      const begun = byRoute.get(route) ?? new Set();
      byRoute.set(route, begun.add(one));
      return () => {
        begun.delete(one);
        if (begun.size === 0 && byRoute.get(route) === begun) byRoute.delete(route);
      };
    },
    all: () => new Map([...byRoute].map(([route, begun]) => [route, begun.size])),
    waiting: () => {
      const until = now() - PENDING_MS;
      const found = new Map<string, number>();
      for (const [route, begun] of byRoute) {
        let count = 0;
        // In the order in which they began.
        for (const { from } of begun) {
          if (from > until) break;
          count += 1;
        }
        if (count > 0) found.set(route, count);
      }
      return found;
    },
  };
}
