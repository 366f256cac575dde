// cli/epoch.ts: the candidate was deployed; what was seen of the old one no longer counts

import { ADMIN_HELP, ADMIN_OPTIONS, openAdmin } from "./admin.ts";
import { type Command, UsageError } from "./command.ts";
import { whoAmI } from "./source.ts";

/** `parallel-run epoch`. */
export const epochCommand: Command = {
  name: "epoch",
  summary: "start a new epoch: the candidate was deployed, older evidence no longer counts",
  help: `Usage: parallel-run epoch NAME [--why REASON] [--admin URL]

Starts a new epoch after a deploy of the candidate. Older evidence can still be read and no longer
counts towards readiness. With the name of the current epoch nothing changes.

Options:
  --why REASON         the reason, for the audit log
${ADMIN_HELP}

Exit codes: 0; 2 usage error; 3 the proxy cannot be reached

Example:
  parallel-run epoch v2.4.1`,
  options: { ...ADMIN_OPTIONS, why: { type: "string" } },
  run: async (args, io) => {
    const [name, ...more] = args.positionals;
    if (name === undefined || more.length > 0)
      throw new UsageError("give one name for the new epoch, such as a version");
    const admin = await openAdmin(args, io);
    const body = { name, by: whoAmI(io), why: args.values["why"] ?? "" };
    const { startedAt } = (await admin.send("POST", "/api/v1/epoch", body)) as { readonly startedAt: number };
    io.stdout(`Epoch ${name} started at ${new Date(startedAt).toISOString()}.\n`);
    return 0;
  },
};
