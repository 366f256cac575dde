// proxy/admission/learned-routes.ts: the route templates that were learned, a bounded number; the least recently served are forgotten

/** Where requests count whose route was not learned. No declared or learned route has this name. */
export const OTHER = "other";

/** Share of the templates that only those hold that were served more than once. */
const REPEATED_SHARE = 0.8;

/** The names of routes that are not declared, learned from the requests that legacy served; bounded in number. */
export type LearnedRoutes = {
  readonly has: (name: string) => boolean;
  /** Legacy served a request of this route: it is learned, and the last one to be forgotten. */
  readonly serve: (name: string) => void;
  /** Least recently served first. */
  readonly names: () => Iterable<string>;
  /** How often one was forgotten. */
  readonly forgotten: () => number;
};

/**
 * A segmented LRU cache (Karedla, Love and Wherry, "Caching strategies to improve disk system performance", 1994): a route
 * that was served once is forgotten before any that was served again. A scanner whose invented paths are all answered by
 * a redirect or by the same page asks for each once, so it takes the place of other such routes, not of those in use.
 * The `max - 0.8 * max` routes served most recently are always known.
 * @param before names to begin with, the least recently served first
 * @param forgottenBefore where the count of those forgotten begins
 */
export function createLearnedRoutes(max: number, before: Iterable<string> = [], forgottenBefore = 0): LearnedRoutes {
  const maxRepeated = Math.floor(max * REPEATED_SHARE);
  // Both in the order of the last use.
  const once = new Set<string>();
  const repeated = new Set<string>();
  let last: string | undefined;
  let forgotten = forgottenBefore;

  function serve(name: string): void {
    if (name === last && repeated.has(name)) return;
    last = name;
    if (repeated.delete(name)) repeated.add(name);
    else if (once.delete(name)) {
      repeated.add(name);
      if (repeated.size > maxRepeated) once.add(takeOldest(repeated));
    } else {
      if (once.size + repeated.size >= max) {
        takeOldest(once);
        forgotten += 1;
      }
      once.add(name);
    }
  }

  for (const name of before) if (!once.has(name)) serve(name);
  return {
    has: (name) => repeated.has(name) || once.has(name),
    serve,
    names: () => [...once, ...repeated],
    forgotten: () => forgotten,
  };
}

function takeOldest(names: Set<string>): string {
  const [oldest] = names as unknown as [string];
  names.delete(oldest);
  return oldest;
}
