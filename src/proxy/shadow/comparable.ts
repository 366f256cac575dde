// proxy/shadow/comparable.ts: when both sides answered and comparing would still mislead

import type { Answer, Response } from "../../model/answer.ts";
import type { RequestHead } from "../../model/exchange.ts";
import { fieldValue, hasField } from "../../model/fields.ts";
import type { NotComparableReason } from "../../model/outcome.ts";

/**
 * Why two answers are not to be compared, or `undefined` when they are. Failures are no matter of this: they are
 * outcomes of their own, and weigh more.
 *
 * - `client_gone`, `streaming`: a side's answer was not seen to its end, because the client left, or it goes on and on.
 * - `refused`: legacy said 429 or 503, or the candidate 429: that tells of load, not of the answer.
 * - `not_modified`: legacy answered by the client's condition (304, or 412), which the candidate is not sent. A 304 of the
 *   candidate alone answers a condition that it was not sent: that is compared.
 * - `partial`: a range of the whole, unless both sent the same one range. A server may well ignore `Range`.
 */
export function comparable(request: RequestHead, legacy: Answer, candidate: Answer): NotComparableReason | undefined {
  if (candidate.kind === "unseen") return candidate.reason;
  if (legacy.kind === "unseen") return legacy.reason;
  if (legacy.kind === "failure" || candidate.kind === "failure") return undefined;
  if (legacy.status === 429 || legacy.status === 503 || candidate.status === 429) return "refused";
  if (legacy.status === 304) return "not_modified";
  if (legacy.status === 412 && PRECONDITIONS.some((name) => hasField(request.fields, name))) return "not_modified";
  if (hasField(request.fields, "range")) {
    const either = RANGED.includes(legacy.status) || RANGED.includes(candidate.status);
    if (either && !sameRange(legacy, candidate)) return "partial";
  }
  return undefined;
}

const PRECONDITIONS = ["if-match", "if-unmodified-since", "if-none-match", "if-modified-since"];
const RANGED = [206, 416];

function sameRange(legacy: Response, candidate: Response): boolean {
  if (legacy.status !== candidate.status) return false;
  const range = fieldValue(legacy.fields, "content-range");
  return range !== undefined && range === fieldValue(candidate.fields, "content-range");
}
