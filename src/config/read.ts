// config/read.ts: text -> a trusted Config, or every fault with its place

import type { CompareRules } from "../model/rules.ts";
import { checks } from "./checks.ts";
import { complain } from "./complain.ts";
import type { Config } from "./config.ts";
import type { Environment } from "./environment.ts";
import { type Fault, formatFault } from "./fault.ts";
import { label, spotOf, withFlag, without } from "./locate.ts";
import { type NamedFile, namedFiles } from "./named-files.ts";
import { resolve } from "./resolve.ts";
import { type Parsed, schema } from "./schema.ts";
import { unsetDeep } from "./section.ts";
import { plain, readTree, type Tree } from "./tree.ts";
import { type NotPlain, treeOfValue } from "./tree-of-value.ts";
import { warningsOf } from "./warnings.ts";

/** Flags of the command line; each wins over the file. */
export type Overrides = {
  readonly legacy?: string;
  readonly candidate?: string;
  readonly listen?: string;
  readonly admin?: string;
  readonly data?: string;
};

/** What a config is read with. */
export type ReadOptions = {
  /** The name that faults carry. */
  readonly file: string;
  readonly env: Environment;
  readonly overrides?: Overrides;
  /** Opens a file that the config names; what is wrong with it, for a person. Without it no file is opened. */
  readonly checkFile?: (file: NamedFile) => { readonly says: string; readonly hint: string } | undefined;
};

/** A valid config with its warnings, or every fault. */
export type Reading =
  | { readonly config: Config; readonly warnings: readonly Fault[] }
  | { readonly faults: readonly Fault[]; readonly warnings: readonly Fault[] };

const FLAGS: Readonly<Record<keyof Overrides, readonly string[]>> = {
  legacy: ["legacy", "url"],
  candidate: ["candidate", "url"],
  listen: ["listen"],
  admin: ["admin"],
  data: ["data"],
};

/** Reads a config whole: with one fault there is no config, and all faults are reported at once. */
export function readConfig(text: string, options: ReadOptions): Reading {
  return read(text, options, false);
}

/** Stands in for `adminAccess.token` where there is no file to write it in. */
const TOKEN = "PARALLEL_RUN_TOKEN";

/** The config that flags alone make. The token of the admin listener is `PARALLEL_RUN_TOKEN` of the environment. */
export function defaultsFor(flags: Overrides, env: Environment = {}): Reading {
  return read("", { file: "flags", env, overrides: flags }, true);
}

/** The config of a user who sets nothing: every default, parsed. Its two URLs are placeholders that no host answers to. */
export function defaultConfig(): Config {
  const reading = defaultsFor({ legacy: "http://legacy.invalid", candidate: "http://candidate.invalid" });
  if ("faults" in reading) throw new Error(reading.faults.map(formatFault).join("; "));
  return reading.config;
}

function read(text: string, { file, env, overrides = {}, checkFile }: ReadOptions, flags: boolean): Reading {
  const { tree: written, faults: unread } = readTree(text, file, env);
  if (written === undefined) return { faults: unread, warnings: [] };
  let tree = written;
  for (const [flag, keys] of Object.entries(FLAGS)) {
    const value = overrides[flag as keyof Overrides];
    if (value !== undefined) tree = withFlag(tree, keys, value, `--${flag}`);
  }
  if (flags && env[TOKEN]) tree = withFlag(tree, ["adminAccess", "token"], env[TOKEN], TOKEN);
  const faults = [...unread];
  const sound = parse(tree, faults);
  if (sound === undefined) return { faults: inOrder(faults), warnings: [] };
  faults.push(...checks(sound.parsed, sound.tree, tree, flags));
  for (const named of namedFiles(sound.parsed)) {
    const wrong = checkFile?.(named);
    if (wrong === undefined) continue;
    faults.push({
      ...spotOf(sound.tree, named.keys),
      message: `${label(named.keys)}: ${wrong.says}`,
      hint: wrong.hint,
    });
  }
  const warnings = warningsOf(sound.parsed, sound.tree);
  const config = resolve(sound.parsed);
  if (faults.length > 0 || config === undefined) return { faults: inOrder(faults), warnings };
  return { config, warnings: inOrder(warnings) };
}

/** Rules that a program gives, or what is wrong with them: each with its path, `rules.ignore[0]`. */
export type RulesReading =
  | { readonly rules: CompareRules }
  | { readonly faults: readonly { readonly path: string; readonly message: string; readonly hint?: string }[] };

/**
 * Reads a value as what would stand under `compare:` in a config, with the same schema, faults and hints. `${ENV}` is not
 * filled in.
 */
export function readRules(value: unknown): RulesReading {
  const unread: NotPlain[] = [];
  const rules = treeOfValue(value, "rules", unread);
  const compare = { key: "compare", spotAt: () => rules.spot, node: rules };
  const around: Tree = { kind: "map", spot: rules.spot, entries: [compare] };
  const legacy = withFlag(around, FLAGS.legacy, "http://legacy.invalid", "rules");
  const tree = withFlag(legacy, FLAGS.candidate, "http://candidate.invalid", "rules");
  const faults: Fault[] = [];
  const sound = parse(tree, faults);
  if (sound !== undefined) faults.push(...checks(sound.parsed, sound.tree, tree, false));
  const config = sound === undefined ? undefined : resolve(sound.parsed);
  if (unread.length + faults.length === 0 && config !== undefined) return { rules: config.compare };
  // A part without something that could not be read lacks it for that reason alone.
  const others = faults.map(ofRules).filter(({ path }) => !unread.some((one) => one.path.startsWith(path)));
  return { faults: [...unread, ...others] };
}

/** The place is said by the path, so the message need not say it as the place in a config. */
function ofRules({ file: path, message, hint }: Fault): NotPlain {
  const place = `compare${path.slice("rules".length)}`;
  const rest = message.startsWith(place) ? message.slice(place.length).replace(/^:? /, "") : message;
  const alone = rest.endsWith(` in ${place}`) ? rest.slice(0, -` in ${place}`.length) : rest;
  return { path, message: alone, ...(hint === undefined ? {} : { hint }) };
}

/** So often is a tree parsed again without its faulty parts, to look for faults between the sound ones. */
const ROUNDS = 8;

function parse(tree: Tree, faults: Fault[]): { readonly parsed: Parsed; readonly tree: Tree } | undefined {
  const altered = new Set<Tree>();
  let rest = tree;
  for (let round = 0; round < ROUNDS; round += 1) {
    const result = schema.safeParse(plain(rest));
    if (result.success) return { parsed: unsetDeep(result.data), tree: rest };
    const complaints = result.error.issues.map((issue) => complain(issue, rest, altered));
    faults.push(...complaints.flatMap((complaint) => complaint.faults));
    const gone = new Set(complaints.flatMap((complaint) => complaint.nodes));
    if (gone.has(rest)) return undefined;
    rest = without(rest, gone, altered);
  }
  return undefined;
}

/** By place. What an alias repeats is said once. */
function inOrder(faults: readonly Fault[]): readonly Fault[] {
  const once = new Map(faults.map((fault) => [formatFault(fault), fault]));
  return [...once.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}
