// app/admin.ts: what the admin listener shows and asks for, from the rooms that know it

import { type AdminPorts, asWritten, configShown, type Done, type RuntimeSwitches } from "../admin/index.ts";
import type { Config } from "../config/index.ts";
import type { Evidence } from "../evidence/index.ts";
import { type AuditEntry, controlShown } from "../model/control.ts";
import type { Report } from "../model/report.ts";
import { compileRedactor, type Store, type Written } from "../store/index.ts";
import type { Telemetry } from "../telemetry/index.ts";

export type AdminParts = {
  readonly now: () => number;
  readonly config: () => Config;
  readonly evidence: Evidence;
  readonly store: Store;
  readonly control: RuntimeSwitches;
  readonly telemetry: Telemetry;
  readonly audit: (entry: AuditEntry) => void;
  /** Writes what was changed, and tells whether it is durable. */
  readonly flush: () => Promise<Written>;
  /** Takes secrets out of what people write. */
  readonly text: (text: string) => string;
  readonly report: () => Report;
  /** The version of parallel-run. */
  readonly version: string;
  /** The next report is to show what was just changed. */
  readonly changed: () => void;
};

/** Entries of the audit log that are shown. */
const AUDIT_SHOWN = 200;
/** How long someone who changed something waits for the disk. */
const LONGEST_WRITE_MS = 5_000;

export function adminPorts({
  now,
  config,
  evidence,
  store,
  control,
  telemetry,
  audit,
  flush,
  text,
  report,
  version,
  changed,
}: AdminParts): AdminPorts {
  /** A change is acknowledged once it is durable: a process that is killed a moment later still has it when it is back. */
  const kept = async (): Promise<Done> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Written>((resolve) => {
      timer = setTimeout(resolve, LONGEST_WRITE_MS, { durable: false });
    });
    const { durable } = await Promise.race([flush(), late]);
    clearTimeout(timer);
    if (durable) return { ok: true };
    const why = store.stats().detail ?? "the disk takes too long";
    return { ok: false, status: 503, detail: `the change holds, but it may not survive a restart: ${why}` };
  };
  const noted = (entry: Omit<AuditEntry, "at">): Promise<Done> => {
    audit({ at: now(), ...entry });
    changed();
    return kept();
  };
  /** A reason may quote a token; it is stored, logged and shown. */
  const plain = <W extends { readonly by: string; readonly why: string }>(wish: W): W => ({
    ...wish,
    by: text(wish.by),
    why: text(wish.why),
  });
  /** Why a finding could not be what was asked: it is not there, or something else. */
  const refused = (id: string, otherwise: string) =>
    evidence.finding(id, now()) === undefined
      ? ({ ok: false, status: 404, detail: `there is no finding ${id}` } as const)
      : ({ ok: false, status: 409, detail: otherwise } as const);
  return {
    report,
    metricsText: telemetry.metricsText,
    metricsType: telemetry.metricsType,
    version,
    live: telemetry.health.live,
    ready: telemetry.health.ready,
    samples: (finding) => evidence.finding(finding, now())?.samples ?? [],
    accept: (wish) => {
      const { finding, by, why, until } = plain(wish);
      const decision = { by, why, at: now(), ...(until !== undefined && { until }) };
      if (!evidence.accept(finding, decision)) {
        return refused(finding, `${finding} stands for places that nobody has seen yet: write a rule for them instead`);
      }
      return noted({ who: by, action: "accept", what: finding, why });
    },
    unaccept: (wish) => {
      const { finding, by, why } = plain(wish);
      if (!evidence.unaccept(finding, now())) return refused(finding, `finding ${finding} is not accepted`);
      return noted({ who: by, action: "unaccept", what: finding, why });
    },
    epoch: (wish) => {
      const { name, by, why } = plain(wish);
      if (!evidence.newEpoch(name, now())) return kept(); // told twice: that is one deploy
      return noted({ who: by, action: "epoch", what: name, why });
    },
    control: {
      read: () => controlShown(control.read()),
      change: async (change) => {
        const { to, ...rest } = plain(change);
        const done = await control.change(to === undefined ? rest : { ...rest, to: plain(to) }); // it audits by itself
        changed();
        // The switch holds by its own file: a store that fails must not make it look as if it did not.
        if (done.ok) await kept();
        return done;
      },
    },
    audit: () => store.audit(AUDIT_SHOWN),
    configShown: () => configShown(asWritten(config()), compileRedactor(config().redact).text),
  };
}
