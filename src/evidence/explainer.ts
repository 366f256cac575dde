// evidence/explainer.ts: the port through which findings get their causes

import type { Difference } from "../model/difference.ts";
import type { Document } from "../model/document.ts";
import type { Showing } from "../model/finding-observation.ts";
import type { Relation } from "../model/relation.ts";
import type { Cause } from "../model/report.ts";

/** States causes: observes every compared request and its differences. Its knowledge is stored as documents, as all evidence. */
export type Explainer = {
  readonly observe: (showing: Showing) => void;
  /** Best first. */
  readonly causes: (finding: string) => readonly Cause[];
  /** The relation of a finding's values as an acceptance records it, with its description. Undefined: nothing is known. */
  readonly relation: (finding: string) => { readonly relation: Relation; readonly says: string } | undefined;
  /** Whether a relation explains a difference, given all differences of its comparison. */
  readonly relates: (relation: Relation, difference: Difference, all: readonly Difference[]) => boolean;
  readonly forget: (finding: string) => void;
  /** The candidate changed: the counts of which requests show a finding start again. */
  readonly newEpoch: () => void;
  readonly changes: () => readonly Document[];
  readonly restore: (documents: readonly Document[]) => { readonly unreadable: number };
};
