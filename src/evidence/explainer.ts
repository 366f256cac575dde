// evidence/explainer.ts: the port through which findings get their causes

import type { Document } from "../model/document.ts";
import type { Cause } from "../model/report.ts";
import type { Showing } from "../model/showing.ts";

/** Whoever states causes: it sees every compared request, and what it showed. What it knows is kept as documents, as all evidence. */
export type Explainer = {
  readonly observe: (showing: Showing) => void;
  /** Best first. */
  readonly causes: (finding: string) => readonly Cause[];
  readonly forget: (finding: string) => void;
  /** The candidate changed: which requests show a finding is counted anew. */
  readonly newEpoch: () => void;
  readonly changes: () => readonly Document[];
  readonly restore: (documents: readonly Document[]) => void;
};
