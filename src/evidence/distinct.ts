// evidence/distinct.ts: which requests were seen before, and how each was judged, in bounded memory

import { Buffer } from "node:buffer";
import type { Digest } from "../model/digest.ts";

/** What a request has been seen to do; both once it has done both. */
export const AGREED = 1;
export const MISMATCHED = 2;

/**
 * The distinct requests of a route, each counted once however often it is asked. A request is `mismatched` when it
 * mismatched even once, and `steadily` so when it never agreed: neither depends on the order of arrival.
 *
 * Beyond `limit` it keeps a sample by digest (Wegman's adaptive sampling): at level j only requests whose digest
 * starts with j zero bits are known, one in 2^j, and each of those was known from its first arrival on. So a repeat
 * never counts as new, the sample owes nothing to how its members were judged, and neither the order of arrival nor
 * the way it was merged shows.
 */
export type Distinct = {
  readonly add: (request: Digest, flag: number) => "new" | "known" | "outside";
  /** Requests in the sample, and those of them that mismatched even once, and that never agreed. */
  readonly size: () => number;
  readonly mismatched: () => number;
  readonly steadily: () => number;
  readonly level: () => number;
  /** How many distinct requests there were: exact at level 0, an estimate beyond. */
  readonly estimate: () => number;
  readonly merge: (other: Distinct) => void;
  readonly each: (visit: (request: Digest, flags: number) => void) => void;
  /** Chunks that changed since the last call, as base64 of 9 bytes a request; `null` for one that is gone. */
  readonly changes: () => readonly { readonly chunk: number; readonly data: string | null }[];
  /** Takes back a chunk. All that is restored is written once more, so the order of the chunks does not matter. */
  readonly restore: (level: number, chunk: number, data: string) => void;
};

const CHUNK = 512;
const BYTES = 9;

export function createDistinct(limit: number): Distinct {
  let capacity = 64;
  let high = new Uint32Array(capacity);
  let low = new Uint32Array(capacity);
  let flags = new Uint8Array(capacity);
  /** Open addressing over the insertion order: 0 is free, else the entry's number plus one. */
  let slots = new Uint32Array(capacity * 2);
  let size = 0;
  let level = 0;
  let mismatched = 0;
  let steadily = 0;
  let chunksWritten = 0;
  const dirty = new Set<number>();

  const slotOf = (hi: number, lo: number) => {
    const mask = slots.length - 1;
    let slot = lo & mask;
    for (;;) {
      const entry = slots[slot]!;
      if (entry === 0 || (low[entry - 1] === lo && high[entry - 1] === hi)) return slot;
      slot = (slot + 1) & mask;
    }
  };

  const resize = (wanted: number) => {
    const [oldHigh, oldLow, oldFlags, oldSize] = [high, low, flags, size];
    capacity = wanted;
    high = new Uint32Array(capacity);
    low = new Uint32Array(capacity);
    flags = new Uint8Array(capacity);
    slots = new Uint32Array(capacity * 2);
    size = 0;
    mismatched = 0;
    steadily = 0;
    for (let i = 0; i < oldSize; i++) {
      if (Math.clz32(oldHigh[i]!) >= level) put(oldHigh[i]!, oldLow[i]!, oldFlags[i]!);
    }
  };

  const put = (hi: number, lo: number, flag: number): "new" | "known" => {
    let slot = slotOf(hi, lo);
    const entry = slots[slot]!;
    if (entry !== 0) {
      mark(entry - 1, flag);
      return "known";
    }
    if (size === capacity) {
      resize(capacity * 2);
      slot = slotOf(hi, lo);
    }
    high[size] = hi;
    low[size] = lo;
    slots[slot] = size + 1;
    size += 1;
    mark(size - 1, flag);
    return "new";
  };

  const mark = (entry: number, flag: number) => {
    const before = flags[entry]!;
    const after = before | flag;
    if (after === before) return;
    flags[entry] = after;
    mismatched += Number((after & MISMATCHED) !== 0) - Number((before & MISMATCHED) !== 0);
    steadily += Number(after === MISMATCHED) - Number(before === MISMATCHED);
    dirty.add(Math.floor(entry / CHUNK));
  };

  const thin = () => {
    while (size > limit && level < 32) {
      level += 1;
      resize(capacity);
      dirty.clear();
      for (let chunk = 0; chunk * CHUNK < size; chunk++) dirty.add(chunk);
    }
  };

  const add = (request: Digest, flag: number) => {
    if (Math.clz32(request.hi) < level) return "outside";
    const known = put(request.hi, request.lo, flag);
    if (known === "known") return "known";
    if (size > limit) thin();
    return "new";
  };

  const each = (visit: (request: Digest, flags: number) => void) => {
    for (let i = 0; i < size; i++) visit({ hi: high[i]!, lo: low[i]! }, flags[i]!);
  };

  return {
    add,
    size: () => size,
    mismatched: () => mismatched,
    steadily: () => steadily,
    level: () => level,
    estimate: () => size * 2 ** level,
    each,
    merge: (other) => {
      if (other.level() > level) {
        level = other.level();
        resize(capacity);
      }
      other.each((request, flag) => {
        add(request, flag);
      });
    },
    changes: () => {
      const changed: { chunk: number; data: string | null }[] = [];
      for (const chunk of dirty) {
        const first = chunk * CHUNK;
        const count = Math.min(CHUNK, size - first);
        if (count <= 0) continue;
        const bytes = Buffer.alloc(count * BYTES);
        for (let i = 0; i < count; i++) {
          bytes.writeUInt32BE(high[first + i]!, i * BYTES);
          bytes.writeUInt32BE(low[first + i]!, i * BYTES + 4);
          bytes.writeUInt8(flags[first + i]!, i * BYTES + 8);
        }
        changed.push({ chunk, data: bytes.toString("base64") });
      }
      dirty.clear();
      const chunks = Math.ceil(size / CHUNK);
      for (let gone = chunks; gone < chunksWritten; gone++) changed.push({ chunk: gone, data: null });
      chunksWritten = chunks;
      return changed;
    },
    restore: (atLevel, chunk, data) => {
      if (atLevel > level && atLevel <= 32) {
        level = atLevel;
        resize(capacity);
      }
      const bytes = Buffer.from(data, "base64");
      for (let i = 0; i + BYTES <= bytes.length; i += BYTES) {
        const flag = bytes.readUInt8(i + 8) & (AGREED | MISMATCHED);
        if (flag !== 0) add({ hi: bytes.readUInt32BE(i), lo: bytes.readUInt32BE(i + 4) }, flag);
      }
      chunksWritten = Math.max(chunksWritten, chunk + 1);
    },
  };
}
