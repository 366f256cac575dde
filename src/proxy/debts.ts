// proxy/debts.ts: what a client owes us, and how long it may stand still

import type { Sweeper, Watched } from "./wire/sweeper.ts";

/** The rest of its request's body; the taking of its answer. */
export const [BODY, ANSWER] = [1, 2];

/** While anything is owed, each sign of life gives the client the same time again; without one, `late` is called. */
export class Debts implements Watched {
  deadline = Number.POSITIVE_INFINITY;
  private owed = 0;
  private readonly sweeper: Sweeper;
  private readonly patience: number;
  private readonly late: () => void;

  constructor(sweeper: Sweeper, patience: number, late: () => void) {
    this.sweeper = sweeper;
    this.patience = patience;
    this.late = late;
  }

  owes(what: number): void {
    if (this.owed === 0) this.sweeper.watch(this);
    this.owed |= what;
    this.deadline = performance.now() + this.patience;
  }

  paid(what: number): void {
    if (this.owed === 0) return;
    this.owed &= ~what;
    if (this.owed === 0) this.sweeper.unwatch(this);
  }

  expire(): void {
    this.paid(BODY | ANSWER);
    this.late();
  }
}
