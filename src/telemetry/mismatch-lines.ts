// telemetry/mismatch-lines.ts: log lines of mismatches: the first of each finding always, then few, without secrets

import { clipJson } from "../lib/clip.ts";
import type { Answer } from "../model/answer.ts";
import type { ClassifiedDifference, Comparison } from "../model/comparison.ts";
import type { Difference } from "../model/difference.ts";
import { findingOf } from "../model/place.ts";

/** Removes secrets from what is about to be written. */
export type Redact = { readonly difference: (route: string, difference: Difference) => Difference };

/** One log line: the differences of one finding in one exchange, redacted and clipped. */
export type MismatchLine = {
  readonly event: "mismatch";
  readonly id: string;
  readonly route: string;
  readonly finding: string;
  readonly differences: readonly Difference[];
  /** Differences of the finding in this exchange beyond those shown. */
  readonly more?: number;
  /** Lines of this finding that were not written since the last one. */
  readonly suppressed?: number;
  readonly legacy: SideLine;
  readonly candidate: SideLine;
};

type SideLine = { readonly status?: number; readonly failure?: string; readonly ms: number };

type Quota = { window: number; lines: number; suppressed: number };

const MINUTE = 60_000;
const MAX_DIFFERENCES = 5;
/** Of a comparison's differences, so many are sorted into findings. */
const MAX_GROUPED = 500;
const MAX_VALUE = 200;
/** Findings that have a quota of their own; the ones beyond share one. */
const MAX_FINDINGS = 5_000;

/** Decides which mismatches are logged. */
export type MismatchLines = {
  /** The lines that this comparison is worth, one a finding, redacted and clipped. */
  /** @param findingId of a difference; without it, the one by route, place and kind */
  readonly of: (comparison: Comparison, findingId?: FindingIdOf) => MismatchLine[];
  readonly suppressed: () => number;
};

/** The finding that a difference of a comparison belongs to. */
export type FindingIdOf = (difference: Difference) => string;

/** Bounded: findings beyond 5,000 share one quota. */
export function createMismatchLines(options: {
  readonly redact: Redact;
  /** Lines a minute and finding. The first of each is not counted. */
  readonly perMinute: number;
  readonly now: () => number;
}): MismatchLines {
  const quotas = new Map<string, Quota>();
  let suppressed = 0;

  /** Undefined: stay silent. Else how many lines were left out before this one. */
  const admit = (finding: string): number | undefined => {
    const window = Math.floor(options.now() / MINUTE);
    const known = quotas.has(finding) || quotas.size < MAX_FINDINGS;
    const key = known ? finding : "";
    const quota = quotas.get(key);
    if (quota === undefined) {
      quotas.set(key, { window, lines: 0, suppressed: 0 });
      return 0;
    }
    if (quota.window !== window) Object.assign(quota, { window, lines: 0 });
    if (quota.lines >= options.perMinute) {
      quota.suppressed += 1;
      suppressed += 1;
      return undefined;
    }
    quota.lines += 1;
    const before = quota.suppressed;
    quota.suppressed = 0;
    return before;
  };

  return {
    suppressed: () => suppressed,
    of: (comparison, findingId = (difference) => findingOf(comparison.exchange.route, difference)) => {
      const { exchange } = comparison;
      const byFinding = new Map<string, ClassifiedDifference[]>();
      for (const difference of comparison.differences.slice(0, MAX_GROUPED)) {
        if (difference.standing !== "mismatch") continue;
        const finding = findingId(difference);
        const those = byFinding.get(finding);
        if (those === undefined) byFinding.set(finding, [difference]);
        else those.push(difference);
      }
      const lines: MismatchLine[] = [];
      for (const [finding, differences] of byFinding) {
        const before = admit(finding);
        if (before === undefined) continue;
        const shown = differences.slice(0, MAX_DIFFERENCES);
        const more = differences.reduce((sum, { alike = 0 }) => sum + 1 + alike, -shown.length);
        lines.push({
          event: "mismatch",
          id: exchange.id,
          route: exchange.route,
          finding,
          differences: shown.map((one) => clipped(options.redact.difference(exchange.route, bounded(one)))),
          ...(more > 0 ? { more } : {}),
          ...(before > 0 ? { suppressed: before } : {}),
          legacy: side(exchange.legacy),
          candidate: side(exchange.candidate),
        });
      }
      return lines;
    },
  };
}

function side(answer: Answer): SideLine {
  const ms = Math.round(answer.durationMs * 10) / 10;
  return answer.kind === "response" ? { status: answer.status, ms } : { failure: answer.reason, ms };
}

/** Clips values before they are redacted: no more of them is shown. */
function bounded(difference: Difference): Difference {
  const { legacy, candidate } = difference;
  return {
    ...difference,
    ...(legacy === undefined ? {} : { legacy: clipJson(legacy, 2 * MAX_VALUE) }),
    ...(candidate === undefined ? {} : { candidate: clipJson(candidate, 2 * MAX_VALUE) }),
  };
}

function clipped({ where, path, kind, legacy, candidate, note }: Difference): Difference {
  return {
    where,
    path: clip(path),
    kind,
    ...(legacy === undefined ? {} : { legacy: clip(legacy) }),
    ...(candidate === undefined ? {} : { candidate: clip(candidate) }),
    ...(note === undefined ? {} : { note: clip(note) }),
  };
}

function clip(text: string): string {
  return text.length <= MAX_VALUE ? text : `${text.slice(0, MAX_VALUE)}... (${text.length} characters)`;
}
