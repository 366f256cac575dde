// model/relation.ts: how the candidate's value follows from legacy's at one place; what a cause says of a single difference

/**
 * - `hypothesis`: a known explanation with its parameter, such as `factor` and `100`.
 * - `mapping`: these values of legacy's come out as these of the candidate's.
 * - `elsewhere`: what is missing here is extra elsewhere in the same answer, with the same value, or the other way round.
 * - `list`: the elements that a list lacks or has too many lie in this way: `after 20`, `first 1`, `repeated`.
 * - `observed`: no cause was stated; the values look as those that were observed.
 */
export type Relation =
  | { readonly kind: "hypothesis"; readonly name: string; readonly parameter: string }
  | { readonly kind: "mapping"; readonly pairs: readonly (readonly [legacy: string, candidate: string])[] }
  | { readonly kind: "elsewhere" }
  | { readonly kind: "list"; readonly way: string }
  | Observed;

/** Inclusive. */
export type Range = readonly [low: number, high: number];

/** The common properties of observed pairs of values. */
export type Observed = {
  readonly kind: "observed";
  /** These pairs and no others: the values are codes, or a status. */
  readonly pairs?: readonly (readonly [legacy: string, candidate: string])[];
  /** What both values look like, `number -> number`. */
  readonly looks: readonly string[];
  /** For numbers: the candidate's over legacy's, and the candidate's less legacy's. */
  readonly ratio?: Range;
  readonly offset?: Range;
  /** For texts: the candidate's length over legacy's, and the least share of letter pairs that both have. */
  readonly length?: Range;
  readonly likeness?: number;
};
