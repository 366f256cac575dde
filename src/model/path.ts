// model/path.ts: places in a body, in the words of RFC 9535

/** One step of a path. `descendant` steps look at every depth (`..`). */
export type Selector =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "index"; readonly index: number }
  | { readonly kind: "slice"; readonly start?: number; readonly end?: number; readonly step?: number }
  | { readonly kind: "wildcard" };

export type Segment = { readonly descendant: boolean; readonly selectors: readonly Selector[] };

/** A parsed RFC 9535 query without filters, and the text it came from. */
export type Path = { readonly text: string; readonly segments: readonly Segment[] };

/** The names and indexes from the root to one place: `["items", 1, "price"]`. */
export type Trail = readonly (string | number)[];

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
