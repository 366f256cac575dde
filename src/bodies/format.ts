// bodies/format.ts: what a body format consists of

import type { Reader } from "./reader.ts";
import type { Rewriter } from "./redaction.ts";

/** A body format: how it is read for comparing, and how it is written without secrets. */
export type Format = {
  /** Undefined for bodies that have no structure to compare. */
  readonly read: Reader | undefined;
  readonly rewrite: Rewriter;
  /** Bytes; a larger body is compared and redacted as text, because reading it takes too long. */
  readonly largest?: number;
  /**
   * Whether `rewrite` follows secret places exactly. Others hide a place by its last name, so that a place without any name
   * (`$[3]`) hides the whole body.
   */
  readonly exactPlaces?: boolean;
};
