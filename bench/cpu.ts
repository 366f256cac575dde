// bench/cpu.ts: what a process and all its descendants have used, read from /proc (Linux)

import { readdirSync, readFileSync } from "node:fs";

/** USER_HZ is 100 on every Linux that Node runs on: /proc counts in hundredths of a second. */
const TICKS_PER_SECOND = 100;

type Entry = { readonly pid: number; readonly parent: number; readonly ticks: number; readonly rssPages: number };

/** CPU seconds (user and system, all threads) and resident bytes of the tree under `root`. */
export function treeUsage(root: number): { readonly cpuSeconds: number; readonly rss: number } {
  const entries = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => entryOf(Number(name)))
    .filter((entry) => entry !== undefined);
  const tree = new Set([root]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const { pid, parent } of entries) {
      if (!tree.has(parent) || tree.has(pid)) continue;
      tree.add(pid);
      grown = true;
    }
  }
  const members = entries.filter(({ pid }) => tree.has(pid));
  return {
    cpuSeconds: members.reduce((sum, { ticks }) => sum + ticks, 0) / TICKS_PER_SECOND,
    rss: members.reduce((sum, { rssPages }) => sum + rssPages, 0) * 4096,
  };
}

/** Waits until the process tree has nothing to do any more, for at most ten seconds. */
export async function quiet(pid: number): Promise<void> {
  const deadline = performance.now() + 10_000;
  for (let last = -1; performance.now() < deadline; ) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    const { cpuSeconds } = treeUsage(pid);
    if (cpuSeconds - last < 0.02) return;
    last = cpuSeconds;
  }
}

function entryOf(pid: number): Entry | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second member is the command in brackets, and may hold anything: count from behind it (proc(5)).
    const [, parent, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { pid, parent: Number(parent), ticks: Number(rest[9]) + Number(rest[10]), rssPages: Number(rest[19]) };
  } catch {
    return undefined; // it ended between the listing and the reading
  }
}
