// cli/process.ts: runs a command line in this process: standard streams, signals, exit code

import type { Io } from "./command.ts";
import { run } from "./index.ts";

/** Milliseconds that a clean stop may take after an unhandled error, before the process ends regardless. */
const LAST_GRACE_MS = 30_000;

/** What unread output may take once a stop was asked for. */
const STOP_GRACE_MS = 1_000;

/** Runs the command of this process and ends the process with its exit code. */
export async function runProcess(): Promise<void> {
  const stopping = new AbortController();
  let bug = false;
  const stop = (signal: NodeJS.Signals) => {
    // A second signal ends the process without draining.
    if (stopping.signal.aborted) process.exit(signal === "SIGINT" ? 130 : 143);
    stopping.abort(signal);
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  const caught = (error: unknown) => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(
      `parallel-run: unhandled error; draining in-flight requests, then exiting with code 3:\n${text}\n`,
    );
    bug = true;
    stopping.abort("bug");
    setTimeout(() => process.exit(3), LAST_GRACE_MS).unref();
  };
  process.on("uncaughtException", caught);
  process.on("unhandledRejection", caught);
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", () => undefined); // the reader has seen enough
  }
  const io: Io = {
    stdin: process.stdin,
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    env: process.env,
    colour: process.stdout.isTTY === true && (process.env["NO_COLOR"] ?? "") === "" && process.env["TERM"] !== "dumb",
    stop: stopping.signal,
  };
  const code = await run(process.argv.slice(2), io);
  // A pager may read slowly, but a reader that does not read must not prevent a requested stop.
  const stopDeadline = new Promise<void>((resolve) => {
    const soon = () => void setTimeout(resolve, STOP_GRACE_MS);
    if (stopping.signal.aborted) soon();
    else stopping.signal.addEventListener("abort", soon, { once: true });
  });
  await Promise.race([Promise.all([flushed(process.stdout), flushed(process.stderr)]), stopDeadline]);
  process.exit(bug ? 3 : code);
}

/** Resolves when all output was written, or its reader has exited. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.errored) resolve();
    else stream.write("", () => resolve());
  });
}
