import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { parsePath } from "../../src/jsonpath/parse.ts";
import type { Path } from "../../src/jsonpath/path.ts";
import { normalizedPath } from "../support/normalized-path.ts";
import { selectPath } from "../support/select-path.ts";

// The JSONPath compliance suite lies beside the project, in one of its parents' `shared/suites`, or is not there at all.
type Case = {
  readonly name: string;
  readonly selector: string;
  readonly document?: unknown;
  readonly invalid_selector?: boolean;
  readonly result_paths?: readonly string[];
  readonly results_paths?: readonly (readonly string[])[];
};

function findSuite(): string | undefined {
  for (let at = import.meta.dirname; ; at = dirname(at)) {
    const file = join(at, "shared/suites/jsonpath/cts.json");
    if (existsSync(file)) return file;
    if (dirname(at) === at) return undefined;
  }
}

const file = findSuite();
const cases: readonly Case[] = file === undefined ? [] : JSON.parse(readFileSync(file, "utf8")).tests;
/** In this suite a question mark is nowhere but in a filter, and functions are nowhere else. */
const filters = (item: Case) => item.selector.includes("?");

/** The suite spells paths in the long form. */
function short(normalized: string): string {
  const steps = read(normalized).segments.map(({ selectors: [selector] }) =>
    selector?.kind === "name" ? selector.name : selector?.kind === "index" ? selector.index : "?",
  );
  return normalizedPath(steps);
}

function read(selector: string): Path {
  const parsed = parsePath(selector);
  if ("fault" in parsed) throw new Error(`${selector}: ${parsed.fault.message} at column ${parsed.fault.column}`);
  return parsed.path;
}

describe.skipIf(file === undefined)("the RFC 9535 compliance suite (skipped where it is absent)", () => {
  test("every case without filters selects what it should, in an order that it allows", () => {
    const ours = cases.filter((item) => item.invalid_selector !== true && !filters(item));
    expect(ours.length).toBeGreaterThan(150);
    for (const item of ours) {
      const paths = [...selectPath(read(item.selector), item.document)].map(({ path }) => path);
      const allowed = (item.results_paths ?? [item.result_paths ?? []]).map((list) => list.map(short));
      expect(allowed, `${item.name}: ${item.selector}`).toContainEqual(paths);
    }
  });

  test("every filter and function is refused, and a well-formed one is called by its name", () => {
    const theirs = cases.filter(filters);
    expect(theirs.length).toBeGreaterThan(350);
    for (const item of theirs) {
      const parsed = parsePath(item.selector);
      expect("fault" in parsed, item.selector).toBe(true);
      if ("fault" in parsed && item.invalid_selector !== true) {
        expect(parsed.fault.message, item.selector).toMatch(/^filters are not supported: /);
      }
    }
  });

  test("every invalid selector is refused", () => {
    const invalid = cases.filter((item) => item.invalid_selector === true);
    expect(invalid.length).toBeGreaterThan(200);
    for (const item of invalid)
      expect("fault" in parsePath(item.selector), `${item.name}: ${item.selector}`).toBe(true);
  });
});
