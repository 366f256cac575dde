// cli/accept.ts: `accept`, which accepts findings for a time, with a reason

import type { Report } from "../model/report.ts";
import { ADMIN_HELP, ADMIN_OPTIONS, type Admin, openAdmin } from "./admin.ts";
import { type Command, UsageError } from "./command.ts";
import { whoAmI } from "./source.ts";

/** `parallel-run accept`. */
export const acceptCommand: Command = {
  name: "accept",
  summary: "accept findings for a time, with a reason",
  help: `Usage: parallel-run accept FINDING ... --why REASON [--until TIME | --for DURATION] [--admin URL]
       parallel-run accept FINDING ... --undo [--why REASON]

Accepts findings by their ids, as the report shows them; the first characters of an id are enough if they
match only one finding. Until the given time, differences there of the same kind count as accepted and not as
mismatches: those that the stated cause explains (trimmed, rounded, this mapping), or, if no cause is
stated, those with values similar to the observed ones. Any other difference at that place is a new finding.
What an acceptance masks is still counted and sampled.

Options:
  --why REASON         why the difference is acceptable, for the audit log
  --by NAME            who makes the change, for the audit log; default: the user's name
  --until TIME         such as 2026-12-31 or 2026-12-31T18:00:00Z
  --for DURATION       such as 14d
  --undo               withdraw an acceptance
${ADMIN_HELP}

Exit codes: 0; 2 usage error or unknown finding (then nothing is accepted); 3 the proxy cannot be reached

Example:
  parallel-run accept 3f78c6 b12c --why "rounding required by tax law" --for 30d`,
  options: {
    ...ADMIN_OPTIONS,
    why: { type: "string" },
    by: { type: "string" },
    until: { type: "string" },
    for: { type: "string" },
    undo: { type: "boolean" },
  },
  run: async (args, io) => {
    if (args.positionals.length === 0) throw new UsageError("give the id of a finding, as the report shows it");
    const {
      why = "",
      by = whoAmI(io),
      until,
      for: span,
      undo = false,
    } = args.values as { why?: string; by?: string; until?: string; for?: string; undo?: boolean };
    if (!undo && why.trim() === "") throw new UsageError("give the reason: --why REASON");
    const admin = await openAdmin(args, io);
    for (const finding of await resolved(args.positionals, admin)) {
      const path = `/api/v1/findings/${encodeURIComponent(finding)}/accept`;
      if (undo) {
        await admin.send("DELETE", path, { by, why });
        io.stdout(`Finding ${finding} is no longer accepted.\n`);
      } else {
        await admin.send("POST", path, { by, why, until, for: span });
        io.stdout(`Finding ${finding} is accepted${until ? ` until ${until}` : span ? ` for ${span}` : ""}.\n`);
      }
    }
    return 0;
  },
};

/** The whole ids of the findings that are meant. Throws UsageError unless each fits exactly one. */
async function resolved(given: readonly string[], admin: Admin): Promise<readonly string[]> {
  const report = (await admin.get("/api/v1/report")) as Partial<Report>;
  const ids = (report.findings ?? []).map(({ id }) => id);
  const found = given.map((start) => {
    const fitting = ids.includes(start) ? [start] : ids.filter((id) => id.startsWith(start));
    if (fitting.length === 0)
      throw new UsageError(`no finding has an id that begins with ${start}; the report shows the ids`);
    if (fitting.length > 1) {
      throw new UsageError(
        `${start} matches ${fitting.length} findings (${fitting.slice(0, 5).join(", ")}): give more characters of the id`,
      );
    }
    return fitting[0]!;
  });
  return [...new Set(found)];
}
