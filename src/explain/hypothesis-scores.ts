// explain/hypothesis-scores.ts: how explanations do over all pairs of a finding, in bounded memory

import type { Hypothesis } from "./hypothesis.ts";
import { holds } from "./hypothesis.ts";
import { type KeptPairs, readPair, type ShownPair } from "./pairs.ts";
import type { Pair } from "./value.ts";

/** One explanation with its parameter, and what was counted of it. */
export type Trial = {
  readonly hypothesis: Hypothesis;
  readonly parameter: string;
  /** Observations that fit, of those that were looked at. */
  support: number;
  of: number;
  /** Digests of distinct pairs that tell it. */
  readonly telling: string[];
  /** Pairs that did not fit, a few. */
  readonly others: ShownPair[];
};

/** Explanations that are tested side by side. */
const TRIALS = 16;
/** Parameters of one hypothesis that are tested side by side. */
const PARAMETERS = 3;
const TELLING = 8;
const OTHERS = 4;
/** Characters of a value that is shown as a counterexample. */
const SHOWN = 120;
/** After so many observations, an explanation that fits fewer than half of them is given up. */
const PATIENCE = 64;

/** Tests every explanation under trial on one more pair. */
export function testPair(trials: Trial[], shown: ShownPair, pair: Pair, digest: string): void {
  for (const trial of trials) count(trial, shown, pair, digest, 1);
  for (let i = trials.length - 1; i >= 0; i--) {
    const { support, of } = trials[i]!;
    if (of >= PATIENCE && support * 2 < of) trials.splice(i, 1);
  }
}

/**
 * Looks for explanations among the pairs that are kept, and puts those that fit at least half of them under trial. A trial
 * begins with what the kept pairs say of it.
 */
export function review(trials: Trial[], pairs: KeptPairs, hypotheses: readonly Hypothesis[]): void {
  const kept = [...pairs.all.values()].map((pair) => ({ kept: pair, pair: readPair(pair) }));
  if (kept.length === 0) return;
  const all = kept.map(({ pair }) => pair);
  for (const hypothesis of hypotheses) {
    for (const parameter of proposed(hypothesis, all)) {
      if (trials.some((trial) => trial.hypothesis === hypothesis && trial.parameter === parameter)) continue;
      const trial: Trial = { hypothesis, parameter, support: 0, of: 0, telling: [], others: [] };
      let distinct = 0;
      for (const { kept: one, pair } of kept) {
        const before = trial.support;
        count(trial, one, pair, one.digest, one.count);
        if (trial.support > before) distinct += 1;
      }
      if (distinct * 2 < kept.length || trial.telling.length === 0) continue;
      if (trials.length >= TRIALS) trials.splice(weakest(trials), 1);
      trials.push(trial);
    }
  }
}

function weakest(trials: readonly Trial[]): number {
  let at = 0;
  for (const [i, trial] of trials.entries()) if (strength(trial) < strength(trials[at]!)) at = i;
  return at;
}

const strength = ({ support, of, hypothesis }: Trial) => (300 * support) / of + hypothesis.weight;

/** The parameters that most pairs fit, in the order in which they came where they are equal. */
function proposed(hypothesis: Hypothesis, pairs: readonly Pair[]): readonly string[] {
  if (hypothesis.propose !== undefined) return hypothesis.propose(pairs).slice(0, PARAMETERS);
  const counts = new Map<string, number>();
  for (const pair of pairs) {
    for (const parameter of hypothesis.fits(pair)) counts.set(parameter, (counts.get(parameter) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, times]) => times * 2 >= pairs.length)
    .sort(([, a], [, b]) => b - a)
    .slice(0, PARAMETERS)
    .map(([parameter]) => parameter);
}

function count(trial: Trial, shown: ShownPair, pair: Pair, digest: string, times: number): void {
  const { hypothesis, parameter, telling, others } = trial;
  trial.of += times;
  if (holds(hypothesis, parameter, pair)) {
    trial.support += times;
    if (telling.length >= TELLING || telling.includes(digest)) return;
    if (hypothesis.tells?.(parameter, pair) ?? true) telling.push(digest);
    return;
  }
  if (others.length >= OTHERS) return;
  const other = clipped(shown);
  const known = others.some(({ legacy, candidate }) => legacy === other.legacy && candidate === other.candidate);
  if (!known) others.push(other);
}

/**
 * Of the distinct pairs that are kept, the share that fits: the counter-check on values that came seldom. A pair that came
 * a thousand times must not stand for the others.
 */
export function shareOfKept({ hypothesis, parameter }: Trial, pairs: KeptPairs): number {
  let fitting = 0;
  for (const kept of pairs.all.values()) if (holds(hypothesis, parameter, readPair(kept))) fitting += 1;
  return pairs.all.size === 0 ? 1 : fitting / pairs.all.size;
}

function clipped({ legacy, candidate }: ShownPair): ShownPair {
  const clip = (text: string) => (text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}…`);
  return {
    ...(legacy === undefined ? {} : { legacy: clip(legacy) }),
    ...(candidate === undefined ? {} : { candidate: clip(candidate) }),
  };
}

/** The score of one hypothesis as it is stored. */
export type StoredTrial = Omit<Trial, "hypothesis" | "telling" | "others"> & {
  readonly name: string;
  readonly telling: readonly string[];
  readonly others: readonly ShownPair[];
};

/** The score as it is stored. */
export const storeTrial = ({ hypothesis, ...trial }: Trial): StoredTrial => ({
  name: hypothesis.name,
  ...trial,
  telling: [...trial.telling],
  others: [...trial.others],
});

/** Undefined: this release does not know the hypothesis. */
export function restoreTrial({ name, ...stored }: StoredTrial, hypotheses: readonly Hypothesis[]): Trial | undefined {
  const hypothesis = hypotheses.find((one) => one.name === name);
  if (hypothesis === undefined) return undefined;
  return { ...stored, hypothesis, telling: [...stored.telling], others: [...stored.others] };
}
