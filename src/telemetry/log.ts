// telemetry/log.ts: one JSON object a line, and a reader that is slow never holds up a client

import { type DestinationStream, destination, type Level, pino } from "pino";

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
  /** Writes out what is buffered. */
  readonly close: () => void;
};

/** Beyond this much unread output, lines are dropped and counted. */
const MAX_BUFFER = 1024 * 1024;

export type LogTarget = DestinationStream | "stdout";

/**
 * To standard output without waiting: a synchronous write to a pipe that nobody reads would stop every client. `now` is
 * in milliseconds since the epoch.
 */
export function openLog(options: { level: LogLevel; to: LogTarget; now: () => number }): OpenLog {
  let dropped = 0;
  const lose = () => {
    dropped += 1;
  };
  const stream =
    options.to === "stdout" ? destination({ dest: 1, sync: false, minLength: 0, maxLength: MAX_BUFFER }) : undefined;
  stream?.on("drop", lose);
  stream?.on("error", lose); // the reader has gone: that is no reason to stop serving
  const to = stream ?? (options.to as DestinationStream);
  const log = pino(
    {
      level: options.level,
      base: null,
      timestamp: () => `,"time":"${new Date(options.now()).toISOString()}"`,
      hooks: { streamWrite: escapeC1 },
    },
    to,
  );
  const close = () => {
    try {
      stream?.flushSync();
    } catch {
      lose();
    }
  };
  return { log: log as Log, dropped: () => dropped, close };
}

/** JSON lets the C1 control characters through, and a terminal that shows the line may obey them. */
function escapeC1(line: string): string {
  return line.replace(/[\u007f-\u009f]/g, (one) => `\\u00${one.charCodeAt(0).toString(16)}`);
}
