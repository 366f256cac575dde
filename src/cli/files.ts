// cli/files.ts: files that a command line names

import { readFile } from "node:fs/promises";
import { UsageError } from "./command.ts";

const WHY: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "there is no such file"],
  ["ENOTDIR", "there is no such file"],
  ["EISDIR", "it is a directory"],
  ["EACCES", "permission denied"],
  ["ERR_ENCODING_INVALID_ENCODED_DATA", "it is not UTF-8 text"],
]);

/** Why a file cannot be read, in a few words. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return WHY.get(code ?? "") ?? message;
}

/** The mistake of naming a file that cannot be read. */
export function unreadable(file: string, error: unknown): UsageError {
  return new UsageError(`cannot read ${file}: ${reasonOf(error)}`);
}

/** A whole file of UTF-8. Rejects with UsageError. */
export async function textOf(file: string): Promise<string> {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(file));
  } catch (error) {
    throw unreadable(file, error);
  }
}
