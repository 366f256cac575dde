// evidence/finding-observation.ts: a comparison as the explainer sees it

import type { Digest } from "../lib/digest.ts";
import type { Comparison } from "../model/comparison.ts";
import type { Difference } from "../model/difference.ts";
import type { Showing, Shown } from "../model/finding-observation.ts";
import type { FindingSample } from "../model/report.ts";

/**
 * What a comparison showed, with its request where the answers were compared.
 * @param entered whether the request is a distinct one that is new in this epoch; undefined when it was not compared
 */
export function showingOf(
  { exchange }: Comparison,
  route: string,
  shown: readonly Shown[],
  request: Digest,
  entered: "new" | "known" | undefined,
  redact: (sample: FindingSample, route: string) => FindingSample,
  redactDifference: (route: string, difference: Difference) => Difference,
): Showing {
  if (entered === undefined) return { route, shown };
  const { method, target, fields } = exchange.request;
  return {
    route,
    shown,
    request: {
      key: `${request.hi.toString(36)}.${request.lo.toString(36)}`,
      isNew: entered === "new",
      target,
      fields,
      ...(exchange.requestBody !== undefined && { body: exchange.requestBody }),
      isPlain: (where, path, value) =>
        redactDifference(route, { where, path, kind: "value", legacy: value }).legacy === value,
      redacted: () => redact({ id: exchange.id, at: exchange.at, method, target, path: "" }, route).target,
    },
  };
}
