// proxy/shadow/buffer-pool.ts: memory for bodies that is used again, so that they are no garbage on the thread that serves clients

/**
 * A body outside the heap weighs little to the collector and much to its limits: at 64 KB an answer, three hundred a second,
 * it would collect everything four times a second, and clients wait meanwhile. What is not given back is merely collected.
 */
export type BufferPool = {
  /** Memory for the next `bytes` of a body, or for 64 KiB of them. Its content is whatever it was. */
  acquire(bytes: number): Uint8Array;
  /** Returns a buffer. No view of it may be read after this. */
  release(buffer: Uint8Array): void;
};

const SMALL = 16 * 1024;
const LARGE = 64 * 1024;

/** What is read at once fits into one buffer: sockets must not be given a larger buffer to read into. */
export const MOST_AT_ONCE = LARGE;

/** Of each size: what a quiet proxy keeps for the next burst. */
const SPARE = 64;

/** A pool of two sizes of buffers, 16 and 64 KiB. */
export function createBufferPool(): BufferPool {
  const small: Uint8Array[] = [];
  const large: Uint8Array[] = [];
  return {
    acquire: (bytes) =>
      bytes <= SMALL ? (small.pop() ?? Buffer.allocUnsafeSlow(SMALL)) : (large.pop() ?? Buffer.allocUnsafeSlow(LARGE)),
    release: (buffer) => {
      const spare = buffer.length === SMALL ? small : large;
      if (spare.length < SPARE) spare.push(buffer);
    },
  };
}
