// reconcile/reservations.ts: room in the queue for exchanges whose answers are not there yet

/** Weight of the newest pair in what the pairs of its route usually bring. */
const NEWEST = 0.1;

export type Reservations = {
  /** Whether a pair of this route, as large as they usually are, fits in beside so many bytes that wait. */
  readonly fits: (route: string, waitingBytes: number) => boolean;
  /** Keeps room for a pair. Call what it returns once, with the bytes that came to wait: 0 where none had to. */
  readonly reserve: (route: string) => (bytes: number) => void;
};

/**
 * How large a pair is shows only when both sides have answered. So each route has an estimate: a moving average over its
 * pairs. Where large pairs fill the queue, routes with small ones still find room. Grows with the number of routes, which
 * is bounded.
 * @param limitBytes what may wait and be expected together, read each time; a single pair may be larger
 */
export function createReservations(limitBytes: () => number): Reservations {
  const usual = new Map<string, number>();
  let expected = 0;
  return {
    fits: (route, waitingBytes) => {
      const taken = waitingBytes + expected;
      return taken === 0 || taken + (usual.get(route) ?? 0) < limitBytes();
    },
    reserve: (route) => {
      const reserved = usual.get(route) ?? 0;
      expected += reserved;
      return (bytes) => {
        expected -= reserved;
        const before = usual.get(route);
        usual.set(route, before === undefined ? bytes : Math.round(before + (bytes - before) * NEWEST));
      };
    },
  };
}
