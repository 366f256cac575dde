// cli/demo/summary.ts: what was planted and what became of it, for a person

import type { Planted } from "./planted.ts";
import type { Check } from "./verdict.ts";

const GREEN = "\u001b[32m";
const RED = "\u001b[31m";
const PLAIN = "\u001b[0m";

/** A line for each check, then one that says it all. */
export function summary(checks: readonly Check[], planted: readonly Planted[], colour: boolean): string {
  const mark = (ok: boolean) => {
    const word = ok ? "found" : "WRONG";
    return colour ? `${ok ? GREEN : RED}${word}${PLAIN}` : word;
  };
  const planting = checks.filter(({ route }) => route !== "");
  const running = checks.filter(({ route }) => route === "");
  const width = (pick: (check: Check) => string) => Math.max(0, ...planting.map((check) => pick(check).length));
  const [names, routes] = [width(({ name }) => name), width(({ route }) => route)];
  const lines = planting.map(
    ({ ok, name, route, says }) => `  ${mark(ok)}  ${route.padEnd(routes)}  ${name.padEnd(names)}  ${says}`,
  );
  const head = planted.length === 0 ? "Nothing was planted." : "What was planted, and what the report says of it:";
  return [
    head,
    ...lines,
    ...running.map(({ ok, name, says }) => `  ${ok ? "true " : "FALSE"}  ${name}: ${says}`),
    verdict(checks, planted),
    "",
  ].join("\n");
}

function verdict(checks: readonly Check[], planted: readonly Planted[]): string {
  const wrong = checks.filter(({ ok }) => !ok).length;
  if (wrong > 0) return `${wrong} of ${checks.length} ${wrong === 1 ? "is" : "are"} not as it should be.`;
  if (planted.length === 0) return "No difference was found, and none was planted.";
  return "Every planted difference was found on its route, and nothing else.";
}
