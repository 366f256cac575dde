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
  [Symbol.dispose](): void;
};

/** Looks at all deadlines every `everyMs`, so an expiry is at most that late. Sleeps while nothing is watched. */
export function createSweeper(everyMs = 25): Sweeper {
  const watched = new Set<Watched>();
  let timer: NodeJS.Timeout | undefined;

  function sweep(): void {
    const now = performance.now();
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
      timer ??= setInterval(sweep, everyMs).unref();
    },
    unwatch: (item) => void watched.delete(item),
    [Symbol.dispose]() {
      watched.clear();
      sleep();
    },
  };
}
