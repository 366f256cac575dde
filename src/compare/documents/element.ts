// compare/documents/element.ts: an element of XML or HTML as a JSON object

import type { JsonText } from "../../model/difference.ts";
import { list, object } from "./read.ts";

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
  const content = children.some((child) => "element" in child)
    ? list(children.map((child) => ("element" in child ? child.element : JSON.stringify(child.text))))
    : JSON.stringify(children.map((child) => (child as { text: string }).text).join(""));
  return object([[name, content], ...attributes.map(([key, value]) => [`@${key}`, JSON.stringify(value)] as const)]);
}
