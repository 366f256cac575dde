import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareResponses, compileRules } from "../../src/compare/index.ts";
import { readConfig } from "../../src/config/index.ts";
import { type RuleTrial, settling, type Tried } from "../../src/explain/index.ts";
import type { Response } from "../../src/model/answer.ts";
import type { Difference } from "../../src/model/difference.ts";
import { findingOf } from "../../src/model/place.ts";
import { type CompareRules, NO_RULES } from "../../src/model/rules.ts";
import * as compared from "../compare/support.ts";
import { comparison, createEvidence } from "../evidence/comparisons.ts";
import { createExplainer } from "../support/explainer.ts";

const ROUTE = "GET /things/{id}";
const GONE = Symbol("gone");

type Change = readonly [name: string, change: (value: unknown, n: number) => unknown];

const text = (change: (value: string, n: number) => unknown) => (value: unknown, n: number) => change(String(value), n);
const number = (change: (value: number, n: number) => unknown) => (value: unknown, n: number) =>
  change(Number(value), n);

/** What may happen to a text, a number, a date or a JSON text; the first of each is often followed by a rule. */
const CHANGES: Readonly<Record<string, { readonly value: (n: number) => unknown; readonly by: readonly Change[] }>> = {
  text: {
    value: (n) => `  Zoë item ${n} of ${n % 3 === 0 ? "TEN" : "ten"} `,
    by: [
      ["trimmed", text((value) => value.trim())],
      ["upper case", text((value) => value.toUpperCase())],
      ["decomposed", text((value) => value.normalize("NFD"))],
      ["cut", text((value) => value.slice(0, 9))],
      ["without marks", text((value) => value.normalize("NFD").replace(/\p{M}/gu, ""))],
      ["another text", text((_, n) => `other ${n * 7}`)],
    ],
  },
  number: {
    value: (n) => 100 + n * 1.237,
    by: [
      ["rounded", number(Math.round)],
      ["cut", number(Math.trunc)],
      ["hundredfold", number((value) => Math.round(value * 100))],
      ["one more", number((value) => value + 1)],
      ["nearly", number((value, n) => value + (n % 7) / 40 + 0.01)],
      ["as a text", number(String)],
    ],
  },
  time: {
    value: (n) => new Date(Date.UTC(2026, 0, 1) + n * 86_461_123).toISOString(),
    by: [
      ["in seconds", text((value) => value.replace(/\.\d+Z/, "Z"))],
      [
        "in another zone",
        text((value) => new Date(Date.parse(value) + 7_200_000).toISOString().replace("Z", "+02:00")),
      ],
      ["an hour later", text((value) => new Date(Date.parse(value) + 3_600_000).toISOString())],
      ["half a second later", text((value) => new Date(Date.parse(value) + 500).toISOString())],
    ],
  },
  json: {
    value: (n) => JSON.stringify({ a: n, b: { c: n % 5, d: `t${n}` } }),
    by: [
      ["laid out", text((value) => JSON.stringify(JSON.parse(value), null, 1))],
      [
        "turned round",
        text((value) => JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(value)).reverse()))),
      ],
      ["one leaf", text((value) => JSON.stringify({ ...JSON.parse(value), a: -1 }))],
      ["another document", text((_, n) => JSON.stringify({ e: n, f: n * 3, g: 1, h: 2, i: 3 }))],
    ],
  },
  nothing: {
    value: (n) => (n % 2 === 0 ? null : `v${n}`),
    by: [
      ["null left out", (value) => (value === null ? GONE : value)],
      ["lost", (value, n) => (n % 3 === 0 ? GONE : value)],
      ["a default", (value) => value ?? "none"],
      ["empty", (value) => value ?? ""],
    ],
  },
  absent: {
    value: () => GONE,
    by: [
      ["null", () => null],
      ["a default", () => 2],
      ["a value", (_, n) => n],
      ["an object", (_, n) => ({ at: n, by: "x" })],
    ],
  },
  object: {
    value: (n) => ({ at: n * 3, by: `u${n}`, deep: { of: n % 7 } }),
    by: [
      ["lost", () => GONE],
      ["a member lost", (value) => ({ at: (value as { at: number }).at, deep: (value as { deep: unknown }).deep })],
      ["a leaf changed", (value, n) => ({ ...(value as object), by: `w${n}` })],
    ],
  },
};

/** The first share of the requests shows one change, the rest another one. */
const scenario = fc.constantFrom(...Object.keys(CHANGES)).chain((type) =>
  fc.record({
    type: fc.constant(type),
    main: fc.nat(CHANGES[type]!.by.length - 1),
    rival: fc.nat(CHANGES[type]!.by.length - 1),
    rivalEvery: fc.constantFrom(0, 2, 3, 9, 30),
    /** One request among the first shows it as well, and is no longer stored when a rule is tried. */
    rivalOnce: fc.boolean(),
    /** Of the rest of the requests nothing differs. */
    faultEvery: fc.constantFrom(1, 2),
    inList: fc.boolean(),
    /** Something else differs in the same answers. */
    beside: fc.boolean(),
  }),
);
type Scenario = typeof scenario extends fc.Arbitrary<infer S> ? S : never;

const put = (value: unknown, n: number, inList: boolean, y: unknown) => {
  const x = value === GONE ? {} : { x: value };
  return inList
    ? {
        id: n,
        y,
        items: [
          { id: 1, ...x },
          { id: 2, z: n },
        ],
      }
    : { id: n, y, ...x };
};

function answersOf(what: Scenario, n: number) {
  const { type, main, rival, rivalEvery, rivalOnce, faultEvery, inList, beside } = what;
  const { value, by } = CHANGES[type]!;
  const right = value(n);
  const isRival = (rivalOnce && n === 2) || (rivalEvery > 0 && n % rivalEvery === rivalEvery - 1);
  const [, change] = by[isRival ? rival : main]!;
  const wrong = n % faultEvery === 0 ? change(right, n) : right;
  const isBeside = beside && n % 4 === 0;
  return {
    legacy: compared.response({ body: JSON.stringify(put(right, n, inList, `Y${n}`)) }),
    candidate: compared.response({ body: JSON.stringify(put(wrong, n, inList, isBeside ? `y${n} ` : `Y${n}`)) }),
  };
}

function rulesOf(yaml: string): CompareRules {
  const read = readConfig(
    `legacy: { url: "http://127.0.0.1:1" }\ncandidate: { url: "http://127.0.0.1:2" }\ncompare:\n${yaml.replace(/^/gm, "  ")}\n`,
    { file: "rule", env: {} },
  );
  if ("faults" in read) throw new Error(`the rule is no config\n${yaml}`);
  return read.config.compare;
}

const STRICT = compileRules(NO_RULES);
/** Distinct requests, and how many of them are stored to try rules on. */
const REQUESTS = 60;
const STORED = 25;

describe("a rule that is offered", () => {
  test("covers no pair and no place that its cause does not explain, in all that was observed", () => {
    let offered = 0;
    fc.assert(
      fc.property(scenario, (what) => {
        const samples: { legacy: Response; candidate: Response; differences: readonly Difference[] }[] = [];
        const suggested: RuleTrial[] = [];
        const tried = (yaml: string, some: typeof samples) => {
          const rules = compileRules(rulesOf(yaml));
          return some.map(
            ({ legacy, candidate, differences }): Tried => ({
              route: ROUTE,
              before: differences,
              after: compareResponses(legacy, candidate, rules, compared.LIMITS).differences,
            }),
          );
        };
        const backtest = (trial: RuleTrial) => {
          suggested.push(trial);
          return settling(tried(trial.yaml, samples.slice(-STORED)), trial);
        };
        const evidence = createEvidence({ startedAt: 0, explainer: createExplainer({ backtest }) });
        for (let n = 0; n < REQUESTS; n++) {
          const { legacy, candidate } = answersOf(what, n);
          const { differences } = compareResponses(legacy, candidate, STRICT, compared.LIMITS);
          if (differences.length > 0) samples.push({ legacy, candidate, differences });
          const judged = differences.map((one) => ({ ...one, standing: "mismatch" as const }));
          evidence.add(comparison({ route: ROUTE, target: `/things/${n}`, differences: judged, at: n }), n);
        }
        for (const finding of evidence.report(1000).findings) {
          for (const { rule, says } of finding.causes) {
            if (rule === undefined) continue;
            offered += 1;
            const trial = suggested.findLast((one) => one.finding === finding.id && one.yaml === rule.yaml)!;
            const meant = new Set([finding.id, ...trial.related]);
            for (const { before, after } of tried(rule.yaml, samples)) {
              const left = new Set(after.map(({ path, kind }) => `${path} ${kind}`));
              const hidden = before.filter(({ path, kind }) => !left.has(`${path} ${kind}`));
              const unexplained = hidden.filter(
                (one) => !meant.has(findingOf(ROUTE, one)) || !trial.explains(one, before),
              );
              expect(unexplained, `${finding.path}: ${says}\n${rule.yaml}`).toEqual([]);
            }
          }
        }
      }),
      { numRuns: 120 },
    );
    expect(offered).toBeGreaterThan(20);
  });
});
