// compare/text.ts: text as a list of lines

import { linesOf, oneLineEnd } from "../bodies/lines.ts";
import { compareJson } from "../json/index.ts";
import type { Difference } from "../model/difference.ts";
import type { CompareLimits, Result } from "./result.ts";
import type { CompiledRules } from "./rules.ts";
import { wholeBody } from "./whole-body.ts";

/**
 * Text is a list of lines, so that `$[12]` is the thirteenth and a line that was put in is one difference. A line feed
 * at the end makes an empty last line. Line ends of another kind are one difference at `$`, not one a line.
 */
export function compareText(legacy: string, candidate: string, rules: CompiledRules, limits: CompareLimits): Result {
  const lines = compareJson(linesOf(legacy), linesOf(candidate), rules.json, limits);
  const ends = compareLineEnds(legacy, candidate, rules);
  return { ...lines, differences: [...lines.differences.map(withLineNumber), ...ends] };
}

/** A line so long that it must be said where in it the change is, in characters. */
const LONG = 200;

function withLineNumber(difference: Difference): Difference {
  const index = /^\$\[(\d+)\]$/.exec(difference.path)?.[1];
  if (index === undefined || difference.note) return difference;
  return { ...difference, note: `line ${Number(index) + 1}${within(difference)}` };
}

function within({ kind, legacy = "", candidate = "" }: Difference): string {
  if (kind !== "value" || Math.min(legacy.length, candidate.length) < LONG) return "";
  const [a, b] = [JSON.parse(legacy) as string, JSON.parse(candidate) as string];
  let at = 0;
  while (a[at] === b[at] && at < a.length) at += 1;
  return `, from character ${at + 1} on`;
}

const ENDS: readonly (readonly [RegExp, string])[] = [
  [/\r\n/, "CRLF"],
  [/(?<!\r)\n/, "LF"],
  [/\r(?!\n)/, "CR"],
];

/** Where the lines are the same, any other line end is a difference; else only one of another kind. */
function compareLineEnds(legacy: string, candidate: string, rules: CompiledRules): readonly Difference[] {
  if (legacy === candidate || !(legacy.includes("\r") || candidate.includes("\r"))) return [];
  const [a, b] = [named(legacy), named(candidate)];
  if (oneLineEnd(legacy) !== oneLineEnd(candidate) && (a === b || a === "none" || b === "none")) return [];
  const note = `line ends differ: legacy has ${a}, candidate ${b}`;
  return wholeBody({ kind: "value", note }, rules).differences;
}

function named(text: string): string {
  return ENDS.flatMap(([end, name]) => (end.test(text) ? [name] : [])).join(" and ") || "none";
}
