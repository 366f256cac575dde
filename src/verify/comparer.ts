// verify/comparer.ts: what verification needs of comparing, and one comparison

import { type Asked, type CompiledRules, compareResponses, compileRules, type Origins } from "../compare/index.ts";
import { boundJson, LOOKED_AT } from "../lib/clip.ts";
import type { Response } from "../model/answer.ts";
import type { Compared, Difference } from "../model/difference.ts";
import type { CompareRules } from "../model/rules.ts";
import { fold } from "./group-differences.ts";

/** Two responses of one route. `rules` in place of the route's: to try what they would do. */
export type Job = {
  readonly route: string;
  readonly legacy: Response;
  readonly candidate: Response;
  readonly rules?: CompareRules;
  /** What is known of the request. */
  readonly asked?: Asked;
  /** Whether many differences alike are to come back as a few of them and a count. */
  readonly folded?: boolean;
  /** Whether it belongs to a recheck: first comparisons go before it, three times of four. */
  readonly recheck?: boolean;
};

/** What became of a job. `failed` is our fault: the comparison overran its hard deadline, or its worker died. */
export type Verdict =
  | { readonly kind: "compared"; readonly compared: Compared; readonly incomparable: boolean }
  | { readonly kind: "failed"; readonly reason: "deadline" | "crash" };

/** Compares pairs of responses, usually on threads of its own. */
export type Comparer = {
  /** Resolves, never rejects. */
  readonly compare: (job: Job) => Promise<Verdict>;
  /** Rules for the jobs that come from now on. */
  readonly update: (setup: Setup) => void;
  /**
   * Bytes of bodies that wait or are being compared, without those of rechecks: of all pairs and of small ones; how many workers have been replaced; and
   * the processor time that threads of its own have taken in all, in milliseconds.
   */
  readonly stats: () => {
    readonly bytes: number;
    readonly smallBytes: number;
    readonly jobs: number;
    readonly replaced: number;
    readonly cpuMs: number;
  };
  readonly close: () => Promise<void>;
};

/** What a comparer must know beforehand. Plain data: it goes to workers by structured clone. */
export type Setup = {
  /** By route template. */
  readonly routes: ReadonlyMap<string, CompareRules>;
  /** For every other route. */
  readonly otherwise: CompareRules;
  readonly origins: Origins;
  readonly limits: {
    /** Bytes a side may have after decoding. */
    readonly maxDecoded: number;
    /** Elementary steps of list pairing before a cheaper one is used. */
    readonly budget: number;
    /** Milliseconds after which a comparison must come to its end. */
    readonly deadlineMs: number;
  };
};

/** Compiles a setup once and compares with it. @param clock monotonic milliseconds */
export function createBench(setup: Setup, clock: () => number): (job: Job) => Verdict {
  const compiled = new Map<string, CompiledRules>();
  const otherwise = compileRules(setup.otherwise, setup.origins);
  for (const [route, rules] of setup.routes) compiled.set(route, compileRules(rules, setup.origins));
  return (job) => {
    const from = clock();
    const overdue = () => clock() - from > setup.limits.deadlineMs;
    const limits = { ...setup.limits, overdue, naming: true };
    const rules = job.rules ? compileRules(job.rules, setup.origins) : (compiled.get(job.route) ?? otherwise);
    const found = compareResponses(job.legacy, job.candidate, rules, limits, job.asked);
    const listed = job.folded ? fold(found.differences) : found.differences;
    const compared = { ...found, differences: listed.map(bounded) };
    return { kind: "compared", compared, incomparable: found.incomparable === true };
  };
}

/** A difference whose values are not too long for those who classify, count and show it. */
function bounded(difference: Difference): Difference {
  const { legacy = "", candidate = "" } = difference;
  if (legacy.length <= LOOKED_AT && candidate.length <= LOOKED_AT) return difference;
  return {
    ...difference,
    ...(difference.legacy === undefined ? {} : { legacy: boundJson(legacy) }),
    ...(difference.candidate === undefined ? {} : { candidate: boundJson(candidate) }),
    ...(difference.note === undefined ? noteOf(difference) : {}),
  };
}

/** Two long values may be alike for longer than they are shown. */
function noteOf({ kind, legacy, candidate }: Difference): { readonly note?: string } {
  if (kind !== "value" || legacy === undefined || candidate === undefined) return {};
  const shorter = Math.min(legacy.length, candidate.length);
  let at = 0;
  while (at < shorter && legacy[at] === candidate[at]) at += 1;
  return { note: `from character ${at} on; ${legacy.length} and ${candidate.length} characters` };
}
