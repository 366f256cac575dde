// bench/simulate.ts: how often readiness is wrong, by simulation with seeds; a few minutes, nothing but computing

import { optionsOf } from "./options.ts";
import { LATENCIES, latencyAtLimit, untilFastEnough } from "./simulation/latency.ts";
import { atTolerance, falseAlarms, family, noticed, untilReady } from "./simulation/run.ts";
import { SCENARIOS } from "./simulation/scenarios.ts";
import { ALPHA, rulesOf } from "./simulation/verdicts.ts";

const HELP = `Usage: npm run simulate -- [--only SECTION] [--runs N] [--requests N] [--seed N]

  --only        tolerance, family, latency, needed, alarms or breaks
  --runs N      runs of each line (2000)
  --requests N  requests of a run, with a look after each (50000)
  --seed N      where the random numbers begin (1)

Prints how often readiness is ever wrong over all looks, how many requests it takes, and how soon a break is noticed.
`;

const given = optionsOf(HELP, {
  only: { type: "string" },
  runs: { type: "string" },
  requests: { type: "string" },
  seed: { type: "string" },
});
const size = {
  runs: Number(given.runs ?? 2_000),
  requests: Number(given.requests ?? 50_000),
  seed: Number(given.seed ?? 1),
};
if (Object.values(size).some((value) => !Number.isInteger(value) || value < 1 || value > 1e7)) {
  process.stderr.write(`${HELP}\nEach takes a whole number, 1 to 10000000.\n`);
  process.exit(2);
}
const { runs } = size;
const print = (line: string) => process.stdout.write(`${line}\n`);
const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
const TOLERANCES = [0.001, 0.01, 0.05];

const SECTIONS: Readonly<Record<string, () => void>> = {
  tolerance: () => {
    print(`\nEver wrong in ${runs} runs of ${size.requests} requests, a look after each; alpha is ${percent(ALPHA)}\n`);
    print("| traffic, of which exactly the tolerance is wrong | tolerance | ever ready | ever rejected |");
    print("| --- | --- | --- | --- |");
    for (const tolerance of TOLERANCES) {
      const rules = rulesOf(tolerance, size.requests);
      for (const scenario of SCENARIOS) {
        const { ready, reject } = atTolerance(scenario, rules, size);
        const rejected = scenario.isRejectable === true ? `(${percent(reject)}, rightly)` : percent(reject);
        print(`| ${scenario.name} | ${percent(tolerance)} | ${percent(ready)} | ${rejected} |`);
      }
    }
  },
  family: () => {
    print("\n| 50 routes, each at the tolerance | tolerance | the whole ever ready | ever rejected |");
    print("| --- | --- | --- | --- |");
    for (const tolerance of TOLERANCES) {
      const { ready, reject } = family(50, tolerance, size);
      print(
        `| ${Math.floor(size.requests / 50)} requests each | ${percent(tolerance)} | ${percent(ready)} | ${percent(reject)} |`,
      );
    }
  },
  latency: () => {
    const latencies = { ...size, requests: Math.min(size.requests, 5_000), runs: Math.min(runs, 400) };
    const { requests } = latencies;
    print(
      `\nLatency, ${latencies.runs} runs of ${requests} requests, a look after every 25; p95 may be 1.2 times legacy's\n`,
    );
    print("| latencies | exactly 1.2 times: ever met | alike: met after (median) |\n| --- | --- | --- |");
    for (const scenario of LATENCIES) {
      const passed = latencyAtLimit(scenario, 1.2, latencies, 25);
      const met = untilFastEnough(scenario, 1.2, { ...latencies, runs: 25 }, 25);
      print(`| ${scenario.name} | ${percent(passed)} | ${met} |`);
    }
  },
  needed: () => {
    print("\n| wrong | tolerance | distinct requests until ready: mean | median | never |");
    print("| --- | --- | --- | --- | --- |");
    for (const tolerance of TOLERANCES) {
      const rules = rulesOf(tolerance, size.requests * 2);
      for (const part of [0, 0.25, 0.5]) {
        const of = { ...size, requests: size.requests * 2, runs: part === 0 ? 1 : runs };
        const { mean, median, never } = untilReady(tolerance * part, rules, of);
        print(
          `| ${part} of the tolerance | ${percent(tolerance)} | ${mean.toFixed(0)} | ${median} | ${percent(never)} |`,
        );
      }
    }
  },
  alarms: () => {
    print(
      "\n| requests, exactly the tolerance wrong | tolerance | false alarms: hold (one in 10^6 at most) | reject (10^8) |",
    );
    print("| --- | --- | --- | --- |");
    for (const tolerance of TOLERANCES) {
      const { hold, reject } = falseAlarms(tolerance, size);
      print(`| ${runs * size.requests} | ${percent(tolerance)} | ${hold} | ${reject} |`);
    }
  },
  breaks: () => {
    print("\n| a break, tolerance 0.1 % | clean requests before | hold within | reject within (slowest of 20 runs) |");
    print("| --- | --- | --- | --- |");
    const breaks: [string, (request: number, random: () => number) => boolean][] = [
      ["every request is wrong", () => true],
      ["half of them", (_, random) => random() < 0.5],
      ["one in ten", (_, random) => random() < 0.1],
      ["one URL with a tenth of the traffic", (request) => request === 0],
    ];
    for (const clean of [250_000, 1_000_000]) {
      for (const [name, broken] of breaks) {
        const { hold, reject } = noticed(clean, 0.001, broken, Math.min(20, runs));
        print(`| ${name} | ${clean} | ${hold} | ${reject ?? "never"} |`);
      }
    }
  },
};

const { only } = given;
if (only !== undefined && !Object.hasOwn(SECTIONS, only)) {
  process.stderr.write(`${HELP}\nThere is no section ${only}.\n`);
  process.exit(2);
}
for (const [name, section] of Object.entries(SECTIONS)) if (only === undefined || only === name) section();
