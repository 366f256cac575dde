// app/admin.ts: opens the admin listener, and carries out what its API reads and changes

import {
  type AdminListener,
  type AdminPorts,
  asWritten,
  configShown,
  type Done,
  openAdminListener,
  type RuntimeSwitches,
} from "../admin/index.ts";
import type { Evidence } from "../evidence/index.ts";
import { type AuditEntry, controlShown } from "../model/control.ts";
import type { Report } from "../model/report.ts";
import { compileRedactor, type Redactor, type Store, type Written } from "../store/index.ts";
import { type AppContext, type Audit, type Effects, logBug } from "./context.ts";

/** What the admin listener shows and changes. */
export type AdminParts = {
  readonly evidence: Evidence;
  readonly store: Store;
  readonly switches: RuntimeSwitches;
  readonly audit: Audit;
  /** Writes what was changed, and reports whether it is durable. */
  readonly flush: () => Promise<Written>;
  readonly report: () => Report;
  /** Called after a change: reports that were made before are out of date. */
  readonly changed: () => void;
};

/** Entries of the audit log that are shown. */
const AUDIT_SHOWN = 200;
/** The longest time that the response to a change waits for the disk. */
const LONGEST_WRITE_MS = 5_000;

/** Opens the admin listener. Rejects with a message for the user. */
export async function openAdmin(context: AppContext, parts: AdminParts): Promise<AdminListener> {
  const { effects, live, telemetry } = context;
  const { adminTls } = live.inForce();
  const { host, port } = live.current().admin;
  const opened = await openAdminListener(
    {
      host,
      port,
      ...(adminTls && { tls: adminTls }),
      tokens: () => live.inForce().tokens,
      names: () => live.current().adminAccess.hosts,
      now: effects.now,
      failed: logBug(telemetry.log, "admin"),
    },
    adminPorts(context, parts),
  );
  if (!opened.ok) throw new Error(opened.message);
  return opened.listener;
}

function adminPorts(context: AppContext, parts: AdminParts): AdminPorts {
  const { telemetry, live } = context;
  const { evidence, store, switches, report } = parts;
  const { now } = context.effects;
  const changes = createChanges(context, parts);
  return {
    report,
    metricsText: telemetry.metricsText,
    metricsType: telemetry.metricsType,
    version: context.effects.version,
    live: telemetry.health.live,
    ready: telemetry.health.ready,
    samples: (finding) => evidence.finding(finding, now())?.samples ?? [],
    accept: changes.accept,
    unaccept: changes.unaccept,
    epoch: changes.epoch,
    control: { read: () => controlShown(switches.read()), change: changes.control },
    audit: () => store.audit(AUDIT_SHOWN),
    configShown: () => configShown(asWritten(live.current()), compileRedactor(live.current().redact).text),
  };
}

/** What the changes use of {@link AppContext}. */
export type ChangeContext = {
  readonly effects: Pick<Effects, "now">;
  readonly redactor: Pick<Redactor, "text">;
};

/** What the changes use of {@link AdminParts}. */
export type ChangeParts = Pick<AdminParts, "evidence" | "audit" | "flush" | "changed"> & {
  readonly store: Pick<Store, "stats">;
  readonly switches: Pick<RuntimeSwitches, "change">;
};

type Changes = Pick<AdminPorts, "accept" | "unaccept" | "epoch"> & {
  readonly control: AdminPorts["control"]["change"];
};

/** The changes that the admin API makes. Each is audited, and acknowledged once it is durable. */
export function createChanges(
  { effects: { now }, redactor }: ChangeContext,
  { evidence, store, switches, audit, flush, changed }: ChangeParts,
): Changes {
  /** Waits until the change is durable: it must survive a process that is killed a moment later. */
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
  const plain = <W extends { readonly by: string; readonly why: string }>(request: W): W => ({
    ...request,
    by: redactor.text(request.by),
    why: redactor.text(request.why),
  });
  /** 404 for a finding that does not exist, else 409 with this detail. */
  const refused = (id: string, otherwise: string) =>
    evidence.finding(id, now()) === undefined
      ? ({ ok: false, status: 404, detail: `there is no finding ${id}` } as const)
      : ({ ok: false, status: 409, detail: otherwise } as const);
  return {
    accept: (request) => {
      const { finding, by, why, until } = plain(request);
      const decision = { by, why, at: now(), ...(until !== undefined && { until }) };
      if (!evidence.accept(finding, decision)) {
        return refused(finding, `${finding} stands for places that nobody has seen yet: write a rule for them instead`);
      }
      return noted({ who: by, action: "accept", what: finding, why });
    },
    unaccept: (request) => {
      const { finding, by, why } = plain(request);
      if (!evidence.unaccept(finding, now())) return refused(finding, `finding ${finding} is not accepted`);
      return noted({ who: by, action: "unaccept", what: finding, why });
    },
    epoch: (request) => {
      const { name, by, why } = plain(request);
      if (!evidence.newEpoch(name, now())) return kept(); // the same name again is the same deploy
      return noted({ who: by, action: "epoch", what: name, why });
    },
    control: async (request) => {
      const { to, ...rest } = plain(request);
      const done = await switches.change(to === undefined ? rest : { ...rest, to: plain(to) }); // writes the audit entry too
      changed();
      // The switch is kept in a file of its own: a store that fails must not make the change look as if it had failed.
      if (done.ok) await kept();
      return done;
    },
  };
}
