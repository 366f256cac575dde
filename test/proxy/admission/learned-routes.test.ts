// proxy/admission/learned-routes.test.ts: which learned routes live, whatever is served

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createLearnedRoutes } from "../../../src/proxy/admission/learned-routes.ts";

const HOSTILE = ["__proto__", "constructor", "toString", "", "other", "0"];
const names = fc.array(fc.oneof(fc.constantFrom(...HOSTILE), fc.integer({ min: 0, max: 40 }).map(String)), {
  maxLength: 300,
});

/** The different names of a sequence, the last one first. */
const latest = (served: readonly string[]) => [...new Set(served.toReversed())];

describe("learned routes", () => {
  test("are never more than the limit, and the most recently served ones are among them", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), names, (max, sequence) => {
        const learned = createLearnedRoutes(max);
        const surely = max - Math.floor(max * 0.8);
        sequence.forEach((name, i) => {
          learned.serve(name);
          const living = [...learned.names()];
          expect(living.length).toBeLessThanOrEqual(max);
          expect(new Set(living).size).toBe(living.length);
          for (const one of latest(sequence.slice(0, i + 1)).slice(0, surely)) expect(learned.has(one)).toBe(true);
        });
        expect([...learned.names()].every(learned.has)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test("are all kept while there are no more than the limit", () => {
    fc.assert(
      fc.property(names, (sequence) => {
        const learned = createLearnedRoutes(60);
        for (const name of sequence) learned.serve(name);
        expect([...learned.names()].sort()).toEqual(latest(sequence).sort());
      }),
    );
  });

  test("that are in use outlive ten thousand paths that are served once each", () => {
    const learned = createLearnedRoutes(200);
    const real = Array.from({ length: 100 }, (_, n) => `GET /real/${n}`);
    for (const name of [...real, ...real]) learned.serve(name);
    for (let n = 0; n < 10_000; n += 1) learned.serve(`GET /invented/${n}`);
    expect(real.filter((name) => !learned.has(name))).toEqual([]);
    expect([...learned.names()]).toHaveLength(200);
  });

  test("give way to others that are in use, once they are not", () => {
    const learned = createLearnedRoutes(10);
    const [before, after] = ["old", "new"].map((word) => Array.from({ length: 9 }, (_, n) => `GET /${word}/${n}`));
    for (let round = 0; round < 3; round += 1) for (const name of before!) learned.serve(name);
    for (const name of after!) for (let times = 0; times < 3; times += 1) learned.serve(name);
    expect(after!.slice(-8).every(learned.has)).toBe(true);
  });

  test("begin with those of before, as far as there is room", () => {
    const before = createLearnedRoutes(4);
    for (const name of ["a", "b", "c", "d", "c"]) before.serve(name);
    expect([...createLearnedRoutes(2, before.names()).names()]).toEqual(["d", "c"]);
  });
});
