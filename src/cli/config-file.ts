// cli/config-file.ts: the config of `serve`: a file, flags, or both; read again when it changes

import { stat } from "node:fs/promises";
import { type Config, defaultsFor, type Fault, formatFault, type Overrides, readConfig } from "../config/index.ts";
import type { Io } from "./command.ts";
import { textOf } from "./files.ts";
import { fileCheck } from "./named-files.ts";

/** A config that may be used, with what was probably not meant; or every fault. One line each. */
export type Loaded =
  | { readonly config: Config; readonly warnings: readonly string[] }
  | { readonly faults: readonly string[] };

/** Reads the file, if there is one, with the flags over it. */
export async function load(file: string | undefined, flags: Overrides, env: Io["env"]): Promise<Loaded> {
  const reading =
    file === undefined
      ? defaultsFor(flags, env)
      : readConfig(await textOf(file), { file, env, overrides: flags, checkFile: fileCheck(file) });
  const lines = (faults: readonly Fault[]) => faults.map(formatFault);
  if ("faults" in reading) return { faults: lines(reading.faults) };
  return { config: reading.config, warnings: lines(reading.warnings) };
}

const LOOK_EVERY_MS = 1_000;

/**
 * Calls back when the file is another than before. By looking, not by watching: an editor that renames and a mounted
 * secret that swaps a link are seen like any other change. Returns what ends it.
 */
export function onChange(file: string, changed: () => void): () => void {
  let seen: string | undefined;
  const look = async () => {
    const now = await stat(file).then(
      ({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`,
      () => undefined, // gone for a moment, or for good: the config in force stays
    );
    if (now === undefined) return;
    if (seen !== undefined && now !== seen) changed();
    seen = now;
  };
  void look();
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
