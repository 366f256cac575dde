import { describe, expect, test } from "vitest";
import { LATENCIES, latencyAtLimit, untilFastEnough } from "../../bench/simulation/latency.ts";
import { seeded } from "../../bench/simulation/random.ts";
import { atTolerance, falseAlarms, family, noticed, untilReady } from "../../bench/simulation/run.ts";
import { levelsOf, SCENARIOS } from "../../bench/simulation/scenarios.ts";
import { ALPHA, LEVELS, openRoute, rulesOf } from "../../bench/simulation/verdicts.ts";
import { comparison, createEvidence, difference } from "./comparisons.ts";

// `npm run simulate` is the long form: 2,000 runs of 50,000 requests.
const SEED = 20_260_101;

describe("the simulation", () => {
  test("gives the verdict of the evidence after every request", () => {
    const mild = difference("$.x", "extra", undefined, "2");
    const settings = { tolerance: 0.05, errorRate: 0.5, latency: {}, repeat: 255 };
    const levels = levelsOf(400, LEVELS);
    for (const [rate, drift] of [
      [0.02, 0],
      [0.05, 0],
      [0.2, 0],
      [0, 0.8],
    ] as const) {
      const random = seeded(SEED + rate * 100);
      const rules = rulesOf(settings.tolerance, 600);
      const route = openRoute(rules, levels);
      const evidence = createEvidence({ startedAt: 0, readiness: settings });
      const wrongs = levels.map(() => Number(random() < rate));
      for (let i = 0; i < 600; i++) {
        const request = Math.floor(random() ** 2 * levels.length);
        const wrong = wrongs[request] === 1 || (i > 450 && random() < drift);
        const expected = route.add(request, wrong);
        evidence.add(comparison({ target: `/${request}`, differences: wrong ? [mild] : [] }), i);
        const { readiness } = evidence.report(i).routes[0]!;
        expect(readiness.verdict, `request ${i} at ${rate}: ${readiness.reasons.join(" ")}`).toBe(expected);
      }
    }
  });
});

describe(`with exactly the tolerance wrong, over all looks (seed ${SEED})`, () => {
  for (const tolerance of [0.001, 0.01, 0.05]) {
    const requests = tolerance === 0.001 ? 20_000 : 5_000;
    for (const scenario of SCENARIOS) {
      test(`ready and reject are said in at most alpha of 300 runs: ${scenario.name}, ${tolerance}`, () => {
        const { ready, reject } = atTolerance(scenario, rulesOf(tolerance, requests), {
          runs: 300,
          requests,
          seed: SEED,
        });
        expect(ready).toBeLessThanOrEqual(ALPHA);
        if (scenario.isRejectable !== true) expect(reject).toBeLessThanOrEqual(ALPHA);
      }, 60_000);
    }
  }

  test("the bounds are not so wide that they could never be wrong", () => {
    const { ready } = atTolerance(SCENARIOS[0]!, rulesOf(0.05, 5_000), { runs: 300, requests: 5_000, seed: SEED });
    expect(ready).toBeGreaterThan(0.01);
  });

  test("of 50 routes the whole is ready or rejected in at most alpha", () => {
    const { ready, reject } = family(50, 0.05, { runs: 100, requests: 20_000, seed: SEED });
    expect(ready).toBeLessThanOrEqual(ALPHA);
    expect(reject).toBeLessThanOrEqual(ALPHA);
  }, 60_000);

  for (const scenario of LATENCIES) {
    test(`the latency condition is met at its limit in at most alpha, looked at again and again: ${scenario.name}`, () => {
      expect(latencyAtLimit(scenario, 1.2, { runs: 60, requests: 2_000, seed: SEED }, 50)).toBeLessThanOrEqual(ALPHA);
    }, 60_000);
  }

  test("the detectors of recent changes give fewer than one false alarm in 10^6 requests", () => {
    const { hold, reject } = falseAlarms(0.01, { runs: 60, requests: 50_000, seed: SEED });
    expect(hold).toBeLessThanOrEqual(3);
    expect(reject).toBe(0);
  }, 60_000);
});

describe(`what it takes (seed ${SEED})`, () => {
  test("at half the tolerance fewer distinct requests than the 2,919 of a two-sided mixture at 1 %", () => {
    const { mean } = untilReady(0.005, rulesOf(0.01, 50_000), { runs: 300, requests: 50_000, seed: SEED });
    expect(mean).toBeLessThan(2_919);
  }, 60_000);

  test("equal latencies are known to be fast enough after some hundred requests", () => {
    const size = { runs: 9, requests: 2_000, seed: SEED };
    const met = LATENCIES.slice(0, 2).map((scenario) => untilFastEnough(scenario, 1.2, size, 25));
    expect(met[0]).toBeLessThanOrEqual(900);
    expect(met[1]).toBeLessThanOrEqual(250);
  }, 60_000);

  test("a break after a long clean past is noticed within some dozens of requests", () => {
    const all = noticed(100_000, 0.001, () => true, 5);
    expect(all.hold).toBeLessThanOrEqual(12);
    expect(all.reject).toBeLessThanOrEqual(12);
    expect(noticed(100_000, 0.001, (_, random) => random() < 0.5, 5).hold).toBeLessThanOrEqual(40);
    expect(noticed(100_000, 0.001, (request) => request === 0, 5).hold).toBeLessThanOrEqual(120);
  }, 60_000);
});
