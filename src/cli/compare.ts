// cli/compare.ts: `compare LEGACY CANDIDATE`, two body files by the same engine and rules as the proxy's

import { compareBodies } from "../compare/index.ts";
import { type Command, UsageError } from "./command.ts";
import { mediaTypeOf, readBoth } from "./compare/input.ts";
import { asJson } from "./compare/json.ts";
import { rulesFor } from "./compare/rules.ts";
import { asText } from "./compare/text.ts";

/** Above the proxy's limits: only one pair is compared, and a user waits for the result. */
const LIMITS = { maxDecoded: Number.MAX_SAFE_INTEGER, budget: 50_000_000 };

/** `parallel-run compare`. */
export const compareCommand: Command = {
  name: "compare",
  summary: "compare two body files with the proxy's engine and rules",
  help: `Usage: parallel-run compare LEGACY CANDIDATE [--type MEDIA] [--config FILE [--route NAME]] [--format text|json]

Compares two files as the bodies of two answers and prints where the candidate departs from legacy.
One of them may be \`-\` for standard input. JSON, JSON lines, YAML, XML, HTML, CSV, forms, multipart, event streams and text
are compared by content, anything else byte by byte.

Options:
  --type MEDIA    The media type of both, such as application/json. Without it: by the file's extension or content
  --config FILE   Use the comparison rules and origins of this config
  --route NAME    Use the rules of this route of the config, such as "GET /orders/{id}". Without it: the rules for all routes
  --format HOW    text (the default) or json: one line with the outcome and every difference
  --help          Print this

Exit codes: 0 match; 1 mismatch; 2 a file cannot be read, or an error in the command or the config

Example:
  parallel-run compare old.json new.json --config parallel-run.yaml --route "GET /orders/{id}"
`,
  options: {
    type: { type: "string" },
    config: { type: "string" },
    route: { type: "string" },
    format: { type: "string" },
  },
  async run({ values, positionals }, io) {
    const [legacy, candidate, ...more] = positionals;
    if (legacy === undefined || candidate === undefined || more.length > 0) {
      throw new UsageError("compare takes two files: parallel-run compare LEGACY CANDIDATE");
    }
    const format = values["format"] ?? "text";
    if (format !== "text" && format !== "json") throw new UsageError("--format is text or json");
    const type = mediaTypeOf(values["type"] as string | undefined, legacy, candidate);
    const chosen = await rulesFor(values["config"] as string | undefined, values["route"] as string | undefined, io);
    if ("faults" in chosen) {
      io.stderr(chosen.faults.map((fault) => `${fault}\n`).join(""));
      return 2;
    }
    const bodies = await readBoth(legacy, candidate, io.stdin);
    const result = compareBodies(bodies.legacy, bodies.candidate, type, chosen.rules, LIMITS);
    io.stdout(format === "json" ? asJson(result) : asText(result, bodies, type, io.colour));
    return result.differences.length === 0 ? 0 : 1;
  },
};
