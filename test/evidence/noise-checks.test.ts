import { describe, expect, test } from "vitest";
import { addSign, createSignTest, logEvidence } from "../../src/evidence/sign-test.ts";
import { FAULTS, NOISE, seeded, simulate } from "./noise-simulation.ts";

describe("a paired sign test that is looked at after every observation", () => {
  test("rejects a fair coin in no more runs than alpha allows", () => {
    const [alpha, runs] = [0.05, 400];
    let rejected = 0;
    for (let run = 1; run <= runs; run++) {
      const random = seeded(run);
      const signs = createSignTest();
      for (let i = 0; i < 2000 && signs.rejected === undefined; i++) {
        addSign(signs, random() < 0.5 ? 1 : -1, ["plus", "minus"], alpha);
      }
      if (signs.rejected !== undefined) rejected += 1;
    }
    // Three standard errors above alpha, by a fixed seed.
    expect(rejected).toBeLessThanOrEqual(runs * alpha + 3 * Math.sqrt(runs * alpha * (1 - alpha)));
  });

  test("rejects a one-sided sequence after some twenty signs, and takes it back when the signs are even again", () => {
    const signs = createSignTest();
    let needed = 0;
    while (signs.rejected === undefined) {
      addSign(signs, -1, ["plus", "minus"], 1e-5);
      needed += 1;
    }
    expect([signs.rejected, needed]).toEqual(["minus", 20]);
    for (let i = 0; i < 100; i++) addSign(signs, -1, ["plus", "minus"], 1e-5);
    expect(signs.rejected).toBe("minus");
    for (let i = 0; i < 100; i++) addSign(signs, i % 2 === 0 ? 1 : -1, ["plus", "minus"], 1e-5);
    expect(signs.rejected).toBeUndefined();
    expect(logEvidence({ plus: 0, minus: 0 })).toBeCloseTo(0);
  });
});

describe("at a place where legacy varies", () => {
  test.each(Object.entries(FAULTS))(
    "a wrong candidate is found within some dozens of differing requests: %s",
    (_, fault) => {
      const found = [1, 2, 3].map((seed) => simulate(fault, seeded(seed), { requests: 1000 })?.after ?? Infinity);
      expect(Math.max(...found)).toBeLessThanOrEqual(120);
    },
  );

  test.each(Object.entries(FAULTS))("so it is where only a few of them can be rechecked: %s", (_, fault) => {
    const found = [1, 2, 3].map((seed) => simulate(fault, seeded(seed), { requests: 400, rechecks: 6 })?.after);
    expect(Math.max(...found.map((after) => after ?? Infinity))).toBeLessThanOrEqual(120);
  });

  test.each(Object.entries(NOISE).filter(([name]) => name !== "two server names, one seldom"))(
    "nothing is held against a candidate that varies likewise: %s",
    (_, noise) => {
      const said = [1, 2].map((seed) => simulate(noise, seeded(seed), { requests: 400 }));
      const seldomRechecked = simulate(noise, seeded(3), { requests: 1500, rechecks: 6 });
      expect([...said, seldomRechecked]).toEqual([undefined, undefined, undefined]);
    },
  );

  test("a value that changes seldom is not yet known as noise at the first requests, and is soon after", () => {
    const runs = Array.from({ length: 20 }, (_, i) =>
      simulate(NOISE["two server names, one seldom"]!, seeded(i + 1), { requests: 400 }),
    );
    expect(runs.filter((said) => said !== undefined && said.after > 5)).toEqual([]);
    expect(runs.filter((said) => said !== undefined).length).toBeLessThanOrEqual(5);
  });
});
