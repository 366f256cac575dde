// explain/order.ts: the same elements in another order

import { readIndexes } from "../model/index-runs.ts";
import type { Hypothesis } from "./hypothesis.ts";
import type { Pair } from "./value.ts";

/** Longer lists are not looked into. */
const LONGEST = 200;

const order: Hypothesis = {
  name: "order",
  kinds: ["order"],
  fits: (pair) => [...orders(pair), ""],
  says: (how) => (how === "" ? "the same elements in another order" : `the same elements, ${how}`),
  least: 1,
  weight: 80,
  rule: (_, { where, place }) =>
    where === "body" && place.startsWith("$") ? `arrays:\n  ${JSON.stringify(place)}: unordered` : undefined,
};

function orders({ legacy, candidate }: Pair): string[] {
  const [ours, theirs] = [legacy, candidate].map(({ content }) => readIndexes(content) ?? content);
  if (!Array.isArray(ours) || !Array.isArray(theirs) || ours.length > LONGEST || ours.length < 2) return [];
  const [before, after] = [ours, theirs].map((list) => list.map((element) => JSON.stringify(element)));
  const found: string[] = [];
  if (before!.toReversed().join() === after!.join()) found.push("from last to first");
  for (const [how, sign] of [
    ["ascending", 1],
    ["descending", -1],
  ] as const) {
    if (isSorted(theirs, sign) && !isSorted(ours, sign)) found.push(`sorted, ${how}`);
  }
  return found;
}

function isSorted(list: readonly unknown[], sign: number): boolean {
  return list.every((element, i) => {
    const before = i === 0 ? element : list[i - 1];
    if (typeof element !== typeof before || (typeof element !== "string" && typeof element !== "number")) return false;
    return element === before || (before! < element ? 1 : -1) === sign;
  });
}

/** Hypotheses about the order of a list. */
export const ORDERS: readonly Hypothesis[] = [order];
