// telemetry/output.ts: standard output for log lines; a reader that is slow, stops or leaves delays nothing

import { Socket } from "node:net";
import sonicBoom from "sonic-boom";

/** Where log lines go. Never blocks and never throws. */
export type Output = {
  readonly write: (line: string) => void;
  /** Lines that were dropped so far. */
  readonly dropped: () => number;
  /** Resolves when all is written, or after a second: a reader is not waited for. */
  readonly close: () => Promise<void>;
};

/** Beyond this much unread output, lines are dropped and counted. */
const MAX_BUFFER = 1024 * 1024;
const DRAIN_MS = 1_000;

type Sink = {
  readonly full: () => boolean;
  readonly write: (line: string) => void;
  readonly onLost: (lost: () => void) => () => void;
  readonly drained: (done: () => void) => void;
};

/** Opens standard output: a pipe without blocking, a file or terminal in the thread pool. */
export function openOutput(): Output {
  let dropped = 0;
  const lose = () => {
    dropped += 1;
  };
  const sink = process.stdout instanceof Socket && !process.stdout.isTTY ? toPipe(process.stdout) : toFile();
  const unsubscribe = sink.onLost(lose);
  return {
    dropped: () => dropped,
    write: (line) => {
      if (sink.full()) lose();
      else sink.write(line);
    },
    close: () =>
      new Promise((resolve) => {
        const timer = setTimeout(done, DRAIN_MS);
        function done() {
          clearTimeout(timer);
          unsubscribe();
          resolve();
        }
        sink.drained(done);
      }),
  };
}

/**
 * A pipe is written without blocking. Not in the thread pool: a thread that is stuck in a write keeps the process from
 * ever ending.
 */
function toPipe(stdout: NodeJS.WriteStream): Sink {
  return {
    full: () => stdout.destroyed || stdout.writableLength > MAX_BUFFER,
    write: (line) => {
      stdout.write(line);
    },
    onLost: (lost) => {
      stdout.on("error", lost); // the reader has gone: that is no reason to stop serving
      return () => stdout.off("error", lost);
    },
    drained: (done) => {
      if (stdout.destroyed || stdout.writableLength === 0) done();
      else stdout.write("", done);
    },
  };
}

/**
 * A file or a terminal, where process.stdout would block: in the thread pool. Not through pino's destination, which at the
 * end of the process repeats a failing write until it succeeds: on a full disk the process would never end.
 */
function toFile(): Sink {
  const stream = new sonicBoom.SonicBoom({ fd: 1, sync: false, minLength: 0, maxLength: MAX_BUFFER });
  return {
    full: () => false,
    write: (line) => {
      stream.write(line);
    },
    onLost: (lost) => {
      stream.on("drop", lost);
      stream.on("error", lost);
      return () => undefined; // late errors must find a listener
    },
    drained: (done) => {
      stream.once("drain", done);
      stream.once("error", done);
      stream.write(""); // so that there is a drain to wait for, also when nothing is buffered
    },
  };
}
