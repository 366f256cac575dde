import fc from "fast-check";
import { expect, test } from "vitest";
import { createReservations } from "../../src/reconcile/reservations.ts";

const LIMIT = 1000;

test("where large pairs fill the queue, a route with small ones still finds room", () => {
  const { fits, reserve } = createReservations(() => LIMIT);
  for (let n = 0; n < 50; n += 1) {
    reserve("GET /large")(300);
    reserve("GET /small")(10);
  }
  let waiting = 0;
  while (fits("GET /large", waiting)) waiting += 300;
  expect(waiting).toBe(900);
  expect(fits("GET /small", waiting)).toBe(true);
  expect(fits("GET /small", 995)).toBe(false);
});

test("what is still being asked counts as waiting, until it is there", () => {
  const { fits, reserve } = createReservations(() => LIMIT);
  reserve("GET /a")(300);
  const begun = [reserve("GET /a"), reserve("GET /a"), reserve("GET /a")];
  expect(fits("GET /a", 0)).toBe(false);
  for (const arrived of begun) arrived(0);
  expect(fits("GET /a", 0)).toBe(true);
});

test("a pair larger than the whole limit is taken when nothing else waits", () => {
  const { fits, reserve } = createReservations(() => LIMIT);
  reserve("GET /a")(5 * LIMIT);
  expect(fits("GET /a", 0)).toBe(true);
  expect(fits("GET /a", 1)).toBe(false);
});

test("nothing stays reserved once all pairs have arrived, whatever they weighed", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom("a", "b", "c"), fc.nat(1e9))), (pairs) => {
      const { fits, reserve } = createReservations(() => LIMIT);
      const begun = pairs.map(([route, bytes]) => ({ arrived: reserve(route), bytes }));
      for (const { arrived, bytes } of begun) arrived(bytes);
      // Any reservation that were left would refuse a pair of a route that has no estimate only past the limit.
      expect(fits("unknown", 0)).toBe(true);
      expect(fits("unknown", LIMIT - 1)).toBe(true);
      expect(fits("unknown", LIMIT)).toBe(false);
    }),
  );
});
