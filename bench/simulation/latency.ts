// bench/simulation/latency.ts: how often the latency condition is wrongly met, and how soon it is met rightly

import { createHistogram, observe } from "../../src/evidence/histogram.ts";
import { latencyRatios } from "../../src/evidence/latency.ts";
import { addLatencyPair, createLatencyPairs } from "../../src/evidence/latency-pairs.ts";
import { seeded } from "./random.ts";
import type { Size } from "./run.ts";
import { ALPHA } from "./verdicts.ts";

type Random = () => number;

/** Both sides' latencies, in milliseconds, to one request after the other. */
export type LatencyScenario = {
  readonly name: string;
  /** @param ratio what the candidate's 95th percentile is to be, over legacy's */
  readonly begin: (ratio: number, random: Random, requests: number) => () => readonly [number, number];
};

const exponential = (random: Random, mean: number) => -mean * Math.log(1 - random());

export const LATENCIES: readonly LatencyScenario[] = [
  {
    name: "a third of the waits is shared",
    begin: (ratio, random) => () => {
      const shared = random() < 0.3 ? exponential(random, 10) : undefined;
      const side = () => 20 + (shared ?? exponential(random, 10));
      return [side(), ratio * side()];
    },
  },
  {
    name: "a request takes long on both sides or on neither",
    begin: (ratio, random) => () => {
      const request = 3 + 6 * random();
      const side = () => request * (1 + 0.1 * random());
      return [side(), ratio * side()];
    },
  },
  {
    name: "heavy tails, independent",
    begin: (ratio, random) => () => {
      const side = () => 5 * (1 - random()) ** (-1 / 1.5);
      return [side(), ratio * side()];
    },
  },
  {
    name: "stalls of both sides in runs of some fifty requests",
    begin: (ratio, random) => {
      let stalled = false;
      return () => {
        stalled = random() < 0.02 ? random() < 0.1 : stalled;
        const side = () => 10 + exponential(random, 3) + (stalled ? 40 + exponential(random, 40) : 0);
        return [side(), ratio * side()];
      };
    },
  },
  {
    name: "both sides become four times slower",
    begin: (ratio, random, requests) => {
      let n = 0;
      return () => {
        n += 1;
        const side = () => (10 + exponential(random, 5)) * (1 + (3 * n) / requests);
        return [side(), ratio * side()];
      };
    },
  },
  {
    name: "the candidate is fast but for one request in twenty",
    begin: (ratio, random) => () => [20 + random(), random() < 0.05 ? ratio * 100 : 8 + random()],
  },
  {
    name: "legacy is slow in one request in twenty",
    begin: (ratio, random) => () => {
      const jitter = 1 + 0.001 * random();
      return [random() < 0.05 ? 100 : 10 * jitter, random() < 0.05 ? 100 * ratio : 9.99 * ratio * jitter];
    },
  },
];

/** Whether the interval of the ratio of the 95th percentiles is ever under the limit, and after how many requests. */
function firstUnder(
  scenario: LatencyScenario,
  [ratio, limit]: readonly [number, number],
  seed: number,
  requests: number,
  every: number,
): number | undefined {
  const next = scenario.begin(ratio, seeded(seed), requests);
  const [pairs, legacy, candidate] = [createLatencyPairs(), createHistogram(), createHistogram()];
  for (let n = 1; n <= requests; n++) {
    const [l, c] = next();
    observe(legacy, l);
    observe(candidate, c);
    addLatencyPair(pairs, l, c);
    if (n % every !== 0) continue;
    const p95 = latencyRatios(pairs, legacy, candidate, 1 - ALPHA).find(({ quantile }) => quantile === "p95");
    if (p95 !== undefined && p95.high <= limit) return n;
  }
  return undefined;
}

/** The share of runs in which the condition is ever met although the candidate's 95th percentile is at the limit. */
export function latencyAtLimit(
  scenario: LatencyScenario,
  limit: number,
  { runs, requests, seed }: Size,
  every: number,
): number {
  let passed = 0;
  for (let run = 0; run < runs; run++) {
    if (firstUnder(scenario, [limit, limit], seed + run, requests, every) !== undefined) passed += 1;
  }
  return passed / runs;
}

/** The median number of requests until the condition is met where both sides are alike; infinite: in most runs never. */
export function untilFastEnough(
  scenario: LatencyScenario,
  limit: number,
  { runs, requests, seed }: Size,
  every: number,
): number {
  const all = Array.from(
    { length: runs },
    (_, run) => firstUnder(scenario, [1, limit], seed + run, requests, every) ?? Number.POSITIVE_INFINITY,
  ).sort((a, b) => a - b);
  return all[Math.floor(runs / 2)]!;
}
