// app/context.ts: what every part of one app uses

import type { AuditEntry } from "../model/control.ts";
import type { ReadFile } from "../proxy/index.ts";
import type { Redactor } from "../store/index.ts";
import type { Log, LogTarget, Telemetry } from "../telemetry/index.ts";
import type { WatchFile } from "./certificates.ts";
import type { LiveConfig } from "./config-in-force.ts";

/** What the app takes from the outside. */
export type Effects = {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** 0 to 1. */
  readonly random: () => number;
  readonly newId: () => string;
  /** Reads a file that the config names, relative to the config. Throws an error whose message is for the user. */
  readonly readFile: ReadFile;
  /** Reports that such a file has changed. Without it, certificates stay as they were until a restart. */
  readonly watchFile?: WatchFile;
  readonly logTo: LogTarget;
  readonly version: string;
};

/** What every part of one app uses. */
export type AppContext = {
  readonly effects: Effects;
  readonly live: LiveConfig;
  readonly telemetry: Telemetry;
  /** The redactor of the config in force. */
  readonly redactor: Redactor;
};

/** Writes a change to the log and to the audit log. */
export type Audit = (entry: AuditEntry) => void;

/** Logs an error that is a fault of this program. `where` names the part that threw. */
export function logBug(log: Log, where: string): (error: unknown) => void {
  return (error) =>
    log.error({ event: "bug", where, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}
