// explain/strings.ts: case, white space, cut, Unicode form, escaping

import { Buffer } from "node:buffer";
import { type Hypothesis, NO, placed, YES } from "./hypothesis.ts";
import type { Pair } from "./value.ts";

const bothStrings = ({ legacy, candidate }: Pair) => legacy.type === "string" && candidate.type === "string";

/** A hypothesis about two strings. */
function strings(
  rest: Omit<Hypothesis, "fits" | "kinds">,
  fits: (legacy: string, candidate: string) => readonly string[],
): Hypothesis {
  return {
    ...rest,
    kinds: ["value"],
    fits: (pair) => (bothStrings(pair) ? fits(pair.legacy.string, pair.candidate.string) : NO),
  };
}

const letterCase = strings(
  {
    name: "case",
    says: (how) => (how === "" ? "candidate = legacy in another case" : `candidate = legacy in ${how} case`),
    least: 1,
    weight: 60,
    rule: placed("strings", "ignoreCase: true"),
  },
  (legacy, candidate) => {
    if (legacy.toLowerCase() !== candidate.toLowerCase()) return NO;
    if (candidate === legacy.toUpperCase()) return ["upper", ""];
    return candidate === legacy.toLowerCase() ? ["lower", ""] : YES;
  },
);

const trimming = strings(
  {
    name: "trimming",
    says: (who) =>
      who === "inner" ? "only white space differs" : `${who} has no white space at the ends, and the other side has`,
    least: 1,
    weight: 60,
    rule: (who, spot) => (who === "inner" ? undefined : placed("strings", "trim: true")(who, spot)),
  },
  (legacy, candidate) => {
    if (legacy.trim() === candidate) return ["candidate"];
    if (candidate.trim() === legacy) return ["legacy"];
    const squeeze = (text: string) => text.replace(/\s+/g, " ").trim();
    return squeeze(legacy) === squeeze(candidate) ? ["inner"] : NO;
  },
);

const truncated = strings(
  {
    name: "truncated",
    says: (length) => `candidate = the first ${length} characters of legacy`,
    least: 2,
    weight: 55,
  },
  (legacy, candidate) => {
    const mark = /(?:…|\.\.\.)$/.exec(candidate)?.[0] ?? "";
    const kept = candidate.slice(0, candidate.length - mark.length);
    const cut = kept.length > 0 && kept.length < legacy.length && legacy.startsWith(kept);
    if (cut) return [String(kept.length)];
    return candidate.length > 0 && candidate.length < legacy.length && legacy.startsWith(candidate)
      ? [String(candidate.length)]
      : NO;
  },
);

const unicodeForm = strings(
  {
    name: "unicode_form",
    says: (form) => `the same text in another Unicode form (${form})`,
    least: 1,
    weight: 75,
    rule: (form, spot) => placed("strings", `normalize: ${form}`)(form, spot),
  },
  (legacy, candidate) => {
    for (const form of ["NFC", "NFKC"]) if (legacy.normalize(form) === candidate.normalize(form)) return [form];
    return NO;
  },
);

const ENTITIES = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
  ["nbsp", "\u00a0"],
]);

function unescapeHtml(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi,
    (all, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return ENTITIES.get(name) ?? all;
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : all;
    },
  );
}

function unescapePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function unescapeJson(text: string): string {
  try {
    const read: unknown = JSON.parse(/^".*"$/s.test(text) ? text : `"${text}"`);
    return typeof read === "string" ? read : text;
  } catch {
    return text;
  }
}

/** What UTF-8 looks like when it is read as Latin-1 or Windows-1252, and the way back. */
function unescapeBytes(text: string): string {
  let bytes = "";
  for (const char of text) {
    const code = char.codePointAt(0)!;
    const byte = code < 0x100 ? code : WINDOWS.indexOf(char) + 0x80;
    if (byte < 0x80 && code >= 0x80) return text;
    bytes += String.fromCharCode(byte);
  }
  return Buffer.from(bytes, "latin1").toString("utf8");
}
const WINDOWS = "€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ";

const UNESCAPE: readonly (readonly [string, (text: string) => string])[] = [
  ["HTML-escaped", unescapeHtml],
  ["percent-encoded", unescapePercent],
  ["JSON-encoded", unescapeJson],
  ["UTF-8 read as Latin-1", unescapeBytes],
];

const escaping = strings(
  {
    name: "escaping",
    says: (parameter) => {
      const [who, how] = parameter.split("|");
      return `${who} = ${who === "candidate" ? "legacy" : "candidate"}, ${how}`;
    },
    least: 1,
    weight: 80,
  },
  (legacy, candidate) => {
    const found: string[] = [];
    for (const [how, undo] of UNESCAPE) {
      for (const [who, escaped, plain] of [
        ["candidate", candidate, legacy],
        ["legacy", legacy, candidate],
      ] as const) {
        const once = undo(escaped);
        if (once === escaped) continue;
        if (once === plain) found.push(`${who}|${how}`);
        else if (undo(once) === plain) found.push(`${who}|${how} twice`);
      }
    }
    return found;
  },
);

export const STRINGS: readonly Hypothesis[] = [letterCase, trimming, truncated, unicodeForm, escaping];
