// test/trial/main.ts: `npm run trial`: what is planted, what is said of it, and the score

import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { openBusyLoops } from "./busy.ts";
import { runMigration } from "./json-server.ts";
import { type Line, render, scoreOf } from "./line.ts";
import { runSideBySide } from "./side-by-side.ts";
import { runSituations } from "./situations/run.ts";

const HELP = `Usage: npm run trial -- [options]

Plants faults, noise, moving data and situations of a freight forwarder in front of the real product, and prints
planted / expected / said with a score. Exit code 1 when the score is missed.

Options:
  --only PATTERN   only what has a name that matches this regular expression
  --part PART      faults (all routes side by side), situations, or migration (two versions of json-server, from npm);
                   the first two unless said
  --short          fewer requests to each route, and the quick situations alone
  --seed N         another order of requests and other draws (default 1)
  --busy           beside two processes that keep the processor busy
  --kill           kill -9 the product half way, and start it again
  --json           print the lines and the score as JSON
  --report FILE    write the report of the routes side by side, or of the migration, to a file`;

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    part: { type: "string" },
    short: { type: "boolean", default: false },
    seed: { type: "string", default: "1" },
    busy: { type: "boolean", default: false },
    kill: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    report: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  process.stdout.write(`${HELP}\n`);
  process.exit(0);
}

const seed = Number(values.seed);
const only = values.only === undefined ? {} : { only: new RegExp(values.only) };
const from = performance.now();
const progress = (says: string) => {
  if (!values.json) process.stderr.write(`${((performance.now() - from) / 1000).toFixed(0).padStart(4)} s  ${says}\n`);
};

const lines: Line[] = [];
{
  using _busy = values.busy ? openBusyLoops(2, 600) : undefined;
  const { short, part = "faults and situations" } = values;
  if (part === "migration") {
    const reported = (text: string) => values.report !== undefined && writeFileSync(values.report, text);
    lines.push(...(await runMigration({ seed, seconds: short ? 30 : 75, progress, reported })));
  }
  if (part.includes("faults")) {
    const amount = short ? { rounds: 50, perSecond: 300 } : { rounds: 110, perSecond: 240 };
    lines.push(
      ...(await runSideBySide({
        seed,
        ...amount,
        kill: values.kill,
        ...only,
        progress,
        reported: (report) => {
          if (values.report !== undefined) writeFileSync(values.report, JSON.stringify(report, null, 1));
        },
      })),
    );
  }
  if (part.includes("situations")) lines.push(...(await runSituations({ seed, short, ...only, progress, atOnce: 3 })));
}
const score = scoreOf(lines);
process.stdout.write(values.json ? `${JSON.stringify({ lines, score }, null, 1)}\n` : render(lines));
progress("done");
process.exitCode = score.passed ? 0 : 1;
