// evidence/pace.ts: how many distinct requests come in a second, lately

const MINUTE = 60_000;
const MINUTES = 10;

/** New distinct requests in each of the last ten minutes. */
export type Pace = { readonly counts: number[]; readonly minutes: number[] };

/** No steps yet. */
export const createPace = (): Pace => ({
  counts: new Array(MINUTES).fill(0),
  minutes: new Array(MINUTES).fill(Number.NEGATIVE_INFINITY),
});

/** Counts a new distinct request at this time, in milliseconds since the epoch. */
export function step(pace: Pace, at: number): void {
  const minute = Math.floor(at / MINUTE);
  const slot = ((minute % MINUTES) + MINUTES) % MINUTES;
  if (pace.minutes[slot] !== minute) {
    pace.minutes[slot] = minute;
    pace.counts[slot] = 0;
  }
  pace.counts[slot]! += 1;
}

/** @returns distinct requests a second over the last ten minutes, or since `since` where that is later */
export function perSecond(pace: Pace, since: number, at: number): number {
  const now = Math.floor(at / MINUTE);
  const seen = pace.counts.reduce((sum, times, i) => (now - pace.minutes[i]! < MINUTES ? sum + times : sum), 0);
  const seconds = Math.min(at - since, MINUTES * MINUTE) / 1000;
  return seen / Math.max(1, seconds);
}
