import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compareBodies, compileRules } from "../../src/compare/index.ts";
import { formatFault, readConfig } from "../../src/config/index.ts";

const PAGE = readFileSync(join(import.meta.dirname, "../../docs/comparison.md"), "utf8");
const LIMITS = { maxDecoded: 1_000_000, budget: 1_000_000 };

type Example = { rules: string; type: string; legacy: string; candidate: string; differences: string };

/** Each `differences` block, with the bodies and the rules that stand before it under the same heading. */
function examples(): Example[] {
  const found: Example[] = [];
  let now = { rules: "", type: "", legacy: "", candidate: "" };
  for (const [, heading, kind, type = "", text = ""] of PAGE.matchAll(
    /^(#+ .*)$|^```(\w+)(?: (\S+))?\n([\s\S]*?)```$/gm,
  )) {
    if (heading !== undefined) now = { rules: "", type: "", legacy: "", candidate: "" };
    if (kind === "rules") now.rules = text;
    if (kind === "legacy") now = { ...now, legacy: text.trimEnd(), type };
    if (kind === "candidate") now = { ...now, candidate: text.trimEnd() };
    if (kind === "differences") found.push({ ...now, differences: text.trimEnd() });
  }
  return found;
}

function rulesOf(text: string) {
  const compare = text === "" ? "compare: {}" : `compare:\n${text.replace(/^/gm, "  ")}`;
  const read = readConfig(`legacy: http://legacy\ncandidate: http://candidate\n${compare}\n`, {
    file: "rules",
    env: {},
  });
  if ("faults" in read) throw new Error(read.faults.map(formatFault).join("\n"));
  return compileRules(read.config.compare);
}

test("every example says what the comparison says", () => {
  const all = examples();
  expect(all.length).toBeGreaterThan(12);
  const said: string[] = [];
  for (const { rules, type, legacy, candidate } of all) {
    const result = compareBodies(Buffer.from(legacy), Buffer.from(candidate), type, rulesOf(rules), LIMITS);
    const lines = result.differences.map(({ path, kind, legacy: a, candidate: b }) => {
      const values =
        kind === "order" || (a?.length ?? 0) + (b?.length ?? 0) > 80
          ? ""
          : [a, b].filter((one) => one !== undefined).join(" -> ");
      return `${path} ${kind}${values === "" ? "" : `: ${values}`}`;
    });
    said.push(lines.join("\n") || "(none)");
  }
  expect(said).toEqual(all.map(({ differences }) => differences));
});
