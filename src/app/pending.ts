// app/pending.ts: shadowed requests that have not come to their outcome yet, by route

/** Shadowed requests without an outcome yet. */
export type Pending = {
  /** A request begins. The route's name is read when it is asked for. @returns what ends it */
  readonly begin: (route: { readonly name: string }) => () => void;
  /** By route, how many there are. Routes without any are left out. */
  readonly all: () => ReadonlyMap<string, number>;
  /** Of these, how many have waited longer than `PENDING_MS`. */
  readonly waiting: () => ReadonlyMap<string, number>;
};

/** A request that takes longer than this may be one that the candidate never answers. */
export const PENDING_MS = 1_000;

/**
 * As many entries as there are exchanges under way, which the verifier bounds.
 * @param now milliseconds, from a clock that never goes back
 */
export function createPending(now: () => number): Pending {
  const begun = new Set<{ readonly route: { readonly name: string }; readonly from: number }>();
  return {
    begin: (route) => {
      const one = { route, from: now() };
      begun.add(one);
      return () => void begun.delete(one);
    },
    all: () => countsOf(begun.values().map(({ route }) => route.name)),
    waiting: () => {
      const until = now() - PENDING_MS;
      return countsOf(
        begun
          .values()
          .filter(({ from }) => from <= until)
          .map(({ route }) => route.name),
      );
    },
  };
}

function countsOf(names: Iterable<string>): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const name of names) found.set(name, (found.get(name) ?? 0) + 1);
  return found;
}
