// reconcile/priority.ts: who gives way to the thread that serves clients when there are too few cores

import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setPriority } from "node:os";

/*
 * Linux schedules threads, not processes, so a thread's own id can be made nicer. Elsewhere, or in a sandbox without
 * these files, all this does nothing: comparing at equal priority is slower for clients, not wrong.
 */

/** Lowers the priority of the thread that calls. @param nice 0 (as others) to 19 (only when nobody else wants to run) */
export function lowerOwnPriority(nice: number): void {
  try {
    lower(readlinkSync("/proc/thread-self").split("/").at(-1)!, nice);
  } catch {
    // no such file
  }
}

/** Lowers that of V8's helpers. They collect garbage for all threads; nearly all of it is the comparing threads'. */
export function lowerHelpers(nice: number): void {
  try {
    const tasks = "/proc/self/task";
    for (const thread of readdirSync(tasks)) {
      if (readFileSync(`${tasks}/${thread}/comm`, "utf8").includes("V8Worker")) lower(thread, nice);
    }
  } catch {
    // no such file
  }
}

function lower(thread: string, nice: number): void {
  const id = Number(thread);
  if (Number.isInteger(id) && id > 0) setPriority(id, nice);
}
