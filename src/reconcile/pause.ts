// reconcile/pause.ts: a thread that compares lets go of its core every now and then

/** How long work may go on. */
const STRETCH_MS = 0.08;
/** With what the operating system adds, it is some four times this. */
const PAUSE_MS = 0.02;

/**
 * To be called often. Where there are fewer cores than threads that have something to do, one that serves a client would
 * wait until the scheduler takes the core from one that compares, for milliseconds: it does so late, however low that
 * one's priority. A thread that sleeps has no core to be taken.
 * @param clock monotonic milliseconds
 */
export function createPause(clock: () => number): () => void {
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  let since = clock();
  return () => {
    if (clock() - since < STRETCH_MS) return;
    Atomics.wait(nobody, 0, 0, PAUSE_MS);
    since = clock();
  };
}
