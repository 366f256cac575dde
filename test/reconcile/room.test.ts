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
function offered(room: ReturnType<typeof opened>, ms: number, waiting: number, coming = 0): boolean {
  for (let passed = 0; passed < ms; passed += 10) {
    room.pass(10);
    room.hasRoom(waiting, coming);
  }
  return room.hasRoom(waiting, coming);
}

describe("room for what waits", () => {
  test("a burst may fill all of it", () => {
    const room = opened();
    for (let waiting = 0; waiting < MOST; waiting += 10) expect(room.hasRoom(waiting, 0)).toBe(true);
    expect(room.hasRoom(MOST, 0)).toBe(false);
  });

  test("a queue that stands for a tenth of a second is kept to a sixteenth until it has drained", () => {
    const room = opened();
    expect(offered(room, 90, 2000)).toBe(true);
    expect(offered(room, 30, 2000)).toBe(false);
    expect(offered(room, 5000, 199)).toBe(true);
    expect(room.hasRoom(200, 0)).toBe(false);
    expect(offered(room, 5000, 51)).toBe(true); // not drained
    expect(room.hasRoom(1000, 0)).toBe(false);
    expect(room.hasRoom(50, 0)).toBe(true);
    expect(room.hasRoom(1000, 0)).toBe(true);
  });

  test("a burst after a quiet while is one too", () => {
    const room = opened();
    expect(room.hasRoom(0, 0)).toBe(true);
    room.pass(5000);
    expect(room.hasRoom(2000, 0)).toBe(true);
    room.pass(50);
    expect(room.hasRoom(MOST - 1, 0)).toBe(true);
  });

  test("what is to come takes room and does not stand, however long it takes", () => {
    const room = opened();
    expect(offered(room, 5000, 0, MOST - 1)).toBe(true);
    expect(offered(room, 5000, 0, MOST)).toBe(false);
    expect(offered(room, 5000, 100, MOST - 101)).toBe(true);
    expect(offered(room, 5000, 2000, 100)).toBe(false); // while a queue does, whatever else is to come
  });

  test("never more than the most, always some where nothing waits, whatever happened before", () => {
    const steps = fc.array(fc.tuple(fc.nat(3000), fc.nat(MOST * 2), fc.nat(MOST)), { maxLength: 200 });
    fc.assert(
      fc.property(steps, (all) => {
        const room = opened();
        for (const [ms, waiting, coming] of all) {
          room.pass(ms);
          const has = room.hasRoom(waiting, coming);
          if (waiting + coming >= MOST) expect(has).toBe(false);
          else if (waiting < MOST / 64) expect(has).toBe(true);
        }
      }),
    );
  });
});
