// explain/hypotheses.ts: the one list of what could explain a pair of values

import { KINDS, type Kind, type Where } from "../model/difference.ts";
import { CALENDAR } from "./calendar.ts";
import type { Hypothesis } from "./hypothesis.ts";
import { JSON_TEXTS } from "./json-texts.ts";
import { NUMBERS } from "./numbers.ts";
import { ORDERS } from "./order.ts";
import { PARTS } from "./parts.ts";
import { SCALINGS } from "./scaling.ts";
import { SHAPES } from "./shapes.ts";
import { STRINGS } from "./strings.ts";
import { TIMES } from "./times.ts";
import { TYPES } from "./types.ts";
import { URLS } from "./urls.ts";
import { VARYING } from "./varying.ts";

/** All hypotheses about pairs of values. The order decides between equally good ones. */
export const HYPOTHESES: readonly Hypothesis[] = [
  ...SCALINGS,
  ...NUMBERS,
  ...TIMES,
  ...CALENDAR,
  ...STRINGS,
  ...PARTS,
  ...URLS,
  ...TYPES,
  ...SHAPES,
  ...ORDERS,
  ...JSON_TEXTS,
  ...VARYING,
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
