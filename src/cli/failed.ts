// cli/failed.ts: something outside did not work, and it is nobody's typing error

/** Shown as its message alone. The message says what failed and what to do; the exit code is 3. */
export class Failed extends Error {
  override name = "Failed";
}
