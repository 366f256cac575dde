// cli/helpers.ts: how many helper threads V8 starts with; Node decides that before any code of ours runs

import { availableParallelism } from "node:os";

/** What Node starts with, however few cores there are. They collect garbage and compile, at times all at once. */
const USUAL = 4;

/**
 * Replaces this process by itself with fewer helper threads, where there are not enough cores for all of them beside the
 * thread that serves clients: on two cores they were what a client waited for most. Same process id, streams and
 * environment (execve). Leaves alone a process that was given flags of Node's, or whose parent holds a channel to it, and
 * does nothing where it cannot be done.
 */
export function startWithFewerHelpers(): void {
  const wanted = Math.max(1, availableParallelism() - 1);
  const given = process.execArgv.length > 0 || (process.env["NODE_OPTIONS"] ?? "").includes("--v8-pool-size");
  if (wanted >= USUAL || given || process.connected || process.platform === "win32") return;
  try {
    const flags = [`--v8-pool-size=${wanted}`];
    process.execve?.(process.execPath, [process.execPath, ...flags, ...process.argv.slice(1)], process.env);
  } catch {
    // not permitted here: it serves as it is
  }
}
