// cli/rules.ts: `rules test`, a changed config tried on what was stored, without traffic

import { plural, renderJson, shown } from "../report/index.ts";
import { exchangeOf, openReader } from "../store/index.ts";
import { type BackTest, backTest, type Effect, type Tried } from "./back-test.ts";
import { type Command, formatOf, UsageError } from "./command.ts";
import { load } from "./config-file.ts";
import { Failed } from "./failed.ts";

const MAX_SAMPLES = 1_000;
const MAX_LINES = 40;

/** `parallel-run rules`. */
export const rulesCommand: Command = {
  name: "rules",
  summary: "test a changed config's rules on stored samples, without traffic",
  help: `Usage: parallel-run rules test --config NEW --data DIR [--route ROUTE] [--format text|json]

Compares the stored samples of a proxy again, with the rules of another config, and shows for each
finding whether the rules would settle it, and which other differences they would hide.

Options:
  --config NEW         the config whose rules are tested
  --data DIR           the data directory of \`serve --data\`; the proxy may be running
  --route ROUTE        only samples of this route
  --format FORMAT      text (default) or json

Exit codes: 0; 2 usage or config error; 3 the samples could not be read

Example:
  parallel-run rules test --config changed.yaml --data /var/lib/parallel-run`,
  options: {
    config: { type: "string" },
    data: { type: "string" },
    route: { type: "string" },
    format: { type: "string" },
  },
  run: async (args, io) => {
    const { config: file, data, route } = args.values as { config?: string; data?: string; route?: string };
    if (args.positionals.length !== 1 || args.positionals[0] !== "test")
      throw new UsageError("unknown subcommand; use `rules test`");
    if (file === undefined) throw new UsageError("give the config to test: --config NEW");
    if (data === undefined) throw new UsageError("give the data directory with the samples: --data DIR");
    const format = formatOf(args, ["text", "json"]);
    const loaded = await load(file, {}, io.env);
    if ("faults" in loaded) {
      io.stderr(loaded.faults.map((fault) => `${fault}\n`).join(""));
      return 2;
    }
    const { tried, untried } = readSamples(data, route);
    const result = backTest(tried, untried, loaded.config);
    io.stdout(format === "json" ? renderJson(result) : renderBackTest(result));
    return 0;
  },
};

function readSamples(dir: string, route: string | undefined): { readonly tried: Tried[]; readonly untried: number } {
  const opened = openReader(dir);
  if (opened.kind === "unreadable") throw new Failed(opened.message);
  try {
    const samples = opened.reader.samples({ limit: MAX_SAMPLES, ...(route === undefined ? {} : { route }) });
    const tried = samples.flatMap((sample) => {
      const exchange = exchangeOf(sample);
      return exchange === undefined ? [] : [{ exchange, findings: sample.findings }];
    });
    return { tried, untried: samples.length - tried.length + opened.reader.unreadable() };
  } finally {
    opened.reader.close();
  }
}

function renderBackTest({ samples, untried, findings, rules }: BackTest): string {
  const known = findings.filter((one) => one.known);
  const hidden = findings.filter((one) => !one.known && one.settled > 0);
  const appears = findings.filter((one) => !one.known && one.settled < one.samples);
  return [
    `${plural(samples, "stored sample")} tested${untried > 0 ? `, ${plural(untried, "more")} skipped: damaged, or without a stored body` : ""}.`,
    ...block("Findings", known, (one) =>
      one.settled === one.samples ? "settled" : one.settled > 0 ? "partly" : "remains",
    ),
    ...block("Also hidden: differences that are not findings", hidden, () => "hidden"),
    ...block("Would still differ, though not a finding now", appears, () => "differs"),
    ...(rules.length === 0 ? [] : ["", "Rules that settled something"]),
    ...rules
      .slice(0, MAX_LINES)
      .map(
        ({ rule, settled, findings: places }) =>
          `  ${plural(settled, "difference")} in ${plural(places, "place")}: ${shown(rule)}`,
      ),
    "",
  ].join("\n");
}

function block(title: string, effects: readonly Effect[], word: (one: Effect) => string): string[] {
  if (effects.length === 0) return [];
  const line = (one: Effect) =>
    `  ${word(one).padEnd(8)} ${one.settled} of ${plural(one.samples, "sample")}  ${one.finding}  ${shown(one.route, 60)}  ${one.where} ${shown(one.path, 80)}  ${one.kind}`;
  const more = effects.length - MAX_LINES;
  return ["", title, ...effects.slice(0, MAX_LINES).map(line), ...(more > 0 ? [`  and ${more} more`] : [])];
}
