#!/usr/bin/env node
// main.ts: argv in, exit code out; plain enough for an old Node to read as far as the check

const [major = 0] = process.versions.node.split(".").map(Number);
const [command = "--help", ...rest] = process.argv.slice(2);
/** These need neither sockets nor a store nor the newest codings, so that a config can be checked anywhere. */
const anywhere =
  command === "check" ||
  (rest.length === 0 && ["help", "--help", "-h", "--version", "-V", "version"].includes(command));
if (major >= 24 || (major >= 20 && anywhere)) {
  if (command === "serve") await import("./cli/hang-up.ts"); // before anything that takes time: see there
  void (await import("./cli/process.ts")).runProcess();
} else {
  process.stderr.write(
    `parallel-run needs Node 24 or newer; this is Node ${process.versions.node}.
A newer one for this project alone: npm install node@26
`,
  );
  process.exitCode = 3;
}
