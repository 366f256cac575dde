// compare/index.ts: what others may use of the comparison

export { type Asked, askedOf } from "./asked.ts";
export { compareBodies } from "./bodies.ts";
export { codingsOf, type Decoded, decode } from "./codings.ts";
export { type Documents, documentsOf } from "./documents-of.ts";
export { identical } from "./identical.ts";
export { nameStep } from "./json/path.ts";
export { mediaType } from "./media-type.ts";
export type { Origins } from "./origins.ts";
export { type ComparedSide, compareResponses } from "./responses.ts";
export type { CompareLimits, Result } from "./result.ts";
export { type CompiledRules, compileRules } from "./rules.ts";
