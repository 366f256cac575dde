// redact/markup.ts: XML and HTML, by the names of elements and attributes; broken markup loses rather more than less

import { isNameLike, NAMING_ATTRIBUTES } from "../lib/named-values.ts";
import { isSecretValue, type NameTest, type NameVerdict, worse } from "../lib/secret-names.ts";
import type { Marks } from "./marks.ts";

/** Replaces the secrets in XML or HTML. Total and linear in the text. */
export type Markup = (text: string) => string;

const TOKEN = /<!--|<!\[CDATA\[|<[!?]|<\/?(?=[A-Za-z_:\u0080-\uffff])/g;
/** Too short for any secret that is known by its looks, and without a value. */
const SIGNS = /^[\s"'=<>/\w.-]{0,24}$/;
const ATTRIBUTE = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"?|'([^']*)'?|([^\s"'<>=`]+)))?/y;
/** HTML elements without an end: they open nothing. */
const VOID: ReadonlySet<string> = new Set(
  "area base br col embed hr img input link meta param source track wbr".split(" "),
);
/** Elements whose text names what the next element holds: `<key>password</key><string>...</string>`. */
const NAMING_ELEMENTS: ReadonlySet<string> = new Set(["name", "key", "dt", "th"]);
/** Of these attributes only the element's own values and text are taken, and not all that it contains: a page has an id. */
const SHALLOW: ReadonlySet<string> = new Set(["id", "autocomplete", "type"]);

/**
 * `verdict` is asked for the local names of elements and attributes, and for the names that attributes give; `text`
 * redacts what stands between them, and values of attributes. An element of a secret name loses all of its content.
 */
export function createMarkup(options: {
  readonly verdict: NameTest;
  readonly text: (text: string) => string;
  readonly marks: Marks;
}): Markup {
  const { verdict, marks } = options;
  const plain = (text: string): string => {
    if (text.trim() === "") return text;
    return marks.hashed ? marks.leaf("text", text) : options.text(text);
  };
  /** Most of what stands between values is a short name and signs. */
  const between = (text: string): string => (SIGNS.test(text) ? text : options.text(text));
  const shown = (text: string, says: NameVerdict): string =>
    isSecretValue(says, text.trim()) ? marks.secret(text) : plain(text);

  return (whole) => {
    let out = "";
    let at = 0;
    /** The secret element that is open, how many of its name are, and where its content began. */
    let secret: { name: string; depth: number; from: number } | undefined;
    /** What is known of the text that comes next, by the element that it stands in. */
    let textSays: NameVerdict = "plain";
    /** The naming element that was opened last, and what the name in it said once it was closed. */
    let naming: string | undefined;
    let nextSays: NameVerdict = "plain";
    /** What such a name says of the elements within the one that it names: `<value><string>...`. */
    let withinSays: NameVerdict = "plain";
    const emit = (text: string) => {
      if (secret === undefined) out += text;
    };
    while (at < whole.length) {
      TOKEN.lastIndex = at;
      const token = TOKEN.exec(whole);
      const begin = token?.index ?? whole.length;
      if (begin > at && secret === undefined) {
        const text = whole.slice(at, begin);
        out += shown(text, textSays);
        if (naming !== undefined && isNameLike(text.trim())) nextSays = verdict(text.trim());
      }
      if (token === null) break;
      if (token[0] === "<!--" || token[0] === "<![CDATA[" || token[0] === "<!" || token[0] === "<?") {
        const close = token[0] === "<!--" ? "-->" : token[0] === "<![CDATA[" ? "]]>" : ">";
        const found = whole.indexOf(close, TOKEN.lastIndex);
        const end = found < 0 ? whole.length : found;
        at = found < 0 ? whole.length : found + close.length;
        const inside = whole.slice(TOKEN.lastIndex, end);
        const says = close === "]]>" ? textSays : declarationSays(token[0], inside, verdict);
        emit(token[0] + (says === "plain" ? plain(inside) : shown(inside, says)) + whole.slice(end, at));
        continue;
      }
      const tag = readTag(whole, TOKEN.lastIndex);
      const name = localName(tag.name);
      at = tag.end;
      if (token[0] === "</") {
        textSays = "plain";
        withinSays = "plain";
        naming = undefined;
        if (secret === undefined) out += between(whole.slice(begin, at));
        else if (secret.name === name) {
          secret.depth -= 1;
          if (secret.depth > 0) continue;
          out += marks.secret(whole.slice(secret.from, begin)) + whole.slice(begin, at);
          secret = undefined;
        }
        continue;
      }
      const opens = !tag.closed && !VOID.has(name);
      if (secret !== undefined) {
        if (opens && secret.name === name) secret.depth += 1;
        continue;
      }
      const named = namesIn(tag.attributes, verdict);
      const elementSays = worse(verdict(withoutPrefix(tag.name)), nextSays);
      withinSays = worse(withinSays, nextSays);
      nextSays = "plain";
      const own = worse(worse(worse(elementSays, named.deep), named.shallow), withinSays);
      let copied = begin;
      for (const one of tag.attributes) {
        if (one.value === "") continue;
        const of = localName(one.name);
        const attributeName = one.name.startsWith("xmlns:") ? "xmlns" : withoutPrefix(one.name);
        const says = worse(verdict(attributeName), NAMING_ATTRIBUTES.has(of) ? "plain" : own);
        // Between the values, too: what looks like a tag may be `Jane <jane@example.com>` or a script's `a<b`.
        out += between(whole.slice(copied, one.from)) + attribute(shown(one.value, says));
        copied = one.to;
      }
      out += between(whole.slice(copied, at));
      if (!opens) continue;
      textSays = own;
      naming = NAMING_ELEMENTS.has(name) ? name : undefined;
      if (worse(elementSays, named.deep) === "secret") secret = { name, depth: 1, from: at };
    }
    return secret === undefined ? out : out + marks.secret(whole.slice(secret.from));
  };
}

/** By the names that the comparison gives them: `!doctype`, `?` and the target of a processing instruction. */
function declarationSays(begin: string, inside: string, verdict: NameTest): NameVerdict {
  if (begin === "<!") return verdict("!doctype");
  if (begin !== "<?") return "plain";
  return worse(verdict("?"), verdict(`?${/^[^\s?]*/.exec(inside)![0]}`));
}

/** What attributes such as `name` say of the element's content (`deep`), and of its own values and text alone. */
function namesIn(attributes: readonly Attribute[], verdict: NameTest): { deep: NameVerdict; shallow: NameVerdict } {
  let [deep, shallow]: NameVerdict[] = ["plain", "plain"];
  for (const { name, value } of attributes) {
    const of = localName(name);
    if (!NAMING_ATTRIBUTES.has(of) || !isNameLike(value)) continue;
    if (SHALLOW.has(of)) shallow = worse(shallow!, verdict(value));
    else deep = worse(deep!, verdict(value));
  }
  return { deep: deep!, shallow: shallow! };
}

/** Keeps the bounds of an attribute whatever has been put into it. */
const attribute = (text: string) => text.replaceAll('"', "&quot;");

type Attribute = { readonly name: string; readonly value: string; readonly from: number; readonly to: number };

function readTag(text: string, start: number) {
  let at = start;
  while (at < text.length && !/[\s/>]/.test(text[at]!)) at += 1;
  const name = text.slice(start, at);
  const attributes: Attribute[] = [];
  while (at < text.length && text[at] !== ">" && text[at] !== "<") {
    ATTRIBUTE.lastIndex = at;
    const found = ATTRIBUTE.exec(text);
    if (found === null) {
      at += 1;
      continue;
    }
    at = ATTRIBUTE.lastIndex;
    const quoted = found[2] ?? found[3];
    const value = quoted ?? found[4] ?? "";
    const closing =
      quoted !== undefined && /["']$/.test(found[0]) && found[0].length > found[1]!.length + value.length + 2 ? 1 : 0;
    attributes.push({ name: found[1]!, value, from: at - closing - value.length, to: at - closing });
  }
  const closed = text[at - 1] === "/" && text[at] === ">";
  return { name, attributes, closed, end: text[at] === ">" ? at + 1 : at };
}

const withoutPrefix = (name: string) => name.slice(name.lastIndexOf(":") + 1);
const localName = (name: string) => withoutPrefix(name).toLowerCase();
