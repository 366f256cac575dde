// cli/back-test.ts: stored samples under other rules: which findings they would settle, and what else they would hide

import {
  askedOf,
  type CompareLimits,
  type CompiledRules,
  compareResponses,
  compileRules,
  type Origins,
} from "../compare/index.ts";
import type { Config } from "../config/index.ts";
import type { Difference, Kind, Where } from "../model/difference.ts";
import type { Exchange } from "../model/exchange.ts";
import { findingOf, generalOf } from "../model/place.ts";
import { NO_RULES } from "../model/rules.ts";

/** What rules do to one finding's samples. */
export type Effect = {
  readonly finding: string;
  readonly route: string;
  readonly where: Where;
  readonly path: string;
  readonly kind: Kind;
  /** Samples that show it without any rule, and how many of them no longer do. */
  readonly samples: number;
  readonly settled: number;
  /** Whether it is a known finding. If not, the rules in force settle it, or it is noise. */
  readonly known: boolean;
};

/** The result of testing a config's rules on stored samples. */
export type BackTest = {
  readonly samples: number;
  /** Samples of which a body was not kept. */
  readonly untried: number;
  /** Those that the rules touch most come first. */
  readonly findings: readonly Effect[];
  /** Rules that settled something in the samples, and how many differences. */
  readonly rules: readonly { readonly rule: string; readonly settled: number; readonly findings: number }[];
};

/** A stored sample with the ids of the findings that it showed. */
export type Tried = { readonly exchange: Exchange; readonly findings: readonly string[] };

/** Samples of one moment, so nothing waits for them: as much as it takes. */
const LIMITS: CompareLimits = { maxDecoded: Number.MAX_SAFE_INTEGER, budget: 10_000_000 };

type Growing = { -readonly [Name in keyof Effect]: Effect[Name] };

/** Compares every sample twice: as strictly as makes sense, and by the config's rules. Pure. */
export function backTest(tried: readonly Tried[], untried: number, config: Config): BackTest {
  const origins: Origins = { legacy: [config.legacy.url], candidate: [config.candidate.url] };
  const strict = compileRules(NO_RULES, origins);
  const rulesOf = createRules(config, origins);
  const effects = new Map<string, Growing>();
  const rules = new Map<string, { settled: number; readonly findings: Set<string> }>();
  for (const { exchange, findings } of tried) {
    const shown = differencesOf(exchange, strict).differences;
    const { differences: left, masked } = differencesOf(exchange, rulesOf(exchange.route));
    const still = new Set(left.map((one) => findingOf(exchange.route, one)));
    const gone = new Set<string>();
    for (const [finding, difference] of byFinding(exchange.route, shown)) {
      const effect = effects.get(finding) ?? started(finding, exchange.route, difference);
      effects.set(finding, effect);
      effect.samples += 1;
      effect.known ||= findings.includes(finding);
      if (still.has(finding)) continue;
      effect.settled += 1;
      gone.add(finding);
    }
    for (const { rule, count } of masked) {
      const one = rules.get(rule) ?? { settled: 0, findings: new Set<string>() };
      rules.set(rule, one);
      one.settled += count;
      for (const finding of gone) one.findings.add(finding);
    }
  }
  return {
    samples: tried.length,
    untried,
    findings: [...effects.values()].sort((a, b) => b.settled - a.settled || b.samples - a.samples),
    rules: [...rules]
      .map(([rule, { settled, findings }]) => ({ rule, settled, findings: findings.size }))
      .sort((a, b) => b.settled - a.settled),
  };
}

function createRules(config: Config, origins: Origins): (route: string) => CompiledRules {
  const routes = new Map(config.routes.map((route) => [route.match.text, compileRules(route.compare, origins)]));
  const otherwise = compileRules(config.compare, origins);
  return (route) => routes.get(route) ?? otherwise;
}

function differencesOf({ request, legacy, candidate }: Exchange, rules: CompiledRules) {
  if (legacy.kind !== "response" || candidate.kind !== "response") return { differences: [], masked: [] };
  return compareResponses(legacy, candidate, rules, LIMITS, askedOf(request));
}

function byFinding(route: string, differences: readonly Difference[]): Map<string, Difference> {
  return new Map(differences.map((one) => [findingOf(route, one), one]));
}

function started(finding: string, route: string, one: Difference): Growing {
  const { where, kind } = one;
  return { finding, route, where, path: generalOf(one).path, kind, samples: 0, settled: 0, known: false };
}
