// explain/types.ts: another JSON type for the same thing; null and empty; always the same value

import { type Hypothesis, ignored, NO, YES } from "./hypothesis.ts";
import type { Value } from "./value.ts";

/** `10` and `"10"`, `true` and `"true"`, `true` and `1`: what one value is as another type. */
function sameAs(value: Value): string | undefined {
  if (value.type === "number") return String(value.number);
  if (value.type === "boolean") return value.text;
  if (value.type !== "string" || value.string === "") return undefined;
  const number = Number(value.string);
  return Number.isNaN(number) || value.string.trim() !== value.string ? value.string : String(number);
}

const TRUTH: Readonly<Record<string, string>> = { "1": "true", "0": "false" };

const otherType: Hypothesis = {
  name: "string_for_number",
  kinds: ["type"],
  fits: ({ legacy, candidate }) => {
    const [ours, theirs] = [sameAs(legacy), sameAs(candidate)];
    if (ours === undefined || theirs === undefined) return NO;
    const truth = legacy.type === "boolean" || candidate.type === "boolean";
    const equal = ours === theirs || (truth && (TRUTH[ours] ?? ours) === (TRUTH[theirs] ?? theirs));
    return equal ? [`${candidate.type}|${legacy.type}`] : NO;
  },
  says: (parameter) => {
    const [theirs, ours] = parameter.split("|");
    return `the same value, a ${theirs} for a ${ours}`;
  },
  least: 1,
  weight: 80,
};

const jsonInString: Hypothesis = {
  name: "escaping",
  kinds: ["type"],
  fits: ({ legacy, candidate }) => {
    const found: string[] = [];
    for (const [who, string, plain] of [
      ["candidate", candidate, legacy],
      ["legacy", legacy, candidate],
    ] as const) {
      if (string.type === "string" && plain.content !== undefined && sameJson(string.string, plain.content))
        found.push(who);
    }
    return found;
  },
  says: (who) => `${who} has it as JSON inside a string`,
  least: 1,
  weight: 85,
};

function sameJson(text: string, content: unknown): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    return JSON.stringify(JSON.parse(text)) === JSON.stringify(content);
  } catch {
    return false;
  }
}

const EMPTY: readonly string[] = ['""', "[]", "{}", "0", "false"];

const emptyForNull: Hypothesis = {
  name: "empty_for_null",
  kinds: ["type"],
  fits: ({ legacy, candidate }) => (legacy.type === "null" && EMPTY.includes(candidate.text) ? [candidate.text] : NO),
  says: (empty) => `${empty} for null`,
  least: 1,
  weight: 75,
};

const nullForEmpty: Hypothesis = {
  name: "null_for_empty",
  kinds: ["type"],
  fits: ({ legacy, candidate }) => (candidate.type === "null" && EMPTY.includes(legacy.text) ? [legacy.text] : NO),
  says: (empty) => `null for ${empty}`,
  least: 1,
  weight: 75,
};

const nullForValue: Hypothesis = {
  name: "null_for_value",
  kinds: ["type"],
  fits: ({ legacy, candidate }) => (candidate.type === "null" && !EMPTY.includes(legacy.text) ? YES : NO),
  says: () => "null where legacy has a value",
  least: 1,
  weight: 40,
};

const constant: Hypothesis = {
  name: "constant",
  kinds: ["value", "type"],
  fits: ({ candidate }) => (candidate.text.length <= 100 && candidate.type !== "null" ? [candidate.text] : NO),
  says: (text) => `the candidate always says ${text}`,
  least: 3,
  weight: 45,
};

const missingForNull: Hypothesis = {
  name: "missing_for_null",
  kinds: ["missing"],
  fits: ({ legacy }) => (legacy.type === "null" ? YES : NO),
  says: () => "left out where legacy says null",
  least: 1,
  weight: 75,
  rule: ignored,
};

const missingForEmpty: Hypothesis = {
  name: "missing_for_empty",
  kinds: ["missing"],
  fits: ({ legacy }) => (EMPTY.includes(legacy.text) ? [legacy.text] : NO),
  says: (empty) => `left out where legacy says ${empty}`,
  least: 1,
  weight: 75,
  rule: ignored,
};

const missing: Hypothesis = {
  name: "missing",
  kinds: ["missing"],
  fits: () => YES,
  says: () => "the candidate does not have it",
  least: 1,
  weight: 10,
  rule: ignored,
};

const nullForMissing: Hypothesis = {
  name: "null_for_missing",
  kinds: ["extra"],
  fits: ({ candidate }) => (candidate.type === "null" ? YES : NO),
  says: () => "null where legacy leaves it out",
  least: 1,
  weight: 75,
  rule: ignored,
};

const defaultAdded: Hypothesis = {
  name: "default_added",
  kinds: ["extra"],
  fits: ({ candidate }) => (candidate.text.length <= 100 && candidate.type !== "null" ? [candidate.text] : NO),
  says: (text) => `the candidate adds a default, ${text}`,
  least: 1,
  weight: 60,
  rule: ignored,
};

const added: Hypothesis = {
  name: "added",
  kinds: ["extra"],
  fits: () => YES,
  says: () => "legacy does not have it",
  least: 1,
  weight: 10,
  rule: ignored,
};

export const TYPES: readonly Hypothesis[] = [
  otherType,
  jsonInString,
  emptyForNull,
  nullForEmpty,
  nullForValue,
  constant,
  missingForNull,
  missingForEmpty,
  missing,
  nullForMissing,
  defaultAdded,
  added,
];
