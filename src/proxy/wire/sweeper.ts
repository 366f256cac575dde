// proxy/wire/sweeper.ts: one coarse timer for every deadline, because a timer for each request is what makes timers dear

/** Something with a moment after which it is told. `Infinity` means no deadline now. */
export type Watched = {
  /** On the clock of `performance.now()`, in milliseconds. */
  deadline: number;
  /** Called at each sweep after the deadline; sets a later one, or leaves the sweeper. */
  expire(now: number): void;
};

export type Sweeper = {
  watch(item: Watched): void;
  unwatch(item: Watched): void;
  /** The latest that a sweep of the last second or so came, in milliseconds: how late this process's event loop runs. */
  lag(): number;
  [Symbol.dispose](): void;
};

/** What is left of an old lag at the next sweep. */
const FORGET = 0.95;

/** Looks at all deadlines every `everyMs`, so an expiry is at most that late. Sleeps while nothing is watched. */
export function createSweeper(everyMs = 25): Sweeper {
  const watched = new Set<Watched>();
  let timer: NodeJS.Timeout | undefined;
  let swept = 0;
  let lag = 0;

  function sweep(): void {
    const now = performance.now();
    lag = Math.max(now - swept - everyMs, lag * FORGET);
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
      lag *= FORGET ** ((now - swept) / everyMs); // while it slept nothing was late
      swept = now;
    },
    lag: () => lag,
    unwatch: (item) => void watched.delete(item),
    [Symbol.dispose]() {
      watched.clear();
      sleep();
    },
  };
}
