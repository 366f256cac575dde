// cli/demo/stock.ts: the only thing the demo's writes change; the candidate reads a replica that may lag

import type { JsonObject } from "./answer.ts";
import { skuOf } from "./data.ts";

type Level = { readonly onHand: number; readonly revision: number; readonly writtenAt: number };

/** Versions kept of one article: more writes than this within the lag, and a reader sees the oldest kept. */
const KEPT = 8;

/** Stock levels, which writes change and reads show. */
export type Stock = {
  readonly write: (sku: string, onHand: number) => void;
  /** What a reader sees who is `lagMs` behind. Undefined for an article that does not exist. */
  readonly read: (sku: string, lagMs: number) => JsonObject | undefined;
};

/** Stock of so many articles. @param now milliseconds, for the lag of the candidate's replica */
export function createStock(articles: number, now: () => number): Stock {
  const levels = new Map<string, Level[]>();
  for (let id = 0; id < articles; id += 1) {
    levels.set(skuOf(id), [{ onHand: (id * 37) % 500, revision: 1, writtenAt: Number.NEGATIVE_INFINITY }]);
  }
  return {
    write: (sku, onHand) => {
      const versions = levels.get(sku);
      if (versions === undefined) return;
      versions.push({ onHand, revision: versions.at(-1)!.revision + 1, writtenAt: now() });
      if (versions.length > KEPT) versions.shift();
    },
    read: (sku, lagMs) => {
      const versions = levels.get(sku);
      if (versions === undefined) return undefined;
      const seen = versions.findLast(({ writtenAt }) => writtenAt + lagMs <= now()) ?? versions[0]!;
      return { sku, onHand: seen.onHand, revision: seen.revision, warehouse: "BER-2" };
    },
  };
}
