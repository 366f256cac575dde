// cli/demo/legacy.ts: the service that is to be replaced; it is right by definition

import type { Planted } from "./planted.ts";
import { plantedOn } from "./planted.ts";
import type { Random } from "./random.ts";
import { type Backend, openBackend } from "./server.ts";
import type { Stock } from "./stock.ts";

/** Starts legacy, with the planted noise of both sides. */
export function openLegacy(planted: readonly Planted[], stock: Stock, random: Random): Promise<Backend> {
  return openBackend({
    server: "orders/4.17",
    jsonType: "application/json; charset=utf-8",
    answer: ({ route, params, handle }, query, body) => {
      let answer = handle({ params, query, body, stock, lagMs: 0 });
      for (const one of plantedOn(planted, route)) {
        if (one.kind === "noise") answer = one.plant(answer, random, Date.now());
      }
      return answer;
    },
    delay: (route) => plantedOn(planted, route).reduce((ms, one) => (one.kind === "slow" ? one.legacyMs : ms), 0),
    fail: () => undefined,
  });
}
