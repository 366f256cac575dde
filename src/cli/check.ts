// cli/check.ts: `check CONFIG`, every fault of a config at once

import { type Fault, formatFault, jsonSchema, readConfig } from "../config/index.ts";
import { type Command, formatOf, UsageError } from "./command.ts";
import { textOf } from "./files.ts";
import { fileCheck } from "./named-files.ts";

/** The faults are the command's result, so they go to standard output. */
export const checkCommand: Command = {
  name: "check",
  summary: "read a config and print every fault",
  help: `Usage: parallel-run check CONFIG
       parallel-run check --schema

Reads a config as \`serve\` does, opens the files that it names, and prints every fault:
  FILE:LINE:COLUMN: MESSAGE (HINT)
followed by the line of the file. For a valid config it prints settings that are probably mistakes, marked
\`warning:\`, and \`FILE: ok\`.
\${NAME} is replaced from the environment, as in \`serve\`.

Options:
  --format FORMAT   text (default), or github: annotations of a GitHub workflow
  --schema          Print the JSON Schema of a config, for editors
  --help            Print this

Exit codes: 0 the config is valid; 2 it is not, or cannot be read

Example:
  parallel-run check parallel-run.yaml
`,
  options: { schema: { type: "boolean" }, format: { type: "string" } },
  async run(args, io) {
    const { values, positionals } = args;
    if (values["schema"] === true) {
      io.stdout(`${JSON.stringify(jsonSchema(), null, 2)}\n`);
      return 0;
    }
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0)
      throw new UsageError("check takes one config file: parallel-run check FILE");
    const format = formatOf(args, ["text", "github"]);
    const text = await textOf(file);
    const lines = text.split(/\r?\n/);
    const printed = (fault: Fault, kind: "error" | "warning") =>
      format === "github" ? annotation(fault, kind) : `${inText(fault, kind)}\n${excerpt(fault, file, lines)}`;
    const reading = readConfig(text, { file, env: io.env, checkFile: fileCheck(file) });
    if ("faults" in reading) {
      io.stdout(reading.faults.map((fault) => printed(fault, "error")).join(""));
      return 2;
    }
    io.stdout(reading.warnings.map((warning) => printed(warning, "warning")).join(""));
    if (format === "text") io.stdout(`${file}: ok\n`);
    return 0;
  },
};

function inText(fault: Fault, kind: "error" | "warning"): string {
  return formatFault(kind === "error" ? fault : { ...fault, message: `warning: ${fault.message}` });
}

const WIDEST = 120;
/** Lines that may hold a secret are not shown. */
const SECRET = /token|passw|secret|authorization|credential|:\/\/[^/\s]*@/i;

/** The line that a fault is in, and a caret below its column. Empty where there is none to show. */
function excerpt({ file, line, column }: Fault, config: string, lines: readonly string[]): string {
  const source = lines[line - 1];
  if (file !== config || source === undefined || source.length > WIDEST || SECRET.test(source)) return "";
  if (/[^\t\x20-\x7e\u00a1-\u02ff]/.test(source)) return ""; // a caret would not stand below its character
  const number = String(line);
  const padding = source.slice(0, column - 1).replace(/[^\t]/g, " ");
  return `  ${number} | ${source}\n  ${" ".repeat(number.length)} | ${padding}^\n`;
}

/** A workflow command of GitHub Actions, with its own escapes for data and for properties. */
function annotation({ file, line, column, message, hint }: Fault, kind: "error" | "warning"): string {
  const data = (text: string) => text.replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
  const property = (text: string) => data(text).replace(/:/g, "%3A").replace(/,/g, "%2C");
  const place = line === 0 ? "" : `,line=${line},col=${column}`;
  return `::${kind} file=${property(file)}${place}::${data(hint === undefined ? message : `${message} (${hint})`)}\n`;
}
