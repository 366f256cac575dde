#!/usr/bin/env node
// main.ts: argv in, exit code out; plain enough for an old Node to read as far as the check

const [major = 0] = process.versions.node.split(".").map(Number);
if (major < 24) {
  process.stderr.write(`parallel-run needs Node 24 or newer; this is Node ${process.versions.node}.\n`);
  process.exitCode = 3;
} else {
  import("./cli/process.ts").then(({ runProcess }) => runProcess());
}
