// explain/hypothesis.ts: what could explain a pair of values

import type { Kind, Where } from "../model/difference.ts";
import type { Pair } from "./value.ts";

/** The place that a rule would be for. */
export type Spot = { readonly where: Where; readonly place: string };

/**
 * One possible explanation. It may have a parameter, such as the factor. The parameter is proposed by the pairs that are
 * kept of a finding, and then tested on every pair that is observed.
 */
export type Hypothesis = {
  /** The name that reports use: `factor`. */
  readonly name: string;
  /** The kinds of difference that it can explain, and where; without `where` everywhere. */
  readonly kinds: readonly Kind[];
  readonly where?: Where;
  /** The parameters for which one pair fits, the preferred first; none: it does not fit. */
  readonly fits: (pair: Pair) => readonly string[];
  /** Parameters that follow from several pairs together, the preferred first. Without it: those that most pairs fit. */
  readonly propose?: (pairs: readonly Pair[]) => readonly string[];
  /** Whether a pair fits a parameter. Without it: whether `fits` names it. */
  readonly holds?: (parameter: string, pair: Pair) => boolean;
  /**
   * Whether a pair that fits speaks for this explanation and not for a simpler one as well: `"42"` for `42` fits "leading
   * zeros are lost", but only `"042"` for `42` tells it. Without it: every pair does.
   */
  readonly tells?: (parameter: string, pair: Pair) => boolean;
  /** For a person: `candidate = legacy x 100`. */
  readonly says: (parameter: string) => string;
  /** Distinct pairs that tell it before it is stated. */
  readonly least: number;
  /** Which of two with the same support is the better: the one that says more. */
  readonly weight: number;
  /** The rule that would settle it and nothing else, as YAML for `compare:`, where a rule can. */
  readonly rule?: (parameter: string, spot: Spot) => string | undefined;
};

/** No parameter fits. */
export const NO: readonly string[] = [];
/** It fits, and there is nothing more to say. */
export const YES: readonly string[] = [""];

/** Whether the hypothesis with this parameter explains the pair. */
export function holds(hypothesis: Hypothesis, parameter: string, pair: Pair): boolean {
  return hypothesis.holds?.(parameter, pair) ?? hypothesis.fits(pair).includes(parameter);
}

/** `strings: [{ path: "$.name", trim: true }]`; only places in bodies have such rules. */
export function placed(key: string, how: string): NonNullable<Hypothesis["rule"]> {
  return (_, { where, place }) =>
    where === "body" && place.startsWith("$") ? `${key}:\n  - { path: ${JSON.stringify(place)}, ${how} }` : undefined;
}

/** `ignore: ["$.name"]`, or the field's name among those that are ignored. */
export function ignored(_: string, { where, place }: Spot): string | undefined {
  if (where === "field") return `fields:\n  ignore: [${JSON.stringify(place)}]`;
  return where === "body" && place.startsWith("$") ? `ignore:\n  - ${JSON.stringify(place)}` : undefined;
}
