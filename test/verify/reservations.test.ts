import fc from "fast-check";
import { expect, test } from "vitest";
import { LARGE_BYTES } from "../../src/verify/job-buffer.ts";
import { createReservations } from "../../src/verify/reservations.ts";

const LARGE = 2 * LARGE_BYTES;
const SMALL = 1000;
const LIMIT = 10 * LARGE;

const all = (bytes: number) => ({ bytes, smallBytes: 0 });

test("large pairs fill the queue up to its limit, and routes with small ones still find room, to a limit of their own", () => {
  const { fits, reserve } = createReservations(() => LIMIT);
  for (let n = 0; n < 50; n += 1) {
    reserve("GET /large")(LARGE);
    reserve("GET /small")(SMALL);
  }
  let waiting = 0;
  while (fits("GET /large", all(waiting))) waiting += LARGE;
  expect(waiting).toBe(LIMIT - LARGE);
  // The first pairs of a route may be far more than was expected.
  for (const bytes of [waiting, 2 * LIMIT, 100 * LIMIT]) {
    expect(fits("GET /small", { bytes, smallBytes: 10 * SMALL })).toBe(true);
    expect(fits("GET /large", { bytes, smallBytes: 10 * SMALL })).toBe(false);
  }
  expect(fits("GET /small", { bytes: 2 * LIMIT, smallBytes: LIMIT / 4 })).toBe(false);
});

test("what is still being asked counts as waiting, until it is there", () => {
  for (const size of [LIMIT / 3, LARGE_BYTES - 1]) {
    const { fits, reserve } = createReservations(() => LIMIT);
    reserve("GET /a")(size);
    const begun = Array.from({ length: Math.ceil(LIMIT / size) }, () => reserve("GET /a"));
    expect(fits("GET /a", all(0))).toBe(false);
    for (const arrived of begun) arrived(0);
    expect(fits("GET /a", all(0))).toBe(true);
  }
});

test("of a route of which nothing is known one pair is taken where there is no room, so that it becomes known", () => {
  const { fits, reserve } = createReservations(() => LIMIT);
  expect(fits("GET /new", all(LIMIT))).toBe(true);
  const arrived = reserve("GET /new");
  expect(fits("GET /new", all(LIMIT))).toBe(false);
  arrived(SMALL);
  expect(fits("GET /new", all(LIMIT))).toBe(true);
  reserve("GET /newer")(LARGE);
  expect(fits("GET /newer", all(LIMIT))).toBe(false);
});

test("a pair larger than the whole limit is taken when nothing else waits", () => {
  const { fits, reserve } = createReservations(() => LIMIT);
  reserve("GET /a")(5 * LIMIT);
  expect(fits("GET /a", all(0))).toBe(true);
  expect(fits("GET /a", all(1))).toBe(false);
});

test("nothing stays reserved once all pairs have arrived, whatever they weighed", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom("a", "b", "c"), fc.nat(1e9))), (pairs) => {
      const { fits, reserve } = createReservations(() => LIMIT);
      reserve("empty")(0);
      const begun = pairs.map(([route, bytes]) => ({ arrived: reserve(route), bytes }));
      for (const { arrived, bytes } of begun) arrived(bytes);
      // Any reservation that were left would refuse a pair of a route that brings nothing.
      expect(fits("empty", all(0))).toBe(true);
      expect(fits("empty", all(LIMIT - 1))).toBe(true);
      expect(fits("empty", { bytes: LIMIT, smallBytes: LIMIT / 8 - 1 })).toBe(true);
      expect(fits("empty", { bytes: LIMIT, smallBytes: LIMIT / 8 })).toBe(false);
    }),
  );
});
