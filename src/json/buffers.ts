// json/buffers.ts: the room that documents are read into, kept from one comparison to the next

/** Integers a side that are kept: enough for bodies of about a megabyte, and no more than 16 MB a side. */
const KEPT = 4_000_000;
const FIRST = 8_192;

/** Fresh room for each text would cost a small comparison as much as all the rest. It holds offsets, never text. */
const rooms: Int32Array[] = [new Int32Array(FIRST), new Int32Array(FIRST)];
const TAKEN = new Int32Array(0);

/** The buffer of one side, 0 or 1. A second call before the buffer is released returns a new one. */
export function acquireNodes(side: 0 | 1): Int32Array {
  const room = rooms[side]!;
  rooms[side] = TAKEN;
  return room === TAKEN ? new Int32Array(FIRST) : room;
}

/** Gives room back, grown perhaps. What is too large is let go. */
export function releaseNodes(side: 0 | 1, room: Int32Array): void {
  rooms[side] = room.length <= KEPT ? room : new Int32Array(FIRST);
}
