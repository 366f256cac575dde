// bench/noise.ts: how often the noise tests are wrong, and how soon they are right; seeded, some minutes

import { addSign, createSignTest } from "../src/evidence/sign-test.ts";
import { FAULTS, NOISE, seeded, simulate } from "../test/evidence/noise-simulation.ts";
import { table } from "./table.ts";

const SIGNS = { runs: 2000, observations: 50_000 };
const PLACES = { runs: 20, requests: 50_000 };
const POWER = { runs: 200, requests: 2000 };

/**
 * In how many runs a fair coin is ever rejected, looked at after each toss. With `skipping`, a toss is left out whenever the one
 * before was a minus: the test has to hold whatever decides, by the past, which observations are taken in.
 */
function falseRejections(alpha: number, skipping: boolean): number {
  let rejected = 0;
  for (let run = 1; run <= SIGNS.runs; run++) {
    const random = seeded(run * 7919);
    const signs = createSignTest();
    let last = 1;
    for (let i = 0; i < SIGNS.observations && signs.rejected === undefined; i++) {
      const sign = random() < 0.5 ? 1 : -1;
      if (!skipping || last > 0) addSign(signs, sign, ["plus", "minus"], alpha);
      last = sign;
    }
    if (signs.rejected !== undefined) rejected += 1;
  }
  return rejected / SIGNS.runs;
}

const percent = (share: number) => `${(share * 100).toFixed(2)} %`;

console.log(`Sign test, looked at after each of ${SIGNS.observations} observations, ${SIGNS.runs} runs:`);
console.log(
  table(
    ["alpha", "ever rejected", "with observations left out by the past"],
    [0.05, 0.01, 0.001].map((alpha) => [
      percent(alpha),
      percent(falseRejections(alpha, false)),
      percent(falseRejections(alpha, true)),
    ]),
  ),
);

console.log(`Places where the candidate varies as legacy does, ${PLACES.runs} runs of ${PLACES.requests} requests:`);
console.log(
  table(
    ["place", "ever called a mismatch", "first at"],
    Object.entries(NOISE).map(([name, scenario]) => {
      const said = Array.from({ length: PLACES.runs }, (_, i) => simulate(scenario, seeded(i + 1), PLACES));
      const wrong = said.filter((one) => one !== undefined);
      return [name, `${wrong.length} of ${PLACES.runs}`, wrong.map(({ after }) => after).join(", ")];
    }),
  ),
);

console.log(`Faults in such places, ${POWER.runs} runs, differing requests until the first mismatch:`);
console.log(
  table(
    ["fault", "median", "most"],
    Object.entries(FAULTS).map(([name, scenario]) => {
      const found = Array.from(
        { length: POWER.runs },
        (_, i) => simulate(scenario, seeded(i + 1), POWER)?.after ?? Number.POSITIVE_INFINITY,
      ).sort((a, b) => a - b);
      return [name, `${found[POWER.runs / 2]}`, `${found.at(-1)}`];
    }),
  ),
);
