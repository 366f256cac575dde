// cli/compare/rules.ts: the rules to compare by, from a config and the name of a route

import { type CompiledRules, compileRules } from "../../compare/index.ts";
import { formatFault, readConfig } from "../../config/index.ts";
import { nearest } from "../../lib/nearest.ts";
import { NO_RULES } from "../../model/rules.ts";
import { type Io, UsageError } from "../command.ts";
import { textOf } from "../files.ts";

/** Rules, or every fault of the config, a line each. */
export type Chosen = { readonly rules: CompiledRules } | { readonly faults: readonly string[] };

/** Without a config, all is compared; without a route, what the config says for all of them. */
export async function rulesFor(file: string | undefined, route: string | undefined, io: Io): Promise<Chosen> {
  if (file === undefined) {
    if (route !== undefined) throw new UsageError("--route needs --config: the rules of a route are in a config");
    return { rules: compileRules(NO_RULES) };
  }
  const reading = readConfig(await textOf(file), { file, env: io.env });
  if ("faults" in reading) return { faults: reading.faults.map(formatFault) };
  const { config } = reading;
  const origins = { legacy: [config.legacy.url], candidate: [config.candidate.url] };
  if (route === undefined) return { rules: compileRules(config.compare, origins) };
  const declared = config.routes.find(({ match }) => match.text === route.trim().replace(/ +/, " "));
  if (declared === undefined) {
    const names = config.routes.map(({ match }) => match.text);
    const meant = nearest(route, names) ?? names[0];
    const hint =
      meant === undefined ? "it declares none" : `it declares "${meant}"${names.length > 1 ? " and others" : ""}`;
    throw new UsageError(`${file} has no route "${route}": ${hint}`);
  }
  return { rules: compileRules(declared.compare, origins) };
}
