// verify/pool.ts: workers that compare; small jobs in batches, large ones apart, and none for longer than its deadline

import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { Comparer, Job, Setup, Verdict } from "./comparer.ts";
import { createHold, LARGE_BYTES, pack, sizeOf } from "./job-buffer.ts";
import type { FromWorker, ToWorker } from "./worker.ts";

/** How the comparer threads run. */
export type PoolOptions = {
  readonly setup: Setup;
  /** One worker takes small jobs only, so two are the least. */
  readonly workers: number;
  /** Jobs with fewer body bytes than this are small. */
  readonly smallBytes?: number;
  /** Heap a worker may use, in MiB; one that needs more dies, and its job is counted as failed. */
  readonly heapMiB?: number;
  /** Scheduling priority of the workers, 0 (as the main thread) to 19 (only when no other thread wants to run). */
  readonly nice?: number;
  /** Called for each worker that was replaced. */
  readonly onReplaced?: (reason: "deadline" | "crash") => void;
};

type Waiting = { readonly job: Job; readonly bytes: number; readonly done: (verdict: Verdict) => void };
type Lane = { readonly small: Waiting[]; readonly large: Waiting[] };

/**
 * Pairs in a batch: a message costs as much as comparing 1 KB. What a batch finds is classified and counted in one turn of the
 * event loop, while clients wait.
 */
const BATCH = 16;
const BATCH_BYTES = 256 * 1024;
/** So often a recheck's jobs are taken before those of first comparisons: otherwise those could keep them waiting for ever. */
const RECHECKS_EVERY = 4;
/** CPU milliseconds past the deadline after which a comparison that did not end by itself is ended with its thread. */
const HARD_GRACE_MS = 1000;
/** Milliseconds for a thread to start and begin its first job, on a machine that is busy. */
const START_MS = 30_000;
const LOOK_EVERY_MS = 250;
/** What a comparison makes is garbage when it ends: more heap would only stay resident, some 50 MiB a worker. */
const YOUNG_MIB = 12;
/** In `progress`: the batch has been sent and no worker has begun it. */
const NOT_BEGUN = -1;

/** Comparisons in worker threads. Waits for nothing at start: a worker that cannot start fails its first jobs. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: to be divided
export function createPool(options: PoolOptions): Comparer {
  const nice = options.nice ?? 10;
  const smallPair = options.smallBytes ?? LARGE_BYTES;
  /** In the order in which they are taken from. */
  const lanes: readonly Lane[] = [
    { small: [], large: [] },
    { small: [], large: [] },
  ];
  const rechecksFirst = lanes.toReversed();
  let takes = 0;
  const laneOf = ({ job }: Waiting) => lanes[job.recheck ? 1 : 0]!;
  let setup = options.setup;
  let bytes = 0;
  let smallBytes = 0;
  let jobs = 0;
  let replaced = 0;
  let cpuMs = 0;
  let closed = false;

  const seats: Seat[] = Array.from({ length: Math.max(2, options.workers) }, (_, i) => openSeat(i > 0));
  let isSending = false;

  /** What comes until the next turn of the event loop is one batch. */
  function send(): void {
    if (isSending) return;
    isSending = true;
    setImmediate(() => {
      isSending = false;
      for (const seat of seats) seat.dispatch();
    });
  }

  function count(size: number, sign: 1 | -1): void {
    bytes += sign * size;
    if (size < smallPair) smallBytes += sign * size;
  }

  function finish(waiting: Waiting, verdict: Verdict): void {
    if (!waiting.job.recheck) count(waiting.bytes, -1);
    jobs -= 1;
    waiting.done(verdict);
  }

  /** One thread's place in the pool: it outlives the threads that sit in it. */
  type Seat = {
    readonly dispatch: () => void;
    readonly send: (message: ToWorker) => void;
    readonly close: () => Promise<void>;
  };

  // biome-ignore lint/complexity/noExcessiveLinesPerFunction: to be divided
  function openSeat(takesLarge: boolean): Seat {
    const progress = new SharedArrayBuffer(4);
    let hold = createHold();
    let worker: Worker | undefined;
    let batch: Waiting[] = [];
    let timer: NodeJS.Timeout | undefined;

    function start(): Worker {
      const file = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);
      const started = new Worker(file, {
        workerData: { setup, progress, nice },
        resourceLimits: { maxOldGenerationSizeMb: options.heapMiB ?? 512, maxYoungGenerationSizeMb: YOUNG_MIB },
      });
      started.unref();
      started.on("message", (message: FromWorker) => {
        if (started !== worker) return;
        clearInterval(timer);
        timer = undefined;
        started.unref();
        cpuMs += message.cpuMs;
        const finished = batch;
        batch = [];
        finished.forEach((waiting, i) => {
          finish(waiting, message.verdicts[i] ?? { kind: "failed", reason: "crash" });
        });
        dispatch();
      });
      started.on("error", () => replace("crash", started));
      started.on("exit", () => replace("crash", started));
      return started;
    }

    /** Ends a worker that is stuck or dead. The job it was at is lost and counted; the rest of its batch is done anew. */
    function replace(reason: "deadline" | "crash", old: Worker): void {
      if (old !== worker) return;
      clearInterval(timer);
      worker = undefined;
      replaced += 1;
      options.onReplaced?.(reason);
      void old.terminate();
      hold = createHold(); // the old one may still be reading for a moment
      const at = Math.min(Math.max(0, Atomics.load(new Int32Array(progress), 0)), batch.length - 1);
      const unfinished = batch;
      batch = [];
      unfinished.forEach((waiting, i) => {
        if (i === at || closed) finish(waiting, { kind: "failed", reason });
        else laneOf(waiting).small.unshift(waiting);
      });
      dispatch();
    }

    function take(): Waiting[] {
      const taken: Waiting[] = [];
      takes = (takes + 1) % RECHECKS_EVERY;
      for (const { small, large } of takes === 0 ? rechecksFirst : lanes) {
        if (takesLarge && large.length > 0) return [large.shift()!];
        for (let size = 0; small.length > 0 && taken.length < BATCH && size < BATCH_BYTES; ) {
          const next = small.shift()!;
          size += next.bytes;
          taken.push(next);
        }
        if (taken.length > 0) break;
      }
      return taken;
    }

    function dispatch(): void {
      if (closed || batch.length > 0) return;
      batch = take();
      if (batch.length === 0) return;
      worker ??= start();
      const current = worker;
      Atomics.store(new Int32Array(progress), 0, NOT_BEGUN);
      const packed = pack(
        batch.map((waiting) => waiting.job),
        hold,
      );
      current.ref(); // a busy worker keeps the process alive, an idle one does not
      const given = packed.bytes instanceof ArrayBuffer ? [packed.bytes] : [];
      current.postMessage({ kind: "batch", batch: packed } satisfies ToWorker, given);
      watch(current);
    }

    /** Ends a job that has used its deadline and a grace of CPU time since it was seen to run. Starting a thread is no part of it. */
    function watch(current: Worker): void {
      let seen = NOT_BEGUN;
      const sentAt = performance.now();
      let usedBefore: number | undefined;
      const look = async () => {
        const used = await usedBy(current);
        if (current !== worker || timer !== looking) return; // it came to its end meanwhile
        const at = Atomics.load(new Int32Array(progress), 0);
        if (at === NOT_BEGUN) {
          if (performance.now() - sentAt > START_MS) replace("deadline", current);
        } else if (at > seen || usedBefore === undefined) [seen, usedBefore] = [at, used];
        else if (used - usedBefore > setup.limits.deadlineMs + HARD_GRACE_MS) replace("deadline", current);
      };
      const looking = setInterval(() => void look(), LOOK_EVERY_MS).unref();
      timer = looking;
    }

    return {
      dispatch,
      send: (message) => worker?.postMessage(message),
      close: async () => {
        clearInterval(timer);
        const last = worker;
        worker = undefined;
        for (const waiting of batch.splice(0)) finish(waiting, { kind: "failed", reason: "crash" });
        await last?.terminate();
      },
    };
  }

  return {
    compare: (job) =>
      new Promise((done) => {
        if (closed) return done({ kind: "failed", reason: "crash" });
        const waiting = { job, bytes: sizeOf(job), done };
        if (!job.recheck) count(waiting.bytes, 1);
        jobs += 1;
        laneOf(waiting)[waiting.bytes < smallPair ? "small" : "large"].push(waiting);
        send();
      }),
    update: (next) => {
      setup = next;
      for (const seat of seats) seat.send({ kind: "setup", setup });
    },
    stats: () => ({ bytes, smallBytes, jobs, replaced, cpuMs }),
    close: async () => {
      closed = true;
      for (const { small, large } of lanes) {
        for (const waiting of [...small.splice(0), ...large.splice(0)]) {
          finish(waiting, { kind: "failed", reason: "crash" });
        }
      }
      await Promise.all(seats.map((seat) => seat.close()));
    },
  };
}

/** CPU milliseconds that a thread has used. Node before 24.6 cannot say: there it is the time that has passed. */
async function usedBy(worker: Worker): Promise<number> {
  try {
    const { user, system } = await worker.cpuUsage();
    return (user + system) / 1000;
  } catch {
    return performance.now();
  }
}
