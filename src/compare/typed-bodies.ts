// compare/typed-bodies.ts: two bodies as text of one type, through the engine

import { asText, type BodyType, sniffBoth, unusualJson } from "../bodies/body-type.ts";
import { anyText } from "../bodies/charset.ts";
import type { Content } from "../bodies/content.ts";
import { readTable } from "../bodies/formats/csv.ts";
import { unwrapJson } from "../bodies/json-prefix.ts";
import { textFrom } from "../bodies/lines.ts";
import type { Read } from "../bodies/reader.ts";
import { FORMATS } from "../bodies/registry.ts";
import { compareJson, isJson } from "../json/index.ts";
import { compareBytes, sameBytes } from "./bytes.ts";
import { compareTables } from "./csv.ts";
import { mapBody, mapForRequest } from "./origins.ts";
import type { Asked } from "./request-context.ts";
import { type CompareLimits, EQUAL, type Result, together, withNotes } from "./result.ts";
import type { CompiledRules } from "./rules.ts";
import { compareText } from "./text.ts";
import { notOfType, wholeBody } from "./whole-body.ts";

/** Two bodies, and how to compare them. */
export type Pair = {
  readonly legacy: Content;
  readonly candidate: Content;
  readonly rules: CompiledRules;
  readonly limits: CompareLimits;
  readonly asked?: Asked | undefined;
};

type TextType = Exclude<BodyType, "bytes">;

/** Both sides as UTF-8 text, their origins mapped, then by type; values are shown as they were written all the same. */
export function compareAs(type: TextType, pair: Pair): Result {
  const [a, b] = [asText(type, pair.legacy), asText(type, pair.candidate)];
  if (a.kind === "not" && b.kind === "not") {
    return compareMapped("text", anyText(pair.legacy.bytes), anyText(pair.candidate.bytes), pair);
  }
  const sides = { legacy: pair.legacy.bytes, candidate: pair.candidate.bytes };
  if (a.kind === "not") return notOfType(`legacy's body is not ${a.charset}`, pair.rules, sides);
  if (b.kind === "not") return notOfType(`the candidate's body is not ${b.charset}`, pair.rules, sides);
  return withNotes(compareMapped(type, a.bytes, b.bytes, pair), [
    ...(a.note === undefined ? [] : [`legacy's body was ${a.note}`]),
    ...(b.note === undefined ? [] : [`the candidate's body was ${b.note}`]),
  ]);
}

function compareMapped(type: TextType, legacy: Uint8Array, candidate: Uint8Array, pair: Pair): Result {
  const map = mapForRequest(pair.rules.origins, pair.asked, [legacy, candidate]);
  const a = mapBody(map, "legacy", legacy);
  const b = mapBody(map, "candidate", candidate);
  const mapped = {
    ...pair,
    legacy: { ...pair.legacy, bytes: a.bytes },
    candidate: { ...pair.candidate, bytes: b.bytes },
  };
  const result = compareTyped(type, mapped);
  if (a.asWritten === undefined && b.asWritten === undefined) return result;
  const differences = result.differences.map((difference) => ({
    ...difference,
    ...(difference.legacy !== undefined && a.asWritten ? { legacy: a.asWritten(difference.legacy) } : {}),
    ...(difference.candidate !== undefined && b.asWritten ? { candidate: b.asWritten(difference.candidate) } : {}),
  }));
  return { ...result, differences };
}

function compareTyped(type: TextType, pair: Pair): Result {
  const { legacy, candidate, rules, limits } = pair;
  if (sameBytes(legacy.bytes, candidate.bytes)) return EQUAL;
  if (type === "json") return compareAsJson(pair);
  if (type === "csv") return compareAsCsv(pair);
  if (type === "wrapped json") return compareWrapped(pair);
  const { read, largest = Number.POSITIVE_INFINITY } = FORMATS[type];
  const isTooLarge = Math.max(legacy.bytes.length, candidate.bytes.length) > largest;
  if (type === "text" || read === undefined || isTooLarge)
    return compareText(textFrom(legacy.bytes), textFrom(candidate.bytes), rules, limits);
  return compareDocuments(read(legacy, limits.overdue), read(candidate, limits.overdue), pair);
}

/** Two documents by the engine. */
export function compareDocuments(a: Read, b: Read, pair: Pair): Result {
  if (pair.limits.overdue?.()) return { ...EQUAL, overdue: true };
  if ("document" in a && "document" in b) return compareJson(a.document, b.document, pair.rules.json, pair.limits);
  return unread("fault" in a ? a.fault : undefined, "fault" in b ? b.fault : undefined, pair);
}

/** Where neither is JSON, they are compared as what they look like; where one is not, the engine says so. */
function compareAsJson(pair: Pair): Result {
  const [a, b] = [pair.legacy.bytes, pair.candidate.bytes];
  const result = compareJson(a, b, pair.rules.json, pair.limits);
  const unreadable = result.differences.some(({ kind, path }) => kind === "format" && path === "$");
  if (!unreadable || isJson(a) || isJson(b)) return result;
  const form = unusualJson(a, b);
  return form === undefined ? unread("not JSON", "not JSON", pair) : compareTyped(form, pair);
}

/** The JSON in wrappers, and the wrappers. */
function compareWrapped(pair: Pair): Result {
  const [a, b] = [unwrapJson(pair.legacy.bytes)!, unwrapJson(pair.candidate.bytes)!];
  const inner = compareJson(a.bytes, b.bytes, pair.rules.json, pair.limits);
  if (a.wrapper === b.wrapper) return inner;
  const values = { legacy: JSON.stringify(a.wrapper), candidate: JSON.stringify(b.wrapper) };
  return together([wholeBody({ kind: "value", note: "what stands before the JSON", ...values }, pair.rules), inner]);
}

function compareAsCsv(pair: Pair): Result {
  const [a, b] = [readTable(pair.legacy), readTable(pair.candidate)];
  if (pair.limits.overdue?.()) return { ...EQUAL, overdue: true };
  if ("table" in a && "table" in b) {
    return withNotes(compareTables(a.table, b.table, pair.rules, pair.limits), [
      ...(a.isLenient ? ["legacy's CSV has a quote inside of a cell that is not quoted"] : []),
      ...(b.isLenient ? ["the candidate's CSV has a quote inside of a cell that is not quoted"] : []),
    ]);
  }
  return unread("fault" in a ? a.fault : undefined, "fault" in b ? b.fault : undefined, pair);
}

/** One side that is not of the type is `format`; where both are not, they are compared as what they look like. */
function unread(a: string | undefined, b: string | undefined, pair: Pair): Result {
  const { rules, limits, legacy, candidate } = pair;
  const sides = { legacy: legacy.bytes, candidate: candidate.bytes };
  if (a === undefined) return notOfType(`the candidate: ${b}`, rules, sides);
  if (b === undefined) return notOfType(`legacy: ${a}`, rules, sides);
  return sniffBoth(legacy.bytes, candidate.bytes) === "bytes"
    ? compareBytes(legacy.bytes, candidate.bytes, rules, `legacy: ${a}; candidate: ${b}`)
    : compareText(textFrom(legacy.bytes), textFrom(candidate.bytes), rules, limits);
}
