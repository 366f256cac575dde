// store/redact/markup.ts: XML and HTML, by the names of elements and attributes; broken markup loses rather more than less

import type { Marks } from "./marks.ts";

export type Markup = (text: string) => string;

const TOKEN = /<!--|<!\[CDATA\[|<[!?]|<\/?(?=[A-Za-z_:\u0080-\uffff])/g;
const ATTRIBUTE = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"?|'([^']*)'?|([^\s"'<>=`]+)))?/y;
/** HTML elements without an end: they open nothing. */
const VOID: ReadonlySet<string> = new Set(
  "area base br col embed hr img input link meta param source track wbr".split(" "),
);
/** Attributes that name what the element's value is, as in `<input name="password" value="...">`. */
const NAMING: ReadonlySet<string> = new Set([
  "name",
  "id",
  "key",
  "property",
  "itemprop",
  "autocomplete",
  "http-equiv",
]);

/**
 * `isSecret` is asked for the local names of elements and attributes; `text` redacts what stands between them, and
 * values of attributes. An element of a secret name loses all of its content.
 */
export function createMarkup(options: {
  readonly isSecret: (name: string) => boolean;
  readonly text: (text: string) => string;
  readonly marks: Marks;
}): Markup {
  const { isSecret, marks } = options;
  const plain = (text: string): string => {
    if (text.trim() === "") return text;
    return marks.hashed ? marks.leaf("text", text) : options.text(text);
  };

  return (whole) => {
    let out = "";
    let at = 0;
    /** The secret element that is open, how many of its name are, and where its content began. */
    let secret: { name: string; depth: number; from: number } | undefined;
    const emit = (text: string) => {
      if (secret === undefined) out += text;
    };
    while (at < whole.length) {
      TOKEN.lastIndex = at;
      const token = TOKEN.exec(whole);
      const begin = token?.index ?? whole.length;
      if (begin > at && secret === undefined) out += plain(whole.slice(at, begin));
      if (token === null) break;
      if (token[0] === "<!--" || token[0] === "<![CDATA[" || token[0] === "<!" || token[0] === "<?") {
        const close = token[0] === "<!--" ? "-->" : token[0] === "<![CDATA[" ? "]]>" : ">";
        const found = whole.indexOf(close, TOKEN.lastIndex);
        const end = found < 0 ? whole.length : found;
        at = found < 0 ? whole.length : found + close.length;
        emit(token[0] + plain(whole.slice(TOKEN.lastIndex, end)) + whole.slice(end, at));
        continue;
      }
      const tag = readTag(whole, TOKEN.lastIndex);
      const name = localName(tag.name);
      at = tag.end;
      if (token[0] === "</") {
        if (secret === undefined) out += options.text(whole.slice(begin, at));
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
      const hidden =
        isSecret(name) || tag.attributes.some((one) => NAMING.has(localName(one.name)) && isSecret(one.value));
      let copied = begin;
      for (const one of tag.attributes) {
        if (one.value === "") continue;
        const of = localName(one.name);
        const gone = isSecret(of) || (hidden && !NAMING.has(of));
        // Between the values, too: what looks like a tag may be `Jane <jane@example.com>` or a script's `a<b`.
        out +=
          options.text(whole.slice(copied, one.from)) + attribute(gone ? marks.secret(one.value) : plain(one.value));
        copied = one.to;
      }
      out += options.text(whole.slice(copied, at));
      if (hidden && opens) secret = { name, depth: 1, from: at };
    }
    return secret === undefined ? out : out + marks.secret(whole.slice(secret.from));
  };
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

const localName = (name: string) => name.slice(name.lastIndexOf(":") + 1).toLowerCase();
