// store/sqlite/thread.ts: asks the worker, and survives its end

import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { Ask, Envelope, Reply, WorkerSettings } from "./messages.ts";

/** The store thread, started again when it dies. */
export type Thread = {
  /** Resolves with `failed` when the worker ends or takes longer than this; never rejects. */
  readonly ask: (message: Ask, timeoutMs: number) => Promise<Reply>;
  /** Of the files, as of the last answer. */
  readonly bytes: () => number;
  readonly end: () => Promise<void>;
};

// The compiler does not rewrite this name, and Node runs `.ts` only outside of `node_modules`.
const WORKER = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);

/** Starts the thread at the first request. */
export function createThread(settings: WorkerSettings): Thread {
  let worker: Worker | undefined;
  let next = 0;
  let bytes = 0;
  const waiting = new Map<number, (reply: Reply) => void>();

  const start = (): Worker => {
    const one = new Worker(WORKER, { workerData: settings, execArgv: [], name: "store" });
    one.on("message", ({ id, message, bytes: size }: Envelope<Reply>) => {
      bytes = size ?? bytes;
      waiting.get(id)?.(message);
    });
    const gone = (detail: string) => {
      if (worker === one) worker = undefined;
      for (const [, answer] of waiting) answer({ reply: "failed", kind: "disk", detail, reopen: true });
    };
    one.on("error", (error) => gone(`the store's thread failed: ${String(error)}`));
    one.on("exit", (code) => gone(`the store's thread ended with ${code}`));
    one.unref();
    return one;
  };

  return {
    bytes: () => bytes,
    ask: (message, timeoutMs) =>
      new Promise((resolve) => {
        worker ??= start();
        const asked = worker;
        next += 1;
        const id = next;
        const timer = setTimeout(() => {
          const detail = `the disk did not answer within ${timeoutMs} ms`;
          waiting.get(id)?.({ reply: "failed", kind: "disk", detail, reopen: false });
        }, timeoutMs);
        waiting.set(id, (reply) => {
          clearTimeout(timer);
          waiting.delete(id);
          // Only someone who waits for an answer keeps the process alive.
          if (waiting.size === 0) asked.unref();
          resolve(reply);
        });
        asked.ref();
        const envelope: Envelope<Ask> = { id, message };
        asked.postMessage(envelope);
      }),
    end: async () => {
      await worker?.terminate();
      worker = undefined;
    },
  };
}
