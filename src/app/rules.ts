// app/rules.ts: the comparison rules of every route, for the workers and for the comparison of equal answers in this thread

import { type CompiledRules, compileRules, type Origins } from "../compare/index.ts";
import type { Config } from "../config/index.ts";
import type { CompareRules } from "../model/rules.ts";
import type { Setup } from "../verify/index.ts";

/** Steps of list pairing before a cheaper one is used: some milliseconds' worth. */
const PAIRING_BUDGET = 2_000_000;

/** The comparison rules of a config, for the comparer threads and for this thread. */
export type Rules = {
  readonly setup: Setup;
  readonly rulesFor: (route: string) => CompareRules;
  readonly compiledFor: (route: string) => CompiledRules;
};

export function rulesOf(config: Config): Rules {
  // A legacy replica is compared on either side: with legacy's first answer, and in place of legacy with the candidate.
  const replica = config.legacyReplica === undefined ? [] : [config.legacyReplica.url];
  const origins: Origins = {
    legacy: [config.legacy.url, ...replica],
    candidate: [new URL(config.candidate.url).origin, ...replica],
    paths: pathsOf(config),
    ...(config.tls.cert === undefined ? {} : { scheme: "https" }),
  };
  const routes = new Map(config.routes.map((route) => [route.match.text, route.compare]));
  const compiled = new Map([...routes].map(([route, rules]) => [route, compileRules(rules, origins)]));
  const otherwise = compileRules(config.compare, origins);
  const { maxDecoded, deadline } = config.verify;
  return {
    setup: {
      routes,
      otherwise: config.compare,
      origins,
      limits: { maxDecoded, budget: PAIRING_BUDGET, deadlineMs: deadline },
    },
    rulesFor: (route) => routes.get(route) ?? config.compare,
    compiledFor: (route) => compiled.get(route) ?? otherwise,
  };
}

/** The candidate's path prefixes, to be mapped back in its links: the mappings of all routes, and the path of its URL. */
function pathsOf({ candidate, routes }: Config): NonNullable<Origins["paths"]> {
  const base = new URL(candidate.url).pathname.replace(/\/+$/, "");
  const mappings = [...routes.flatMap((route) => route.candidate.path), ...candidate.path];
  const paths = mappings.map(({ from, to }) => ({ legacy: from, candidate: base + to }));
  return base === "" ? paths : [...paths, { legacy: "/", candidate: `${base}/` }];
}
