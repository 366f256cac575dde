// cli/commands.ts: every command in one table; each is loaded only when it is wanted

import type { Command } from "./command.ts";

type Entry = { readonly summary: string; readonly load: () => Promise<Command> };

/** In the order in which a newcomer needs them. The summary is the command's own; a test holds them together. */
export const COMMANDS: ReadonlyMap<string, Entry> = new Map([
  [
    "serve",
    {
      summary: "run the proxy in front of legacy and the candidate",
      load: async () => {
        const { serveWith } = await import("./serve.ts");
        // Its help must not wait for the whole app.
        return serveWith(async (config, effects) => (await import("../app/app.ts")).openApp(config, effects));
      },
    },
  ],
  [
    "check",
    { summary: "read a config and print every fault", load: async () => (await import("./check.ts")).checkCommand },
  ],
  [
    "compare",
    {
      summary: "compare two body files with the proxy's engine and rules",
      load: async () => (await import("./compare.ts")).compareCommand,
    },
  ],
  [
    "report",
    {
      summary: "show the report, most important findings first",
      load: async () => (await import("./report.ts")).reportCommand,
    },
  ],
  [
    "gate",
    {
      summary: "exit code for scripts: is the candidate ready?",
      load: async () => (await import("./gate.ts")).gateCommand,
    },
  ],
  [
    "control",
    {
      summary: "switch shadowing on or off, or change its share, at run time",
      load: async () => (await import("./control.ts")).controlCommand,
    },
  ],
  [
    "accept",
    {
      summary: "accept findings for a time, with a reason",
      load: async () => (await import("./accept.ts")).acceptCommand,
    },
  ],
  [
    "epoch",
    {
      summary: "start a new epoch: the candidate was deployed, older evidence no longer counts",
      load: async () => (await import("./epoch.ts")).epochCommand,
    },
  ],
  [
    "rules",
    {
      summary: "test a changed config's rules on stored samples, without traffic",
      load: async () => (await import("./rules.ts")).rulesCommand,
    },
  ],
  [
    "demo",
    {
      summary: "demonstration: two small backends with planted differences, traffic and the report",
      load: async () => (await import("./demo.ts")).demoCommand,
    },
  ],
]);
