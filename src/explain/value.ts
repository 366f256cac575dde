// explain/value.ts: one side's value, read once for all hypotheses

import type { JsonText } from "../model/difference.ts";

/** A value of a difference, parsed for hypotheses. */
export type Value = {
  readonly type: "absent" | "null" | "boolean" | "number" | "string" | "list" | "object";
  /** As it was written; empty for `absent`. */
  readonly text: JsonText;
  /** The string's content; empty for every other type, and for a string that is not looked into. */
  readonly string: string;
  /** The number; NaN for every other type. */
  readonly number: number;
  /** The list's or object's content, where it is short enough to look into. */
  readonly content?: unknown;
};

/** What each side has at a place. */
export type Pair = {
  readonly legacy: Value;
  readonly candidate: Value;
  /** What the comparison noted beside the values. */
  readonly note?: string;
};

/** Longer texts are not looked into: a cause shows in short ones, and time is bounded. */
const LONGEST = 8192;

const ABSENT: Value = { type: "absent", text: "", string: "", number: Number.NaN };

/** Parses a value. @param text JSON, or undefined if the side has no value */
export function readValue(text: JsonText | undefined): Value {
  if (text === undefined) return ABSENT;
  const blank = { text, string: "", number: Number.NaN };
  const first = text[0];
  if (text.length > LONGEST) {
    if (first === "[") return { type: "list", ...blank };
    return { type: first === "{" ? "object" : "string", ...blank };
  }
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    // A line of text, or the beginning of what was too long.
    if (first === "[") return { type: "list", ...blank };
    return first === "{" ? { type: "object", ...blank } : { type: "string", ...blank, string: text };
  }
  if (read === null) return { type: "null", ...blank };
  if (typeof read === "string") return { type: "string", ...blank, string: read };
  if (typeof read === "number") return { type: "number", ...blank, number: read };
  if (typeof read === "boolean") return { type: "boolean", ...blank };
  return { type: Array.isArray(read) ? "list" : "object", ...blank, content: read };
}

/** The same text for equal contents, whatever the order of members and the spelling of strings. */
export function canonical(value: Value): string {
  if (value.type === "string" && value.text.length <= LONGEST) return JSON.stringify(value.string);
  if (value.content === undefined) return value.text;
  return JSON.stringify(value.content, (_, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** What stands for a secret, without a digest. */
const MARK = /^"\[[a-z]+\]"$/;

/** Values that are alike by chance, or because nothing is left of them: two of them being equal says little. */
export function isTrivial(value: Value): boolean {
  if (MARK.test(value.text)) return true;
  return ["null", '""', "0", "1", "true", "false", "[]", "{}", ""].includes(value.text);
}
