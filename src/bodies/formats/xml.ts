// bodies/formats/xml.ts: XML as a JSON document: attributes without order, namespaces by their names, case kept

import {
  parseXml,
  XmlCdata,
  type XmlDocument,
  XmlDocumentType,
  XmlElement,
  type XmlNode,
  XmlProcessingInstruction,
  XmlText,
} from "@rgrove/parse-xml";
import type { JsonText } from "../../model/difference.ts";
import { textFrom } from "../lines.ts";
import { list, type Reader } from "../reader.ts";
import { type Child, element } from "./element.ts";

/**
 * Comments, the declaration, and whitespace among elements alone have no weight; CDATA is text. Entities of a document type
 * are never expanded nor fetched: a reference stays a reference, and the document type is compared beside it.
 */
export const readXml: Reader = ({ bytes }) => {
  // The parser would do this too (XML 1.0, 2.11), in quadratic time.
  const text = textFrom(bytes).replace(/\r\n?/g, "\n");
  try {
    const parsed = parseXml(text, { preserveDocumentType: true, resolveUndefinedEntity: unresolved });
    return { document: withProlog(parsed) };
  } catch (error) {
    if (error instanceof RangeError) return { fault: "nested too deep to be read as XML" };
    return { fault: `not well-formed XML${at(error)}` };
  }
};

/** U+FFFE cannot stand in XML, so a reference is never taken for the text `&name;`. */
const unresolved = (reference: string) => `\ufffe${reference}`;

function at(error: unknown): string {
  const { line, column } = error as { line?: unknown; column?: unknown };
  return typeof line === "number" && typeof column === "number" ? ` (line ${line}, column ${column})` : "";
}

/** The root's object, with what stands beside the root and has weight. */
function withProlog(document: XmlDocument): JsonText {
  const beside: string[] = [];
  for (const node of document.children) {
    if (node instanceof XmlDocumentType) {
      const parts = [node.name, node.publicId ?? null, node.systemId ?? null, node.internalSubset ?? null];
      beside.push(`"!doctype":${JSON.stringify(parts)}`);
    }
  }
  const instructions = document.children.filter((node) => node instanceof XmlProcessingInstruction).map(instruction);
  if (instructions.length > 0) beside.push(`"?":${list(instructions.map((child) => child.element))}`);
  const root = document.root === null ? "{}" : elementOf(document.root, NO_NAMES, "");
  return beside.length === 0 ? root : `${root.slice(0, -1)},${beside.join(",")}}`;
}

function instruction(node: XmlProcessingInstruction): { readonly element: JsonText } {
  return { element: element(`?${node.name}`, [], [{ text: node.content }]) };
}

/** Prefixes in scope, innermost first; the empty one is the default namespace. Linked, so that no level copies another. */
type Names = { readonly own: ReadonlyMap<string, string>; readonly outer: Names | undefined };

const NO_NAMES: Names = { own: new Map([["xml", "http://www.w3.org/XML/1998/namespace"]]), outer: undefined };

function namespaceOf(prefix: string, names: Names): string | undefined {
  for (let scope: Names | undefined = names; scope !== undefined; scope = scope.outer) {
    const namespace = scope.own.get(prefix);
    if (namespace !== undefined) return namespace;
  }
  return undefined;
}

function elementOf(node: XmlElement, outer: Names, parentNamespace: string): JsonText {
  const names = declared(node, outer);
  const [prefix, local] = divided(node.name);
  const namespace = namespaceOf(prefix, names) ?? (prefix === "" ? "" : `undeclared prefix ${prefix}`);
  const attributes: [string, string][] = namespace === parentNamespace ? [] : [["xmlns", namespace]];
  for (const [name, value] of Object.entries(node.attributes)) {
    if (name !== "xmlns" && !name.startsWith("xmlns:"))
      attributes.push([attributeName(name, names), meant(value, names)]);
  }
  return element(local, attributes, childrenOf(node, names, namespace));
}

function declared(node: XmlElement, outer: Names): Names {
  let own: Map<string, string> | undefined;
  for (const [name, value] of Object.entries(node.attributes)) {
    if (name !== "xmlns" && !name.startsWith("xmlns:")) continue;
    own ??= new Map();
    own.set(name === "xmlns" ? "" : name.slice("xmlns:".length), value);
  }
  return own === undefined ? outer : { own, outer };
}

function divided(name: string): [prefix: string, local: string] {
  const colon = name.indexOf(":");
  return colon <= 0 ? ["", name] : [name.slice(0, colon), name.slice(colon + 1)];
}

/** An attribute without a prefix is in no namespace (Namespaces in XML, 6.2). */
function attributeName(name: string, names: Names): string {
  const [prefix, local] = divided(name);
  if (prefix === "" || prefix === "xml") return name;
  return `{${namespaceOf(prefix, names) ?? `undeclared prefix ${prefix}`}}${local}`;
}

/** A value such as `xsd:int` names something by a prefix in scope, so it is the namespace that counts there too. */
function meant(value: string, names: Names): string {
  const colon = value.indexOf(":");
  if (colon < 1 || colon > 40 || names === NO_NAMES || !/^[\w.-]+:[\w.-]+$/.test(value)) return value;
  const namespace = namespaceOf(value.slice(0, colon), names);
  return namespace === undefined ? value : `{${namespace}}${value.slice(colon + 1)}`;
}

function childrenOf(node: XmlElement, names: Names, namespace: string): Child[] {
  const children: Child[] = [];
  let text = "";
  const flush = () => {
    if (text !== "") children.push({ text });
    text = "";
  };
  for (const child of node.children as readonly XmlNode[]) {
    if (child instanceof XmlText || child instanceof XmlCdata) text += child.text;
    else if (child instanceof XmlElement) {
      flush();
      children.push({ element: elementOf(child, names, namespace) });
    } else if (child instanceof XmlProcessingInstruction) {
      flush();
      children.push(instruction(child));
    }
  }
  flush();
  if (!children.some((child) => "element" in child)) {
    return children.map((child) => ({ text: meant((child as { text: string }).text, names) }));
  }
  // Among words, the space between two elements is one too; between elements alone it is layout.
  const mixed = children.some((child) => "text" in child && /[^ \t\r\n]/.test(child.text));
  return mixed || node.preserveWhitespace ? children : children.filter((child) => "element" in child);
}
