// explain/hypotheses.ts: the one list of what could explain a pair of values

import { KINDS, type Kind, type Where } from "../model/difference.ts";
import type { Hypothesis } from "./hypothesis.ts";
import { NUMBERS } from "./numbers.ts";
import { ORDERS } from "./order.ts";
import { PARTS } from "./parts.ts";
import { SCALINGS } from "./scaling.ts";
import { SHAPES } from "./shapes.ts";
import { STRINGS } from "./strings.ts";
import { TIMES } from "./times.ts";
import { TYPES } from "./types.ts";
import { URLS } from "./urls.ts";

export const HYPOTHESES: readonly Hypothesis[] = [
  ...SCALINGS,
  ...NUMBERS,
  ...TIMES,
  ...STRINGS,
  ...PARTS,
  ...URLS,
  ...TYPES,
  ...SHAPES,
  ...ORDERS,
];

const WHERES: readonly Where[] = ["status", "field", "body"];
const BY_USE = new Map(
  WHERES.flatMap((where) =>
    KINDS.map((kind) => {
      const some = HYPOTHESES.filter(
        (one) => one.kinds.includes(kind) && (one.where === undefined || one.where === where),
      );
      return [`${where} ${kind}`, some] as const;
    }),
  ),
);

/** What could explain differences of this kind, there. */
export function hypothesesFor(kind: Kind, where: Where): readonly Hypothesis[] {
  return BY_USE.get(`${where} ${kind}`) ?? [];
}
