// evidence/finding.ts: one finding, as it grows, and its life

import type { Kind, Where } from "../model/difference.ts";
import type { Acceptance, Cause, Finding, FindingSample, FindingState, Severity } from "../model/report.ts";
import { createDistinct, type Distinct } from "./distinct.ts";
import { normalQuantile } from "./histogram.ts";
import { type RankedSample, withSample } from "./samples.ts";
import type { EvidenceLimits, LifeSettings } from "./settings.ts";
import { severity } from "./severity.ts";
import { wilsonLower } from "./wilson.ts";

/** Requests of a finding that are counted exactly; above it their number is an estimate. */
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
  /** Comparisons of this epoch that showed it, and those of earlier epochs. */
  count: number;
  earlier: number;
  /** How many of this epoch's were asked again and stayed. */
  confirmed: number;
  firstSeen: number;
  lastSeen: number;
  /** `compared` when it was last seen. */
  comparedThen: number;
  /** Since it first came, or last came back: how often it was seen, and `compared` when that began. */
  run: { seen: number; comparedBefore: number };
  /** Whether it had been fixed and came back. */
  regressed: boolean;
  /** The distinct requests of this epoch that showed it. */
  requests: Distinct;
  samples: readonly RankedSample[];
};

/** A finding that was just seen for the first time. */
export function createFinding(
  named: Pick<Finding, "id" | "route" | "where" | "path" | "kind" | "beside">,
  compared: number,
  at: number,
): Growing {
  return {
    ...named,
    count: 0,
    earlier: 0,
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
  const back = finding.count + finding.earlier > 0 && isFixed(finding, compared - 1, life);
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

/** A new epoch: its counts begin at nothing, as those of the totals do. Its life goes on. */
export function renew(finding: Growing): void {
  finding.earlier += finding.count;
  finding.count = 0;
  finding.confirmed = 0;
  finding.requests = createDistinct(REQUESTS);
}

/** Keeps a sample if it adds a value or request, within `limits.samples`. @returns whether it was kept */
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

/** `accepted` while an acceptance is in force, otherwise `fixed`, `regressed`, `new` or `open`. */
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

/** How often a route was compared: over all epochs, which the life of findings is measured by, and in this one. */
export type Compared = { readonly ever: number; readonly now: number };

/** The share of this epoch's comparisons that show it, 0 to 1. */
export function shareOf({ count }: Growing, { now }: Compared): number {
  return now === 0 ? 0 : Math.min(1, count / now);
}

/** How bad it is. */
export function gradeOf(finding: Growing, compared: Compared): Severity {
  const samples = finding.samples.map(({ sample }) => sample);
  return severity({ ...finding, samples, share: shareOf(finding, compared) });
}

/** A finding as reports show it. */
export function present(
  finding: Growing,
  context: {
    readonly acceptance: Acceptance | undefined;
    readonly compared: Compared;
    readonly causes: readonly Cause[];
    readonly at: number;
    readonly life: LifeSettings;
  },
): Finding {
  const { count } = finding;
  const share = shareOf(finding, context.compared);
  const samples = finding.samples.map(({ sample }) => sample);
  return {
    id: finding.id,
    route: finding.route,
    where: finding.where,
    path: finding.path,
    kind: finding.kind,
    state: stateOf(finding, context.acceptance, context.compared.ever, context.at, context.life),
    severity: severity({ ...finding, samples, share }),
    count,
    earlier: finding.earlier,
    confirmed: finding.confirmed,
    distinct: Math.min(count, finding.requests.estimate()),
    share,
    firstSeen: finding.firstSeen,
    lastSeen: finding.lastSeen,
    samples,
    causes: context.causes,
    ...(context.acceptance === undefined ? {} : { acceptance: context.acceptance }),
    ...(finding.beside === undefined ? {} : { beside: finding.beside }),
  };
}
