// evidence/samples.ts: a few observed pairs that stand for a finding, as different from each other as can be

import { digestText } from "../lib/digest.ts";
import type { FindingSample } from "../model/report.ts";

/** A sample with the digests it is ranked by. */
export type RankedSample = { readonly sample: FindingSample; readonly pair: string; readonly request: string };

/**
 * At most `limit` samples: first one of each pair of values, then further requests that showed the same pair. Which
 * pairs and requests stay is decided by their digests, so the choice is spread evenly over all that were seen, and
 * does not depend on the order in which they came. Returns the same list when nothing changed.
 */
export function withSample(
  kept: readonly RankedSample[],
  sample: FindingSample,
  limit: number,
): readonly RankedSample[] {
  const pair = digestText(`${sample.legacy ?? ""}\n${sample.candidate ?? ""}\n${sample.note ?? ""}`);
  const request = digestText(`${sample.method} ${sample.target}`);
  const same = kept.findIndex((other) => other.pair === pair && other.request === request);
  if (same !== -1) {
    // The earliest stays, so that its moment is that of the first time.
    if (before(kept[same]!.sample, sample)) return kept;
    return kept.with(same, { sample, pair, request });
  }
  const all = [...kept, { sample, pair, request }].sort((a, b) => order(a.pair, b.pair) || order(a.request, b.request));
  if (all.length <= limit) return all;
  const rank = new Map<RankedSample, number>();
  let run = 0;
  for (const [i, entry] of all.entries()) {
    run = i > 0 && all[i - 1]!.pair === entry.pair ? run + 1 : 0;
    rank.set(entry, run);
  }
  const worst = all.reduce((a, b) => ((order(rank.get(b)!, rank.get(a)!) || order(b.pair, a.pair)) > 0 ? b : a));
  return worst.pair === pair && worst.request === request ? kept : all.filter((entry) => entry !== worst);
}

const order = (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0);

const before = (a: FindingSample, b: FindingSample) => (order(a.at, b.at) || order(a.id, b.id)) <= 0;
