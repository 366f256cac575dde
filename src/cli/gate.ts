// cli/gate.ts: readiness as an exit code

import { gateJunit, gateOf, gateText, renderJson, shown } from "../report/index.ts";
import { type Command, formatOf, UsageError } from "./command.ts";
import { Failed } from "./failed.ts";
import { noPositionals, readReport, SOURCE_HELP, SOURCE_OPTIONS } from "./source.ts";

const FORMATS = { text: gateText, json: renderJson, junit: gateJunit } as const;

/** `parallel-run gate`. */
export const gateCommand: Command = {
  name: "gate",
  summary: "exit code for scripts: is the candidate ready?",
  help: `Usage: parallel-run gate [--data DIR | --admin URL] [--route ROUTE] [--format text|json|junit]

Prints one line for the whole and one for each shadowed route: ready, hold or reject, and the reasons.

Options:
${SOURCE_HELP}
  --route ROUTE        ask about only this route, such as "GET /orders/{id}"
  --format FORMAT      text (default), json or junit

Exit codes: 0 ready; 1 not ready; 2 usage error, or readiness could not be determined

Example:
  parallel-run gate --format junit > readiness.xml`,
  options: { ...SOURCE_OPTIONS, route: { type: "string" }, format: { type: "string" } },
  run: async (args, io) => {
    noPositionals(args);
    const format = formatOf(args, ["text", "json", "junit"]);
    const { route } = args.values as { readonly route?: string };
    try {
      const gate = gateOf(await readReport(args, io), route);
      if (gate === undefined)
        throw new UsageError(`route ${route} has not been seen: \`parallel-run report\` lists the routes`);
      io.stdout(FORMATS[format](gate));
      return gate.verdict === "ready" ? 0 : 1;
    } catch (error) {
      // 1 means "not ready" here, so not being able to tell must be something else.
      if (!(error instanceof Failed)) throw error;
      io.stderr(`parallel-run gate: ${shown(error.message, 2_000)}\n`);
      return 2;
    }
  },
};
