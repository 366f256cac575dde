// app/recorder.ts: counts, groups and stores each comparison

import type { Evidence } from "../evidence/index.ts";
import type { Comparison } from "../model/comparison.ts";
import type { Difference } from "../model/difference.ts";
import { fieldValue } from "../model/fields.ts";
import type { StoreWriter } from "../store/index.ts";
import type { AppContext, Audit } from "./context.ts";
import { deploys } from "./evidence.ts";
import type { Troubles } from "./troubles.ts";

/**
 * Records each comparison once: in the metrics and the mismatch log, in the evidence, and in the store. A new version of the
 * candidate, read from the response field `epoch.field`, begins a new epoch.
 */
export function createRecorder(
  { effects: { now }, live, telemetry, redactor }: AppContext,
  parts: {
    readonly evidence: Evidence;
    readonly keeper: Pick<StoreWriter, "offer">;
    readonly troubles: Pick<Troubles, "compared">;
    readonly audit: Audit;
  },
): (comparison: Comparison) => void {
  const { evidence, keeper, troubles, audit } = parts;
  const noticeDeploy = deploys(evidence, now(), (version) => {
    if (!evidence.newEpoch(version, now())) return;
    const why = `its ${live.current().epoch.field} changed`;
    audit({ at: now(), who: "candidate", action: "epoch", what: version, why });
  });
  return (classified) => {
    const { request, route, candidate } = classified.exchange;
    troubles.compared(classified.exchange);
    const { field } = live.current().epoch;
    if (field !== undefined && candidate.kind === "response") noticeDeploy(fieldValue(candidate.fields, field));
    const { differences } = classified;
    const comparison =
      differences.length === 0
        ? classified
        : { ...classified, differences: redactor.forRequest(request).differences(route, differences) };
    const findingId = (one: Difference) => evidence.findingOf(route, one, comparison.differences, now());
    telemetry.comparison(comparison, findingId); // first: if a later step fails, the outcomes still add up
    const findings = evidence.add(comparison, now());
    keeper.offer(
      comparison,
      findings.map(({ finding }) => finding),
    );
  };
}
