// Elements of one list often share a value that each answer makes anew: the time, or the id, of the request.

import { describe, expect, test } from "vitest";
import { createNoiseBook } from "../../src/evidence/index.ts";
import type { Difference } from "../../src/model/difference.ts";
import { body, look, ROUTE, time } from "./differences.ts";

describe.each([2, 5])("a value that all of %i elements share is noise of an equal candidate", (length) => {
  const list = (legacy: string | number, candidate: string | number): Difference[] =>
    Array.from({ length }, (_, i) => body(`$.items[${i}].made`, "value", legacy, candidate));

  /** The same request every 200 ms, as the proxy learns from it: every other one is rechecked, and classified later. */
  function explanationsOf(legacyAt: (ms: number) => string | number, candidateAt = legacyAt): Set<string> {
    const book = createNoiseBook();
    const exchanges = Array.from({ length: 60 }, (_, i) => ({
      askedAt: i * 200,
      at: i * 200 + (i % 2 === 0 ? 900 : 10),
    }));
    const explanations = new Set<string>();
    for (const { askedAt, at } of exchanges.sort((a, b) => a.at - b.at)) {
      const [first, second] = [legacyAt(askedAt), candidateAt(askedAt + 3)];
      const differences = list(first, second);
      book.observe(ROUTE, list(first, legacyAt(askedAt + 5)), differences, at);
      const again = legacyAt(at + 1);
      const looks = [look({ legacyTwice: list(first, again), now: list(again, candidateAt(at + 2)) })];
      const judged = differences.map((one) => ({ ...one, standing: "noise" as const }));
      book.learn(ROUTE, judged, { looks }, { at, written: false });
      book.see(ROUTE, judged, { at, askedAt, spanMs: 5, resource: 1, written: false });
      if (askedAt > 2000) for (const one of differences) explanations.add(book.explains(ROUTE, one, at).is);
    }
    return explanations;
  }

  test("the time of the answer", () => {
    expect(explanationsOf(time)).toEqual(new Set(["noise"]));
  });

  test("a counter of each side's own, though exchanges are classified in another order than they were asked in", () => {
    const counted = explanationsOf(
      (ms) => 1_000_000 + ms,
      (ms) => 1_000 + Math.round(ms / 10),
    );
    expect(counted).toEqual(new Set(["noise"]));
  });

  test("a random id", () => {
    let next = 7;
    const random = () => {
      next = (next * 1_103_515_245 + 12_345) % 2 ** 31;
      return next.toString(16).padStart(8, "0").repeat(4);
    };
    expect(explanationsOf(random)).toEqual(new Set(["noise"]));
  });
});
