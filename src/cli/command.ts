// cli/command.ts: what a command is; one file a command

import type { Readable } from "node:stream";
import type { ParseArgsOptionsConfig } from "node:util";

/** The outside, as a command sees it, so that a test can stand in for the terminal. */
export type Io = {
  readonly stdin: Readable;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether standard output is a terminal that wants colour: false without a TTY or with `NO_COLOR`. */
  readonly colour: boolean;
  /** Aborted by SIGTERM or SIGINT. */
  readonly stop: AbortSignal;
};

/** Parsed options and the other arguments. */
export type Arguments = {
  readonly values: Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;
  readonly positionals: readonly string[];
};

/** A command of the command line. */
export type Command = {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** The whole `--help` text: usage, what it does, options, exit codes, an example. */
  readonly help: string;
  /** Options as `node:util` parseArgs takes them; `--help` is added for every command. */
  readonly options: ParseArgsOptionsConfig;
  /** Resolves to the exit code: 0, or what the help says; 2 for usage and config errors, 3 for runtime failures. */
  readonly run: (args: Arguments, io: Io) => Promise<number>;
};

/** The user's own mistake: shown as its message alone, exit code 2. Says what was wrong and what to do. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** One of the formats that a command has, the first by default. */
export function formatOf<T extends string>(args: Arguments, formats: readonly [T, ...T[]]): T {
  const given = args.values["format"];
  if (given === undefined) return formats[0];
  const found = formats.find((one) => one === given);
  if (found === undefined) throw new UsageError(`--format must be one of ${formats.join(", ")}`);
  return found;
}
