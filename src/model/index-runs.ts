// model/index-runs.ts: a list of indexes in few words: [0,1,2,3,7] is ["0..3",7]

import type { JsonText } from "./difference.ts";

/** Shorter lists are written out. */
const SHORT = 16;
/** Runs of at least this many indexes are written as their ends. */
const RUN = 3;
/** Entries written at most; what follows is only counted. */
const MOST = 40;
/** The most indexes that are read. */
const MOST_READ = 100_000;

/**
 * Indexes as JSON text. In lists of more than 16, runs that go up or down by one are written as `"first..last"`, and what
 * follows the fortieth entry as `"and N more"`.
 */
export function writeIndexes(indexes: readonly number[]): JsonText {
  if (indexes.length <= SHORT) return JSON.stringify(indexes);
  const entries: (number | string)[] = [];
  for (let at = 0; at < indexes.length; ) {
    if (entries.length === MOST) {
      entries.push(`and ${indexes.length - at} more`);
      break;
    }
    const length = runAt(indexes, at);
    if (length < RUN) {
      entries.push(indexes[at]!);
      at += 1;
    } else {
      entries.push(`${indexes[at]}..${indexes[at + length - 1]}`);
      at += length;
    }
  }
  return JSON.stringify(entries);
}

/** How many indexes from this one on go up, or down, by one. */
function runAt(indexes: readonly number[], at: number): number {
  const step = indexes[at + 1] === indexes[at]! + 1 ? 1 : -1;
  let length = 1;
  while (indexes[at + length] === indexes[at]! + step * length) length += 1;
  return length;
}

/** What {@link writeIndexes} wrote, parsed; undefined where the list was shortened, is too long, or is none. */
export function readIndexes(value: unknown): number[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const indexes: number[] = [];
  for (const entry of value) {
    if (typeof entry === "number") {
      indexes.push(entry);
      continue;
    }
    const [, first, last] = /^(\d{1,9})\.\.(\d{1,9})$/.exec(String(entry)) ?? [];
    if (first === undefined) return undefined;
    const [from, to] = [Number(first), Number(last)];
    const step = from < to ? 1 : -1;
    if (indexes.length + Math.abs(to - from) > MOST_READ) return undefined;
    for (let index = from; index !== to + step; index += step) indexes.push(index);
  }
  return indexes;
}
