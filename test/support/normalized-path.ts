// test/support/normalized-path.ts: RFC 9535 normalized paths written from names, to check those that are written from bytes

import type { Trail } from "../../src/jsonpath/path.ts";

const ASCII_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Narrower than RFC 9535's shorthand, which also lets invisible and bidirectional characters through. */
const NAME = /^[\p{ID_Start}_]\p{ID_Continue}*$/u;
// Control characters as RFC 9535, 2.7 says; lone surrogates too, since they have no UTF-8 to be written in.
const ESCAPED = /['\\\u0000-\u001f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map([
  ["'", "\\'"],
  ["\\", "\\\\"],
  ["\b", "\\b"],
  ["\t", "\\t"],
  ["\n", "\\n"],
  ["\f", "\\f"],
  ["\r", "\\r"],
]);

/**
 * An RFC 9535 normalized path in its short form: `$.items[1].price`, `$['a.b']`. Two trails have the same text only if
 * they are the same place.
 */
export function normalizedPath(trail: Trail): string {
  let text = "$";
  for (const step of trail) text += pathStep(step);
  return text;
}

/** `.items`, `[1]`, `['a.b']`. */
function pathStep(step: string | number): string {
  if (typeof step === "number") return `[${step}]`;
  if (ASCII_NAME.test(step) || NAME.test(step)) return `.${step}`;
  return `['${step.replace(ESCAPED, escaped)}']`;
}

function escaped(character: string): string {
  return SHORT_ESCAPES.get(character) ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
