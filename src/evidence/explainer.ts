// evidence/explainer.ts: the port through which findings get their causes

import type { Kind, Where } from "../model/difference.ts";
import type { Document } from "../model/document.ts";
import type { Cause, FindingSample } from "../model/report.ts";

/** One difference of a comparison, and the finding that it belongs to. */
export type Shown = {
  readonly finding: string;
  readonly where: Where;
  /** Generalised. */
  readonly place: string;
  readonly kind: Kind;
  /** Redacted, but not clipped. */
  readonly sample: FindingSample;
  /** The candidate answered this differently when it was asked again, and legacy did not. */
  readonly candidateVaries: boolean;
};

/** What a comparison showed, together: a rename is a `missing` and an `extra` of the same comparison. */
export type Showing = { readonly route: string; readonly shown: readonly Shown[] };

/** Whoever states causes. Its state is documents, as all evidence. */
export type Explainer = {
  readonly observe: (showing: Showing) => void;
  /** Best first. */
  readonly causes: (finding: string) => readonly Cause[];
  readonly forget: (finding: string) => void;
  readonly changes: () => readonly Document[];
  readonly restore: (documents: readonly Document[]) => void;
};
