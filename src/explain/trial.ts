// explain/trial.ts: how one hypothesis does over all pairs of a finding

import type { JsonText } from "../model/difference.ts";
import type { Hypothesis } from "./hypothesis.ts";
import type { Pair } from "./value.ts";

/** A pair as it is shown: absent values are absent members. */
export type ShownPair = { readonly legacy?: JsonText; readonly candidate?: JsonText };

type Parameter = { support: number; readonly pairs: string[] };

/** Counts over everything that was observed, in bounded memory. */
export type Trial = {
  seen: number;
  readonly parameters: Map<string, Parameter>;
  /** Pairs that did not fit what led when they came. */
  readonly others: ShownPair[];
  /** It explains too little: it is not tried any more, and never stated. */
  dead: boolean;
};

/** What a trial would state. */
export type Leader = {
  readonly parameter: string;
  readonly support: number;
  readonly of: number;
  readonly pairs: number;
  readonly counterExamples: readonly ShownPair[];
};

const PARAMETERS = 24;
const PAIRS = 4;
const OTHERS = 4;
/** After so many pairs, a hypothesis that fits fewer than a third of them is given up. */
const PATIENCE = 64;

export const createTrial = (): Trial => ({ seen: 0, parameters: new Map(), others: [], dead: false });

/** @param digest of the pair; equal pairs are one piece of evidence for `least`. */
export function tryPair(trial: Trial, hypothesis: Hypothesis, pair: Pair, digest: string): void {
  if (trial.dead) return;
  trial.seen += 1;
  const fitting = hypothesis.fits(pair);
  for (const parameter of fitting) {
    const known = trial.parameters.get(parameter);
    if (known !== undefined) {
      known.support += 1;
      if (known.pairs.length < PAIRS && !known.pairs.includes(digest)) known.pairs.push(digest);
    } else if (trial.parameters.size < PARAMETERS || forgetRare(trial)) {
      trial.parameters.set(parameter, { support: 1, pairs: [digest] });
    }
  }
  const leading = lead(trial);
  if ((leading === undefined || !fitting.includes(leading[0])) && trial.others.length < OTHERS) {
    const other = shownPair(pair);
    const known = trial.others.some(
      ({ legacy, candidate }) => legacy === other.legacy && candidate === other.candidate,
    );
    if (!known) trial.others.push(other);
  }
  if (trial.seen >= PATIENCE && (leading?.[1].support ?? 0) * 3 < trial.seen) {
    trial.dead = true;
    trial.parameters.clear();
    trial.others.length = 0;
  }
}

/** Drops the parameters that were seen once; false when that made no room. */
function forgetRare(trial: Trial): boolean {
  for (const [parameter, { support }] of trial.parameters) if (support === 1) trial.parameters.delete(parameter);
  return trial.parameters.size < PARAMETERS;
}

/** The parameter with the most support; of equal ones the one that was named first. */
function lead(trial: Trial): [string, Parameter] | undefined {
  let best: [string, Parameter] | undefined;
  for (const entry of trial.parameters) if (best === undefined || entry[1].support > best[1].support) best = entry;
  return best;
}

export function leaderOf(trial: Trial, hypothesis: Hypothesis, read: (pair: ShownPair) => Pair): Leader | undefined {
  const leading = lead(trial);
  if (trial.dead || leading === undefined) return undefined;
  const [parameter, { support, pairs }] = leading;
  const counterExamples = trial.others.filter((pair) => !hypothesis.fits(read(pair)).includes(parameter)).slice(0, 3);
  return { parameter, support, of: trial.seen, pairs: pairs.length, counterExamples };
}

function shownPair({ legacy, candidate }: Pair): ShownPair {
  const clip = (text: string) => (text.length <= 120 ? text : `${text.slice(0, 120)}…`);
  return {
    ...(legacy.type === "absent" ? {} : { legacy: clip(legacy.text) }),
    ...(candidate.type === "absent" ? {} : { candidate: clip(candidate.text) }),
  };
}

export type StoredTrial = {
  readonly seen: number;
  readonly dead: boolean;
  readonly parameters: readonly (readonly [string, number, readonly string[]])[];
  readonly others: readonly ShownPair[];
};

export const storeTrial = (trial: Trial): StoredTrial => ({
  seen: trial.seen,
  dead: trial.dead,
  parameters: [...trial.parameters].map(([parameter, { support, pairs }]) => [parameter, support, pairs]),
  others: trial.others,
});

export const restoreTrial = (stored: StoredTrial): Trial => ({
  seen: stored.seen,
  dead: stored.dead,
  parameters: new Map(
    stored.parameters.map(([parameter, support, pairs]) => [parameter, { support, pairs: [...pairs] }]),
  ),
  others: [...stored.others],
});
