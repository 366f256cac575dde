// explain/hypothesis.ts: what could explain a pair of values

import type { Kind, Where } from "../model/difference.ts";
import type { Pair } from "./value.ts";

/** The place that a rule would be for. */
export type Spot = { readonly where: Where; readonly place: string };

/**
 * One possible explanation. It may have a parameter, such as the factor: each pair then names those for which it
 * fits, and the parameter that nearly all pairs name is the explanation.
 */
export type Hypothesis = {
  /** The name that reports use: `factor`. */
  readonly name: string;
  /** The kinds of difference that it can explain. */
  readonly kinds: readonly Kind[];
  /** The parameters for which the pair fits, the preferred first; none: it does not. */
  readonly fits: (pair: Pair) => readonly string[];
  /** For a person: `candidate = legacy x 100`. */
  readonly says: (parameter: string) => string;
  /** Different pairs that must have fitted before it is stated. */
  readonly least: number;
  /** Which of two with the same support is the better: the one that says more. */
  readonly weight: number;
  /** The rule that would settle it, as YAML for `compare:`, where a rule can. */
  readonly rule?: (parameter: string, spot: Spot) => string | undefined;
};

/** No parameter fits. */
export const NO: readonly string[] = [];
/** It fits, and there is nothing more to say. */
export const YES: readonly string[] = [""];

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
