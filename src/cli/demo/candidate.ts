// cli/demo/candidate.ts: the service that is to replace it; right but for what is planted

import type { Planted } from "./planted.ts";
import { plantedOn } from "./planted.ts";
import type { Random } from "./random.ts";
import { type Backend, openBackend } from "./server.ts";
import type { Stock } from "./stock.ts";

/** Starts the candidate, with the planted faults. */
export function openCandidate(planted: readonly Planted[], stock: Stock, random: Random): Promise<Backend> {
  let asked = 0; // requests that might have failed
  return openBackend({
    server: "orders-ng/0.9",
    jsonType: "application/json;charset=UTF-8",
    answer: ({ route, params, handle }, query, body) => {
      const here = plantedOn(planted, route);
      const lagMs = here.reduce((ms, one) => (one.kind === "lag" ? one.lagMs : ms), 0);
      let answer = handle({ params, query, body, stock, lagMs });
      for (const one of here) {
        if (one.kind === "noise") answer = one.plant(answer, random, Date.now());
        if (one.kind === "difference") answer = one.plant(answer, params[0] ?? "");
      }
      return answer;
    },
    delay: (route) => plantedOn(planted, route).reduce((ms, one) => (one.kind === "slow" ? one.candidateMs : ms), 0),
    fail: (route) => {
      for (const one of plantedOn(planted, route)) {
        if (one.kind !== "failure") continue;
        asked += 1;
        if (asked % one.hangEvery === 0) return "hang";
        if (asked % one.resetEvery === 0) return "reset";
      }
      return undefined;
    },
  });
}
