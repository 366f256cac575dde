// bench/engine/bench.ts: the engine against its peers, in turns, in one run

import { CONTENDERS, type Contender, REFERENCE } from "./contenders.ts";
import { type Corpus, corporaOf } from "./corpora.ts";

/**
 * One line of the table. `ms` is the lower quartile: what else the machine does only ever adds to it. `ratio` is the median, over
 * all rounds, of the reference's time over this one's in the same round.
 */
export type EngineRow = {
  readonly bytes: number;
  readonly corpus: string;
  readonly contender: string;
  readonly ms: number;
  readonly ratio: number;
  readonly found: number;
  readonly expected?: number;
};

export const SIZES = [1_000, 10_000, 100_000, 1_000_000, 5_000_000];

/** Who would take longer than this for one comparison is left out from there on, but for the reference: all ratios are to it. */
const PATIENCE_MS = 3_000;

/** How long each contender runs before anything is measured, so that its code is compiled. */
const WARM_MS = 600;

/** Measures every corpus at every size. `spendMs` is the time for one contender on one corpus. */
export async function engineBench(sizes: readonly number[] = SIZES, spendMs = 400): Promise<EngineRow[]> {
  const rows: EngineRow[] = [];
  const worn = new Map<string, number>();
  warm();
  for (const bytes of sizes) {
    for (const corpus of corporaOf(bytes)) {
      const able = CONTENDERS.filter(
        ({ name }) => name === REFERENCE || (worn.get(name + corpus.name) ?? 0) * growth(sizes, bytes) < PATIENCE_MS,
      );
      const times = inTurns(able, corpus, spendMs);
      const reference = times.get(REFERENCE)!.each;
      for (const { name } of able) {
        const { each, found } = times.get(name)!;
        const ms = quantile(each, 0.25);
        worn.set(name + corpus.name, ms);
        const expected = corpus.differences === undefined ? {} : { expected: corpus.differences };
        rows.push({
          bytes,
          corpus: corpus.name,
          contender: name,
          ms,
          ratio: quantile(
            each.map((took, round) => reference[round]! / took),
            0.5,
          ),
          found,
          ...expected,
        });
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return rows;
}

function warm(): void {
  const corpora = [...corporaOf(1_000), ...corporaOf(20_000)];
  for (const { run } of CONTENDERS) {
    const start = performance.now();
    while (performance.now() - start < WARM_MS) for (const { legacy, candidate } of corpora) run(legacy, candidate);
  }
}

/** What a step to the next size may cost a quadratic contender. */
function growth(sizes: readonly number[], bytes: number): number {
  const at = sizes.indexOf(bytes);
  return at <= 0 ? 1 : (bytes / sizes[at - 1]!) ** 2;
}

/** Rounds in which every contender has its turn, so that what the machine does meanwhile hits all of them alike. */
function inTurns(
  contenders: readonly Contender[],
  { legacy, candidate }: Corpus,
  spendMs: number,
): Map<string, { readonly each: readonly number[]; readonly found: number }> {
  const samples = contenders.map(({ name, run }) => {
    const start = performance.now();
    const found = run(legacy, candidate);
    const once = Math.max(performance.now() - start, 0.001);
    return { name, run, found, batch: Math.max(1, Math.floor(BATCH_MS / once)), each: [] as number[] };
  });
  const end = performance.now() + spendMs * contenders.length;
  for (let round = 0; round < LEAST_ROUNDS || performance.now() < end; round++) {
    for (const sample of samples) {
      const start = performance.now();
      for (let k = 0; k < sample.batch; k++) sample.run(legacy, candidate);
      const took = performance.now() - start;
      sample.each.push(took / sample.batch);
      if (took < BATCH_MS / 2) sample.batch *= 2;
    }
  }
  return new Map(samples.map(({ name, each, found }) => [name, { each, found }]));
}

/** Turns are this long at least, or one comparison. */
const BATCH_MS = 2;
const LEAST_ROUNDS = 7;

function quantile(values: readonly number[], share: number): number {
  return [...values].sort((x, y) => x - y)[Math.floor(values.length * share)]!;
}

/** What is promised of the engine, judged from the rows: each line says whether it holds. */
export function engineVerdicts(rows: readonly EngineRow[]): { readonly holds: boolean; readonly says: string }[] {
  const of = (contender: string, corpus: string, bytes: number) =>
    rows.find((row) => row.contender === contender && row.corpus === corpus && row.bytes === bytes);
  const verdicts: { holds: boolean; says: string }[] = [];
  for (const row of rows.filter(({ contender }) => contender === "parallel-run")) {
    const { corpus, bytes, ratio, found, expected, ms } = row;
    const where = `${corpus}, ${bytes} bytes`;
    if (expected !== undefined && found !== expected)
      verdicts.push({ holds: false, says: `${where}: ${found} differences, not ${expected}` });
    const least = corpus === "one leaf" && (bytes === 100_000 || bytes === 1_000_000) ? 2 : 1 / 1.2;
    verdicts.push({
      holds: ratio >= least,
      says: `${where}: ${ratio.toFixed(2)} times the reference's speed, at least ${least.toFixed(2)} wanted`,
    });
    // in a kilobyte the inserted element is half of the body
    const deep =
      corpus === "head insertion" && bytes >= 10_000 ? of("JSON.parse x2 + deep-diff", corpus, bytes) : undefined;
    if (deep !== undefined) {
      verdicts.push({
        holds: deep.ms / ms >= 5,
        says: `${where}: ${(deep.ms / ms).toFixed(1)} times as fast as deep-diff, at least 5 wanted`,
      });
    }
  }
  return verdicts;
}
