// test/cli/some.ts: a terminal for a command line, and what it was shown

import { Readable } from "node:stream";
import type { Io } from "../../src/cli/command.ts";
import { run } from "../../src/cli/index.ts";

export async function cli(argv: readonly string[], more: Partial<Io> = {}) {
  let out = "";
  let err = "";
  const io: Io = {
    stdin: Readable.from([]),
    stdout: (text) => {
      out += text;
    },
    stderr: (text) => {
      err += text;
    },
    env: {},
    colour: false,
    stop: new AbortController().signal,
    ...more,
  };
  const code = await run(argv, io);
  return { code, out, err };
}
