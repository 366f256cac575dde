// reconcile/spare.ts: bookkeeping waits for a moment in which no client is being served, but not for long

export type Spare = {
  /** Runs the work when its turn has come, and resolves to what it returns; rejects with what it throws. First come, first run. */
  readonly run: <T>(work: () => T) => Promise<T>;
};

/** The longest that a turn waits for clients. */
const PATIENCE_MS = 20;
/** How often it is looked whether clients are still being served. */
const LOOK_EVERY_MS = 1;
/** How long work may go on before the event loop looks at its sockets, one piece at least; and when it waited too long. */
const SLICE_MS = 0.1;
const DUE_SLICE_MS = 1;

type Waiting = { readonly since: number; readonly work: () => void };

/**
 * A slice of work a turn of the event loop, so that what comes in meanwhile waits for a slice and a piece at most. Where
 * clients are served all the time, what has waited long enough gets larger slices.
 * @param busy whether a client is being served now @param clock monotonic milliseconds
 */
export function createSpare(busy: () => boolean, clock: () => number): Spare {
  const queue: Waiting[] = [];
  let isScheduled = false;

  function schedule(later: boolean): void {
    isScheduled = true;
    if (later) setTimeout(turn, LOOK_EVERY_MS);
    else setImmediate(turn);
  }

  function turn(): void {
    isScheduled = false;
    const from = clock();
    const isDue = () => queue.length > 0 && from - queue[0]!.since >= PATIENCE_MS;
    if (!isDue() && busy()) {
      schedule(true);
      return;
    }
    do queue.shift()!.work();
    while (queue.length > 0 && clock() - from < (isDue() ? DUE_SLICE_MS : SLICE_MS));
    if (queue.length > 0) schedule(false);
  }

  return {
    run: (work) =>
      new Promise((resolve, reject) => {
        const since = clock();
        queue.push({
          since,
          work: () => {
            try {
              resolve(work());
            } catch (error) {
              reject(error);
            }
          },
        });
        if (!isScheduled) schedule(false);
      }),
  };
}
