// compare/whole-body.ts: a difference of the body as a whole, at `$`

import { Buffer } from "node:buffer";
import { compareJson, isJson } from "../json/index.ts";
import type { Side } from "../model/answer.ts";
import type { Difference, JsonText } from "../model/difference.ts";
import { found, type Result } from "./result.ts";
import type { CompiledRules } from "./rules.ts";

/** One difference at `$`, unless a rule ignores the whole body. */
export function wholeBody(difference: Omit<Difference, "where" | "path">, rules: CompiledRules): Result {
  const asked = compareJson("1", "2", rules.whole, { budget: 1 });
  return asked.differences.length === 0
    ? found([], asked.masked)
    : found([{ where: "body", path: "$", ...difference }]);
}

/** How much of a body that is shown as text, in bytes, and up to which size a JSON body is shown as it is. */
const SHOWN_TEXT = 200;
const SHOWN_JSON = 4_096;

/** A body as the value of a difference: a short JSON document as it was written, else its beginning as a string. */
export function shownBody(bytes: Uint8Array): JsonText {
  const text = (length: number) => Buffer.from(bytes.subarray(0, length)).toString("utf8");
  if (bytes.length <= SHOWN_JSON && bytes.length > 0 && isJson(bytes)) return text(SHOWN_JSON).replace(/^\ufeff/, "");
  return JSON.stringify(text(SHOWN_TEXT));
}

/** `format` at `$`: a side is not of the body's type, why, and how each of them begins. */
export function notOfType(note: string, rules: CompiledRules, sides: Partial<Record<Side, Uint8Array>> = {}): Result {
  return wholeBody(
    {
      kind: "format",
      note,
      ...(sides.legacy ? { legacy: shownBody(sides.legacy) } : {}),
      ...(sides.candidate ? { candidate: shownBody(sides.candidate) } : {}),
    },
    rules,
  );
}
