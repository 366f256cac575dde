// verify/worker.ts: one thread that compares batches, at a lower priority than the thread that serves clients

import { parentPort, workerData } from "node:worker_threads";
import { createBench, type Setup, type Verdict } from "./comparer.ts";
import { type Batch, unpack } from "./job-buffer.ts";
import { lowerOwnPriority } from "./priority.ts";

/** Messages to a comparer thread. */
export type ToWorker =
  | { readonly kind: "setup"; readonly setup: Setup }
  | { readonly kind: "batch"; readonly batch: Batch };

/** `cpuMs`: what this thread took of the processor since it last said so, taking and giving messages included. */
export type FromWorker = { readonly verdicts: readonly Verdict[]; readonly cpuMs: number };

/** How many jobs of the current batch are done; shared, so that the pool knows which job a stuck worker is stuck in. */
const progress = new Int32Array(workerData.progress as SharedArrayBuffer);
/** A deadline is CPU time of this thread: one that waits for a core is not late. */
let compare = createBench(workerData.setup as Setup, cpuMs);

/** Starting the thread does not count as comparing. */
let reportedMs = cpuMs();

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

lowerOwnPriority(workerData.nice as number);
parentPort!.on("message", (message: ToWorker) => {
  if (message.kind === "setup") {
    compare = createBench(message.setup, cpuMs);
    return;
  }
  const { batch } = message;
  const verdicts: Verdict[] = [];
  for (let i = 0; i < batch.jobs.length; i += 1) {
    Atomics.store(progress, 0, i);
    verdicts.push(compare(unpack(batch, i)));
  }
  const taken = cpuMs();
  parentPort!.postMessage({ verdicts, cpuMs: taken - reportedMs } satisfies FromWorker);
  reportedMs = taken;
});
