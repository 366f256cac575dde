// explain/parts.ts: texts that are alike but for a part: a prefix, a separator, a directive, a part of a URL

import { readDecimal, same } from "./decimal.ts";
import { type Hypothesis, NO } from "./hypothesis.ts";
import { strings } from "./strings.ts";
import type { Value } from "./value.ts";

/** A part is not longer than this; what is longer is a text of its own. */
const LONGEST = 60;

/** `added prefix|ORD-`, `replaced prefix|ORD-|INV-`: what stands before or after the same text. */
const affix = strings(
  {
    name: "affix",
    says: (parameter) => {
      const [how, a, b] = readParts(parameter);
      const [verb, part] = how!.split(" ");
      if (verb === "replaced") return `the ${part} ${JSON.stringify(a)} became ${JSON.stringify(b)}`;
      return `the candidate ${verb === "added" ? "adds" : "leaves out"} the ${part} ${JSON.stringify(a)}`;
    },
    least: 3,
    weight: 57,
  },
  (legacy, candidate) => {
    const found: string[] = [];
    const add = (how: string, ...parts: string[]) => {
      if (parts.every((part) => part.length <= LONGEST)) found.push([how, ...parts].map(encodeURIComponent).join("|"));
    };
    if (legacy !== "" && candidate.endsWith(legacy)) add("added prefix", candidate.slice(0, -legacy.length));
    if (legacy !== "" && candidate.startsWith(legacy)) add("added suffix", candidate.slice(legacy.length));
    if (candidate !== "" && legacy.endsWith(candidate)) add("removed prefix", legacy.slice(0, -candidate.length));
    if (candidate !== "" && legacy.startsWith(candidate)) add("removed suffix", legacy.slice(candidate.length));
    if (found.length > 0) return found;
    const [end, start] = [commonEnd(legacy, candidate), commonStart(legacy, candidate)];
    if (end > 0 && end < Math.min(legacy.length, candidate.length))
      add("replaced prefix", legacy.slice(0, -end), candidate.slice(0, -end));
    if (start > 0 && start < Math.min(legacy.length, candidate.length))
      add("replaced suffix", legacy.slice(start), candidate.slice(start));
    return found;
  },
);

const readParts = (parameter: string) => parameter.split("|").map(decodeURIComponent);

function commonStart(a: string, b: string): number {
  let n = 0;
  while (n < a.length && n < b.length && a[n] === b[n]) n++;
  return n;
}

function commonEnd(a: string, b: string): number {
  let n = 0;
  while (n < a.length && n < b.length && a[a.length - 1 - n] === b[b.length - 1 - n]) n++;
  return n;
}

/** The same letters and digits; only what stands between them differs: `+49 30 123` and `+4930123`. */
const punctuation = strings(
  {
    name: "punctuation",
    says: (parameter) => {
      const [how, a, b] = readParts(parameter);
      if (how === "removed") return `the same text, and the candidate leaves out ${JSON.stringify(a)}`;
      if (how === "added") return `the same text, and the candidate adds ${JSON.stringify(a)}`;
      return `the same text, with ${JSON.stringify(b)} for ${JSON.stringify(a)}`;
    },
    least: 2,
    weight: 59,
  },
  (legacy, candidate) => {
    const bare = (text: string) => text.replace(/[^\p{L}\p{N}]/gu, "");
    const letters = bare(legacy);
    if (letters === "" || letters !== bare(candidate)) return NO;
    const marks = (text: string) => [...new Set(text.replace(/[\p{L}\p{N}]/gu, ""))].sort().join("");
    const [ours, theirs] = [marks(legacy), marks(candidate)];
    const encode = (...parts: string[]) => parts.map(encodeURIComponent).join("|");
    if (ours.length === 1 && theirs.length === 1 && ours !== theirs) {
      return legacy.replaceAll(ours, theirs) === candidate ? [encode("replaced", ours, theirs)] : NO;
    }
    const gone = [...ours].filter((mark) => !theirs.includes(mark)).join("");
    const come = [...theirs].filter((mark) => !ours.includes(mark)).join("");
    const without = (text: string, some: string) => [...text].filter((mark) => !some.includes(mark)).join("");
    if (gone !== "" && come === "" && without(legacy, gone) === candidate) return [encode("removed", gone)];
    if (come !== "" && gone === "" && without(candidate, come) === legacy) return [encode("added", come)];
    return NO;
  },
);

const SPACES = /[^\S\r\n\t\f\v]/gu;
const NAMES: Readonly<Record<string, string>> = {
  "20": "a space",
  a0: "a no-break space (U+00A0)",
  "202f": "a narrow no-break space (U+202F)",
  "2009": "a thin space (U+2009)",
  "3000": "an ideographic space (U+3000)",
};

/** The same text with other spaces, which look alike: U+00A0 for U+0020. */
const spaces = strings(
  {
    name: "spaces",
    says: (parameter) => {
      const [from, to] = parameter.split("|").map((some) =>
        some
          .split("+")
          .map((code) => NAMES[code] ?? `U+${code.toUpperCase().padStart(4, "0")}`)
          .join(" and "),
      );
      return `the same text, with ${to} for ${from}`;
    },
    least: 2,
    weight: 87,
  },
  (legacy, candidate) => {
    if (legacy.replace(SPACES, " ") !== candidate.replace(SPACES, " ")) return NO;
    const [a, b] = [new Set<string>(), new Set<string>()];
    for (let i = 0; i < legacy.length; i++) {
      if (legacy[i] === candidate[i]) continue;
      a.add(legacy.charCodeAt(i).toString(16));
      b.add(candidate.charCodeAt(i).toString(16));
    }
    return [`${[...a].sort().join("+")}|${[...b].sort().join("+")}`];
  },
);

/** `1234.5`, `1,234.5`, `1.234,50`, `1 234,5`, with a currency or a unit before or after. */
const NUMBER_TEXT = /^([^\d+-]{0,4}?)([+-]?)(\d{1,3}(?:([., '\u00a0\u202f])\d{3})+|\d+)(?:([.,])(\d+))?([^\d]{0,6})$/;

type NumberText = { readonly value: string; readonly point: string; readonly group: string; readonly affix: string };

/** Every way in which a text can be read as a number: `1,234` is read in two. */
function readNumberText(text: string): NumberText[] {
  const found = NUMBER_TEXT.exec(text);
  if (found === null || text.length > 40) return [];
  const [, before = "", sign = "", whole = "", group = "", point = "", part = "", after = ""] = found;
  if (group !== "" && group === point) return [];
  const affix = `${before}${after}`;
  const digits = group === "" ? whole : whole.replaceAll(group, "");
  const one = { value: `${sign === "-" ? "-" : ""}${digits}${part === "" ? "" : `.${part}`}`, point, group, affix };
  const ambiguous = group !== "" && point === "" && (group === "," || group === ".") && whole.split(group).length === 2;
  return ambiguous
    ? [one, { ...one, value: `${sign === "-" ? "-" : ""}${whole.replace(group, ".")}`, point: group, group: "" }]
    : [one];
}

/** The same number in another spelling, named by all that differs: the decimal separator, groups, a currency, zeros. */
const numberFormat: Hypothesis = {
  name: "number_format",
  kinds: ["value", "type"],
  fits: ({ legacy, candidate }) => {
    const isBoth = (type: string) => legacy.type === type && candidate.type === type;
    if (isBoth("number") || legacy.text === candidate.text) return NO;
    return formats(textOf(legacy), textOf(candidate), !isBoth("string"));
  },
  says: (parameter) => {
    const [what, from, to] = readParts(parameter);
    const quoted = (text: string | undefined) => (text === "" ? "none" : JSON.stringify(text));
    if (what === "zeros")
      return `the same number, ${from === "fewer" ? "without zeros at the end" : "with zeros at the end"}`;
    if (what === "exponent") return `the same number, written ${from} an exponent`;
    if (what === "decimal") return `the same number, with the decimal separator ${quoted(to)} for ${quoted(from)}`;
    if (what === "groups") return `the same number, with ${quoted(to)} for ${quoted(from)} between groups of digits`;
    return `the same number, with ${quoted(to)} for ${quoted(from)} beside it`;
  },
  least: 2,
  weight: 86,
};

const textOf = ({ type, string, text }: Value) => (type === "string" ? string : type === "number" ? text : "");

const isExponential = (text: string) => /^-?\d(?:\.\d+)?e[+-]?\d+$/i.test(text);

/** @param isMixed a number and a text: where only the type differs, that is what is to be said */
function formats(legacy: string, candidate: string, isMixed: boolean): readonly string[] {
  const found: string[] = [];
  if (!isMixed && isExponential(legacy) !== isExponential(candidate)) {
    const [a, b] = [readDecimal(legacy), readDecimal(candidate)];
    if (a !== undefined && b !== undefined && same(a, b))
      return [`exponent|${isExponential(candidate) ? "with" : "without"}`];
  }
  for (const ours of readNumberText(legacy)) {
    for (const theirs of readNumberText(candidate)) {
      const [a, b] = [readDecimal(ours.value), readDecimal(theirs.value)];
      // Leading zeros make it a code.
      if (a === undefined || b === undefined || !same(a, b) || /^-?0\d/.test(ours.value + theirs.value)) continue;
      const add = (...parts: string[]) => found.push(parts.map(encodeURIComponent).join("|"));
      if (ours.point !== theirs.point && ours.point !== "" && theirs.point !== "")
        add("decimal", ours.point, theirs.point);
      else if (ours.affix !== theirs.affix) add("unit", ours.affix, theirs.affix);
      else if (ours.group !== theirs.group) add("groups", ours.group, theirs.group);
      else if (!isMixed) add("zeros", legacy.length > candidate.length ? "fewer" : "more");
    }
  }
  return found;
}

/** One of the directives that `;` or `,` divide is gone, new, or has another value: `max-age=60; secure`. */
const directive: Hypothesis = {
  name: "directive",
  kinds: ["value"],
  where: "field",
  fits: ({ legacy, candidate }) => {
    if (legacy.type !== "string" || candidate.type !== "string") return NO;
    const some = [legacy.string, candidate.string];
    if (!some.some(isDirectives) && !some.every((text) => ONE_DIRECTIVE.test(text))) return NO;
    const [ours, theirs] = [directives(legacy.string), directives(candidate.string)];
    if (ours === undefined || theirs === undefined) return NO;
    const found: string[] = [];
    for (const [name, value] of ours) {
      const other = theirs.get(name);
      if (other === undefined) found.push(`lost|${name}${value === "" ? "" : `=${value}`}`);
      else if (other !== value) found.push(`changed|${name}=${value}|${name}=${other}`);
    }
    for (const [name, value] of theirs)
      if (!ours.has(name)) found.push(`added|${name}${value === "" ? "" : `=${value}`}`);
    // One for another: `no-store` for `max-age=60`.
    const [lost, added] = found;
    if (found.length === 2 && lost!.startsWith("lost|") && added!.startsWith("added|"))
      return [`changed|${lost!.slice(5)}|${added!.slice(6)}`];
    // The whole of what differs is one parameter: two that always come together are one cause.
    return found.length === 0 || found.length > 4 ? NO : [found.join("\n")];
  },
  says: (parameter) =>
    parameter
      .split("\n")
      .map((one) => {
        const [how, from, to] = one.split("|");
        if (how === "lost") return `the candidate leaves out \`${from}\``;
        return how === "added" ? `the candidate adds \`${from}\`` : `\`${to}\` for \`${from}\``;
      })
      .join(", "),
  least: 1,
  weight: 77,
};

const ONE_DIRECTIVE = /^[a-z][a-z-]*(?:=[^;,\s]+)?$/i;
const isDirectives = (text: string) =>
  text.length <= 400 && /[;,]/.test(text) && /^[^\s;,][^;,]*(?:[;,]\s*[\w-]+(?:\s*=\s*[^;,]*)?)+\s*$/.test(text);

function directives(text: string): Map<string, string> | undefined {
  const by = text.includes(";") ? ";" : ",";
  const found = new Map<string, string>();
  for (const part of text.split(by)) {
    const [, name = "", written = ""] = /^\s*([^=\s]+)\s*(?:=\s*(.*?))?\s*$/s.exec(part) ?? [];
    // When it expires moves with the clock.
    const value = name.toLowerCase() === "expires" ? "\u2026" : written;
    if (name === "" || found.has(name.toLowerCase())) return undefined;
    found.set(name.toLowerCase(), value);
  }
  return found.size > 24 ? undefined : found;
}

/** Two words of a text, or two parts that a comma divides, stand the other way round: `Doe, Jane` for `Jane Doe`. */
const swapped = strings(
  {
    name: "swapped",
    says: () => "the same words in another order",
    least: 3,
    weight: 62,
  },
  (legacy, candidate) => {
    const words = (text: string) => text.split(/[\s,;]+/).filter((word) => word !== "");
    const [ours, theirs] = [words(legacy), words(candidate)];
    if (ours.length < 2 || ours.length > 8 || ours.length !== theirs.length || ours.join(" ") === theirs.join(" "))
      return NO;
    return [...ours].sort().join(" ") === [...theirs].sort().join(" ") ? [""] : NO;
  },
);

/** Hypotheses about parts of a text: separators, spaces, affixes, directives. */
export const PARTS: readonly Hypothesis[] = [numberFormat, spaces, directive, punctuation, affix, swapped];
