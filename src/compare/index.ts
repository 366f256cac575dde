// compare/index.ts: what others may use of the comparison

export { codingsOf, type Decoded, decode } from "../bodies/content-codings.ts";
export { mediaType } from "../bodies/media-type.ts";
export { nameStep } from "../json/path.ts";
export { compareBodies } from "./bodies.ts";
export { type Documents, documentsOf } from "./documents-of.ts";
export { identical } from "./identical.ts";
export type { Origins } from "./origins.ts";
export { type Asked, askedOf } from "./request-context.ts";
export { type ComparedSide, compareResponses } from "./responses.ts";
export type { CompareLimits, Result } from "./result.ts";
export { type CompiledRules, compileRules } from "./rules.ts";
