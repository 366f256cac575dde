// cli/compare/around.ts: the few members or elements that stand beside a place in a document

import { parsePath } from "../../jsonpath/parse.ts";

/** Values that keep the spelling of their numbers. */
type Value = unknown;

/** A line of context: a name or an index, and the value as JSON text; `here` is the place itself. */
export type Line = { readonly label: string; readonly value: string; readonly here: boolean };

/** Reads a document so that writing it again spells its numbers as before; nothing where that cannot be done. */
export function readSpelled(document: string | undefined): { readonly value: Value } | undefined {
  if (document === undefined) return undefined;
  const { rawJSON, parse } = JSON as unknown as {
    rawJSON: (text: string) => Value;
    parse: (text: string, reviver: (key: string, value: Value, context: { source?: string }) => Value) => Value;
  };
  try {
    return {
      value: parse(document, (_, value, { source }) => (typeof value === "number" && source ? rawJSON(source) : value)),
    };
  } catch {
    return undefined; // too deep for a reviver, or a name twice and worse: the values alone must do
  }
}

/** How many neighbours are shown on each side. */
const BESIDE = 2;

/**
 * The line of a place, and those beside it.
 * @param path a normalized path
 * @param numbered lines of text: their numbers instead of indexes
 */
export function around(document: { readonly value: Value }, path: string, numbered: boolean): Line[] {
  const parsed = parsePath(path);
  if ("fault" in parsed) return [];
  const steps = parsed.path.segments.map(({ selectors: [selector] }) =>
    selector?.kind === "name" ? selector.name : selector?.kind === "index" ? selector.index : undefined,
  );
  const last = steps.pop();
  let parent = document.value;
  for (const step of steps) parent = step === undefined ? undefined : childOf(parent, step);
  if (last === undefined || typeof parent !== "object" || parent === null || isRaw(parent)) return [];
  return neighbours(parent, last, numbered);
}

function neighbours(parent: object, at: string | number, numbered: boolean): Line[] {
  const names = Array.isArray(parent) ? [...parent.keys()] : Object.keys(parent);
  const place = (names as unknown[]).indexOf(at);
  if (place < 0) return [];
  const from = Math.max(0, place - BESIDE);
  return names.slice(from, place + BESIDE + 1).map((name, i) => ({
    label: labelOf(name, numbered),
    value: brief(childOf(parent, name)),
    here: from + i === place,
  }));
}

function labelOf(name: string | number, numbered: boolean): string {
  if (typeof name === "string") return `${JSON.stringify(name)}: `;
  return numbered ? `${`${name + 1}`.padStart(5)}  ` : `[${name}] `;
}

function childOf(parent: Value, step: string | number): Value {
  if (typeof parent !== "object" || parent === null || !Object.hasOwn(parent, step)) return undefined;
  return (parent as Record<string | number, Value>)[step];
}

const isRaw = (value: object) => (JSON as unknown as { isRawJSON: (value: unknown) => boolean }).isRawJSON(value);

/** A value on one line; what is large only by its size. */
function brief(value: Value): string {
  const text = JSON.stringify(value) ?? "";
  if (text.length <= 80 || typeof value !== "object" || value === null) return text;
  return Array.isArray(value) ? `[… ${value.length} elements]` : `{… ${Object.keys(value).length} members}`;
}
