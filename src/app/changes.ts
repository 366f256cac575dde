// app/changes.ts: which keys of a changed config wait for a restart; all others are in force at once

import type { Config } from "../config/index.ts";

/** Of things that are opened once: listeners, files, threads, and the sizes of what is kept in memory. */
const OPENED_ONCE = [
  "listen",
  "admin",
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
  // A certificate can be replaced while serving; whether there is one at all cannot.
  const isSecure = (config: Config, key: "tls" | "adminAccess") =>
    (key === "tls" ? config.tls : config.adminAccess.tls).cert !== undefined;
  const listeners = (["tls", "adminAccess"] as const).filter((key) => isSecure(before, key) !== isSecure(after, key));
  return [...changed, ...listeners.map((key) => (key === "tls" ? "tls" : "adminAccess.tls"))];
}

function written(config: Config, key: string): string | undefined {
  const value = key
    .split(".")
    .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], config);
  return JSON.stringify(value);
}
