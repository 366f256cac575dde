// telemetry/log.ts: one JSON object a line, and a reader that is slow never holds up a client

import { type DestinationStream, type Level, pino } from "pino";
import { openOutput } from "./output.ts";

export type LogLevel = Level | "silent";

/** What a log line may be. Fields are data: pino escapes them, so nothing in them can begin a line of its own. */
export type Log = {
  readonly debug: (fields: object, message?: string) => void;
  readonly info: (fields: object, message?: string) => void;
  readonly warn: (fields: object, message?: string) => void;
  readonly error: (fields: object, message?: string) => void;
};

export type OpenLog = {
  readonly log: Log;
  /** Lines that were dropped so far. */
  readonly dropped: () => number;
  /** Writes out what is buffered, as far as the reader takes it within a second. */
  readonly close: () => Promise<void>;
};

export type LogTarget = DestinationStream | "stdout";

/** `now` is in milliseconds since the epoch. */
export function openLog(options: { level: LogLevel; to: LogTarget; now: () => number }): OpenLog {
  const output = options.to === "stdout" ? openOutput() : undefined;
  const log = pino(
    {
      level: options.level,
      base: null,
      timestamp: () => `,"time":"${new Date(options.now()).toISOString()}"`,
      hooks: { streamWrite: escapeC1 },
    },
    output ?? (options.to as DestinationStream),
  );
  return { log: log as Log, dropped: output?.dropped ?? (() => 0), close: output?.close ?? (async () => undefined) };
}

/** JSON lets the C1 control characters through, and a terminal that shows the line may obey them. */
function escapeC1(line: string): string {
  return line.replace(/[\u007f-\u009f]/g, (one) => `\\u00${one.charCodeAt(0).toString(16)}`);
}
