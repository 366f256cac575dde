// proxy/surplus.ts: a route whose candidate sends far more than legacy is asked a few times a second, and no more

/**
 * Each such answer costs a connection and whatever lay in the kernel's buffers, on the thread that serves clients; the
 * first few have said all there is to say.
 */
export type Surplus = {
  /** An answer was left unread because it was too large. @param now monotonic milliseconds */
  note(route: string, now: number): void;
  /** Whether this route has had its share of them for now. */
  tooMany(route: string, now: number): boolean;
};

const PER_SECOND = 5;
const BURST = 5;
/** Answers that were under way when the share was used up count too, but do not silence a route for long. */
const DEEPEST = -10;
const ROUTES = 1_000;

export function createSurplus(): Surplus {
  const routes = new Map<string, { tokens: number; at: number }>();
  const tokensOf = ({ tokens, at }: { tokens: number; at: number }, now: number) =>
    Math.min(BURST, tokens + ((now - at) / 1000) * PER_SECOND);
  return {
    note(route, now) {
      const known = routes.get(route);
      const tokens = known === undefined ? BURST : tokensOf(known, now);
      routes.delete(route);
      routes.set(route, { tokens: Math.max(DEEPEST, tokens - 1), at: now });
      if (routes.size > ROUTES) routes.delete(routes.keys().next().value!);
    },
    tooMany(route, now) {
      if (routes.size === 0) return false;
      const known = routes.get(route);
      return known !== undefined && tokensOf(known, now) < 1;
    },
  };
}
