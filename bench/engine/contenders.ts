// bench/engine/contenders.ts: who is measured: each takes two bodies as bytes and returns how many differences it found

import deepDiff from "deep-diff";
import jsonpatch from "fast-json-patch";
import { create } from "jsondiffpatch";
import microdiff from "microdiff";
import { compareJson, compileJsonRules } from "../../src/json/index.ts";
import { NO_RULES } from "../../src/model/rules.ts";

export type Contender = { readonly name: string; readonly run: (legacy: Buffer, candidate: Buffer) => number };

const rules = compileJsonRules(NO_RULES);
const limits = { budget: 1_000_000 };
const parsed = (body: Buffer): unknown => JSON.parse(body.toString());
/** Its docs ask for object hashes; by id is what its users write. */
const patcher = create({ objectHash: (item, index) => ("id" in item ? String(item.id) : `$$${index}`) });

/** The reference: both texts to values, natively, and a plain structural diff. */
export const REFERENCE = "JSON.parse x2 + fast-json-patch";

export const CONTENDERS: readonly Contender[] = [
  {
    name: "parallel-run",
    run: (legacy, candidate) => compareJson(legacy, candidate, rules, limits).differences.length,
  },
  {
    name: REFERENCE,
    run: (legacy, candidate) => jsonpatch.compare(parsed(legacy) as object, parsed(candidate) as object).length,
  },
  {
    name: "JSON.parse x2 alone",
    run: (legacy, candidate) => Number(parsed(legacy) === parsed(candidate)),
  },
  {
    name: "JSON.parse x2 + deep-diff",
    run: (legacy, candidate) => deepDiff.diff(parsed(legacy), parsed(candidate))?.length ?? 0,
  },
  {
    name: "JSON.parse x2 + jsondiffpatch",
    run: (legacy, candidate) => Number(patcher.diff(parsed(legacy), parsed(candidate)) !== undefined),
  },
  {
    name: "JSON.parse x2 + microdiff",
    run: (legacy, candidate) =>
      microdiff(parsed(legacy) as Record<string, unknown>, parsed(candidate) as Record<string, unknown>, {
        cyclesFix: false,
      }).length,
  },
];
