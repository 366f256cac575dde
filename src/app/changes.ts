// app/changes.ts: which keys of a changed config wait for a restart; all others are in force at once

import type { Config } from "../config/index.ts";

/** Of things that are opened once: listeners, files, threads, and the sizes of what is kept in memory. */
const OPENED_ONCE = [
  "listen",
  "admin",
  "adminAccess",
  "data",
  "store",
  "log",
  "findings",
  "causes",
  "reload",
  "shadow.file",
  "recheck.afterWrite",
  "verify.threads",
  "limits.maxRoutes",
] as const;

/** Keys of the config, as in the file: `listen`, `limits.maxRoutes`. */
export function waitForRestart(before: Config, after: Config): readonly string[] {
  const changed = OPENED_ONCE.filter((key) => written(before, key) !== written(after, key));
  return isSecure(before) === isSecure(after) ? changed : [...changed, "tls"];
}

/** A certificate can be replaced while serving; whether there is one at all cannot. */
const isSecure = ({ tls }: Config): boolean => tls.cert !== undefined;

function written(config: Config, key: string): string | undefined {
  const value = key
    .split(".")
    .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], config);
  return JSON.stringify(value);
}
