// test/support/inline-comparer.ts: compares in the thread that asks, for tests that need no other threads

import { createBench } from "../../src/verify/comparer.ts";
import type { Comparer, Setup } from "../../src/verify/index.ts";

export function createInlineComparer(setup: Setup, clock: () => number): Comparer {
  let compare = createBench(setup, clock);
  return {
    compare: async (job) => compare(job),
    update: (next) => {
      compare = createBench(next, clock);
    },
    stats: () => ({ bytes: 0, smallBytes: 0, jobs: 0, replaced: 0, cpuMs: 0 }),
    close: async () => {},
  };
}
