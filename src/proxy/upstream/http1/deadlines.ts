// proxy/upstream/http1/deadlines.ts: one coarse timer for every deadline, because a timer for each request costs more

/** Something with a deadline. `Infinity` means none now. */
export type Watched = {
  /** On the clock of `performance.now()`, in milliseconds. */
  deadline: number;
  /** Called at each sweep after the deadline; sets a later one, or leaves the deadlines. */
  expire(now: number): void;
};

/** All deadlines of a proxy, checked by one timer. */
export type Deadlines = {
  watch(item: Watched): void;
  unwatch(item: Watched): void;
  /** The latest that a sweep of the last second or so came, in milliseconds: what a call may have waited for this process. */
  lag(): number;
  /**
   * How late the event loop keeps running, in milliseconds: the mean lateness of the last sweeps without the latest one. So
   * a standing delay, which is overload, is distinguished from a single one, such as a collection of garbage or a moment in which
   * another process had the processor.
   */
  standingLag(): number;
  [Symbol.dispose](): void;
};

/** What is left of an old lag at the next sweep. */
const LAG_DECAY = 0.95;
/** Sweeps whose lateness is averaged: those of 0.2 s, and what they are late together. */
const AVERAGED = 8;

/** Checks all deadlines every `everyMs`, so an expiry is at most that late. Sleeps while nothing is watched. */
export function createDeadlines(everyMs = 25): Deadlines {
  const watched = new Set<Watched>();
  let timer: NodeJS.Timeout | undefined;
  let swept = 0;
  let lag = 0;
  let sweeps = 0;
  /** How late the last sweeps came, overwritten in turn. */
  const late = new Float64Array(AVERAGED);

  function sweep(): void {
    const now = performance.now();
    const lateness = Math.max(0, now - swept - everyMs);
    lag = Math.max(lateness, lag * LAG_DECAY);
    late[sweeps++ % AVERAGED] = lateness;
    swept = now;
    for (const item of watched) if (item.deadline <= now) item.expire(now);
    if (watched.size === 0) sleep();
  }
  function sleep(): void {
    clearInterval(timer);
    timer = undefined;
  }
  return {
    watch(item) {
      watched.add(item);
      if (timer !== undefined) return;
      timer = setInterval(sweep, everyMs).unref();
      const now = performance.now();
      lag *= LAG_DECAY ** ((now - swept) / everyMs); // while it slept nothing was late
      late.fill(0);
      swept = now;
    },
    lag: () => lag,
    standingLag() {
      let [sum, most] = [0, 0];
      for (const one of late) {
        sum += one;
        most = Math.max(most, one);
      }
      return (sum - most) / (AVERAGED - 1);
    },
    unwatch: (item) => void watched.delete(item),
    [Symbol.dispose]() {
      watched.clear();
      sleep();
    },
  };
}
