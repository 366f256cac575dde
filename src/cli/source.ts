// cli/source.ts: where a report comes from: a running proxy, or what one left behind

import { userInfo } from "node:os";
import type { ParseArgsOptionsConfig } from "node:util";
import type { Report } from "../model/report.ts";
import { storedReport } from "../report/index.ts";
import { ADMIN_HELP, ADMIN_OPTIONS, openAdmin } from "./admin.ts";
import { type Arguments, type Io, UsageError } from "./command.ts";
import { Failed } from "./failed.ts";

/** The options of commands that read a report. */
export const SOURCE_OPTIONS: ParseArgsOptionsConfig = { ...ADMIN_OPTIONS, data: { type: "string" } };

/** Help text of those options. */
export const SOURCE_HELP = `  --data DIR           read the data directory of a proxy, running or not
${ADMIN_HELP}`;

/** Reads the report of a data directory or of a running proxy. Rejects with UsageError or Failed. */
export async function readReport(args: Arguments, io: Io): Promise<Report> {
  const { data, admin } = args.values;
  if (data !== undefined && admin !== undefined) throw new UsageError("give --data or --admin, not both");
  if (typeof data === "string") {
    const stored = await storedReport(data, Date.now());
    if (stored.kind === "unreadable") throw new Failed(stored.message);
    return stored.report;
  }
  const value = await (await openAdmin(args, io)).get("/api/v1/report");
  if (typeof value !== "object" || value === null || (value as { version?: unknown }).version !== 1) {
    throw new Failed("the report does not have version 1: use the same version of parallel-run as the proxy");
  }
  return value as Report;
}

/** Throws UsageError if there are arguments besides options. */
export function noPositionals(args: Arguments): void {
  if (args.positionals.length > 0) throw new UsageError(`unexpected argument ${args.positionals[0]}`);
}

/** The user's name, for the audit log: behind sudo the name of the user who called it. */
export function whoAmI(io: Io): string {
  return io.env["SUDO_USER"] || io.env["USER"] || io.env["LOGNAME"] || userName() || "unknown user";
}

function userName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined; // the user id has no entry in the password file, as in many containers
  }
}
