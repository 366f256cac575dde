// compare/content.ts: two bodies without their codings, compared by their type

import { type BodyType, type Content, headOf, sniffBoth, typeOfBoth } from "./body-type.ts";
import { compareBytes, sameBytes } from "./bytes.ts";
import { anyText, declaredInside, type Text, textOf } from "./charset.ts";
import { compareTables, readCsv } from "./csv.ts";
import { type Read, readerOf } from "./documents/index.ts";
import { compareJson, isJson } from "./engine.ts";
import { mapBody } from "./origins.ts";
import { type CompareLimits, EQUAL, type Result } from "./result.ts";
import type { CompiledRules, Decoder } from "./rules.ts";
import { compareText, textFrom } from "./text.ts";
import { notOfType } from "./whole.ts";

/** Compares two bodies. Equal bytes are equal under every rule; nothing is parsed for them. */
export function compareContent(
  legacy: Content,
  candidate: Content,
  rules: CompiledRules,
  limits: CompareLimits,
): Result {
  if (!rules.body || sameBytes(legacy.bytes, candidate.bytes)) return EQUAL;
  if (legacy.bytes.length === 0) return notOfType("legacy's body is empty, the candidate's is not", rules);
  if (candidate.bytes.length === 0) return notOfType("the candidate's body is empty, legacy's is not", rules);
  try {
    return compareByType(legacy, candidate, rules, limits);
  } catch (error) {
    if (!(error instanceof RangeError) && (error as { code?: unknown }).code !== "ERR_STRING_TOO_LONG") throw error;
    return {
      ...compareBytes(legacy.bytes, candidate.bytes, rules, "too deep or too large to be read"),
      approximate: true,
    };
  }
}

function compareByType(legacy: Content, candidate: Content, rules: CompiledRules, limits: CompareLimits): Result {
  const decoder = decoderFor(legacy, candidate, rules);
  if (decoder !== undefined) {
    return compareDocuments(decoded(decoder, legacy.bytes), decoded(decoder, candidate.bytes), legacy, candidate, {
      rules,
      limits,
    });
  }
  const type = typeOfBoth(legacy, candidate);
  if (type === "mixed") return notOfType(`${oneIsJson(legacy)} body is JSON, the other is not`, rules);
  return type === "bytes"
    ? compareBytes(legacy.bytes, candidate.bytes, rules)
    : compareAs(type, legacy, candidate, { rules, limits });
}

type How = { readonly rules: CompiledRules; readonly limits: CompareLimits };

function decoderFor(legacy: Content, candidate: Content, rules: CompiledRules): Decoder | undefined {
  if (rules.decoders.size === 0) return undefined;
  const name = legacy.type?.name ?? candidate.type?.name;
  return name === undefined ? undefined : rules.decoders.get(name);
}

/** A decoder is a user's code: what it throws is a fault of the bytes, never of the comparison. */
function decoded(decoder: Decoder, bytes: Uint8Array): Read {
  try {
    const document = decoder(bytes);
    return typeof document === "string" && isJson(document)
      ? { document }
      : { fault: "the decoder for this type gave no JSON" };
  } catch {
    return { fault: "the decoder for this type threw" };
  }
}

function oneIsJson(legacy: Content): string {
  return /^[{[]/.test(headOf(legacy.bytes)) && isJson(legacy.bytes) ? "legacy's" : "the candidate's";
}

/** Both sides as UTF-8 text, origins mapped, then by type; the values that are shown are as they were written. */
function compareAs(type: Exclude<BodyType, "bytes">, legacy: Content, candidate: Content, how: How): Result {
  const [a, b] = [asText(type, legacy), asText(type, candidate)];
  if (a.kind === "not" && b.kind === "not") {
    return compareMapped("text", anyText(legacy.bytes), anyText(candidate.bytes), legacy, candidate, how);
  }
  if (a.kind === "not") return notOfType(`legacy's body is not ${a.charset}`, how.rules);
  if (b.kind === "not") return notOfType(`the candidate's body is not ${b.charset}`, how.rules);
  return compareMapped(type, a.bytes, b.bytes, legacy, candidate, how);
}

/** A side as UTF-8 text, by the charset that its type, its marks or itself declare. */
export function asText(type: BodyType, { bytes, type: media }: Content): Text {
  if (type === "multipart") return { kind: "text", bytes }; // its parts have charsets of their own
  const parameter = media?.parameters.get("charset");
  const inside = type === "xml" || type === "html" ? declaredInside(bytes, type) : undefined;
  return textOf(bytes, parameter ?? inside);
}

function compareMapped(
  type: Exclude<BodyType, "bytes">,
  legacyBytes: Uint8Array,
  candidateBytes: Uint8Array,
  legacy: Content,
  candidate: Content,
  how: How,
): Result {
  const a = mapBody(how.rules.origins, "legacy", legacyBytes);
  const b = mapBody(how.rules.origins, "candidate", candidateBytes);
  const result = compareTyped(type, { ...legacy, bytes: a.bytes }, { ...candidate, bytes: b.bytes }, how);
  if (a.asWritten === undefined && b.asWritten === undefined) return result;
  const differences = result.differences.map((difference) => ({
    ...difference,
    ...(difference.legacy !== undefined && a.asWritten ? { legacy: a.asWritten(difference.legacy) } : {}),
    ...(difference.candidate !== undefined && b.asWritten ? { candidate: b.asWritten(difference.candidate) } : {}),
  }));
  return { ...result, differences };
}

function compareTyped(
  type: Exclude<BodyType, "bytes">,
  legacy: Content,
  candidate: Content,
  { rules, limits }: How,
): Result {
  if (sameBytes(legacy.bytes, candidate.bytes)) return EQUAL;
  if (type === "json") return compareAsJson(legacy, candidate, { rules, limits });
  if (type === "csv") return compareAsCsv(legacy, candidate, { rules, limits });
  const read = readerOf(type);
  if (read === undefined) return compareText(textFrom(legacy.bytes), textFrom(candidate.bytes), rules, limits);
  return compareDocuments(read(legacy, limits.overdue), read(candidate, limits.overdue), legacy, candidate, {
    rules,
    limits,
  });
}

function compareAsJson(legacy: Content, candidate: Content, { rules, limits }: How): Result {
  const result = compareJson(legacy.bytes, candidate.bytes, rules.json, limits);
  if (!result.differences.some(({ kind, path }) => kind === "format" && path === "$")) return result;
  if (isJson(legacy.bytes) || isJson(candidate.bytes)) return result;
  const type = sniffBoth(legacy.bytes, candidate.bytes);
  if (type === "bytes") return compareBytes(legacy.bytes, candidate.bytes, rules, "neither is JSON");
  return compareTyped(type, legacy, candidate, { rules, limits });
}

function compareAsCsv(legacy: Content, candidate: Content, { rules, limits }: How): Result {
  const [a, b] = [readCsv(legacy), readCsv(candidate)];
  if (limits.overdue?.()) return { ...EQUAL, overdue: true };
  if ("table" in a && "table" in b) return compareTables(a.table, b.table, rules, limits);
  return unread("fault" in a ? a.fault : undefined, "fault" in b ? b.fault : undefined, legacy, candidate, {
    rules,
    limits,
  });
}

/** Two documents by the engine. */
function compareDocuments(a: Read, b: Read, legacy: Content, candidate: Content, { rules, limits }: How): Result {
  if (limits.overdue?.()) return { ...EQUAL, overdue: true };
  if ("document" in a && "document" in b) return compareJson(a.document, b.document, rules.json, limits);
  return unread("fault" in a ? a.fault : undefined, "fault" in b ? b.fault : undefined, legacy, candidate, {
    rules,
    limits,
  });
}

/** One side that is not of the type is `format`; where both are not, they are compared as what they look like. */
function unread(
  a: string | undefined,
  b: string | undefined,
  legacy: Content,
  candidate: Content,
  { rules, limits }: How,
): Result {
  if (a === undefined) return notOfType(`candidate: ${b}`, rules);
  if (b === undefined) return notOfType(`legacy: ${a}`, rules);
  return sniffBoth(legacy.bytes, candidate.bytes) === "bytes"
    ? compareBytes(legacy.bytes, candidate.bytes, rules, `legacy: ${a}; candidate: ${b}`)
    : compareText(textFrom(legacy.bytes), textFrom(candidate.bytes), rules, limits);
}
