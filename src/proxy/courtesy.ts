// proxy/courtesy.ts: the client goes first: its candidate's copy waits until legacy has answered, but not for long

import type { Sweeper, Watched } from "./wire/sweeper.ts";

/**
 * On few cores a request that goes to both sides at once makes legacy and candidate compete, and the client waits for
 * both. A quick legacy has answered before the patience is over; with a slow one the copy is under way meanwhile, as
 * it must be for `interference` to see what the two sides share.
 */
const PATIENCE_MS = 10;

/** Calls `over` once: when it is told that the client was served, or when its patience is over. */
export class Courtesy implements Watched {
  deadline = performance.now() + PATIENCE_MS;
  private readonly sweeper: Sweeper;
  private readonly over: () => void;

  constructor(sweeper: Sweeper, over: () => void) {
    this.sweeper = sweeper;
    this.over = over;
    sweeper.watch(this);
  }

  expire(): void {
    if (this.end()) this.over();
  }

  /** Waits no more. False: it did not wait any more. */
  end(): boolean {
    if (this.deadline === Number.POSITIVE_INFINITY) return false;
    this.deadline = Number.POSITIVE_INFINITY;
    this.sweeper.unwatch(this);
    return true;
  }
}
