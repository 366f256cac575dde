// bodies/formats/element.ts: what XML and HTML have in common: an element as a JSON object, and the rewriter

import type { JsonText } from "../../model/difference.ts";
import { textFrom } from "../lines.ts";
import type { Rewriter } from "../redaction.ts";

/** Text, or an element's JSON. */
export type Child = { readonly text: string } | { readonly element: JsonText };

/**
 * Content under the element's name, attributes under `@name`: `{"price":"10","@currency":"EUR"}`. Content without child
 * elements is one string, else a list in document order.
 */
export function element(
  name: string,
  attributes: readonly (readonly [string, string])[],
  children: readonly Child[],
): JsonText {
  // Concatenated, not joined: the engine joins once at the end, where each level would copy all that is inside of it.
  let json = `{${JSON.stringify(name)}:`;
  if (children.some((child) => "element" in child)) {
    let before = "[";
    for (const child of children) {
      json += before;
      json += "element" in child ? child.element : JSON.stringify(child.text);
      before = ",";
    }
    json += "]";
  } else json += JSON.stringify(children.map((child) => ("text" in child ? child.text : "")).join(""));
  for (const [key, value] of attributes) json += `,${JSON.stringify(`@${key}`)}:${JSON.stringify(value)}`;
  return `${json}}`;
}

/** XML or HTML. A body that does not begin with a tag is treated by what it looks like. */
export const rewriteMarkup: Rewriter = ({ bytes }, { markup }) => {
  const text = textFrom(bytes);
  return /^\s*</.test(text) ? markup(text) : undefined;
};
