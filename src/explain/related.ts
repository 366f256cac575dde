// explain/related.ts: whether a relation explains a single difference

import type { Difference } from "../model/difference.ts";
import type { Relation } from "../model/relation.ts";
import { hypothesesFor } from "./hypotheses.ts";
import { holds } from "./hypothesis.ts";
import { isInWay } from "./lists.ts";
import { isObserved } from "./observed.ts";
import { readPair, type ShownPair } from "./pairs.ts";
import { isElsewhere } from "./renames.ts";

/** Whether a relation explains a difference, given all differences of its comparison. */
export function isRelated(relation: Relation, difference: Difference, all: readonly Difference[]): boolean {
  const { where, kind, legacy, candidate, note } = difference;
  const pair: ShownPair = {
    ...(legacy === undefined ? {} : { legacy }),
    ...(candidate === undefined ? {} : { candidate }),
    ...(note === undefined ? {} : { note }),
  };
  switch (relation.kind) {
    case "mapping":
      return relation.pairs.some(([from, to]) => from === legacy && to === candidate);
    case "elsewhere":
      return isElsewhere(difference, all);
    case "list":
      return isInWay(relation.way, difference, all);
    case "observed":
      return isObserved(relation, pair);
    case "hypothesis": {
      const hypothesis = hypothesesFor(kind, where).find(({ name }) => name === relation.name);
      return hypothesis !== undefined && holds(hypothesis, relation.parameter, readPair(pair));
    }
  }
}
