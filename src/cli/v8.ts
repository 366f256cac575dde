// cli/v8.ts: settings of V8 that a proxy on few cores wants; Node reads them before any code of ours runs

import { availableParallelism } from "node:os";

/** Helper threads that Node starts with, however few cores there are. They collect garbage and compile, at times all at once. */
const USUAL_HELPERS = 4;
/** MiB for what is new: from 1, where V8 begins, what a request needs would often be taken for old, and collected as such. */
const NEW_SPACE = ["--min-semi-space-size=8", "--max-semi-space-size=16"];
/** V8 may drop a flag, and a process that is given an unknown one does not start. */
const NEWEST_KNOWN = 26;

/**
 * Replaces this process by itself with such settings, where there are not enough cores for all helper threads beside the
 * one that serves clients: on two cores they were what a client waited for most. Same process id, streams and environment
 * (execve). Leaves alone a process that was given flags of Node's, or whose parent holds a channel to it, and does
 * nothing where it cannot be done.
 */
export function restartForFewCores(): void {
  const helpers = Math.max(1, availableParallelism() - 1);
  const given = process.execArgv.length > 0 || (process.env["NODE_OPTIONS"] ?? "").includes("--v8-pool-size");
  if (helpers >= USUAL_HELPERS || given || process.connected || process.platform === "win32") return;
  const isKnown = Number.parseInt(process.versions.node, 10) <= NEWEST_KNOWN;
  const flags = [`--v8-pool-size=${helpers}`, ...(isKnown ? NEW_SPACE : [])];
  try {
    process.execve?.(process.execPath, [process.execPath, ...flags, ...process.argv.slice(1)], process.env);
  } catch {
    // not permitted here: it serves as it is
  }
}
