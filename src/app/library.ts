// app/library.ts: the comparison for programs, with rules in the words of a config

import { compare as compareByRules, type CompareOptions as EngineOptions, type Result } from "../compare/index.ts";
import { formatFault, readConfig } from "../config/index.ts";
import type { CompareRules } from "../model/rules.ts";

export type CompareOptions = Omit<EngineOptions, "rules"> & {
  /** What would stand under `compare:` in a config: `{ ignore: ["$.meta.id"], arrays: { "$.tags": "unordered" } }`. */
  readonly rules?: Readonly<Record<string, unknown>>;
};

/**
 * Compares two bodies as the proxy does: what differs, where, and how. No differences means that they agree.
 *
 * ```ts
 * import { compare } from "parallel-run";
 *
 * const { differences } = compare('{"id":1,"at":5}', '{"id":1.0,"at":6}', { rules: { ignore: ["$.at"] } });
 * ```
 *
 * @param legacy text, or bytes as they came
 * @param candidate the same
 * @throws TypeError if the rules are none: with every fault, and its place in the rules written as JSON
 */
export function compare(
  legacy: string | Uint8Array,
  candidate: string | Uint8Array,
  options: CompareOptions = {},
): Result {
  const { rules, ...rest } = options;
  return compareByRules(legacy, candidate, { ...rest, ...(rules && { rules: rulesOf(rules) }) });
}

function rulesOf(words: Readonly<Record<string, unknown>>): CompareRules {
  const urls = { legacy: { url: "http://legacy.invalid" }, candidate: { url: "http://candidate.invalid" } };
  const text = `${JSON.stringify(urls).slice(0, -1)},\n"compare": ${JSON.stringify(words, null, 2)}\n}`;
  const read = readConfig(text, { file: "rules", env: {} });
  if ("config" in read) return read.config.compare;
  throw new TypeError(read.faults.map(formatFault).join("\n"));
}
