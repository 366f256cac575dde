// proxy/garbage.ts: what Node reads of uploads is garbage that V8 hardly sees; so it is told

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Of memory outside the heap V8 lets 64 MB pile up before it looks, however young: as much again as the whole proxy needs. */
const EVERY = 16 * 1024 * 1024;

let made = 0;
let collect: (() => void) | undefined;

/** So many bytes outside the heap were used once and are of no more use. Every 16 MiB the young are collected, in about 1 ms. */
export function madeGarbage(bytes: number): void {
  made += bytes;
  if (made < EVERY) return;
  made = 0;
  collect ??= collector();
  collect();
}

/** V8 hands its collector to contexts that are made while this flag is set, and only to those. */
function collector(): () => void {
  setFlagsFromString("--expose-gc");
  try {
    const gc = runInNewContext("globalThis.gc") as ((options: { type: "minor" }) => void) | undefined;
    return () => gc?.({ type: "minor" });
  } finally {
    setFlagsFromString("--no-expose-gc");
  }
}
