// cli/report.ts: what was found, for a person or a script

import type { Report } from "../model/report.ts";
import { renderHtml, renderJson, renderMarkdown, renderText } from "../report/index.ts";
import { type Command, formatOf } from "./command.ts";
import { noPositionals, readReport, SOURCE_HELP, SOURCE_OPTIONS } from "./source.ts";

const FORMATS = {
  text: (report: Report, colour: boolean) => renderText(report, { colour }),
  json: renderJson,
  markdown: renderMarkdown,
  html: renderHtml,
} as const;

/** `parallel-run report`. */
export const reportCommand: Command = {
  name: "report",
  summary: "show the report, most important findings first",
  help: `Usage: parallel-run report [--data DIR | --admin URL] [--format text|json|markdown|html]

Shows the report of a proxy: the verdict, totals, findings with their causes,
unsteady places, what is not covered, and every route.

Options:
${SOURCE_HELP}
  --format FORMAT      text (default), json, markdown, or html (one self-contained page)

Exit codes: 0; 2 usage error; 3 the report could not be read

Examples:
  parallel-run report
  parallel-run report --format html > report.html`,
  options: { ...SOURCE_OPTIONS, format: { type: "string" } },
  run: async (args, io) => {
    noPositionals(args);
    const format = formatOf(args, ["text", "json", "markdown", "html"]);
    io.stdout(FORMATS[format](await readReport(args, io), io.colour));
    return 0;
  },
};
