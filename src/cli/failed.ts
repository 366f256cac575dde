// cli/failed.ts: an error outside of the program that is not a usage error

/** Shown as its message alone. The message says what failed and what to do; the exit code is 3. */
export class Failed extends Error {
  override name = "Failed";
}
