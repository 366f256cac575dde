// compare/whole.ts: a difference of the body as a whole, at `$`

import { Buffer } from "node:buffer";
import type { Side } from "../model/answer.ts";
import type { Difference } from "../model/difference.ts";
import { compareJson } from "./json/index.ts";
import { found, type Result } from "./result.ts";
import type { CompiledRules } from "./rules.ts";

/** One difference at `$`, unless a rule ignores the whole body. */
export function wholeBody(difference: Omit<Difference, "where" | "path">, rules: CompiledRules): Result {
  const asked = compareJson("1", "2", rules.whole, { budget: 1 });
  return asked.differences.length === 0
    ? found([], asked.masked)
    : found([{ where: "body", path: "$", ...difference }]);
}

/** How much of a body that is not of its type is shown, in bytes. */
const SHOWN = 200;

/** `format` at `$`: a side is not of the body's type, why, and how it begins. */
export function notOfType(note: string, rules: CompiledRules, sides: Partial<Record<Side, Uint8Array>> = {}): Result {
  const shown = (bytes: Uint8Array) => JSON.stringify(Buffer.from(bytes.subarray(0, SHOWN)).toString("utf8"));
  return wholeBody(
    {
      kind: "format",
      note,
      ...(sides.legacy ? { legacy: shown(sides.legacy) } : {}),
      ...(sides.candidate ? { candidate: shown(sides.candidate) } : {}),
    },
    rules,
  );
}
