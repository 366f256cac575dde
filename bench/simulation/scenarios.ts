// bench/simulation/scenarios.ts: traffic whose share of wrong requests is known, to hold the verdicts against

import { seeded, zipf } from "./random.ts";

/** One run: the next request, and whether the candidate is wrong. */
type Next = () => { readonly request: number; readonly wrong: boolean };

export type Scenario = {
  readonly name: string;
  /** `reject` would not be wrong. */
  readonly isRejectable?: true;
  /** @param rate the share of the requests, or of the distinct ones, that is wrong */
  readonly begin: (rate: number, random: () => number) => Next;
};

/** Requests that can be told apart. */
export const POPULATION = 20_000;
const popular = zipf(POPULATION);

/** For each request the highest sampling level that it belongs to, as the leading zeros of its digest would say. */
export function levelsOf(count: number, most: number): Uint8Array {
  const random = seeded(4711);
  return Uint8Array.from({ length: count }, () => Math.min(most - 1, Math.clz32(Math.floor(random() * 2 ** 32))));
}

/** Exactly so many members of the population, drawn at random. */
function someOf(count: number, random: () => number): Uint8Array {
  const chosen = new Uint8Array(POPULATION);
  for (let left = count; left > 0; ) {
    const one = Math.floor(random() * POPULATION);
    if (chosen[one] === 1) continue;
    chosen[one] = 1;
    left -= 1;
  }
  return chosen;
}

const out = { request: 0, wrong: false };
function next(request: number, wrong: boolean) {
  out.request = request;
  out.wrong = wrong;
  return out;
}

export const SCENARIOS: readonly Scenario[] = [
  {
    name: "every request is another",
    begin: (rate, random) => {
      let n = 0;
      return () => next(n++, random() < rate);
    },
  },
  {
    name: "Zipf; the wrong ones are any",
    begin: (rate, random) => {
      const wrong = someOf(Math.round(rate * POPULATION), random);
      return () => {
        const request = popular.draw(random);
        return next(request, wrong[request] === 1);
      };
    },
  },
  {
    name: "the same, each asked three times in a row on average",
    begin: (rate, random) => {
      const wrong = someOf(Math.round(rate * POPULATION), random);
      let request = 0;
      return () => {
        if (random() < 1 / 3) request = popular.draw(random);
        return next(request, wrong[request] === 1);
      };
    },
  },
  {
    name: "Zipf; twice as many are wrong half of the time",
    begin: (rate, random) => {
      const wrong = someOf(Math.min(POPULATION, Math.round(2 * rate * POPULATION)), random);
      return () => {
        const request = popular.draw(random);
        return next(request, wrong[request] === 1 && random() < 0.5);
      };
    },
  },
  {
    // By requests exactly the rate; of the distinct ones more are wrong, so that `reject` is right.
    name: "Zipf; the wrong ones are the rarest, and come late",
    isRejectable: true,
    begin: (rate, random) => {
      let [first, share] = [POPULATION, 0];
      while (share < rate && first > 0) share += popular.share[--first]!;
      return () => {
        const request = popular.draw(random);
        return next(request, request >= first);
      };
    },
  },
];
