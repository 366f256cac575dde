// reconcile/worker.ts: one thread that compares batches, at a lower priority than the thread that serves clients

import { readlinkSync } from "node:fs";
import { setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { createBench, type Setup, type Verdict } from "./comparer.ts";
import { type Batch, unpack } from "./pack.ts";

export type ToWorker =
  | { readonly kind: "setup"; readonly setup: Setup }
  | { readonly kind: "batch"; readonly batch: Batch };

export type FromWorker = { readonly verdicts: readonly Verdict[] };

/** How many jobs of the current batch are done; shared, so that the pool knows which job a stuck worker is stuck in. */
const progress = new Int32Array(workerData.progress as SharedArrayBuffer);
let compare = createBench(workerData.setup as Setup, () => performance.now());

lowerPriority(workerData.nice as number);
parentPort!.on("message", (message: ToWorker) => {
  if (message.kind === "setup") {
    compare = createBench(message.setup, () => performance.now());
    return;
  }
  const { batch } = message;
  const verdicts: Verdict[] = [];
  for (let i = 0; i < batch.jobs.length; i += 1) {
    Atomics.store(progress, 0, i);
    verdicts.push(compare(unpack(batch, i)));
  }
  parentPort!.postMessage({ verdicts } satisfies FromWorker);
});

/** Linux schedules threads, not processes, so a thread's own id can be made nicer. Elsewhere this does nothing. */
function lowerPriority(nice: number): void {
  try {
    const thread = Number(readlinkSync("/proc/thread-self").split("/").at(-1));
    if (Number.isInteger(thread) && thread > 0) setPriority(thread, nice);
  } catch {
    // no such file: another system, or a sandbox; comparing at equal priority is slower for clients, not wrong
  }
}
