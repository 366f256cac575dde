// evidence/distinct.ts: which requests were seen before, and whether each was wrong, in bounded memory

import { Buffer } from "node:buffer";
import type { Digest } from "../lib/digest.ts";

/** What a request has been seen to do; several once it has done several. */
export const AGREED = 1;
/** A comparison of this request was a mismatch. */
export const MISMATCHED = 2;
/** The candidate gave no answer, or refused one, when this request was seen for the first time. */
export const FAILED = 4;
/** The candidate alone refused this request when it was seen for the first time. */
export const REFUSED = 8;

const WRONG = MISMATCHED | FAILED | REFUSED;
const ALL = AGREED | WRONG;

/** What is known of a request when it is added: nothing, something that is right, or something that is wrong. */
export type Known = "new" | "right" | "wrong" | "outside";

/**
 * The distinct requests of a route, each counted once however often it is asked. A request is `wrong` when it
 * mismatched even once, or when the candidate failed or refused its first occurrence: a failure that comes and goes is
 * a matter of the rate by requests. It is `steadily` wrong when it mismatched or failed and never agreed. Mismatches
 * and agreement do not depend on the order of arrival.
 *
 * Beyond `limit` it keeps a sample by digest (Wegman's adaptive sampling): at level j only requests whose digest
 * starts with j zero bits are known, one in 2^j, and each of those was known from its first arrival on. So a repeat
 * never counts as new, the sample does not depend on how its members were classified, and neither the order of arrival nor
 * the way it was merged shows.
 */
export type Distinct = {
  /** Counts one occurrence. @returns what was known of the request before; `outside`: it is not in the sample */
  readonly add: (request: Digest, flag: number) => Known;
  /** Requests in the sample, and those of them that are wrong, and steadily wrong. */
  readonly size: () => number;
  readonly wrong: () => number;
  readonly steadily: () => number;
  /** The fewest occurrences that any request of the sample has had, up to 255; 0 when there is none. */
  readonly fewest: () => number;
  readonly level: () => number;
  /** How many distinct requests there were: exact at level 0, an estimate beyond. */
  readonly estimate: () => number;
  readonly merge: (other: Distinct) => void;
  readonly each: (visit: (request: Digest, flags: number, times: number) => void) => void;
  /** Chunks that changed since the last call, as base64 of 10 bytes a request; `null` for one that is gone. */
  readonly changes: () => readonly { readonly chunk: number; readonly data: string | null }[];
  /** Takes back a chunk. Throws on what is none. All that is restored is written once more, so the order of the chunks does not matter. */
  readonly restore: (level: number, chunk: number, data: string) => void;
};

/**
 * Room for as many requests as a decision near the tolerance may take: some seventy times what it takes at best. Past it a
 * decision rests on a sample, and takes longer.
 * @param most the largest capacity
 */
export function distinctCapacity(tolerance: number, most: number): number {
  return Math.min(most, Math.max(4096, Math.ceil(256 / tolerance)));
}

const CHUNK = 512;
const BYTES = 10;
const MOST_SEEN = 255;
/** Up to so many requests each occurrence is worth a write; of more, occurrences are written along with other changes. */
export const FEW = 1_024;

/** An empty set. @param limit the most requests it keeps, at 18 bytes each */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a closure whose methods share one state
export function createDistinct(limit: number): Distinct {
  let capacity = 64;
  let high = new Uint32Array(capacity);
  let low = new Uint32Array(capacity);
  let flags = new Uint8Array(capacity);
  let times = new Uint8Array(capacity);
  /** Open addressing over the insertion order: 0 is free, else the entry's number plus one. */
  let slots = new Uint32Array(capacity * 2);
  let size = 0;
  let level = 0;
  let wrong = 0;
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
    const [oldHigh, oldLow, oldFlags, oldTimes, oldSize] = [high, low, flags, times, size];
    capacity = wanted;
    high = new Uint32Array(capacity);
    low = new Uint32Array(capacity);
    flags = new Uint8Array(capacity);
    times = new Uint8Array(capacity);
    slots = new Uint32Array(capacity * 2);
    size = 0;
    wrong = 0;
    steadily = 0;
    for (let i = 0; i < oldSize; i++) {
      if (Math.clz32(oldHigh[i]!) >= level) put(oldHigh[i]!, oldLow[i]!, oldFlags[i]!, oldTimes[i]!);
    }
  };

  const put = (hi: number, lo: number, flag: number, seen: number): Known => {
    let slot = slotOf(hi, lo);
    const entry = slots[slot]!;
    if (entry !== 0) {
      const known = (flags[entry - 1]! & WRONG) !== 0 ? "wrong" : "right";
      // A failure that is not the first occurrence is no occurrence of a request that was right.
      const kept = flag & (AGREED | MISMATCHED);
      mark(entry - 1, kept, kept !== 0 || known === "wrong" ? seen : 0);
      return known;
    }
    if (size === capacity) {
      resize(capacity * 2);
      slot = slotOf(hi, lo);
    }
    high[size] = hi;
    low[size] = lo;
    slots[slot] = size + 1;
    size += 1;
    mark(size - 1, flag, seen);
    return "new";
  };

  const mark = (entry: number, flag: number, seen: number) => {
    const before = flags[entry]!;
    const after = before | flag;
    const counted = Math.min(MOST_SEEN, times[entry]! + seen);
    if (after === before && counted === times[entry]!) return;
    times[entry] = counted;
    if (after === before && size > FEW) return;
    flags[entry] = after;
    wrong += Number((after & WRONG) !== 0) - Number((before & WRONG) !== 0);
    steadily += Number(isSteadily(after)) - Number(isSteadily(before));
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

  const insert = (hi: number, lo: number, flag: number, seen: number): Known => {
    if (Math.clz32(hi) < level) return "outside";
    const known = put(hi, lo, flag, seen);
    if (known === "new" && size > limit) thin();
    return known;
  };

  const each = (visit: (request: Digest, flags: number, times: number) => void) => {
    for (let i = 0; i < size; i++) visit({ hi: high[i]!, lo: low[i]! }, flags[i]!, times[i]!);
  };

  return {
    add: ({ hi, lo }, flag) => insert(hi, lo, flag, 1),
    size: () => size,
    wrong: () => wrong,
    steadily: () => steadily,
    fewest: () => {
      let fewest = size === 0 ? 0 : MOST_SEEN;
      for (let i = 0; i < size; i++) fewest = Math.min(fewest, times[i]!);
      return fewest;
    },
    level: () => level,
    estimate: () => size * 2 ** level,
    each,
    merge: (other) => {
      if (other.level() > level) {
        level = other.level();
        resize(capacity);
      }
      other.each(({ hi, lo }, flag, seen) => {
        insert(hi, lo, flag, seen);
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
          bytes.writeUInt8(times[first + i]!, i * BYTES + 9);
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
      const bytes = Buffer.from(data, "base64");
      if (bytes.length % BYTES !== 0) throw new Error("not a chunk of distinct requests");
      if (atLevel > level && atLevel <= 32) {
        level = atLevel;
        resize(capacity);
      }
      for (let i = 0; i < bytes.length; i += BYTES) {
        const flag = bytes.readUInt8(i + 8) & ALL;
        if (flag !== 0) insert(bytes.readUInt32BE(i), bytes.readUInt32BE(i + 4), flag, bytes.readUInt8(i + 9));
      }
      chunksWritten = Math.max(chunksWritten, chunk + 1);
    },
  };
}

const isSteadily = (flags: number) => (flags & AGREED) === 0 && (flags & (MISMATCHED | FAILED)) !== 0;
