import { expect, test } from "vitest";
import { million } from "../../bench/million.ts";

// A fiftieth of the bench: whether memory stays is for the bench to say, in a process of its own.
test("of thousands of comparisons each is counted, each finding is found, and the store keeps to its limit", async () => {
  const { counted, mismatches, findings, storeMiB, storeLimitMiB } = await million({
    comparisons: 20_000,
    costs: false,
  });
  expect([counted, mismatches, findings]).toEqual([20_000, 1_000, 200]);
  expect(storeMiB).toBeGreaterThan(0);
  expect(storeMiB).toBeLessThan(storeLimitMiB);
}, 240_000);
