import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { compareBodies, compileRules } from "../../src/compare/index.ts";
import { parsePath } from "../../src/jsonpath/parse.ts";
import type { Trail } from "../../src/jsonpath/path.ts";
import { NO_RULES } from "../../src/model/rules.ts";
import { selectPath } from "../support/select-path.ts";

// The same suite as in test/model/path-suite.test.ts, with the comparison that the paths are for.
type Case = { readonly selector: string; readonly document?: unknown };

function findSuite(): string | undefined {
  for (let at = import.meta.dirname; ; at = dirname(at)) {
    const file = join(at, "shared/suites/jsonpath/cts.json");
    if (existsSync(file)) return file;
    if (dirname(at) === at) return undefined;
  }
}

const file = findSuite();
const cases: readonly Case[] = file === undefined ? [] : JSON.parse(readFileSync(file, "utf8")).tests;

const LIMITS = { maxDecoded: 1 << 20, budget: 1_000_000 };

/** Every scalar of a document. */
function* leaves(value: unknown, trail: Trail = []): Generator<Trail> {
  if (typeof value !== "object" || value === null) yield trail;
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* leaves(item, [...trail, index]);
  else for (const [name, member] of Object.entries(value)) yield* leaves(member, [...trail, name]);
}

function changed(value: unknown, trail: Trail): unknown {
  const [step, ...rest] = trail;
  if (step === undefined) return "another value";
  if (Array.isArray(value)) return value.map((item, index) => (index === step ? changed(item, rest) : item));
  const members = Object.entries(value as object);
  return Object.fromEntries(members.map(([name, member]) => [name, name === step ? changed(member, rest) : member]));
}

const isBelow = (trail: Trail, root: Trail) => root.every((step, depth) => trail[depth] === step);

describe.skipIf(file === undefined)(
  "an ignore rule, for each path of the RFC 9535 suite (skipped where it is absent)",
  () => {
    test("settles a change at or below a place that its path selects, and no other", () => {
      let settled = 0;
      let seen = 0;
      const wrong: string[] = [];
      for (const { selector, document } of cases) {
        const parsed = parsePath(selector);
        if ("fault" in parsed || document === undefined) continue;
        const ignore = [{ name: "ignore", place: { where: "body" as const, path: parsed.path } }];
        const roots = [...selectPath(parsed.path, document)].map((found) => found.trail);
        for (const trail of leaves(document)) {
          const pair = [JSON.stringify(document), JSON.stringify(changed(document, trail))] as const;
          const [legacy, candidate] = pair.map((text) => Buffer.from(text)) as [Buffer, Buffer];
          const rules = compileRules({ ...NO_RULES, ignore });
          const { differences } = compareBodies(legacy, candidate, "application/json", rules, LIMITS);
          const wanted = roots.some((root) => isBelow(trail, root));
          if (wanted) settled += 1;
          else seen += 1;
          if ((differences.length === 0) !== wanted)
            wrong.push(`${selector} ${pair.join(" ")}: ${JSON.stringify(differences)}`);
        }
      }
      expect(wrong).toEqual([]);
      expect(settled).toBeGreaterThan(250);
      expect(seen).toBeGreaterThan(250);
    });
  },
);
