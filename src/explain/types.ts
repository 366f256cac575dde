// explain/types.ts: another JSON type for the same thing; null and empty; always the same value
// biome-ignore-all lint/style/noExcessiveLinesPerFile: one family of hypotheses, each a few lines, listed at the end

import { same } from "./decimal.ts";
import { type Hypothesis, ignored, NO, type Spot, YES } from "./hypothesis.ts";
import { decimalOf } from "./numbers.ts";
import { pointerOf } from "./places.ts";
import { canonical, readValue, type Value } from "./value.ts";

const TRUTH: Readonly<Record<string, boolean>> = { true: true, false: false, "1": true, "0": false };

/** `10` and `"10"`, `true` and `"true"`, `true` and `1`. Not `42` and `"042"`: the zero would be lost. */
const otherType: Hypothesis = {
  name: "string_for_number",
  kinds: ["type"],
  fits: ({ legacy, candidate }) => (isSameScalar(legacy, candidate) ? [`${candidate.type}|${legacy.type}`] : NO),
  says: (parameter) => {
    const [theirs, ours] = parameter.split("|");
    return `the same value, a ${theirs} for a ${ours}`;
  },
  least: 1,
  weight: 80,
};

const isScalar = ({ type }: Value) => type === "string" || type === "number" || type === "boolean";

function isSameScalar(a: Value, b: Value): boolean {
  if (!isScalar(a) || !isScalar(b) || a.type === b.type) return false;
  const text = (value: Value) => (value.type === "string" ? value.string : value.text);
  if (a.type === "boolean" || b.type === "boolean") {
    const [x, y] = [TRUTH[text(a).toLowerCase()], TRUTH[text(b).toLowerCase()]];
    return x !== undefined && x === y;
  }
  const [x, y] = [decimalOf(a), decimalOf(b)];
  return x !== undefined && y !== undefined && same(x, y);
}

const digitsOf = (value: Value) => (value.type === "string" ? value.string : value.type === "number" ? value.text : "");

/** `"00042"` -> `42` or `"42"`, and the other way round. */
const leadingZeros: Hypothesis = {
  name: "leading_zeros",
  kinds: ["value", "type"],
  fits: ({ legacy, candidate }) => {
    const [ours, theirs] = [digitsOf(legacy), digitsOf(candidate)];
    if (ours === theirs && legacy.type === candidate.type) return NO;
    if (
      !/^\d+$/.test(ours) ||
      !/^\d+$/.test(theirs) ||
      ours.replace(/^0+(?=\d)/, "") !== theirs.replace(/^0+(?=\d)/, "")
    )
      return NO;
    if (ours.length > theirs.length) return ["lost"];
    return ours.length < theirs.length ? ["added"] : ["lost", "added"];
  },
  tells: (_, { legacy, candidate }) => digitsOf(legacy).length !== digitsOf(candidate).length,
  says: (how) => (how === "lost" ? "the candidate loses leading zeros" : "the candidate adds leading zeros"),
  least: 1,
  weight: 82,
};

const jsonInString: Hypothesis = {
  name: "json_in_string",
  kinds: ["type"],
  fits: ({ legacy, candidate }) => {
    const found: string[] = [];
    for (const [who, string, plain] of [
      ["candidate", candidate, legacy],
      ["legacy", legacy, candidate],
    ] as const) {
      if (string.type === "string" && plain.content !== undefined && isJsonOf(string.string, plain)) found.push(who);
    }
    return found;
  },
  says: (who) => `${who} has it as JSON inside a string`,
  least: 1,
  weight: 85,
};

function isJsonOf(text: string, plain: Value): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  const inner = readValue(text);
  return inner.content !== undefined && canonical(inner) === canonical(plain);
}

/** One side has the value inside a list or an object: `"x"` -> `["x"]`, `5` -> `{"value":5}`. */
const wrappedValue: Hypothesis = {
  name: "wrapped",
  kinds: ["type"],
  fits: ({ legacy, candidate }) => [
    ...wrapping(candidate, legacy).map((how) => `candidate|${how}`),
    ...wrapping(legacy, candidate).map((how) => `legacy|${how}`),
  ],
  says: (parameter) => {
    const [who, ...how] = parameter.split("|");
    return how[0] === "list"
      ? `${who} has it as a list with one element`
      : `${who} has it inside an object, as the member ${JSON.stringify(how.slice(1).join("|"))}`;
  },
  least: 1,
  weight: 78,
};

function wrapping(outer: Value, inner: Value): string[] {
  if (inner.type === "absent" || inner.type === outer.type) return [];
  const wanted = canonical(inner);
  const isSame = (one: unknown) => canonical(readValue(JSON.stringify(one))) === wanted;
  if (Array.isArray(outer.content)) return outer.content.length === 1 && isSame(outer.content[0]) ? ["list"] : [];
  if (outer.type !== "object" || outer.content === undefined) return [];
  return Object.entries(outer.content as Record<string, unknown>)
    .slice(0, 16)
    .filter(([, value]) => isSame(value))
    .map(([name]) => `object|${name}`);
}

/** A list joined to one text: `["a","b"]` -> `"a,b"`. */
const joined: Hypothesis = {
  name: "joined",
  kinds: ["type"],
  fits: ({ legacy, candidate }) => {
    const found: string[] = [];
    for (const [who, text, list] of [
      ["candidate", candidate, legacy],
      ["legacy", legacy, candidate],
    ] as const) {
      if (text.type !== "string" || !Array.isArray(list.content)) continue;
      const parts = list.content.map(String);
      for (const by of [",", ", ", ";", "; ", " ", "|", "\n"])
        if (parts.join(by) === text.string) found.push(`${who}|${JSON.stringify(by)}`);
    }
    return found;
  },
  tells: (_, { legacy, candidate }) =>
    [legacy, candidate].some(({ content }) => Array.isArray(content) && content.length > 1),
  says: (parameter) => {
    const [who, by] = parameter.split(/\|(.*)/s);
    return `${who} has the list as one text, joined by ${by}`;
  },
  least: 2,
  weight: 80,
};

/** `{}` for `[]` and the other way round, as languages with one type for both write them. */
const emptyOther: Hypothesis = {
  name: "empty_container",
  kinds: ["type"],
  fits: ({ legacy, candidate }) => {
    const empty = (text: string) => text === "[]" || text === "{}";
    return empty(legacy.text) && empty(candidate.text) ? [candidate.text] : NO;
  },
  says: (text) => `empty, and written as ${text}`,
  least: 1,
  weight: 80,
};

const EMPTY: readonly string[] = ['""', "[]", "{}", "0", "false"];

const emptyForNull: Hypothesis = {
  name: "empty_for_null",
  kinds: ["type"],
  fits: ({ legacy, candidate }) => (legacy.type === "null" && EMPTY.includes(candidate.text) ? [candidate.text] : NO),
  says: (empty) => `${empty} for null`,
  least: 1,
  weight: 75,
};

const nullForEmpty: Hypothesis = {
  name: "null_for_empty",
  kinds: ["type"],
  fits: ({ legacy, candidate }) => (candidate.type === "null" && EMPTY.includes(legacy.text) ? [legacy.text] : NO),
  says: (empty) => `null for ${empty}`,
  least: 1,
  weight: 75,
};

const nullForValue: Hypothesis = {
  name: "null_for_value",
  kinds: ["type"],
  fits: ({ legacy, candidate }) => (candidate.type === "null" && legacy.type !== "absent" ? YES : NO),
  tells: (_, { legacy }) => !EMPTY.includes(legacy.text),
  says: () => "null where legacy has a value",
  least: 1,
  weight: 40,
};

const textForNull: Hypothesis = {
  name: "text_for_null",
  kinds: ["type"],
  fits: ({ legacy, candidate }) =>
    legacy.type === "null" && /^"(?:null|undefined|None|nil|NULL|N\/A|NaN|-)"$/.test(candidate.text)
      ? [candidate.text]
      : NO,
  says: (text) => `the text ${text} for null`,
  least: 1,
  weight: 75,
};

/** What programs print where they lost the value. */
export const isFailed = ({ string }: Value): boolean =>
  /^(?:null|undefined|None|nil|NaN|Infinity|\[object \w+\]|Invalid Date)$/.test(string);

/** What a program writes where it lost the value. */
const failedText: Hypothesis = {
  name: "lost_value",
  kinds: ["value", "type"],
  fits: ({ legacy, candidate }) =>
    isFailed(candidate) && !isFailed(legacy) && legacy.type !== "null" ? [candidate.text] : NO,
  says: (text) => `the candidate says ${text} where legacy has a value`,
  least: 1,
  weight: 74,
};

const constant: Hypothesis = {
  name: "constant",
  kinds: ["value", "type"],
  fits: ({ candidate }) => (candidate.text.length <= 100 && candidate.type !== "null" ? [candidate.text] : NO),
  says: (text) => `the candidate always says ${text}`,
  least: 3,
  weight: 45,
};

const missingForNull: Hypothesis = {
  name: "missing_for_null",
  kinds: ["missing"],
  fits: ({ legacy }) => (legacy.type === "null" ? YES : NO),
  says: () => "left out where legacy says null",
  least: 1,
  weight: 75,
  rule: (_, spot) => dropped("legacy", "null", spot),
};

const missingForEmpty: Hypothesis = {
  name: "missing_for_empty",
  kinds: ["missing"],
  fits: ({ legacy }) => (EMPTY.includes(legacy.text) ? [legacy.text] : NO),
  says: (empty) => `left out where legacy says ${empty}`,
  least: 1,
  weight: 75,
  rule: (empty, spot) => dropped("legacy", empty, spot),
};

const missing: Hypothesis = {
  name: "missing",
  kinds: ["missing"],
  fits: () => YES,
  says: () => "the candidate does not have it",
  least: 1,
  weight: 10,
  // What is missing from a body is a loss; a field that only legacy sends is often its framework's.
  rule: (parameter, spot) => (spot.where === "field" ? ignored(parameter, spot) : undefined),
};

const nullForMissing: Hypothesis = {
  name: "null_for_missing",
  kinds: ["extra"],
  fits: ({ candidate }) => (candidate.type === "null" ? YES : NO),
  says: () => "null where legacy leaves it out",
  least: 1,
  weight: 75,
  rule: (_, spot) => dropped("candidate", "null", spot),
};

const emptyForMissing: Hypothesis = {
  name: "empty_for_missing",
  kinds: ["extra"],
  fits: ({ candidate }) => (EMPTY.includes(candidate.text) ? [candidate.text] : NO),
  says: (empty) => `${empty} where legacy leaves it out`,
  least: 1,
  weight: 70,
  rule: (empty, spot) => dropped("candidate", empty, spot),
};

const defaultAdded: Hypothesis = {
  name: "default_added",
  kinds: ["extra"],
  fits: ({ candidate }) => (candidate.text.length <= 100 && candidate.type !== "null" ? [candidate.text] : NO),
  says: (text) => `the candidate adds a default, ${text}`,
  least: 1,
  weight: 60,
  rule: (text, spot) => dropped("candidate", text, spot),
};

const added: Hypothesis = {
  name: "added",
  kinds: ["extra"],
  fits: () => YES,
  says: () => "legacy does not have it",
  least: 1,
  weight: 10,
  rule: ignored,
};

/**
 * Takes the member out of one side where it has exactly this value; another value there goes on to be compared. A `test` that
 * fails ends a patch (RFC 6902).
 */
function dropped(side: "legacy" | "candidate", value: string, spot: Spot): string | undefined {
  if (spot.where !== "body") return undefined;
  const at = pointerOf(spot.place);
  if (at === undefined) return undefined;
  const path = JSON.stringify(at);
  return `patch:\n  ${side}:\n    - { op: test, path: ${path}, value: ${value} }\n    - { op: remove, path: ${path} }`;
}

/** Hypotheses about another JSON type of the same content. */
export const TYPES: readonly Hypothesis[] = [
  otherType,
  leadingZeros,
  jsonInString,
  wrappedValue,
  joined,
  emptyOther,
  emptyForNull,
  nullForEmpty,
  textForNull,
  nullForValue,
  failedText,
  constant,
  missingForNull,
  missingForEmpty,
  missing,
  nullForMissing,
  emptyForMissing,
  defaultAdded,
  added,
];
