import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRoom } from "../../src/reconcile/room.ts";

const MOST = 3200;

function opened() {
  let at = 0;
  const hasRoom = createRoom(
    () => MOST,
    () => at,
  );
  return { hasRoom, pass: (ms: number) => (at += ms) };
}

/** Asked every ten milliseconds, with the same waiting; what is said at the end. */
function offered(room: ReturnType<typeof opened>, ms: number, waiting: number): boolean {
  for (let passed = 0; passed < ms; passed += 10) {
    room.pass(10);
    room.hasRoom(waiting);
  }
  return room.hasRoom(waiting);
}

describe("room for what waits", () => {
  test("a burst may fill all of it", () => {
    const room = opened();
    for (let waiting = 0; waiting < MOST; waiting += 10) expect(room.hasRoom(waiting)).toBe(true);
    expect(room.hasRoom(MOST)).toBe(false);
  });

  test("a queue that stands for a tenth of a second is kept to a sixteenth until it has drained", () => {
    const room = opened();
    expect(offered(room, 90, 2000)).toBe(true);
    expect(offered(room, 30, 2000)).toBe(false);
    expect(offered(room, 5000, 199)).toBe(true);
    expect(room.hasRoom(200)).toBe(false);
    expect(offered(room, 5000, 51)).toBe(true); // not drained
    expect(room.hasRoom(1000)).toBe(false);
    expect(room.hasRoom(50)).toBe(true);
    expect(room.hasRoom(1000)).toBe(true);
  });

  test("never more than the most, always some where nothing waits, whatever happened before", () => {
    const steps = fc.array(fc.tuple(fc.nat(3000), fc.nat(MOST * 2)), { maxLength: 200 });
    fc.assert(
      fc.property(steps, (all) => {
        const room = opened();
        for (const [ms, waiting] of all) {
          room.pass(ms);
          const has = room.hasRoom(waiting);
          if (waiting >= MOST) expect(has).toBe(false);
          if (waiting < MOST / 64) expect(has).toBe(true);
        }
      }),
    );
  });
});
