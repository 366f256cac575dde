// bench/options.ts: what the command line asks for, or what is wrong with it in one line

import { type ParseArgsOptionsConfig, parseArgs } from "node:util";

/** The options given; help, and a line that cannot be understood, end the program. */
export function optionsOf<T extends ParseArgsOptionsConfig>(usage: string, options: T) {
  if (process.argv.slice(2).some((one) => one === "--help" || one === "-h")) {
    process.stdout.write(usage);
    process.exit(0);
  }
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    return refuse(usage, (error as Error).message);
  }
}

/** Says what is wrong with the command line, and ends the program with exit code 2. */
export function refuse(usage: string, why: string): never {
  process.stderr.write(`${why}\n\n${usage}`);
  process.exit(2);
}
