// evidence/acceptances.ts: accepted findings, and which differences they cover

import type { Difference } from "../model/difference.ts";
import { besideId } from "../model/place.ts";
import type { Relation } from "../model/relation.ts";
import type { Acceptance } from "../model/report.ts";
import { holds } from "./finding.ts";

/** An acceptance as it is kept: with the relation of the values that it covers. */
export type KeptAcceptance = Acceptance & {
  /** Absent: nothing was known of the values, and every difference of the finding is covered. */
  readonly relation?: Relation;
};

/** Further findings at the place of an accepted one, each with its own acceptance. */
const BESIDE = 4;

/** Whether a relation that was accepted explains a difference. `all` are the differences of its comparison. */
export type Relates = (relation: Relation, difference: Difference, all: readonly Difference[]) => boolean;

/** The finding that a difference belongs to, and whether an acceptance covers it. */
export type Resolved = { readonly id: string; readonly isAccepted: boolean };

/**
 * An acceptance covers the route, place and kind of its finding, and the relation of its values. Whatever else differs there
 * belongs to the finding beside it, which may be accepted in its turn.
 * @param id of the finding by route, place and kind
 */
export function resolve(
  acceptances: ReadonlyMap<string, KeptAcceptance>,
  relates: Relates | undefined,
  id: string,
  difference: Difference,
  all: readonly Difference[],
  at: number,
): Resolved {
  let here = id;
  for (let n = 0; n < BESIDE; n++) {
    const acceptance = acceptances.get(here);
    if (acceptance === undefined || !holds(acceptance, at)) return { id: here, isAccepted: false };
    const { relation } = acceptance;
    if (relation === undefined || relates === undefined || relates(relation, difference, all)) {
      return { id: here, isAccepted: true };
    }
    here = besideId(here);
  }
  return { id: here, isAccepted: false };
}
