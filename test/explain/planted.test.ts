import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { compareResponses, compileRules } from "../../src/compare/index.ts";
import { readConfig } from "../../src/config/index.ts";
import { type RuleTrial, settling, type Tried } from "../../src/explain/index.ts";
import type { Response } from "../../src/model/answer.ts";
import type { Difference } from "../../src/model/difference.ts";
import type { Cause, Finding } from "../../src/model/report.ts";
import { NO_RULES } from "../../src/model/rules.ts";
import * as compared from "../compare/support.ts";
import { comparison, createEvidence } from "../evidence/comparisons.ts";
import { createExplainer } from "../support/explainer.ts";
import { type Answer, PLANTED, type Planted, type Random } from "./planted.ts";
import { NOTATIONS } from "./planted-notations.ts";

const ALL = [...PLANTED, ...NOTATIONS];

/** Distinct requests of one case, and how often the whole of them is asked. */
const REQUESTS = 120;
const ROUNDS = 1;
const ROUTE = "GET /things/{id}";

/** What is expected of a case; the table is printed at the end. */
const said: { readonly planted: Planted; readonly got: string; readonly isRight: boolean }[] = [];

function randomOf(seed: number): Random {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function responseOf({ status = 200, type = "application/json", fields = [], body }: Answer): Response {
  return compared.response({
    status,
    type,
    fields: [...fields],
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

/** The report's findings of one case: honest requests among those that meet the fault. */
function explain(planted: Planted): readonly Finding[] {
  const random = randomOf(planted.name.length * 7919 + 17);
  const samples: {
    readonly legacy: Response;
    readonly candidate: Response;
    readonly differences: readonly Difference[];
  }[] = [];
  const backtest = ({ yaml, ...suggestion }: RuleTrial) => {
    const read = readConfig(
      `legacy: { url: "http://127.0.0.1:1" }\ncandidate: { url: "http://127.0.0.1:2" }\ncompare:\n${yaml.replace(/^/gm, "  ")}\n`,
      { file: "rule", env: {} },
    );
    if ("faults" in read) throw new Error(`${planted.name}: the rule is no config\n${yaml}`);
    const rules = compileRules(read.config.compare);
    const tried = samples.map(
      ({ legacy, candidate, differences }): Tried => ({
        route: ROUTE,
        before: differences,
        after: compareResponses(legacy, candidate, rules, compared.LIMITS).differences,
      }),
    );
    return settling(tried, suggestion);
  };
  const evidence = createEvidence({ startedAt: 0, explainer: createExplainer({ backtest }) });
  const strict = compileRules(NO_RULES);
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < REQUESTS; i++) {
      const right = planted.right(i, random);
      const wrong = planted.wrong(right, i, random);
      const [legacy, candidate] = [responseOf(right), responseOf(wrong)];
      const { differences } = compareResponses(legacy, candidate, strict, compared.LIMITS);
      if (differences.length > 0) samples.push({ legacy, candidate, differences });
      const target = planted.target?.(i) ?? `/things/${i}`;
      const made = comparison({
        id: `r${i}`,
        route: ROUTE,
        target,
        at: i,
        differences: differences.map((one) => ({ ...one, standing: "mismatch" as const })),
      });
      const { exchange } = made;
      const fields = planted.requestFields?.(i) ?? ["Accept", "application/json"];
      const requestBody = planted.requestBody && Buffer.from(JSON.stringify(planted.requestBody(i)));
      const asked = { ...exchange, request: { ...exchange.request, fields }, ...(requestBody && { requestBody }) };
      evidence.add({ ...made, exchange: asked }, i);
    }
  }
  return evidence.report(1000).findings;
}

function findingAt(findings: readonly Finding[], at: string): Finding | undefined {
  return findings.find(({ path, where, kind }) => at === `${where === "status" ? "status" : path} ${kind}`);
}

const spell = (cause: Cause | undefined) => (cause === undefined ? "none" : `${cause.kind}: ${cause.says}`);

function isRight({ cause, says }: Planted, [first]: readonly Cause[]): boolean {
  if (cause === "none") return first === undefined;
  return first?.kind === cause && (says === undefined || says.test(first.says));
}

describe("planted faults", () => {
  test.each(ALL.map((one) => [one.name, one] as const))("%s", (_, planted) => {
    const findings = explain(planted);
    const finding = findingAt(findings, planted.at);
    const all = findings.map(({ path, where, kind }) => `${where} ${path} ${kind}`).join("; ");
    expect(finding, `no finding at ${planted.at}, only: ${all}`).toBeDefined();
    const [first] = finding!.causes;
    said.push({ planted, got: spell(first), isRight: isRight(planted, finding!.causes) });
    if (planted.cause === "none") expect(spell(first)).toBe("none");
    else expect(spell(first)).toMatch(new RegExp(`^${planted.cause}: `));
    if (planted.says !== undefined) expect(first!.says).toMatch(planted.says);
    const yaml = finding!.causes.find(({ rule }) => rule !== undefined)?.rule;
    if (planted.rule === true) expect(yaml?.yaml, "no rule is offered").toBeDefined();
    if (planted.rule === false) expect(yaml?.yaml).toBeUndefined();
    for (const { rule } of finding!.causes) if (rule !== undefined) expect(rule.hides).toBe(0);
  });

  afterAll(() => {
    const named = said.filter(({ planted }) => planted.cause !== "none");
    const right = named.filter((one) => one.isRight);
    const wrong = said.filter((one) => !one.isRight);
    console.log(
      [
        `causes named: ${right.length} of ${named.length} planted, of ${ALL.length} cases`,
        ...wrong.map(({ planted, got }) => `  ${planted.name}: expected ${planted.cause}, got ${got}`),
      ].join("\n"),
    );
  });
});

describe("unrelated values", () => {
  const values = fc.oneof(
    fc.integer().map(String),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
    fc.string({ maxLength: 20 }).map((value) => JSON.stringify(value)),
    fc
      .date({ noInvalidDate: true, min: new Date("1980-01-01"), max: new Date("2080-01-01") })
      .map((at) => JSON.stringify(at)),
    fc.uuid().map((value) => JSON.stringify(value)),
    fc.webUrl().map((value) => JSON.stringify(value)),
    fc.constantFrom('"NEW"', '"PAID"', '"SENT"', "true", "false").map(String),
  );
  const column = fc.constantFrom("number", "double", "string", "date", "code");
  const drawn: Record<string, fc.Arbitrary<string>> = {
    number: fc.integer({ min: -1_000_000, max: 1_000_000 }).map(String),
    double: fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => JSON.stringify(value)),
    string: fc.string({ minLength: 1, maxLength: 30 }).map((value) => JSON.stringify(value)),
    date: fc
      .date({ noInvalidDate: true, min: new Date("1980-01-01"), max: new Date("2080-01-01") })
      .map((at) => JSON.stringify(at)),
    code: fc.constantFrom('"NEW"', '"PAID"', '"SENT"', '"DONE"'),
  };

  function causesOf(pairs: readonly (readonly [string, string])[]): readonly Cause[] {
    const evidence = createEvidence({ startedAt: 0, explainer: createExplainer() });
    for (const [i, [legacy, candidate]] of pairs.entries()) {
      const differences = [
        { where: "body", path: "$.x", kind: "value", legacy, candidate, standing: "mismatch" } as const,
      ];
      evidence.add(
        comparison({ target: `/things/${i}`, differences: legacy === candidate ? [] : differences, at: i }),
        i,
      );
    }
    return evidence.report(1000).findings[0]?.causes ?? [];
  }

  test("of one type get no cause", () => {
    fc.assert(
      fc.property(
        column.chain((type) => fc.array(fc.tuple(drawn[type]!, drawn[type]!), { minLength: 30, maxLength: 60 })),
        (pairs) => {
          expect(causesOf(pairs)).toEqual([]);
        },
      ),
      { numRuns: 200 },
    );
  });

  test("of any type get no cause", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(values, values), { minLength: 20, maxLength: 40 }), (pairs) => {
        expect(causesOf(pairs)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});
