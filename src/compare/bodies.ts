// compare/bodies.ts: two bodies without the responses around them, as `compare` has them from files

import { mediaType } from "../bodies/media-type.ts";
import { compareContent } from "./content.ts";
import type { CompareLimits, Result } from "./result.ts";
import type { CompiledRules } from "./rules.ts";

/**
 * Compares two bodies, without content codings. It never throws.
 * @param type a media type for both, `application/json`; absent, they are looked at
 */
export function compareBodies(
  legacy: Uint8Array,
  candidate: Uint8Array,
  type: string | undefined,
  rules: CompiledRules,
  limits: CompareLimits,
): Result {
  const media = mediaType(type);
  return compareContent({
    legacy: { bytes: legacy, type: media },
    candidate: { bytes: candidate, type: media },
    rules,
    limits,
  });
}
