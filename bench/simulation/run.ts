// bench/simulation/run.ts: how often a verdict is wrong, how soon it is given, and how soon a break is noticed

import { createRecent, isRejected, observeRecent, startOver } from "../../src/evidence/recent.ts";
import { seeded, zipf } from "./random.ts";
import { levelsOf, POPULATION, type Scenario } from "./scenarios.ts";
import { LEVELS, openRoute, type Rules, rulesOf } from "./verdicts.ts";

export type Size = { readonly runs: number; readonly requests: number; readonly seed: number };

/** Shares of the runs in which the verdict was ever given, over all looks; one look after each request. */
export type Ever = { readonly ready: number; readonly reject: number };

/** With exactly the tolerance wrong: both verdicts are false. */
export function atTolerance(scenario: Scenario, rules: Rules, { runs, requests, seed }: Size): Ever {
  const levels = levelsOf(Math.max(requests, POPULATION), LEVELS);
  let [ready, reject] = [0, 0];
  for (let run = 0; run < runs; run++) {
    const begun = scenario.begin(rules.tolerance, seeded(seed + run));
    const route = openRoute(rules, levels);
    let [wasReady, wasRejected] = [false, false];
    for (let i = 0; i < requests && !(wasReady && wasRejected); i++) {
      const { request, wrong } = begun();
      const verdict = route.add(request, wrong);
      if (verdict === "ready") wasReady = true;
      else if (verdict === "reject") wasRejected = true;
    }
    if (wasReady) ready += 1;
    if (wasRejected) reject += 1;
  }
  return { ready: ready / runs, reject: reject / runs };
}

/** Many routes, each with exactly the tolerance wrong: whether the whole is ever ready or rejected. */
export function family(routes: number, tolerance: number, { runs, requests, seed }: Size): Ever {
  const each = Math.floor(requests / routes);
  const rules = rulesOf(tolerance, each, routes);
  const levels = levelsOf(each, LEVELS);
  let [ready, reject] = [0, 0];
  for (let run = 0; run < runs; run++) {
    const random = seeded(seed + run);
    const open = Array.from({ length: routes }, () => openRoute(rules, levels));
    const verdicts = new Array<string>(routes).fill("hold");
    let [wasReady, wasRejected, readyNow] = [false, false, 0];
    for (let i = 0; i < each; i++) {
      for (let r = 0; r < routes; r++) {
        const verdict = open[r]!.add(i, random() < tolerance);
        if (verdict === verdicts[r]) continue;
        readyNow += Number(verdict === "ready") - Number(verdicts[r] === "ready");
        verdicts[r] = verdict;
        if (verdict === "reject") wasRejected = true;
        if (readyNow === routes) wasReady = true;
      }
    }
    if (wasReady) ready += 1;
    if (wasRejected) reject += 1;
  }
  return { ready: ready / runs, reject: reject / runs };
}

export type Until = { readonly mean: number; readonly median: number; readonly never: number };

/** Distinct requests until `ready`, where each is another and this share of them is wrong. */
export function untilReady(rate: number, rules: Rules, { runs, requests, seed }: Size): Until {
  const levels = levelsOf(requests, LEVELS);
  const needed: number[] = [];
  for (let run = 0; run < runs; run++) {
    const random = seeded(seed + run);
    const route = openRoute(rules, levels);
    let n = 0;
    while (n < requests && route.add(n, random() < rate) !== "ready") n += 1;
    needed.push(n + 1);
  }
  const sorted = needed.toSorted((a, b) => a - b);
  return {
    mean: needed.reduce((sum, one) => sum + one, 0) / runs,
    median: sorted[Math.floor(runs / 2)]!,
    never: needed.filter((n) => n > requests).length / runs,
  };
}

/** False alarms of the detectors of recent changes, with exactly the tolerance wrong. They start over after each. */
export function falseAlarms(
  tolerance: number,
  { runs, requests, seed }: Size,
): { readonly hold: number; readonly reject: number } {
  const random = seeded(seed);
  const [recent, rejecting] = [createRecent(tolerance), createRecent(tolerance)];
  const request = { hi: 1, lo: 0 };
  let [hold, reject] = [0, 0];
  for (let i = 0; i < runs * requests; i++) {
    const wrong = random() < tolerance;
    request.lo = i;
    for (const detector of [recent, rejecting]) observeRecent(detector, request, wrong, wrong, i);
    if (recent.broken) {
      hold += 1;
      startOver(recent);
    }
    if (wrong && isRejected(rejecting, requests)) {
      reject += 1;
      startOver(rejecting);
    }
  }
  return { hold, reject };
}

export type Noticed = { readonly hold: number; readonly reject: number | undefined };

/**
 * Requests from a break until the verdict is no longer `ready`, and until it is `reject`, at the slowest of a hundred
 * runs. Before it `clean` requests were right, all of them known.
 * @param broken whether a request is wrong from then on
 */
export function noticed(
  clean: number,
  tolerance: number,
  broken: (request: number, random: () => number) => boolean,
  runs: number,
): Noticed {
  const population = 5_000;
  const most = 20_000;
  const rules = rulesOf(tolerance, clean + most);
  const levels = levelsOf(population, LEVELS);
  const popular = zipf(population);
  let [hold, reject] = [0, 0];
  for (let run = 0; run < runs; run++) {
    const random = seeded(run + 1);
    const route = openRoute(rules, levels);
    for (let i = 0; i < clean; i++) route.add(i % population, false);
    let first: number | undefined;
    let rejected: number | undefined;
    for (let i = 1; i <= most && rejected === undefined; i++) {
      const request = popular.draw(random);
      const verdict = route.add(request, broken(request, random));
      if (verdict !== "ready") first ??= i;
      if (verdict === "reject") rejected = i;
    }
    hold = Math.max(hold, first ?? Number.POSITIVE_INFINITY);
    reject = Math.max(reject, rejected ?? Number.POSITIVE_INFINITY);
  }
  return { hold, reject: Number.isFinite(reject) ? reject : undefined };
}
