// cli/accept.ts: someone's word that a finding is fine, for now

import { ADMIN_HELP, ADMIN_OPTIONS, openAdmin } from "./admin.ts";
import { type Command, UsageError } from "./command.ts";
import { whoAmI } from "./source.ts";

export const acceptCommand: Command = {
  name: "accept",
  summary: "accept a finding for now, with a reason",
  help: `Usage: parallel-run accept FINDING --why REASON [--until TIME | --for DURATION] [--admin URL]
       parallel-run accept FINDING --undo [--why REASON]

Accepts a finding by its id, as the report shows it. What only differs there then counts as accepted,
not as a mismatch, until the time given. What the acceptance masks stays counted.

Options:
  --why REASON         why it is fine; kept in the audit log
  --until TIME         such as 2026-12-31 or 2026-12-31T18:00:00Z
  --for DURATION       such as 14d
  --undo               take an acceptance back
${ADMIN_HELP}

Exit codes: 0; 2 usage error or no such finding; 3 the proxy could not be asked

Example:
  parallel-run accept 3f78c608c0da --why "the new service rounds as the tax office asks" --for 30d`,
  options: {
    ...ADMIN_OPTIONS,
    why: { type: "string" },
    until: { type: "string" },
    for: { type: "string" },
    undo: { type: "boolean" },
  },
  run: async (args, io) => {
    const [finding, ...more] = args.positionals;
    if (finding === undefined || more.length > 0) throw new UsageError("give one finding's id: the report shows them");
    const {
      why,
      until,
      for: span,
      undo,
    } = args.values as { why?: string; until?: string; for?: string; undo?: boolean };
    const admin = await openAdmin(args, io);
    const path = `/api/v1/findings/${encodeURIComponent(finding)}/accept`;
    if (undo === true) {
      await admin.send("DELETE", path, { by: whoAmI(io), why: why ?? "" });
      io.stdout(`Finding ${finding} is no longer accepted.\n`);
      return 0;
    }
    if (why === undefined || why.trim() === "") throw new UsageError("say why: --why REASON");
    await admin.send("POST", path, { by: whoAmI(io), why, until, for: span });
    io.stdout(`Finding ${finding} is accepted${until ? ` until ${until}` : span ? ` for ${span}` : ""}.\n`);
    return 0;
  },
};
