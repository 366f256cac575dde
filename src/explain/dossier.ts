// explain/dossier.ts: all that is known of a finding's values, and the causes that follow from it

import type { Kind, Where } from "../model/difference.ts";
import { digestText } from "../model/digest.ts";
import type { Cause } from "../model/report.ts";
import type { Shown } from "../model/showing.ts";
import type { Settling } from "./backtest.ts";
import { addCodes, type Codes, codesOf, createCodes, restoreCodes, type StoredCodes, storeCodes } from "./codes.ts";
import type { Hypothesis, Spot } from "./hypothesis.ts";
import { NUMBERS } from "./numbers.ts";
import { ORDERS } from "./order.ts";
import {
  createPartners,
  type Partners,
  renamesOf,
  restorePartners,
  type StoredPartners,
  storePartners,
} from "./renames.ts";
import {
  addRequest,
  createRequests,
  type Requests,
  restoreRequests,
  type StoredRequests,
  storeRequests,
} from "./requests.ts";
import { STRINGS } from "./strings.ts";
import { TIMES } from "./times.ts";
import {
  createTrial,
  type Leader,
  leaderOf,
  restoreTrial,
  type StoredTrial,
  storeTrial,
  type Trial,
  tryPair,
} from "./trial.ts";
import { TYPES } from "./types.ts";
import { type Pair, readValue } from "./value.ts";

const HYPOTHESES: readonly Hypothesis[] = [...NUMBERS, ...TIMES, ...STRINGS, ...TYPES, ...ORDERS];

export type Dossier = {
  readonly where: Where;
  readonly place: string;
  readonly kind: Kind;
  /** By their position in HYPOTHESES' list for this kind, with their names for the store. */
  readonly trials: readonly { readonly hypothesis: Hypothesis; trial: Trial }[];
  codes: Codes;
  partners: Partners;
  requests: Requests;
  /** For elements at the end of a list: how many comparisons, and the first index that was missing in each. */
  readonly cut: { seen: number; readonly at: Map<number, number> };
};

export type Statement = {
  /** The share of the observations that must fit, 0 to 1, and the fewest of them. */
  readonly support: number;
  readonly minimum: number;
};

export function openDossier({ where, place, kind }: Pick<Dossier, "where" | "place" | "kind">): Dossier {
  return {
    where,
    place,
    kind,
    trials: HYPOTHESES.filter(({ kinds }) => kinds.includes(kind)).map((hypothesis) => ({
      hypothesis,
      trial: createTrial(),
    })),
    codes: createCodes(),
    partners: createPartners(),
    requests: createRequests(),
    cut: { seen: 0, at: new Map() },
  };
}

export function file(dossier: Dossier, shown: Shown): void {
  const { legacy, candidate } = shown.sample;
  const pair: Pair = { legacy: readValue(legacy), candidate: readValue(candidate) };
  const digest = digestText(`${legacy ?? ""}\n${candidate ?? ""}`).slice(0, 8);
  // Equal texts of a difference are what redaction left of it: they would fit every likeness.
  const told = legacy !== candidate;
  if (told && shown.where !== "status") {
    for (const { hypothesis, trial } of dossier.trials) tryPair(trial, hypothesis, pair, digest);
  }
  if (told) addCodes(dossier.codes, pair);
  addRequest(dossier.requests, shown);
}

/** The first index of a list's end that a comparison missed: `limit 20` shows as 20 again and again. */
export function fileCut(dossier: Dossier, indexes: readonly number[], count: number): void {
  const first = Math.min(...indexes);
  dossier.cut.seen += 1;
  if (Math.max(...indexes) - first + 1 !== count) return;
  const { at } = dossier.cut;
  if (at.has(first) || at.size < 16) at.set(first, (at.get(first) ?? 0) + 1);
}

type Stated = Omit<Cause, "rule"> & {
  readonly weight: number;
  readonly yaml?: string | undefined;
  readonly related: readonly string[];
};

/** How many causes may compete. */
const COMPETING = 5;

/** Best first: what explains more of the observations, and of two that explain the same the one that says more. */
export function causesOf(
  dossier: Dossier,
  statement: Statement,
  test: (yaml: string, related: readonly string[]) => Settling | undefined,
): Cause[] {
  const stated: Stated[] = [];
  const spot: Spot = dossier;
  const state = (
    kind: string,
    says: string,
    { support, of, counterExamples }: Omit<Leader, "parameter" | "pairs">,
    weight: number,
    yaml?: string,
    related: readonly string[] = [],
  ) => {
    stated.push({ kind, says, support, of, counterExamples, weight, yaml, related });
  };
  const enough = ({ support, of }: { readonly support: number; readonly of: number }) =>
    support >= statement.minimum && support >= of * statement.support;

  for (const { hypothesis, trial } of dossier.trials) {
    const leader = leaderOf(trial, hypothesis, ({ legacy, candidate }) => ({
      legacy: readValue(legacy),
      candidate: readValue(candidate),
    }));
    if (leader === undefined || !enough(leader) || leader.pairs < hypothesis.least) continue;
    const { parameter } = leader;
    state(hypothesis.name, hypothesis.says(parameter), leader, hypothesis.weight, hypothesis.rule?.(parameter, spot));
  }

  const codes = codesOf(dossier.codes, dossier.where, dossier.kind);
  if (codes !== undefined && enough(codes)) state("code_mapping", codes.says, codes, codes.weight);

  if (dossier.kind === "missing" || dossier.kind === "extra") {
    for (const cause of renamesOf(dossier.partners, dossier.place, dossier.kind)) {
      if (enough(cause)) state(cause.name, cause.says, cause, cause.weight, cause.rule, [cause.partner]);
    }
  }

  const { seen, targets, repeated, varied } = dossier.requests;
  if (targets !== undefined && seen >= statement.minimum) {
    const says = `only ${[...targets.keys()].join(", ")}`;
    state("particular_requests", says, { support: seen, of: seen, counterExamples: [] }, 5);
  }
  // Who answers at random sometimes says the same twice.
  if (varied >= statement.minimum && varied * 3 >= repeated) {
    const says =
      "the candidate is not deterministic: asked the same again, it answers differently, and legacy does not";
    state("not_deterministic", says, { support: varied, of: repeated, counterExamples: [] }, 130);
  }
  const [first] = [...dossier.cut.at].sort(([, a], [, b]) => b - a);
  if (first !== undefined && enough({ support: first[1], of: dossier.cut.seen })) {
    const says = `the candidate's list ends after ${first[0]} elements`;
    state("truncated", says, { support: first[1], of: dossier.cut.seen, counterExamples: [] }, 70);
  }

  const score = ({ support, of, weight }: Stated) => (100 * support) / of + weight;
  return stated
    .sort((a, b) => score(b) - score(a))
    .slice(0, COMPETING)
    .map(({ weight: _, yaml, related, ...cause }) => {
      const tested = yaml === undefined ? undefined : test(yaml, related);
      if (yaml === undefined || tested === undefined || tested.settles === 0) return cause;
      return { ...cause, rule: { yaml, ...tested } };
    });
}

export type StoredDossier = {
  readonly where: Where;
  readonly place: string;
  readonly kind: Kind;
  readonly trials: readonly StoredTrial[];
  /** Names of the hypotheses, so that a later release with others takes up those it knows. */
  readonly names: readonly string[];
  readonly codes: StoredCodes;
  readonly partners: StoredPartners;
  readonly requests: StoredRequests;
  readonly cut: { readonly seen: number; readonly at: readonly (readonly [number, number])[] };
};

export function storeDossier(dossier: Dossier): StoredDossier {
  const { where, place, kind, trials, codes, partners, requests, cut } = dossier;
  return {
    where,
    place,
    kind,
    trials: trials.map(({ trial }) => storeTrial(trial)),
    names: trials.map(({ hypothesis }, i) => nameAt(hypothesis, i)),
    codes: storeCodes(codes),
    partners: storePartners(partners),
    requests: storeRequests(requests),
    cut: { seen: cut.seen, at: [...cut.at] },
  };
}

export function restoreDossier(stored: StoredDossier): Dossier {
  const dossier = openDossier(stored);
  for (const [i, one] of dossier.trials.entries()) {
    const at = stored.names.indexOf(nameAt(one.hypothesis, i));
    // A hypothesis that is new in this release has seen nothing yet.
    if (at !== -1) one.trial = restoreTrial(stored.trials[at]!);
  }
  dossier.codes = restoreCodes(stored.codes);
  dossier.partners = restorePartners(stored.partners);
  dossier.requests = restoreRequests(stored.requests);
  dossier.cut.seen = stored.cut.seen;
  for (const [index, times] of stored.cut.at) dossier.cut.at.set(index, times);
  return dossier;
}

/** Two hypotheses may share a name (`rounding`, `offset`): their place tells them apart. */
const nameAt = ({ name }: Hypothesis, i: number) => `${name} ${i}`;
