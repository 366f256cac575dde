// app/back-test.ts: tries a suggested rule on stored samples, in the workers, so that no reader and no client waits for it

import { askedOf } from "../compare/index.ts";
import { readConfig } from "../config/index.ts";
import { type RuleTrial, type Settling, settling, type Tried } from "../explain/index.ts";
import type { Difference } from "../model/difference.ts";
import type { CompareRules } from "../model/rules.ts";
import { exchangeOf, type Sample, type Store } from "../store/index.ts";
import type { Comparer } from "../verify/index.ts";

/** What trying a rule on samples uses of the other parts. */
export type BackTestPorts = {
  readonly samples: Store["samples"];
  readonly compare: Comparer["compare"];
  /** The rules in force for a route. */
  readonly rulesFor: (route: string) => CompareRules;
};

/** Samples of the finding's route that a rule is tried on. */
const SAMPLES = 40;
const REMEMBERED = 500;
const WAITING = 32;

/** Says what a rule would do, as soon as that is known; until then nothing, and the trial is under way. */
export function createBackTest(ports: BackTestPorts): (trial: RuleTrial) => Settling | undefined {
  const known = new Map<string, Settling>();
  const under = new Set<string>();
  let last: Promise<void> = Promise.resolve();

  async function run(key: string, { yaml, ...suggestion }: RuleTrial): Promise<void> {
    const [one] = await ports.samples({ finding: suggestion.finding, limit: 1 });
    const rules = rulesOf(yaml);
    if (one === undefined || rules === undefined) return;
    const samples = await ports.samples({ route: one.route, limit: SAMPLES });
    const inForce = ports.rulesFor(one.route);
    const tried: Tried[] = [];
    for (const sample of samples) {
      const before = await differencesOf(sample, inForce, ports.compare);
      const after = await differencesOf(sample, together(inForce, rules), ports.compare);
      // A sample whose body was not kept says nothing.
      if (before !== undefined && after !== undefined) tried.push({ route: sample.route, before, after });
    }
    known.delete(key);
    known.set(key, settling(tried, suggestion));
    if (known.size > REMEMBERED) known.delete(known.keys().next().value!);
  }

  return (trial) => {
    const key = `${trial.finding}\n${trial.yaml}`;
    const result = known.get(key);
    if (result === undefined && !under.has(key) && under.size < WAITING) {
      under.add(key);
      // One after the other, and a store that fails costs the numbers of a suggestion, no more.
      last = last
        .then(() => run(key, trial))
        .catch(() => undefined)
        .finally(() => under.delete(key));
    }
    return result;
  };
}

async function differencesOf(
  sample: Sample,
  rules: CompareRules,
  compare: Comparer["compare"],
): Promise<readonly Difference[] | undefined> {
  const exchange = exchangeOf(sample);
  if (exchange?.legacy.kind !== "response" || exchange.candidate.kind !== "response") return undefined;
  const { route, request, legacy, candidate } = exchange;
  const verdict = await compare({ route, legacy, candidate, rules, asked: askedOf(request) });
  return verdict.kind === "compared" && !verdict.incomparable ? verdict.compared.differences : undefined;
}

/** A `compare:` section as it would stand in a config. */
function rulesOf(yaml: string): CompareRules | undefined {
  const indented = yaml.replace(/^/gm, "  ");
  const text = `legacy: { url: "http://127.0.0.1:1" }\ncandidate: { url: "http://127.0.0.1:2" }\ncompare:\n${indented}\n`;
  const read = readConfig(text, { file: "suggestion", env: {} });
  return "config" in read ? read.config.compare : undefined;
}

function together(a: CompareRules, b: CompareRules): CompareRules {
  return {
    ignore: [...a.ignore, ...b.ignore],
    only: [...a.only, ...b.only],
    arrays: [...b.arrays, ...a.arrays],
    numbers: [...b.numbers, ...a.numbers],
    times: [...b.times, ...a.times],
    strings: [...b.strings, ...a.strings],
    json: [...b.json, ...a.json],
    patch: {
      legacy: [...a.patch.legacy, ...b.patch.legacy],
      candidate: [...a.patch.candidate, ...b.patch.candidate],
    },
    fields: { compare: a.fields.compare, ignore: [...a.fields.ignore, ...b.fields.ignore] },
    mapOrigins: a.mapOrigins,
  };
}
