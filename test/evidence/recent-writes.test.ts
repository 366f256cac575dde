import { expect, test } from "vitest";
import { createRecentWrites } from "../../src/evidence/index.ts";

test("a write touches its own path, those above it and those below it, for as long as the window", () => {
  const writes = createRecentWrites(1000);
  writes.note("/orders/7/cancel?why=x", 0);
  writes.note("/carts", 0);
  for (const target of ["/orders/7/cancel", "/orders/7", "/orders/7/?x=1", "/orders", "/carts/3"]) {
    expect([target, writes.wasWritten(target, 1000)]).toEqual([target, true]);
    expect([target, writes.wasWritten(target, 1001)]).toEqual([target, false]);
  }
  for (const target of ["/orders/8", "/", "/orders/77", "/order"]) expect(writes.wasWritten(target, 0)).toBe(false);
});

test("what was asked before a write is judged as moved, however late that is", () => {
  const writes = createRecentWrites(1000);
  writes.note("/orders/7", 60_000);
  expect(writes.wasWritten("/orders/7", 0, 70_000)).toBe(true);
  expect(writes.wasWritten("/orders/7", 61_001, 70_000)).toBe(false);
  expect(writes.wasWritten("/orders/7", 0, 58_999)).toBe(false); // by a clock that was set back since
});

test("a write to the root says nothing of the rest, and old paths make room for new ones", () => {
  const writes = createRecentWrites(1000, 3);
  writes.note("/", 0);
  expect([writes.wasWritten("/", 0), writes.wasWritten("/a", 0)]).toEqual([true, false]);
  for (let i = 0; i < 4; i++) writes.note(`/a${i}`, 0);
  expect([writes.wasWritten("/a0", 0), writes.wasWritten("/a3", 0)]).toEqual([false, true]);
});
