// explain/strings.ts: case, white space, cut, Unicode form, escaping
// biome-ignore-all lint/style/noExcessiveLinesPerFile: one family of hypotheses, each a few lines, listed at the end

import { Buffer } from "node:buffer";
import { type Hypothesis, NO, placed, YES } from "./hypothesis.ts";

/** A hypothesis about two strings. */
export function strings(
  rest: Omit<Hypothesis, "fits" | "kinds">,
  fits: (legacy: string, candidate: string) => readonly string[],
): Hypothesis {
  return {
    ...rest,
    kinds: ["value"],
    fits: ({ legacy, candidate }) =>
      legacy.type === "string" && candidate.type === "string" && legacy.string !== candidate.string
        ? fits(legacy.string, candidate.string)
        : NO,
  };
}

const letterCase = strings(
  {
    name: "case",
    says: (how) => {
      if (how === "") return "candidate = legacy in another case";
      if (how.startsWith("first")) return `candidate = legacy with its first letter in ${how.slice(6)} case`;
      return how === "words"
        ? "candidate = legacy with each word's first letter in upper case"
        : `candidate = legacy in ${how} case`;
    },
    least: 1,
    weight: 60,
    rule: placed("strings", "ignoreCase: true"),
  },
  (legacy, candidate) => {
    if (legacy.toLowerCase() !== candidate.toLowerCase()) return NO;
    if (candidate === legacy.toUpperCase()) return ["upper", ""];
    if (candidate === legacy.toLowerCase()) return ["lower", ""];
    if (candidate.slice(1) === legacy.slice(1)) {
      return [candidate[0] === legacy[0]!.toUpperCase() ? "first upper" : "first lower", ""];
    }
    const words = legacy.replace(/(?<=^|\s)\p{L}/gu, (letter) => letter.toUpperCase());
    return candidate === words ? ["words", ""] : YES;
  },
);

/** `pendingReview`, `PENDING_REVIEW` and `pending-review` are the same words. */
const wordCase = strings(
  {
    name: "word_case",
    says: (how) => {
      const [from, to] = how.split("|");
      return `the same words, in ${to} for ${from}`;
    },
    least: 2,
    weight: 61,
  },
  (legacy, candidate) => {
    const [from, to] = [wordStyle(legacy), wordStyle(candidate)];
    if (from === undefined || to === undefined || from.style === to.style || from.words !== to.words) return NO;
    return [`${from.style}|${to.style}`];
  },
);

function wordStyle(text: string): { style: string; words: string } | undefined {
  if (text.length > 64 || !/^[A-Za-z][A-Za-z0-9]*(?:[_ -][A-Za-z0-9]+)*$/.test(text)) return undefined;
  const divided = /[_ -]/.exec(text)?.[0];
  if (divided === undefined) {
    if (!/[a-z]/.test(text)) return { style: "UPPERCASE", words: text.toLowerCase() };
    const words = text.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
    const style = /^[A-Z]/.test(text) ? "PascalCase" : /[A-Z]/.test(text) ? "camelCase" : "lowercase";
    return { style, words };
  }
  const words = text.toLowerCase().split(divided).join(" ");
  const upper = text === text.toUpperCase();
  if (divided === "_") return { style: upper ? "UPPER_SNAKE_CASE" : "snake_case", words };
  if (divided === "-") return { style: upper ? "UPPER-KEBAB-CASE" : "kebab-case", words };
  return { style: "words", words };
}

const trimming = strings(
  {
    name: "trimming",
    says: (who) =>
      who === "inner" ? "only white space differs" : `${who} has no white space at the ends, and the other side has`,
    least: 1,
    weight: 63,
    rule: (who, spot) => (who === "inner" ? undefined : placed("strings", "trim: true")(who, spot)),
  },
  (legacy, candidate) => {
    if (legacy.trim() === candidate) return ["candidate", "inner"];
    if (candidate.trim() === legacy) return ["legacy", "inner"];
    const squeeze = (text: string) => text.replace(/\s+/g, " ").trim();
    return squeeze(legacy) === squeeze(candidate) ? ["inner"] : NO;
  },
);

const lineEnds = strings(
  {
    name: "line_ends",
    says: (how) => `only the line ends differ: ${how}`,
    least: 1,
    weight: 66,
  },
  (legacy, candidate) => {
    const ends = (text: string) => (/\r\n/.test(text) ? "CR LF" : /\r/.test(text) ? "CR" : "LF");
    const plain = (text: string) => text.replace(/\r\n?/g, "\n");
    return plain(legacy) === plain(candidate) ? [`${ends(candidate)} for ${ends(legacy)}`] : NO;
  },
);

/** A shorter text is a cut one only if nothing simpler explains it: `12.5` for `12.50` is a number without its zero. */
const truncated = strings(
  {
    name: "truncated",
    says: (length) => `candidate = the first ${length} characters of legacy`,
    least: 3,
    weight: 55,
  },
  (legacy, candidate) => {
    if (isNumeric(legacy) && isNumeric(candidate)) return NO;
    const mark = /(?:…|\.\.\.)$/.exec(candidate)?.[0] ?? "";
    const kept = candidate.slice(0, candidate.length - mark.length);
    const cut = kept.length > 0 && kept.length < legacy.length && legacy.startsWith(kept);
    if (cut) return [String(kept.length)];
    return candidate.length > 0 && candidate.length < legacy.length && legacy.startsWith(candidate)
      ? [String(candidate.length)]
      : NO;
  },
);

const isNumeric = (text: string) => /^[+-]?[\d.,\s]+$/.test(text);

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

/** `Zoë` -> `Zoe`, `Zo?`, `Zo`: letters beyond ASCII do not come through. */
const lostLetters = strings(
  {
    name: "letters_lost",
    says: (parameter) => {
      const [who, how] = parameter.split("|");
      const what =
        how === "marks" ? "without the marks on letters (é as e)" : `with ${how} for letters that are not ASCII`;
      return `${who} has the same text ${what}`;
    },
    least: 1,
    weight: 74,
  },
  (legacy, candidate) => {
    const found: string[] = [];
    for (const [who, from, to] of [
      ["candidate", legacy, candidate],
      ["legacy", candidate, legacy],
    ] as const) {
      if (!/[^\p{ASCII}]/u.test(from)) continue;
      if (from.normalize("NFD").replace(/\p{M}/gu, "") === to) found.push(`${who}|marks`);
      for (const [name, mark] of [
        ["?", "?"],
        ["U+FFFD", "\ufffd"],
        ["nothing", ""],
      ] as const) {
        const replaced = from.replace(/[^\p{ASCII}]/gu, mark);
        const bytes = from.replace(/[^\p{ASCII}]/gu, (letter) => mark.repeat(Buffer.byteLength(letter)));
        if (to !== from && (replaced === to || bytes === to)) found.push(`${who}|${name}`);
      }
    }
    return found;
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

function fromBase64(text: string): string {
  if (text.length < 4 || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return text;
  const read = Buffer.from(text, "base64");
  const again = read.toString("base64").replace(/=+$/, "");
  return again === text.replace(/=+$/, "").replaceAll("-", "+").replaceAll("_", "/") ? read.toString("utf8") : text;
}

/** Letters, digits and the spaces between words: what is left without tags. */
function withoutTags(text: string): string {
  return text.includes("<") ? unescapeHtml(text.replace(/<[^>]*>/g, "")) : text;
}

const UNESCAPE: readonly (readonly [string, (text: string) => string])[] = [
  ["HTML-escaped", unescapeHtml],
  ["percent-encoded", unescapePercent],
  ["percent-encoded with + for a space", (text) => unescapePercent(text.replaceAll("+", " "))],
  ["JSON-encoded", unescapeJson],
  ["UTF-8 read as Latin-1", unescapeBytes],
  ["in Base64", fromBase64],
  ["with HTML tags", withoutTags],
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

/** One binary value, in Base64 on one side and in hexadecimal digits on the other. */
const binaryText = strings(
  {
    name: "binary_text",
    says: (parameter) => {
      const [from, to] = parameter.split("|");
      return `the same bytes, written in ${to} for ${from}`;
    },
    least: 1,
    weight: 82,
  },
  (legacy, candidate) => {
    const found: string[] = [];
    for (const [a, ours] of binaries(legacy)) {
      for (const [b, theirs] of binaries(candidate)) if (a !== b && ours === theirs) found.push(`${a}|${b}`);
    }
    return found;
  },
);

function binaries(text: string): [string, string][] {
  const found: [string, string][] = [];
  if (text.length % 2 === 0 && /^[0-9a-f]{8,}$/i.test(text)) found.push(["hexadecimal", text.toLowerCase()]);
  if (text.length >= 6 && /^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) {
    const url = /[-_]/.test(text);
    found.push([url ? "Base64 for URLs" : "Base64", Buffer.from(text, "base64").toString("hex")]);
  }
  return found;
}

/** Hypotheses about strings: case, white space, line ends, truncation, Unicode form, escaping. */
export const STRINGS: readonly Hypothesis[] = [
  letterCase,
  wordCase,
  trimming,
  lineEnds,
  truncated,
  unicodeForm,
  lostLetters,
  escaping,
  binaryText,
];
