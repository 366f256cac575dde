// bodies/formats/yaml-rewriter.ts: YAML without its secrets, everything else as it was written

import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from "yaml";
import { isJson } from "../../json/index.ts";
import { isNameLike, isNamingMember, isValueMember } from "../../lib/named-values.ts";
import { textFrom } from "../lines.ts";
import type { Redaction, Rewriter, Standing } from "../redaction.ts";
import { isMergeKey, nameOfScalar, parseYaml, tagOf } from "./yaml.ts";

/** Visits of nodes for each character of the text, aliases followed; beyond, the text is not read as YAML. */
const MOST_VISITS = 8;

/**
 * Hides values, whole maps and whole lists at secret places and under secret names, with what an alias or a merge key in
 * them stands for. Then the text as a whole is redacted, comments included.
 */
export const rewriteYaml: Rewriter = ({ bytes }, redaction, at) => {
  const text = textFrom(bytes);
  if (redaction.hashed) return undefined;
  if (isJson(bytes)) return redaction.json(text, at);
  try {
    const secrets = secretsIn(text, redaction, at);
    return secrets === undefined ? undefined : redaction.besidePlaces.text(replaced(text, secrets, redaction));
  } catch (error) {
    if (error instanceof RangeError) return undefined; // nested too deep for the parser
    throw error;
  }
};

/** A run of the text; what is written in its place, a mark unless `text` says otherwise. */
type Replacement = { readonly start: number; readonly end: number; readonly text?: string };

/** Where the secrets stand in the text; undefined where it is not YAML, or where its aliases multiply. */
function secretsIn(text: string, redaction: Redaction, at: Standing): readonly Replacement[] | undefined {
  const documents = parseYaml(text);
  if (documents.some(({ errors }) => errors.length > 0)) return undefined;
  const { places } = redaction;
  const secrets: Replacement[] = [];
  const budget = { left: MOST_VISITS * text.length + 1_000 };
  for (const [i, { contents }] of documents.entries()) {
    const root = documents.length === 1 ? at : places.both(at, places.step(at, i));
    collectSecrets(contents as Node | null, root, redaction, secrets, budget);
  }
  return budget.left < 0 ? undefined : secrets;
}

/** Appends the ranges of a document's secrets to `secrets`; a range may lie within another one. */
function collectSecrets(
  contents: Node | null,
  root: Standing,
  { places, besidePlaces, json }: Redaction,
  secrets: Replacement[],
  budget: { left: number },
): void {
  const { hides } = besidePlaces;
  const anchors = new Map<string, Node>();
  /** Nodes around the one that is visited, so that an alias to one of them ends. */
  const around = new Set<unknown>();

  /** @param names what the value is known by: its key, or that of its list, and the names beside it */
  const visit = (node: unknown, at: Standing, names: readonly string[], isHidden: boolean): void => {
    budget.left -= 1;
    if (budget.left < 0 || node === null || node === undefined || around.has(node)) return;
    if (isAlias(node)) {
      visit(anchors.get(node.source), at, names, isHidden);
      return;
    }
    const { anchor, range } = node as Node & { readonly anchor?: string };
    if (anchor !== undefined) anchors.set(anchor, node as Node);
    const tag = tagOf(node);
    const here = tag === undefined ? at : places.both(at, places.step(at, tag));
    // A doubtful name says nothing of a whole map or list, so these are judged as an ordinary word.
    const content = isScalar(node) ? (node.source ?? String(node.value)) : "a";
    const isSecret = isHidden || places.secret(here) || names.some((name) => hides(name, content));
    if (range && range[1] > range[0]) {
      const [start, end] = range;
      if (isSecret) secrets.push({ start, end });
      else if (isScalar(node) && typeof node.value === "string" && /^\s*[{[]/.test(node.value)) {
        const document = json(node.value, places.both(here, places.root));
        if (document !== undefined && document !== node.value) secrets.push({ start, end, text: document });
      }
    }
    around.add(node);
    if (isSeq(node)) {
      for (const [i, item] of node.items.entries()) visit(item, places.step(here, i), names, isSecret);
    } else if (isMap(node)) visitMembers(node, here, isSecret);
    around.delete(node);
  };

  const visitMembers = (map: YAMLMap, at: Standing, isHidden: boolean): void => {
    const pairs = map.items as Pair[];
    const beside = pairs.flatMap(({ key, value }) => {
      const said = isScalar(value) && typeof value.value === "string" ? value.value : "";
      return isScalar(key) && isNamingMember(nameOfScalar(key)) && isNameLike(said) ? [said] : [];
    });
    for (const { key, value } of pairs) {
      if (isMergeKey(key)) visitMerged(value, at, isHidden);
      else if (isScalar(key)) {
        const name = nameOfScalar(key);
        visit(value, places.step(at, name), isValueMember(name) ? [name, ...beside] : [name], isHidden);
      } else visit(value, at, [], isHidden);
    }
  };

  const visitMerged = (value: unknown, at: Standing, isHidden: boolean): void => {
    budget.left -= 1;
    const node = isAlias(value) ? anchors.get(value.source) : value;
    if (budget.left < 0 || around.has(node)) return;
    around.add(node);
    if (isSeq(node)) for (const item of node.items) visitMerged(item, at, isHidden);
    else if (isMap(node)) visitMembers(node, at, isHidden);
    around.delete(node);
  };

  visit(contents, root, [], false);
}

/** The text with each run replaced; the white space at its end, such as a line end, stays. */
function replaced(text: string, runs: readonly Replacement[], { mark }: Redaction): string {
  let out = "";
  let at = 0;
  // Of two for the same run, one visited by an alias, the mark counts.
  const isMark = (run: Replacement) => Number(run.text === undefined);
  const sorted = runs.toSorted((a, b) => a.start - b.start || b.end - a.end || isMark(b) - isMark(a));
  for (const { start, end, text: document } of sorted) {
    if (start < at) continue; // within the one before
    const secret = text.slice(start, end).trimEnd();
    out += text.slice(at, start) + JSON.stringify(document ?? mark(secret));
    at = start + secret.length;
  }
  return out + text.slice(at);
}
