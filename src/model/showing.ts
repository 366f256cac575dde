// model/showing.ts: what a comparison showed of its route's findings, for whoever states causes

import type { Kind, Where } from "./difference.ts";
import type { FindingSample } from "./report.ts";

/** One difference of a comparison, and the finding that it belongs to. */
export type Shown = {
  readonly finding: string;
  readonly where: Where;
  /** Generalised: `$.items[*].price`. */
  readonly place: string;
  readonly kind: Kind;
  /** Redacted, and not clipped. */
  readonly sample: FindingSample;
  /** The candidate answered this differently when it was asked again, and legacy did not. */
  readonly candidateVaries: boolean;
  /** How many more like this one there were in the comparison, of which only the last is shown. */
  readonly alike?: number;
};

/** All of them together: a rename is a `missing` and an `extra` of the same comparison. */
export type Showing = { readonly route: string; readonly shown: readonly Shown[] };
