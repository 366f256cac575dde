// telemetry/log.ts: one JSON object a line; a slow reader of the log never delays a client

import { type DestinationStream, type Level, pino } from "pino";
import { openOutput } from "./output.ts";

/** The lowest level that is written. */
export type LogLevel = Level | "silent";

/** What a log line may be. Fields are data: pino escapes them, so nothing in them can begin a line of its own. */
export type Log = {
  readonly debug: (fields: object, message?: string) => void;
  readonly info: (fields: object, message?: string) => void;
  readonly warn: (fields: object, message?: string) => void;
  readonly error: (fields: object, message?: string) => void;
};

/** A log and what closes it. */
export type OpenLog = {
  readonly log: Log;
  /** Lines that were dropped so far. */
  readonly dropped: () => number;
  /** Writes out what is buffered, as far as the reader takes it within a second. */
  readonly close: () => Promise<void>;
};

/** Standard output, or a stream (for tests and embedding). */
export type LogTarget = DestinationStream | "stdout";

/** @param options `now` is in milliseconds since the epoch; `version` is this program's, written with each line */
export function openLog(options: { level: LogLevel; to: LogTarget; now: () => number; version: string }): OpenLog {
  const output = options.to === "stdout" ? openOutput() : undefined;
  const log = pino(
    {
      level: options.level,
      base: { service: "parallel-run", version: options.version },
      formatters: { level: (label) => ({ level: label }) },
      timestamp: () => `,"time":"${new Date(options.now()).toISOString()}"`,
      hooks: { streamWrite: escapeUnsafe },
    },
    output ?? (options.to as DestinationStream),
  );
  return { log: log as Log, dropped: output?.dropped ?? (() => 0), close: output?.close ?? (async () => undefined) };
}

/**
 * Characters that JSON does not escape and that act on a terminal or an editor: DEL and C1 controls, characters that turn
 * the direction of text or are invisible, and line separators. The line feed at the end of the line is not among them.
 */
const UNSAFE =
  /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;

function escapeUnsafe(line: string): string {
  return line.replace(UNSAFE, (found) =>
    found
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}
