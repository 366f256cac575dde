// compare/whole.ts: a difference of the body as a whole, at `$`

import type { Difference } from "../model/difference.ts";
import { compareJson } from "./engine.ts";
import { found, type Result } from "./result.ts";
import type { CompiledRules } from "./rules.ts";

/** One difference at `$`, unless a rule ignores the whole body. */
export function wholeBody(difference: Omit<Difference, "where" | "path">, rules: CompiledRules): Result {
  const asked = compareJson("1", "2", rules.whole, { budget: 1 });
  return asked.differences.length === 0
    ? found([], asked.masked)
    : found([{ where: "body", path: "$", ...difference }]);
}

/** `format` at `$`: these sides are not of the body's type, and why. */
export function notOfType(note: string, rules: CompiledRules): Result {
  return wholeBody({ kind: "format", note }, rules);
}
