// proxy/surplus.ts: a route whose candidate sends far more than legacy is asked a few times a second, and no more

/**
 * Each such answer costs a connection and whatever lay in the kernel's buffers, on the thread that serves clients; the
 * first few have said all there is to say.
 */
export type Surplus = {
  /** An answer was left unread because it was too large. @param now monotonic milliseconds */
  note(route: string, now: number): void;
  /** An answer was of a size that could be compared: they are not all too large. */
  fits(route: string): void;
  /** Whether this route has had its share of them for now. */
  tooMany(route: string, now: number): boolean;
};

/** A second, where some of a route's answers are too large, and where so many in a row were that all seem to be. */
const SOME = 5;
const ALL = 0.2;
const IN_A_ROW = 5;
const BURST = 5;
/** Where all seem to be too large, not even a quiet hour earns more than one at once. */
const BURST_OF_ALL = 1;
/** Answers that were under way when the share was used up count too, but do not silence a route for long. */
const DEEPEST = -5;
const ROUTES = 1_000;

export function createSurplus(): Surplus {
  const routes = new Map<string, { tokens: number; at: number; row: number }>();
  const tokensOf = ({ tokens, at, row }: { tokens: number; at: number; row: number }, now: number) =>
    row >= IN_A_ROW
      ? Math.min(BURST_OF_ALL, tokens + ((now - at) / 1000) * ALL)
      : Math.min(BURST, tokens + ((now - at) / 1000) * SOME);
  return {
    note(route, now) {
      const known = routes.get(route);
      const tokens = known === undefined ? BURST : tokensOf(known, now);
      routes.delete(route);
      routes.set(route, { tokens: Math.max(DEEPEST, tokens - 1), at: now, row: (known?.row ?? 0) + 1 });
      if (routes.size > ROUTES) routes.delete(routes.keys().next().value!);
    },
    fits(route) {
      const known = routes.size === 0 ? undefined : routes.get(route);
      if (known !== undefined) known.row = 0;
    },
    tooMany(route, now) {
      if (routes.size === 0) return false;
      const known = routes.get(route);
      return known !== undefined && tokensOf(known, now) < 1;
    },
  };
}
