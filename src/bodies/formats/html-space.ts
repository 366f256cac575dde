// bodies/formats/html-space.ts: the whitespace of a page as it can be seen (CSS Text, 4.1)

/** Elements that are part of a line of text; all others begin a box of their own. */
const INLINE = new Set([
  ...[
    "a",
    "abbr",
    "acronym",
    "audio",
    "b",
    "bdi",
    "bdo",
    "big",
    "button",
    "canvas",
    "cite",
    "code",
    "data",
    "del",
    "dfn",
  ],
  ...[
    "em",
    "embed",
    "font",
    "i",
    "iframe",
    "img",
    "input",
    "ins",
    "kbd",
    "label",
    "map",
    "mark",
    "math",
    "meter",
    "object",
  ],
  ...[
    "output",
    "picture",
    "progress",
    "q",
    "ruby",
    "s",
    "samp",
    "select",
    "slot",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
  ],
  ...["sup", "svg", "textarea", "time", "tt", "u", "var", "video", "wbr"],
]);

type Node = { readonly tagName: string } | { readonly text: string };

/**
 * Runs of whitespace are one space, and none is seen at the edge of a box: so the indentation of a page has no weight.
 * A custom element is inline, as browsers have it.
 */
export function trimmed<N extends Node>(parent: string, children: readonly N[]): (N | { readonly text: string })[] {
  const edge = !isInline(parent);
  return children.flatMap((child, i): (N | { readonly text: string })[] => {
    if (!("text" in child)) return [child];
    let text = child.text.replace(/[ \t\n\r\f]+/g, " ");
    if (breaks(children[i - 1], edge)) text = text.replace(/^ /, "");
    if (breaks(children[i + 1], edge)) text = text.replace(/ $/, "");
    return text === "" ? [] : [{ text }];
  });
}

const isInline = (name: string) => INLINE.has(name) || name.includes("-");

function breaks(neighbour: Node | undefined, edge: boolean): boolean {
  if (neighbour === undefined) return edge;
  return "tagName" in neighbour && !isInline(neighbour.tagName);
}
