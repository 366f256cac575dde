import { expect, test } from "vitest";
import { createExplainer } from "../support/explainer.ts";
import { growth, repeated } from "../support/growth.ts";

const UNITS = [
  ...[
    "abcdefghij",
    "grey value ",
    "4 ",
    "4 5 ",
    "%2525",
    "&amp;amp;",
    "&#65;",
    "\\",
    '\\"',
    "<p>x</p>",
    " ",
    "\t\n",
    "Ä",
    "é",
  ],
  ...["2026-01-01T00:00:00Z ", "1,234.5", "0", "a/", "-", "…", "\ud83d\ude00", "e\u0301"],
];

/** What one difference costs the thread that looks for causes. */
function observe(legacy: string, candidate: string): void {
  const sample = { id: "1", at: 1, method: "GET", target: "/", path: "$.a", legacy, candidate };
  const one = { finding: "f", where: "body", place: "$.a", kind: "value", sample, candidateVaries: false } as const;
  createExplainer().observe({ route: "r", shown: [one] });
}

test.each([12 * 1024, 256 * 1024])("doubling two large values of %i characters at most triples the time", (length) => {
  for (const unit of UNITS) {
    const both = (text: string) => observe(JSON.stringify(text), JSON.stringify(`x${text} `));
    expect([unit, growth(repeated(unit), both, length)]).toEqual([
      unit,
      expect.toSatisfy((times: number) => times <= 3),
    ]);
  }
});

test("values up to the limit cost in proportion, too", () => {
  for (const unit of UNITS) {
    // Many of them, since one takes too little time to be measured.
    const both = (text: string) => {
      for (let n = 0; n < 40; n += 1) observe(JSON.stringify(text), JSON.stringify(`x${text} `));
    };
    expect([unit, growth(repeated(unit), both, 1_900)]).toEqual([
      unit,
      expect.toSatisfy((times: number) => times <= 3),
    ]);
  }
});
