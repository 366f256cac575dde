// bench/engine/memory.ts: whether comparing many large bodies, one after the other, leaves anything behind

import { compareJson, compileJsonRules } from "../../src/json/index.ts";
import { NO_RULES } from "../../src/model/rules.ts";
import { corporaOf } from "./corpora.ts";

/** Resident megabytes: once warm, at most from then on, and at the end. */
export type EngineMemory = {
  readonly pairs: number;
  readonly bytes: number;
  readonly warmMb: number;
  readonly mostMb: number;
  readonly endMb: number;
  readonly holds: boolean;
};

/** How much more than when warm it may ever take: a few bodies that wait for the collector. */
const ALLOWED_MB = 250;

/** Compares fresh pairs of bodies of every shape, as a worker would get them. */
export async function engineMemory(pairs = 1_000, bytes = 5_000_000): Promise<EngineMemory> {
  const corpora = corporaOf(bytes);
  const rules = compileJsonRules(NO_RULES);
  const warm = Math.min(40, pairs >> 1);
  const megabytes = (): number => Math.round(process.memoryUsage.rss() / 1e6);
  let [warmMb, mostMb] = [0, 0];
  for (let k = 0; k < pairs; k++) {
    const { legacy, candidate } = corpora[k % corpora.length]!;
    compareJson(Uint8Array.from(legacy), Uint8Array.from(candidate), rules, { budget: 1_000_000 });
    if (k === warm) warmMb = megabytes();
    if (k >= warm) mostMb = Math.max(mostMb, megabytes());
    if (k % 8 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return { pairs, bytes, warmMb, mostMb, endMb: megabytes(), holds: mostMb <= warmMb + ALLOWED_MB };
}
