// reconcile/room.ts: how much may wait: much for a moment, little for long

/** A queue that is never short for so long is standing. */
const PATIENCE_MS = 100;
/** The part of the most bytes that a standing queue may have, and the part of that at which it is over. */
const STANDING = 1 / 16;
const OVER = 1 / 4;

/**
 * A queue is there for bursts. When more comes than can be compared, a long one compares no more than a short one does:
 * all that waits only waits longer, and the thread that serves clients carries it through each collection of its garbage.
 * The idea is CoDel's (Nichols and Jacobson, Controlling Queue Delay, ACM Queue 10(5), 2012), with bytes for time.
 * What is still to come takes room, but does not stand: exchanges with a slow candidate are no queue.
 * @param most the most bytes that may ever wait, asked each time @param clock monotonic milliseconds
 * @returns whether there is room for another where so many bytes wait and so many are to come
 */
export function createRoom(most: () => number, clock: () => number): (waiting: number, coming: number) => boolean {
  /** Since when it has been long, each time that it was looked at. */
  let longSince: number | undefined;
  let isStanding = false;
  return (waiting, coming) => {
    const short = most() * STANDING;
    const now = clock();
    if (waiting <= (isStanding ? short * OVER : short)) {
      isStanding = false;
      longSince = undefined;
    } else {
      longSince ??= now;
      if (now - longSince > PATIENCE_MS) isStanding = true;
    }
    return waiting + coming < most() && !(isStanding && waiting >= short);
  };
}
