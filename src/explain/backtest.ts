// explain/backtest.ts: what other rules would do to the samples that are stored

import type { Difference } from "../model/difference.ts";
import { findingOf } from "../model/place.ts";

/** Samples of the finding that a rule would settle, and differences of other findings that it would hide. */
export type Settling = { readonly settles: number; readonly hides: number };

/** What became of one finding: samples that showed it before, that no longer do, and that do only now. */
export type Retested = {
  readonly finding: string;
  readonly route: string;
  readonly shown: number;
  readonly settled: number;
  readonly appears: number;
};

/**
 * Compares every stored sample twice, with the rules that were and with those that might be, and says finding by
 * finding what changes; most settled first, and what does not change as well. A sample that cannot be compared
 * (its body was not kept) is undefined on either side, and says nothing.
 */
export function retest<Sample extends { readonly route: string }>(
  samples: Iterable<Sample>,
  before: (sample: Sample) => readonly Difference[] | undefined,
  after: (sample: Sample) => readonly Difference[] | undefined,
): readonly Retested[] {
  const all = new Map<string, { route: string; shown: number; settled: number; appears: number }>();
  for (const sample of samples) {
    const [were, are] = [before(sample), after(sample)];
    if (were === undefined || are === undefined) continue;
    const [then, now] = [were, are].map((list) => new Set(list.map((one) => findingOf(sample.route, one))));
    for (const finding of new Set([...then!, ...now!])) {
      const known = all.get(finding) ?? { route: sample.route, shown: 0, settled: 0, appears: 0 };
      if (then!.has(finding)) known.shown += 1;
      if (then!.has(finding) && !now!.has(finding)) known.settled += 1;
      if (!then!.has(finding)) known.appears += 1;
      all.set(finding, known);
    }
  }
  return [...all]
    .map(([finding, counts]) => ({ finding, ...counts }))
    .sort((a, b) => b.settled - a.settled || b.appears - a.appears || (a.finding < b.finding ? -1 : 1));
}

/** What that means for one finding. `related` findings have the same cause: it is no loss that they go as well. */
export function settling(retested: readonly Retested[], finding: string, related: readonly string[] = []): Settling {
  const others = retested.filter((one) => one.finding !== finding && !related.includes(one.finding));
  return {
    settles: retested.find((one) => one.finding === finding)?.settled ?? 0,
    hides: others.reduce((sum, { settled }) => sum + settled, 0),
  };
}
