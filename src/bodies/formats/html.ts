// bodies/formats/html.ts: HTML as a browser reads it, as a JSON document

import { Buffer } from "node:buffer";
import {
  type DefaultTreeAdapterMap,
  type DefaultTreeAdapterTypes,
  defaultTreeAdapter,
  parse,
  type TreeAdapter,
} from "parse5";
import type { JsonText } from "../../model/difference.ts";
import { isJsonDocument } from "../body-type.ts";
import { textFrom } from "../lines.ts";
import type { Reader } from "../reader.ts";
import { type Child, element } from "./element.ts";
import { trimmed } from "./html-space.ts";

type Element = DefaultTreeAdapterTypes.Element;
type ChildNode = DefaultTreeAdapterTypes.ChildNode;

/** Browsers stop at 512; deeper is an attack on the parser, which looks at every open element. */
const DEEPEST = 1_000;

/** Comments have no weight. Scripts, styles and attributes count as they are; whitespace as far as it can be seen. */
export const readHtml: Reader = ({ bytes }, overdue) => {
  const text = textFrom(bytes);
  if (!/<[a-z!/]/i.test(text)) return { fault: "not HTML: it has no markup" };
  let document: DefaultTreeAdapterTypes.Document;
  try {
    // As a browser without scripting: what stands in a noscript is a part of the page, not one text.
    document = parse(text, { treeAdapter: bounded(text.length, overdue), scriptingEnabled: false });
  } catch (error) {
    if (typeof error === "symbol") return { fault: `not read as HTML: ${error.description}` };
    throw error;
  }
  const root = document.childNodes.find((node) => node.nodeName === "html") as Element;
  const doctype = document.childNodes.find((node) => node.nodeName === "#documentType");
  const parts = doctype === undefined ? null : doctypeOf(doctype as DefaultTreeAdapterTypes.DocumentType);
  return { document: `${elementOf(root, false).slice(0, -1)},"!doctype":${JSON.stringify(parts)}}` };
};

const doctypeOf = ({ name, publicId, systemId }: DefaultTreeAdapterTypes.DocumentType) => [name, publicId, systemId];

const TOO_DEEP = Symbol(`nested more than ${DEEPEST} deep`);
const TOO_MANY = Symbol("its unclosed elements multiply");
const OVERDUE = Symbol("reading it took too long");

/**
 * The parser's own tree, built by a hand that stops when it gets too deep, too large or too late. Formatting elements left
 * open are opened again in each block, so a small page could make a tree of millions.
 */
function bounded(length: number, overdue: (() => boolean) | undefined): TreeAdapter<DefaultTreeAdapterMap> {
  const depths = new WeakMap<object, number>();
  let built = 0;
  const place = (parent: object, child: object) => {
    const depth = (depths.get(parent) ?? 0) + 1;
    if (depth > DEEPEST) throw TOO_DEEP;
    if (++built > length + 1_000) throw TOO_MANY;
    if (built % 1024 === 0 && overdue?.()) throw OVERDUE;
    depths.set(child, depth);
  };
  return {
    ...defaultTreeAdapter,
    appendChild(parent, child) {
      place(parent, child);
      defaultTreeAdapter.appendChild(parent, child);
    },
    insertBefore(parent, child, before) {
      place(parent, child);
      defaultTreeAdapter.insertBefore(parent, child, before);
    },
  };
}

const isElement = (node: ChildNode): node is Element => "tagName" in node;

function elementOf(node: Element, preformatted: boolean): JsonText {
  const name = node.tagName;
  const kept = preformatted || name === "pre" || name === "textarea" || name === "listing";
  const attributes = node.attrs.map(
    ({ name: key, value, prefix }) => [prefix ? `${prefix}:${key}` : key, value] as const,
  );
  if (name === "script" || name === "style") return raw(node, attributes);
  const nodes =
    name === "template" && "content" in node
      ? (node as DefaultTreeAdapterTypes.Template).content.childNodes
      : node.childNodes;
  const children = joined(nodes);
  const spaced = kept ? children : trimmed(name, children);
  return element(
    name,
    attributes,
    spaced.map((child): Child => (isText(child) ? child : { element: elementOf(child, kept) })),
  );
}

const isText = (child: Element | { readonly text: string }): child is { readonly text: string } => "text" in child;

/** Children without comments, so that text which a comment divides is one text. */
function joined(nodes: readonly ChildNode[]): (Element | { readonly text: string })[] {
  const children: (Element | { readonly text: string })[] = [];
  for (const node of nodes) {
    if (isElement(node)) children.push(node);
    else if (node.nodeName === "#text") {
      const { value } = node as DefaultTreeAdapterTypes.TextNode;
      const before = children.at(-1);
      if (before !== undefined && isText(before)) children[children.length - 1] = { text: before.text + value };
      else children.push({ text: value });
    }
  }
  return children;
}

/** A script or style; data that a page carries as JSON is compared as JSON. */
function raw(node: Element, attributes: readonly (readonly [string, string])[]): JsonText {
  const text = node.childNodes.map((child) => ("value" in child ? child.value : "")).join("");
  const type = attributes.find(([name]) => name === "type")?.[1] ?? "";
  const whole = element(node.tagName, attributes, [{ text }]);
  if (!/\bjson\b/i.test(type) || !isJsonDocument(Buffer.from(text))) return whole;
  const rest = element("", attributes, []).slice('{"":""'.length);
  return `{${JSON.stringify(node.tagName)}:${text}${rest}`;
}
