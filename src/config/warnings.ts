// config/warnings.ts: what is allowed, and probably not what was meant

import type { Segment, Selector } from "../jsonpath/path.ts";
import type { Place } from "../model/rules.ts";
import type { Fault } from "./fault.ts";
import { isWritten, type Keys, locate, spotOf } from "./locate.ts";
import { placeText } from "./places.ts";
import type { Parsed } from "./schema.ts";
import type { Tree } from "./tree.ts";

type Rules = Parsed["compare"];

/** Settings that are allowed and probably mistakes, each with its position and a hint. */
export function warningsOf(parsed: Parsed, tree: Tree): Fault[] {
  const warnings: Fault[] = [];
  const warn = (keys: Keys, message: string, hint: string) => warnings.push({ ...spotOf(tree, keys), message, hint });

  ruleWarnings(parsed.compare, ["compare"], warn);
  for (const [index, { match, readOnly, compare, shadow }] of parsed.routes.entries()) {
    const at = ["routes", index];
    if (compare !== undefined) ruleWarnings(compare, [...at, "compare"], warn);
    if (readOnly && (match.method === "GET" || match.method === "HEAD")) {
      warn(
        [...at, "readOnly"],
        `readOnly has no effect on ${match.text}`,
        `${match.method} is a safe method and is shadowed anyway`,
      );
    }
    if (readOnly && (match.method === "DELETE" || match.method === "ANY")) {
      warn(
        [...at, "readOnly"],
        `${match.text} is sent to the candidate as well`,
        "make sure that these requests change nothing",
      );
    }
    const isSafe = match.method === "ANY" || SAFE.has(match.method);
    const asksForShadow = shadow !== undefined && shadow.enabled !== false && isWritten(tree, [...at, "shadow"]);
    if (!readOnly && !isSafe && asksForShadow) {
      warn(
        [...at, "shadow"],
        `${match.text} is never shadowed, so these settings have no effect`,
        `${match.method} may change something: add readOnly: true if this route only reads`,
      );
    }
    if (readOnly && shadow?.enabled === false) {
      warn([...at, "readOnly"], `${match.text} is readOnly and its shadow is off`, "keep one of them");
    }
  }

  const { shadow, routes } = parsed;
  const sampled = [shadow, ...routes.map((route) => ({ ...shadow, ...route.shadow }))];
  if (sampled.every(({ enabled, sample }) => !enabled || sample === 0)) {
    warn(["shadow"], "nothing is shadowed", "raise shadow.sample, or set shadow: on");
  }
  for (const side of ["legacy", "candidate", "legacyReplica"] as const) {
    const backend = parsed[side];
    if (backend?.tls.insecure === true) {
      warn(
        [side, "tls", "insecure"],
        `${side}'s certificate is not verified`,
        "set tls.ca to its certificate authority instead",
      );
    }
    const url = backend?.url;
    if (
      url?.startsWith("http:") &&
      (["ca", "cert", "serverName"] as const).some((key) => backend?.tls[key] !== undefined)
    ) {
      warn([side, "tls"], `${side} has TLS settings and an http URL`, "use an https URL");
    }
  }
  for (const key of ["token", "readToken"] as const) {
    const { node, rest } = locate(tree, ["adminAccess", key]);
    if (rest.length === 0 && node.kind === "leaf" && typeof node.value === "string" && !node.touched) {
      warn(
        ["adminAccess", key],
        `adminAccess.${key} is written in plain text in the file`,
        `use \${NAME} or ${key}File`,
      );
    }
  }
  if (parsed.candidate.connectTimeout > parsed.candidate.timeout) {
    warn(
      ["candidate", "connectTimeout"],
      "candidate.connectTimeout is longer than its timeout",
      "the timeout ends first",
    );
  }
  return warnings;
}

/** Methods that may be shadowed without `readOnly`. */
const SAFE: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

type Warn = (keys: Keys, message: string, hint: string) => void;

const LISTS = ["only", "numbers", "times", "strings", "json"] as const;

function ruleWarnings(rules: Rules, at: Keys, warn: Warn): void {
  const ignored = rules.ignore ?? [];
  for (const [index, { place }] of ignored.entries()) {
    const keys = [...at, "ignore", index];
    if (isWide(place)) warn(keys, `ignore ${placeText(place)} hides whole bodies`, "name the places that may differ");
    const by = ignored.find(
      (other, i) => i !== index && hides(other.place, place) && (i < index || !hides(place, other.place)),
    );
    if (by !== undefined)
      warn(keys, `ignore ${placeText(place)} has no effect`, `ignore ${placeText(by.place)} covers it`);
  }
  const pointless = (place: Place, name: string, keys: Keys) => {
    const by = ignored.find((rule) => hides(rule.place, place));
    if (by !== undefined) warn(keys, `${name} never applies`, `ignore ${placeText(by.place)} covers it`);
  };
  for (const list of LISTS) {
    for (const [index, rule] of (rules[list] ?? []).entries()) {
      pointless("place" in rule ? rule.place : { where: "body", path: rule.path }, rule.name, [...at, list, index]);
    }
  }
  for (const rule of rules.arrays ?? [])
    pointless({ where: "body", path: rule.path }, rule.name, [...at, "arrays", rule.path.text]);
}

/** `$`, `$.*`, `$[*]`, `$..*`: all of a body, or all that it has. */
function isWide(place: Place): boolean {
  if (place.where !== "body") return false;
  const { segments } = place.path;
  return segments.every(({ selectors }) => selectors.some(({ kind }) => kind === "wildcard")) && segments.length <= 1;
}

/** Whether ignoring the one place leaves nothing of the other. Sure when it says yes. */
export function hides(wide: Place, narrow: Place): boolean {
  if (wide.where === "status" || narrow.where === "status") return wide.where === narrow.where;
  if (wide.where === "field" || narrow.where === "field") {
    return wide.where === "field" && narrow.where === "field" && wide.name === narrow.name;
  }
  return covered(wide.path.segments, narrow.path.segments);
}

/** Every place that `narrow` names is below, or is, one that `wide` names. */
function covered(wide: readonly Segment[], narrow: readonly Segment[]): boolean {
  const known = new Map<number, boolean>();
  const from = (i: number, j: number): boolean => {
    const ours = wide[i];
    const theirs = narrow[j];
    if (ours === undefined) return true;
    if (theirs === undefined || (theirs.descendant && !ours.descendant)) return false;
    const key = i * (narrow.length + 1) + j;
    const before = known.get(key);
    if (before !== undefined) return before;
    const step = theirs.selectors.every((one) => ours.selectors.some((other) => includes(other, one)));
    const answer = (step && from(i + 1, j + 1)) || (ours.descendant && from(i, j + 1));
    known.set(key, answer);
    return answer;
  };
  return from(0, 0);
}

function includes(wide: Selector, narrow: Selector): boolean {
  if (wide.kind === "wildcard") return true;
  if (wide.kind === "name") return narrow.kind === "name" && narrow.name === wide.name;
  if (wide.kind === "index") return narrow.kind === "index" && narrow.index === wide.index;
  if (narrow.kind !== "slice") return false;
  return narrow.start === wide.start && narrow.end === wide.end && narrow.step === wide.step;
}
