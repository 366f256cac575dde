// cli: argv to a command, a mistake to its message, everything to an exit code

import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { nearest } from "../lib/nearest.ts";
import { shown } from "../report/index.ts";
import { type Arguments, type Command, type Io, UsageError } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { Failed } from "./failed.ts";
import { version } from "./version.ts";

/** Runs one command line (without node and script) and resolves to the exit code. Never rejects. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const [name = "", ...rest] = argv;
  if (name === "" || name === "--help" || name === "-h" || (name === "help" && rest.length === 0)) {
    (name === "" ? io.stderr : io.stdout)(overview());
    return name === "" ? 2 : 0;
  }
  if (name === "--version" || name === "-V" || name === "version") {
    io.stdout(`parallel-run ${version()}\n`);
    return 0;
  }
  if (name === "help") return run([rest[0]!, "--help"], io);
  const entry = COMMANDS.get(name);
  if (entry === undefined) {
    const meant = nearest(name, [...COMMANDS.keys()]);
    const what = name.startsWith("-")
      ? `Unknown option ${shown(name)} before a command`
      : `No command "${shown(name)}"`;
    io.stderr(
      `parallel-run: ${what}.${meant === undefined ? "" : ` Did you mean "${meant}"?`}\nSee parallel-run --help.\n`,
    );
    return 2;
  }
  const command = await entry.load();
  try {
    const args = parsed(command, rest);
    if (args.values["help"] === true) {
      io.stdout(`${command.help.trim()}\n`);
      return 0;
    }
    return await command.run(args, io);
  } catch (error) {
    return reportError(command.name, error, io);
  }
}

function parsed(command: Command, rest: readonly string[]): Arguments {
  const options: ParseArgsOptionsConfig = { ...command.options, help: { type: "boolean", short: "h" } };
  try {
    const given = parseArgs({ args: [...rest], options, allowPositionals: true, strict: true });
    refuseEmpty(given);
    return given;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    // `--help` takes precedence over other errors in the command line.
    if (rest.includes("--help") || rest.includes("-h")) return { values: { help: true }, positionals: [] };
    const unknown = /^Unknown option '(-{1,2}([^']*))'/.exec((error as Error).message);
    if (unknown === null) throw new UsageError((error as Error).message);
    const meant = nearest(unknown[2]!, Object.keys(options));
    throw new UsageError(`Unknown option ${unknown[1]}.${meant === undefined ? "" : ` Did you mean --${meant}?`}`);
  }
}

/** The reason is optional: it must not prevent switching off. */
const MAY_BE_EMPTY = ["why"];

/**
 * An empty value is most often a variable of the shell that is not set. It must not turn a change of one route into a
 * change of everything, nor a file into the current folder.
 */
function refuseEmpty({ values, positionals }: Arguments): void {
  for (const [name, value] of Object.entries(values)) {
    const isEmpty = value === "" || (Array.isArray(value) && value.includes(""));
    if (isEmpty && !MAY_BE_EMPTY.includes(name)) {
      throw new UsageError(`--${name} is empty: give a value, or leave --${name} out`);
    }
  }
  if (positionals.includes("")) throw new UsageError("an argument is empty: give a value, or leave it out");
}

/** Prints a usage error or an outside failure as its message alone, and a bug with its stack trace. Returns the exit code. */
function reportError(name: string, error: unknown, io: Io): number {
  if (error instanceof UsageError) {
    io.stderr(`parallel-run ${name}: ${shown(error.message, 2_000)}\nSee parallel-run ${name} --help.\n`);
    return 2;
  }
  const fault = error instanceof Error ? error : new Error(String(error));
  io.stderr(`parallel-run ${name}: ${shown(fault.message, 2_000)}\n`);
  // Node's own codes tell of a wrong call, and so of a bug; those of the system and of a database do not.
  const outside = fault instanceof Failed || ("code" in fault && !/^ERR_(?!SQLITE)/.test(String(fault.code)));
  if (!outside) io.stderr(`This is a bug in parallel-run ${version()}:\n${fault.stack}\n`);
  return 3;
}

function overview(): string {
  const width = Math.max(...[...COMMANDS.keys()].map((name) => name.length));
  const lines = [...COMMANDS].map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return `parallel-run ${version()}

A reverse proxy for the weeks in which a new service replaces an old one: legacy answers every client,
reads also go to the candidate, and both answers are compared.

Usage: parallel-run COMMAND [OPTIONS]

${lines.join("\n")}

  parallel-run COMMAND --help   what a command does, its options and exit codes
  parallel-run --version        the version

First run:

  parallel-run serve --legacy http://127.0.0.1:8081 --candidate http://127.0.0.1:8082 --listen 127.0.0.1:8080
  parallel-run report
`;
}
