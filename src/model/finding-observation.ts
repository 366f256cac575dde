// model/finding-observation.ts: which findings of its route a comparison showed, as input for causes

import type { JsonText, Kind, ListOf, Where } from "./difference.ts";
import type { Fields } from "./fields.ts";
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
  /** For an element of a list that is missing or extra. */
  readonly list?: ListOf;
};

/** The request of a comparison, as input for causes that lie in requests. */
export type AskedRequest = {
  /** What tells a distinct request from others, with who asks. */
  readonly key: string;
  /** Whether it was not compared before in this epoch. */
  readonly isNew: boolean;
  /** The target and fields as they came; `redacted` gives the target without secrets. */
  readonly target: string;
  readonly fields: Fields;
  readonly redacted: () => string;
  /** The request's body, where it has one that is compared by. */
  readonly body?: Uint8Array;
  /** Whether a value of a field, or of a place in the body, may be shown: redaction leaves it as it is. */
  readonly isPlain: (where: "field" | "body", path: string, value: JsonText) => boolean;
};

/**
 * What one comparison showed: all of its findings together, because a rename is a `missing` and an `extra` of the same
 * comparison. A comparison that showed nothing counts as well: it says which requests do not show a finding.
 */
export type Showing = {
  readonly route: string;
  readonly shown: readonly Shown[];
  /** Absent: nothing is known of the request but what the samples say. */
  readonly request?: AskedRequest;
};
