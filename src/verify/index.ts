// verify: exchanges -> comparisons, bounded

export type { Comparer, Job, Setup, Verdict } from "./comparer.ts";
export { createPool, type PoolOptions } from "./pool.ts";
export { createVerifier, type Verifier, type VerifyOptions, type VerifyPorts } from "./verifier.ts";
export type { Answered } from "./without-comparing.ts";
