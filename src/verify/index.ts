// verify: exchanges -> comparisons, bounded

export type { Comparer, Job, Setup, Verdict } from "./comparer.ts";
export { createPool, type PoolOptions } from "./pool.ts";
export { createReconciler, type ReconcileOptions, type ReconcilePorts, type Reconciler } from "./verifier.ts";
export type { Answered } from "./without-comparing.ts";
