// compare/content.ts: two bodies without their codings: equal, empty, or compared as the type they have

import { looksLikeJson, typeOfBoth } from "../bodies/body-type.ts";
import { compareBytes, sameBytes } from "./bytes.ts";
import { decoderFor, readBy } from "./decoder.ts";
import { EQUAL, type Result } from "./result.ts";
import { compareAs, compareDocuments, type Pair } from "./typed-bodies.ts";
import { notOfType } from "./whole-body.ts";

/** Compares two bodies. Equal bytes are equal under every rule; nothing is parsed for them. */
export function compareContent(pair: Pair): Result {
  const { legacy, candidate, rules } = pair;
  if (!rules.body || sameBytes(legacy.bytes, candidate.bytes)) return EQUAL;
  const sides = { legacy: legacy.bytes, candidate: candidate.bytes };
  if (legacy.bytes.length === 0) return notOfType("legacy's body is empty, the candidate's is not", rules, sides);
  if (candidate.bytes.length === 0) return notOfType("the candidate's body is empty, legacy's is not", rules, sides);
  try {
    return compareByType(pair);
  } catch (error) {
    // A stack or a string has its end; a parser that meets it has lost nothing that bytes do not tell.
    if (!(error instanceof RangeError) && (error as { code?: unknown }).code !== "ERR_STRING_TOO_LONG") throw error;
    const bytes = compareBytes(legacy.bytes, candidate.bytes, rules, "too deep or too large to be read");
    return { ...bytes, approximate: true };
  }
}

function compareByType(pair: Pair): Result {
  const { legacy, candidate, rules } = pair;
  const decoder = decoderFor(legacy, candidate, rules);
  if (decoder !== undefined) return compareDocuments(readBy(decoder, legacy), readBy(decoder, candidate), pair);
  const type = typeOfBoth(legacy, candidate);
  if (type === "mixed") {
    const [who, other] = looksLikeJson(legacy) ? ["legacy's", "the candidate's"] : ["the candidate's", "legacy's"];
    return notOfType(`${who} body is JSON, ${other} is not`, rules, {
      legacy: legacy.bytes,
      candidate: candidate.bytes,
    });
  }
  return type === "bytes" ? compareBytes(legacy.bytes, candidate.bytes, rules) : compareAs(type, pair);
}
