// explain/shapes.ts: values of another form altogether, lists that were replaced, and what the comparison noted itself

import { type Hypothesis, NO } from "./hypothesis.ts";
import type { Value } from "./value.ts";

const FORMS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["a UUID", /^\{?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\}?$/i],
  ["a ULID", /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/],
  ["a URN", /^urn:[a-z0-9-]+:/i],
  ["a URL", /^[a-z][a-z0-9+.-]*:\/\//i],
  ["an e-mail address", /^[^@\s]+@[^@\s]+\.[^@\s]+$/],
  ["a number", /^-?\d+$/],
  ["a hexadecimal number", /^(?=.*[a-f])(?=.*\d)[0-9a-f]{8,}$/i],
  ["a prefixed number", /^[A-Za-z]{1,10}[-_:/]\d+$/],
];

/** What a text or a number looks like as an identifier. */
export function formOf(value: Value): string | undefined {
  const text = value.type === "number" ? value.text : value.string;
  return text.length > 200 ? undefined : FORMS.find(([, pattern]) => pattern.test(text))?.[0];
}

/** Every value of legacy's has one form, and every one of the candidate's another: numbers became UUIDs. */
const otherForm: Hypothesis = {
  name: "id_format",
  kinds: ["value", "type"],
  fits: ({ legacy, candidate }) => {
    const [from, to] = [formOf(legacy), formOf(candidate)];
    return from === undefined || to === undefined || from === to ? NO : [`${from}|${to}`];
  },
  says: (parameter) => {
    const [from, to] = parameter.split("|");
    return `the candidate has ${to} where legacy has ${from}`;
  },
  least: 3,
  weight: 50,
};

/** Every UUID is the other side's, spelled without dashes or in capitals. */
const sameUuid: Hypothesis = {
  name: "uuid_format",
  kinds: ["value"],
  fits: ({ legacy, candidate }) => {
    const isUuid = (text: string) => FORMS[0]![1].test(text);
    if (!isUuid(legacy.string) || !isUuid(candidate.string)) return NO;
    const bare = (text: string) => text.replace(/[{}-]/g, "").toLowerCase();
    return bare(legacy.string) === bare(candidate.string) ? [""] : NO;
  },
  says: () => "the same UUID, spelled in another way",
  least: 1,
  weight: 87,
};

/** The lists have nothing in common: another page, another search, another order and a limit. */
const replacedList: Hypothesis = {
  name: "list_replaced",
  kinds: ["value", "type"],
  fits: ({ legacy, candidate, note = "" }) => {
    if (legacy.type !== "list" || candidate.type !== "list") return NO;
    if (/^none of legacy's \d+ elements is in/.test(note) || /^legacy's only element is not in/.test(note)) return [""];
    if (!Array.isArray(legacy.content) || !Array.isArray(candidate.content)) return NO;
    if (legacy.content.length === 0 || candidate.content.length === 0) return NO;
    const theirs = new Set(candidate.content.map((one) => JSON.stringify(one)));
    return legacy.content.some((one) => theirs.has(JSON.stringify(one))) ? NO : [""];
  },
  says: () => "none of legacy's elements is in the candidate's list",
  least: 1,
  weight: 64,
};

const emptyList: Hypothesis = {
  name: "list_empty",
  kinds: ["value"],
  fits: ({ legacy, candidate }) => {
    if (candidate.text === "[]" && legacy.type === "list") return ["candidate"];
    return legacy.text === "[]" && candidate.type === "list" ? ["legacy"] : NO;
  },
  says: (who) =>
    who === "candidate" ? "the candidate's list is empty" : "legacy's list is empty, the candidate's is not",
  least: 1,
  weight: 73,
};

/** A list as an object: `["a","b"]` -> `{"0":"a","1":"b"}`, or by one member of its elements: `{"7":{"id":7}}`. */
const keyedList: Hypothesis = {
  name: "keyed_list",
  kinds: ["type"],
  fits: ({ legacy, candidate }) => {
    for (const [who, object, list] of [
      ["candidate", candidate, legacy],
      ["legacy", legacy, candidate],
    ] as const) {
      if (object.type !== "object" || object.content === undefined || !Array.isArray(list.content)) continue;
      const members = Object.entries(object.content as Record<string, unknown>);
      if (members.length !== list.content.length || members.length === 0) continue;
      const elements = list.content.map((one) => JSON.stringify(one));
      const byPosition = members.every(([key, value]) => JSON.stringify(value) === elements[Number(key)]);
      if (byPosition) return [`${who}|`];
      if (members.some(([, value]) => !elements.includes(JSON.stringify(value)))) continue;
      const [, first] = members[0]!;
      if (first === null || typeof first !== "object") continue;
      const names = Object.keys(first).filter((name) =>
        members.every(([key, value]) => String((value as Record<string, unknown> | null)?.[name]) === key),
      );
      return names.map((name) => `${who}|${name}`);
    }
    return NO;
  },
  says: (parameter) => {
    const [who, name] = parameter.split(/\|(.*)/s);
    const by = name === "" ? "the positions" : `each element's ${JSON.stringify(name)}`;
    return `${who} has the list as an object, with ${by} as its keys`;
  },
  least: 2,
  weight: 83,
};

/** What the comparison of tables says: `cells are divided by ",", the candidate's by ";"`. */
const delimiter: Hypothesis = {
  name: "delimiter",
  kinds: ["value"],
  fits: ({ note = "" }) => {
    const found = /cells are divided by ("(?:[^"\\]|\\.)*"), the candidate's by ("(?:[^"\\]|\\.)*")/.exec(note);
    return found === null ? NO : [`${found[1]}|${found[2]}`];
  },
  says: (parameter) => {
    const [from, to] = parameter.split(/(?<=")\|(?=")/);
    return `cells are divided by ${to} instead of ${from}`;
  },
  least: 1,
  weight: 90,
};

/** What the comparison says of a dictionary's keys: `names that end in "_plural" end in "_other" instead`. */
const keys: Hypothesis = {
  name: "keys_renamed",
  kinds: ["missing", "extra"],
  where: "body",
  fits: ({ note = "" }) => (/^names (?:that|end|begin|do not)/.test(note) ? [note] : NO),
  says: (note) => note,
  least: 1,
  weight: 88,
};

/** The comparison saw that the candidate has what another member of the same object has in legacy. */
const otherMember: Hypothesis = {
  name: "other_member",
  kinds: ["value"],
  where: "body",
  fits: ({ note = "" }) => (note.startsWith("the value of legacy's ") ? [note] : NO),
  says: (note) => `the candidate has ${note} here`,
  least: 3,
  // A change of the value itself is the simpler explanation, if there is one.
  weight: 56,
};

/** What the comparison says of a cookie beside its attributes: its lifetime, or the look of its value, which is never shown. */
const cookie: Hypothesis = {
  name: "cookie",
  kinds: ["value"],
  where: "field",
  fits: ({ note = "" }) => {
    const found = /^cookie ("(?:[^"\\]|\\.)*"), (.+)$/.exec(note);
    return found === null ? NO : [note];
  },
  says: (note) => note,
  least: 1,
  weight: 78,
};

/** One side is not of the body's type: what each is instead. */
const otherType: Hypothesis = {
  name: "other_format",
  kinds: ["format"],
  fits: ({ legacy, candidate, note = "" }) => {
    const [from, to] = [kindOf(legacy), kindOf(candidate)];
    if (/body is (?:empty|not [\w-]+$)/.test(note)) return [note];
    if (from !== to) return [`${from}|${to}`];
    const broken = /^(?:the )?(candidate|legacy)(?:'s body)? is not JSON from byte/.exec(note);
    return broken === null
      ? NO
      : [`${broken[1] === "legacy" ? "legacy" : "the candidate"}'s JSON is broken or cut off`];
  },
  says: (parameter) => {
    const [from, to] = parameter.split("|");
    return to === undefined ? parameter : `the candidate answers with ${to} where legacy answers with ${from}`;
  },
  least: 1,
  weight: 60,
};

function kindOf({ type, string, text }: Value): string {
  if (type !== "string") return type === "absent" ? "something else" : "JSON";
  const start = (string === "" ? text : string).trimStart();
  if (/^<!doctype html|^<html/i.test(start)) return "HTML";
  if (/^<\?xml|^<[a-z]/i.test(start)) return "XML";
  return /^[[{]/.test(start) ? "JSON" : "text";
}

/** Hypotheses about the structure of a value. */
export const SHAPES: readonly Hypothesis[] = [
  keys,
  otherMember,
  cookie,
  otherForm,
  sameUuid,
  replacedList,
  keyedList,
  emptyList,
  delimiter,
  otherType,
];
