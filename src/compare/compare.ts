// compare/compare.ts: the comparison for those who import it

import { Buffer } from "node:buffer";
import { type CompareRules, NO_RULES } from "../model/rules.ts";
import { compareBodies } from "./bodies.ts";
import type { Origins } from "./origins.ts";
import type { CompareLimits, Result } from "./result.ts";
import { compileRules, type Decoders } from "./rules.ts";

export type CompareOptions = {
  /** The media type of both bodies, `application/json`. Absent, they are looked at. */
  readonly type?: string;
  readonly rules?: Partial<CompareRules>;
  /** Each side's own origins, `http://legacy:8080`, to be mapped onto each other. */
  readonly origins?: Origins;
  /** For types that are bytes otherwise: `{ "application/x-protobuf": (bytes) => jsonText }`. */
  readonly decoders?: Decoders;
  readonly limits?: Partial<CompareLimits>;
};

/** Generous, for one comparison at a time. */
const LIMITS: CompareLimits = { maxDecoded: 64 * 1024 * 1024, budget: 10_000_000 };

/**
 * Compares two bodies as the proxy does.
 *
 * ```ts
 * const { differences } = compare('{"price": 10.0}', '{"price": 11}', { type: "application/json" });
 * // [{ where: "body", path: "$.price", kind: "value", legacy: "10.0", candidate: "11" }]
 * ```
 *
 * Values are JSON text as it was written. No differences is a match. It does not throw on any body.
 */
export function compare(
  legacy: string | Uint8Array,
  candidate: string | Uint8Array,
  options: CompareOptions = {},
): Result {
  const rules = compileRules({ ...NO_RULES, ...options.rules }, options.origins, options.decoders);
  const bytes = (body: string | Uint8Array) => (typeof body === "string" ? Buffer.from(body) : body);
  return compareBodies(bytes(legacy), bytes(candidate), options.type, rules, { ...LIMITS, ...options.limits });
}
