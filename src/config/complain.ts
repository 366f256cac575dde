// config/complain.ts: what zod found -> faults in our words, at their place in the file

import type { z } from "zod";
import { nearest } from "../lib/nearest.ts";
import type { Fault } from "./fault.ts";
import { keysAt, placesOf } from "./known-keys.ts";
import { type Keys, type Located, label, locate } from "./locate.ts";
import type { Wrong } from "./section.ts";
import type { Spot, Tree } from "./tree.ts";

type Issue = z.core.$ZodIssue;

/** The faults behind one issue, and the nodes without which it would not be there. */
export type Complaint = { readonly faults: readonly Fault[]; readonly nodes: readonly Tree[] };

/** `altered` nodes have lost a faulty part already: what they lack now is not the user's fault. */
export function complain(issue: Issue, tree: Tree, altered: ReadonlySet<Tree>): Complaint {
  const found = locate(tree, issue.path);
  if (altered.has(found.node)) return { faults: [], nodes: [found.node] };
  if (issue.code === "unrecognized_keys") return unknownKeys(issue.keys, issue.path, found);
  const nodes = [found.node];
  const { node, rest } = found;
  const broken = node.kind === "leaf" && node.broken;
  if (broken) return { faults: [], nodes };
  if (rest.length > 0 && node.kind === "map") {
    const parent = issue.path.slice(0, issue.path.length - rest.length);
    const message = `${parent.length === 0 ? "the config" : label(parent)} lacks ${String(rest[0])}`;
    return { faults: [fault(node.spot, message, wrongOf(issue)?.hint)], nodes };
  }
  const wrong = wrongOf(issue);
  const keys = issue.path.slice(0, issue.path.length - rest.length);
  if (wrong !== undefined) return { faults: [wrongValue(wrong, keys, found)], nodes };
  const [expected, hint] = EXPECTED[issue.code === "invalid_type" ? issue.expected : ""] ?? [issue.message, undefined];
  const message = keys.length === 0 ? `expected ${expected}` : `${label(keys)}: expected ${expected}`;
  return { faults: [fault(node.spot, message, hint)], nodes };
}

const EXPECTED: Readonly<Record<string, readonly [string, string | undefined]>> = {
  object: ["a map of keys", "key: value, one a line, or { key: value }"],
  array: ["a list", "- item, one a line, or [item, item]"],
};

function wrongOf(issue: Issue): Wrong | undefined {
  return issue.code === "custom" ? (issue.params?.["wrong"] as Wrong | undefined) : undefined;
}

function wrongValue(wrong: Wrong, keys: Keys, { node, entry }: Located): Fault {
  if (wrong.onKey === true && entry !== undefined) {
    return fault(
      entry.spotAt(wrong.offset ?? 0),
      `${label(keys.slice(0, -1))}: ${quote(entry.key)} ${wrong.says}`,
      wrong.hint,
    );
  }
  const spot = node.kind === "leaf" && wrong.offset !== undefined ? node.spotAt(wrong.offset) : node.spot;
  if (wrong.secret === true)
    return fault(spot, `${label(keys)}: ${node.kind === "leaf" ? "the value " : ""}${wrong.says}`, wrong.hint);
  const subject = node.kind !== "leaf" ? "this" : node.value === null ? "an empty value" : quote(node.shown);
  return fault(spot, `${label(keys)}: ${subject} ${wrong.says}`, wrong.hint);
}

function unknownKeys(names: readonly string[], path: Keys, { node }: Located): Complaint {
  const unknown = new Set(names);
  const entries = node.kind === "map" ? node.entries.filter(({ key }) => unknown.has(key)) : [];
  const known = keysAt(path);
  const where = path.length === 0 ? "" : ` in ${label(path)}`;
  const faults = entries.map(({ key, spotAt }) =>
    fault(spotAt(0), `unknown key ${clip(key)}${where}`, hintFor(key, known, path)),
  );
  return { faults, nodes: entries.map((entry) => entry.node) };
}

function hintFor(key: string, known: readonly string[], path: Keys): string | undefined {
  if (key === "<<") return "merge keys are not supported; use an alias for a whole value: compare: *shared";
  const other = OTHER_NAMES.get(key.toLowerCase());
  if (other !== undefined && path.length === 0) return other;
  const meant = nearest(key, known);
  if (meant !== undefined) return `did you mean ${meant}?`;
  if (/^headers?$/i.test(key) && known.includes("fields")) return "did you mean fields?";
  const here = known.length > 0 && known.length <= 12 ? `known here: ${known.join(", ")}` : undefined;
  const elsewhere = placesOf(key).filter((place) => place !== label(path));
  if (elsewhere.length > 0) {
    return `it belongs to ${elsewhere.slice(0, 3).join(", ")}${here === undefined ? "" : `; ${here}`}`;
  }
  return known.length > 12 ? "parallel-run check --schema lists all keys" : here;
}

/** Names that other tools give to what is a key at the top level here, and what to write. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ...["port", "bind", "address", "host"].map((name) => [name, "the client port is listen: 127.0.0.1:8080"] as const),
  ...["primary", "upstream", "old", "v1", "production", "backend"].map(
    (name) => [name, 'the service that answers clients is legacy: { url: "http://legacy:8080" }'] as const,
  ),
  ...["secondary", "new", "v2", "target", "mirror", "canary"].map(
    (name) => [name, 'the service that is to replace it is candidate: { url: "http://candidate:8080" }'] as const,
  ),
  ...["ignore", "rules"].map((name) => [name, 'rules stand under compare: { ignore: ["$.id"] }'] as const),
  ...["sample", "percent", "percentage"].map((name) => [name, "the share is shadow: { sample: 10% }"] as const),
]);

function fault({ file, line, column }: Spot, message: string, hint: string | undefined): Fault {
  return { file, line, column, message, ...(hint === undefined ? {} : { hint }) };
}

const quote = (text: string) => `\`${clip(text)}\``;

function clip(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
