// verify/priority.ts: comparing threads run at a lower priority than the thread that serves clients

import { readlinkSync } from "node:fs";
import { setPriority } from "node:os";

/**
 * Lowers the scheduling priority of the calling thread. Linux schedules threads, so a thread's own id can be given to
 * setpriority(2). Elsewhere, or in a sandbox without /proc, nothing happens: comparing then competes with serving.
 * @param nice 0 (as others) to 19 (only when no other thread wants to run)
 */
export function lowerOwnPriority(nice: number): void {
  try {
    const id = Number(readlinkSync("/proc/thread-self").split("/").at(-1));
    if (Number.isInteger(id) && id > 0) setPriority(id, nice);
  } catch {
    // no such file, or not permitted
  }
}
