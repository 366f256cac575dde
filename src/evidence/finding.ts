// evidence/finding.ts: one finding, as it grows, and its life

import type { Kind, Where } from "../model/difference.ts";
import type { Acceptance, Cause, Finding, FindingSample, FindingState } from "../model/report.ts";
import { createDistinct, type Distinct } from "./distinct.ts";
import { normalQuantile } from "./histogram.ts";
import { type RankedSample, withSample } from "./samples.ts";
import type { EvidenceLimits, LifeSettings } from "./settings.ts";
import { severity } from "./severity.ts";
import { wilsonLower } from "./wilson.ts";

/** How many requests of a finding are told apart before their number becomes an estimate. */
const REQUESTS = 256;

/** What is remembered of a finding. `compared` below counts the route's comparisons, over all epochs. */
export type Growing = {
  readonly id: string;
  readonly route: string;
  readonly where: Where;
  readonly path: string;
  readonly kind: Kind;
  /** The accepted finding at its place, which does not cover it. */
  readonly beside?: string;
  count: number;
  /** How many of those were asked again and stayed. */
  confirmed: number;
  firstSeen: number;
  lastSeen: number;
  /** `compared` when it was last seen. */
  comparedThen: number;
  /** Since it first came, or last came back: how often it was seen, and `compared` when that began. */
  run: { seen: number; comparedBefore: number };
  /** Whether it had been fixed and came back. */
  regressed: boolean;
  readonly requests: Distinct;
  samples: readonly RankedSample[];
};

export function createFinding(
  named: Pick<Finding, "id" | "route" | "where" | "path" | "kind" | "beside">,
  compared: number,
  at: number,
): Growing {
  return {
    ...named,
    count: 0,
    confirmed: 0,
    firstSeen: at,
    lastSeen: at,
    comparedThen: compared,
    run: { seen: 0, comparedBefore: compared - 1 },
    regressed: false,
    requests: createDistinct(REQUESTS),
    samples: [],
  };
}

/**
 * One more comparison that showed it; `compared` includes that comparison.
 * @returns whether it had been fixed: what is behind it now may be something else
 */
export function see(finding: Growing, compared: number, at: number, life: LifeSettings): boolean {
  const back = finding.count > 0 && isFixed(finding, compared - 1, life);
  if (back) {
    finding.regressed = true;
    finding.run = { seen: 0, comparedBefore: compared - 1 };
    finding.samples = [];
  }
  finding.count += 1;
  finding.run.seen += 1;
  finding.firstSeen = Math.min(finding.firstSeen, at);
  finding.lastSeen = Math.max(finding.lastSeen, at);
  finding.comparedThen = compared;
  return back;
}

export function keepSample(finding: Growing, sample: FindingSample, limits: EvidenceLimits): boolean {
  const before = finding.samples;
  const clip = (text: string) => (text.length <= limits.value ? text : `${text.slice(0, limits.value)}…`);
  finding.samples = withSample(
    before,
    {
      ...sample,
      target: clip(sample.target),
      path: clip(sample.path),
      ...(sample.legacy === undefined ? {} : { legacy: clip(sample.legacy) }),
      ...(sample.candidate === undefined ? {} : { candidate: clip(sample.candidate) }),
    },
    limits.samples,
  );
  return finding.samples !== before;
}

/**
 * Not seen for so many comparisons of its route that, were it still there, this would be unlikelier than `fixedAlpha`.
 * The share of comparisons that show it is not known exactly, so the lower end of its 95 % interval is taken.
 */
export function isFixed(finding: Growing, compared: number, life: LifeSettings): boolean {
  const clean = compared - finding.comparedThen;
  if (clean < life.fixedAfter) return false;
  const looked = Math.max(finding.run.seen, finding.comparedThen - finding.run.comparedBefore);
  const share = wilsonLower(finding.run.seen, looked, normalQuantile(0.95));
  return clean * Math.log1p(-share) < Math.log(life.fixedAlpha);
}

/** An acceptance counts until its expiry; then the finding is open again. */
export function holds(acceptance: Acceptance | undefined, at: number): boolean {
  return acceptance !== undefined && (acceptance.until === undefined || at < acceptance.until);
}

/** `accepted` while someone's acceptance holds, else `fixed`, else `regressed` or `new` or `open`. */
export function stateOf(
  finding: Growing,
  acceptance: Acceptance | undefined,
  compared: number,
  at: number,
  life: LifeSettings,
): FindingState {
  if (holds(acceptance, at)) return "accepted";
  if (isFixed(finding, compared, life)) return "fixed";
  if (finding.regressed) return "regressed";
  return at - finding.firstSeen < life.newForMs ? "new" : "open";
}

export function present(
  finding: Growing,
  context: {
    readonly acceptance: Acceptance | undefined;
    readonly compared: number;
    readonly causes: readonly Cause[];
    readonly at: number;
    readonly life: LifeSettings;
  },
): Finding {
  const share = context.compared === 0 ? 0 : Math.min(1, finding.count / context.compared);
  return {
    id: finding.id,
    route: finding.route,
    where: finding.where,
    path: finding.path,
    kind: finding.kind,
    state: stateOf(finding, context.acceptance, context.compared, context.at, context.life),
    severity: severity(finding.where, finding.kind, share),
    count: finding.count,
    confirmed: finding.confirmed,
    distinct: Math.min(finding.count, finding.requests.estimate()),
    share,
    firstSeen: finding.firstSeen,
    lastSeen: finding.lastSeen,
    samples: finding.samples.map(({ sample }) => sample),
    causes: context.causes,
    ...(context.acceptance === undefined ? {} : { acceptance: context.acceptance }),
    ...(finding.beside === undefined ? {} : { beside: finding.beside }),
  };
}
