import { expect, test } from "vitest";
import { createSurplus } from "../../src/proxy/surplus.ts";

/** How many of ten minutes' requests, one each 10 ms, are asked; every `nth` answer is too large. */
function asked(nth: number): number {
  const surplus = createSurplus();
  let count = 0;
  for (let now = 0; now < 600_000; now += 10) {
    if (surplus.tooMany("GET /a", now)) continue;
    count += 1;
    if (count % nth === 0) surplus.note("GET /a", now);
    else surplus.fits("GET /a");
  }
  return count;
}

test("a route of which every answer is too large is asked about once in five seconds", () => {
  expect(asked(1)).toBeGreaterThan(100);
  expect(asked(1)).toBeLessThan(200);
});

test("a route of which some answers are too large goes on, at most five of those a second", () => {
  expect(asked(50)).toBe(60_000);
  expect(asked(2)).toBeGreaterThan(5_000);
  expect(asked(2)).toBeLessThan(7_000);
});

test("other routes are left alone", () => {
  const surplus = createSurplus();
  for (let n = 0; n < 50; n += 1) surplus.note("GET /a", n);
  expect([surplus.tooMany("GET /a", 60), surplus.tooMany("GET /b", 60)]).toEqual([true, false]);
});

test("a route of which every answer is too large is asked once after a pause, however long, until one fits", () => {
  const surplus = createSurplus();
  let now = 0;
  const burst = () => {
    let count = 0;
    for (; !surplus.tooMany("GET /a", now) && count < 20; count += 1) surplus.note("GET /a", now);
    return count;
  };
  expect(burst()).toBe(5);
  for (let hour = 0; hour < 3; hour += 1) {
    now += 3_600_000;
    expect(burst()).toBe(1);
  }
  now += 3_600_000;
  surplus.fits("GET /a");
  expect(burst()).toBe(5);
});
