// cli/accept.ts: `accept`, which accepts findings for a time, with a reason

import type { Report } from "../model/report.ts";
import { ADMIN_HELP, ADMIN_OPTIONS, type Admin, openAdmin } from "./admin.ts";
import { type Command, UsageError } from "./command.ts";
import { whoAmI } from "./source.ts";

export const acceptCommand: Command = {
  name: "accept",
  summary: "accept findings for now, with a reason",
  help: `Usage: parallel-run accept FINDING ... --why REASON [--until TIME | --for DURATION] [--admin URL]
       parallel-run accept FINDING ... --undo [--why REASON]

Accepts findings by their ids, as the report shows them; the first characters of an id are enough where they
fit one finding only. Until the time given, what differs there in the same way counts as accepted, not as a
mismatch: in the way that the stated cause says (trimmed, rounded, this mapping), or, where no cause is
stated, with values that look like those observed. Anything else at that place is a new finding. What an
acceptance masks stays counted and sampled.

Options:
  --why REASON         why it is fine; kept in the audit log
  --by NAME            who does it, for the audit log; else the user's name
  --until TIME         such as 2026-12-31 or 2026-12-31T18:00:00Z
  --for DURATION       such as 14d
  --undo               take an acceptance back
${ADMIN_HELP}

Exit codes: 0; 2 usage error or no such finding (then nothing is accepted); 3 the proxy could not be asked

Example:
  parallel-run accept 3f78c6 b12c --why "the new service rounds as the tax office asks" --for 30d`,
  options: {
    ...ADMIN_OPTIONS,
    why: { type: "string" },
    by: { type: "string" },
    until: { type: "string" },
    for: { type: "string" },
    undo: { type: "boolean" },
  },
  run: async (args, io) => {
    if (args.positionals.length === 0) throw new UsageError("give a finding's id: the report shows them");
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
    if (fitting.length === 0) throw new UsageError(`there is no finding ${start}: the report shows the ids`);
    if (fitting.length > 1) {
      throw new UsageError(
        `${start} fits ${fitting.length} findings (${fitting.slice(0, 5).join(", ")}): give more of the id`,
      );
    }
    return fitting[0]!;
  });
  return [...new Set(found)];
}
