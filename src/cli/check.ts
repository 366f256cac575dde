// cli/check.ts: `check CONFIG`, every fault of a config at once

import { formatFault, jsonSchema, readConfig } from "../config/index.ts";
import { type Command, UsageError } from "./command.ts";
import { textOf } from "./files.ts";

/** What is wrong is what was asked for, so it goes to standard output; warnings only once nothing is wrong. */
export const checkCommand: Command = {
  name: "check",
  summary: "read a config and print every fault",
  help: `Usage: parallel-run check CONFIG
       parallel-run check --schema

Reads a config as \`serve\` does, and prints what is wrong with it, one fault a line:
  FILE:LINE:COLUMN: MESSAGE (HINT)
Of a sound config it prints what was probably not meant, marked \`warning:\`, and \`FILE: ok\`.
\${NAME} is taken from the environment, as \`serve\` will.

Options:
  --schema   Print the JSON Schema of a config, for editors
  --help     Print this

Exit codes: 0 the config can be used; 2 it cannot, or cannot be read

Example:
  parallel-run check parallel-run.yaml
`,
  options: { schema: { type: "boolean" } },
  async run({ values, positionals }, io) {
    if (values["schema"] === true) {
      io.stdout(`${JSON.stringify(jsonSchema(), null, 2)}\n`);
      return 0;
    }
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) throw new UsageError("check takes one config: parallel-run check FILE");
    const reading = readConfig(await textOf(file), { file, env: io.env });
    if ("faults" in reading) {
      io.stdout(reading.faults.map((fault) => `${formatFault(fault)}\n`).join(""));
      return 2;
    }
    for (const warning of reading.warnings) {
      io.stdout(`${formatFault({ ...warning, message: `warning: ${warning.message}` })}\n`);
    }
    io.stdout(`${file}: ok\n`);
    return 0;
  },
};
