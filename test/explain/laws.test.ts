import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Settling, settling, type Tried } from "../../src/explain/index.ts";
import { type Difference, KINDS } from "../../src/model/difference.ts";
import type { Showing, Shown } from "../../src/model/finding-observation.ts";
import { findingId, findingOf, generalise } from "../../src/model/place.ts";
import { createExplainer } from "../support/explainer.ts";

const hostile = fc.constantFrom("__proto__", "constructor", "toString", "a/b", "m~n", "0", "", "it's", "[3]", "$");
const path = fc.oneof(
  fc
    .array(fc.oneof(hostile, fc.nat(3)), { maxLength: 3 })
    .map((parts) =>
      parts.reduce<string>(
        (text, part) => text + (typeof part === "number" ? `[${part}]` : `['${part.replaceAll("'", "\\'")}']`),
        "$",
      ),
    ),
  hostile,
);
const tricky = fc.constantFrom(
  "2026-01-05T08:00:00Z",
  "2026-13-45T99:99:99+99:99",
  "0000-00-00",
  "%E0%A4%A",
  "&#x110000;",
  "&#99999999;",
  '"unfinished',
  "\ud800",
  "1e999",
  "NaN",
);
const text = fc.option(
  fc.oneof(
    fc.json(),
    fc.string(),
    tricky,
    tricky.map((value) => JSON.stringify(value)),
    fc.double().map(String),
    fc.bigInt().map(String),
    fc.constantFrom("-0", "1e-400", "1E+400", "0.000000000000000000000000000000000000001"),
  ),
  { nil: undefined },
);

const shown: fc.Arbitrary<Shown> = fc
  .record({
    where: fc.constantFrom("status" as const, "field" as const, "body" as const),
    path,
    kind: fc.constantFrom(...KINDS),
    legacy: text,
    candidate: text,
    target: hostile,
    candidateVaries: fc.boolean(),
  })
  .map(({ where, path, kind, legacy, candidate, target, candidateVaries }) => {
    const place = generalise(path).path;
    return {
      finding: findingId("GET /a", where, place, kind),
      where,
      place,
      kind,
      candidateVaries,
      sample: {
        id: "1",
        at: 0,
        method: "GET",
        target,
        path,
        ...(legacy === undefined ? {} : { legacy }),
        ...(candidate === undefined ? {} : { candidate }),
      },
    };
  });
const showing: fc.Arbitrary<Showing> = fc.record({
  route: fc.constant("GET /a"),
  shown: fc.array(shown, { maxLength: 6, size: "max" }),
});
/** Some comparisons, each of them many times, so that something is certain. */
const showings = fc
  .tuple(fc.array(showing, { maxLength: 4 }), fc.integer({ min: 1, max: 12 }))
  .map(([some, times]) => Array.from({ length: times }, () => some).flat());

const idsOf = (all: readonly Showing[]) => new Set(all.flatMap(({ shown }) => shown.map(({ finding }) => finding)));

describe("causes", () => {
  test("nothing that was observed makes it throw, and every cause has the support it was asked for", () => {
    fc.assert(
      fc.property(showings, fc.constantFrom(0.5, 0.9), fc.integer({ min: 1, max: 9 }), (all, support, minimum) => {
        const explainer = createExplainer({ support, minimum, backtest: () => ({ settles: 1, hides: 0, tried: 1 }) });
        for (const one of all) explainer.observe(one);
        for (const finding of idsOf(all)) {
          for (const cause of explainer.causes(finding)) {
            expect(cause.says).not.toBe("");
            expect(cause.support).toBeGreaterThanOrEqual(minimum);
            expect(cause.support).toBeLessThanOrEqual(cause.of);
            if (cause.kind !== "not_deterministic") expect(cause.support / cause.of).toBeGreaterThanOrEqual(support);
            if (cause.support === cause.of) expect(cause.counterExamples).toEqual([]);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test("what was kept and taken back states the same, and goes on in the same way", () => {
    fc.assert(
      fc.property(showings, showings, (before, after) => {
        const explainer = createExplainer({ minimum: 2 });
        for (const one of before) explainer.observe(one);
        const restored = createExplainer({ minimum: 2 });
        restored.restore(JSON.parse(JSON.stringify(explainer.changes())));
        expect(explainer.changes()).toEqual([]);
        for (const one of after) {
          explainer.observe(one);
          restored.observe(one);
        }
        for (const finding of idsOf([...before, ...after])) {
          expect(restored.causes(finding)).toEqual(explainer.causes(finding));
        }
      }),
    );
  });

  test("documents of any other shape are passed over", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const explainer = createExplainer();
        explainer.restore([{ kind: "cause", key: "x", value }]);
        expect(explainer.causes("y")).toEqual([]);
      }),
    );
  });

  test("a few pairs that do not fit are counted and shown, and too many take the cause away", () => {
    const explain = (wrong: number) => {
      const explainer = createExplainer();
      for (let i = 0; i < 100; i++) {
        const sample = { id: `${i}`, at: i, method: "GET", target: `/${i}`, path: "$.total" };
        const values = { legacy: String(i + 1), candidate: String(i % 20 < wrong ? 7 * i * i + 2 : (i + 1) * 100) };
        const finding = findingId("GET /a", "body", "$.total", "value");
        explainer.observe({
          route: "GET /a",
          shown: [
            {
              finding,
              where: "body",
              place: "$.total",
              kind: "value",
              candidateVaries: false,
              sample: { ...sample, ...values },
            },
          ],
        });
      }
      return explainer.causes(findingId("GET /a", "body", "$.total", "value"));
    };
    expect(explain(0)).toMatchObject([{ kind: "factor", support: 100, of: 100, counterExamples: [] }]);
    expect(explain(1)).toMatchObject([{ kind: "factor", support: 95, of: 100 }]);
    expect(explain(1)[0]!.counterExamples).toHaveLength(3);
    expect(explain(3)).toEqual([]);
  });

  test("findings past the limit get none, and one that is forgotten makes room", () => {
    const explainer = createExplainer({ findings: 1, minimum: 1 });
    const one = (place: string): Showing => {
      const sample = { id: "1", at: 0, method: "GET", target: "/", path: place, legacy: "1" };
      const finding = findingId("GET /a", "body", place, "missing");
      return {
        route: "GET /a",
        shown: [{ finding, where: "body", place, kind: "missing", candidateVaries: false, sample }],
      };
    };
    const [a, b] = ["$.a", "$.b"].map((place) => findingId("GET /a", "body", place, "missing"));
    for (const place of ["$.a", "$.b"]) explainer.observe(one(place));
    expect([explainer.causes(a!).length > 0, explainer.causes(b!)]).toEqual([true, []]);
    explainer.forget(a!);
    expect(explainer.changes()).toEqual([{ kind: "cause", key: a, value: null }]);
    explainer.observe(one("$.b"));
    expect(explainer.causes(b!)).not.toEqual([]);
  });
});

describe("rules tried on what is stored", () => {
  const value = (path: string): Difference => ({ where: "body", path, kind: "value", legacy: "1", candidate: "2" });
  const [at, price] = [value("$.items[0].at"), value("$.items[0].price")];
  const samples = [
    { route: "GET /a", differences: [at] },
    { route: "GET /a", differences: [at, price] },
    { route: "GET /a", differences: [price] },
  ];
  const all = { related: [], explains: () => true };
  const trial = (drop: (difference: Difference) => boolean): Tried[] =>
    samples.map(({ route, differences }) => ({
      route,
      before: differences,
      after: differences.filter((difference) => !drop(difference)),
    }));
  const [atId, priceId] = [at, price].map((one) => findingOf("GET /a", one)) as [string, string];

  test("a rule settles what it is for, and what else goes is hidden", () => {
    const isAt = ({ path }: Difference) => path.endsWith(".at");
    expect(settling(trial(isAt), { finding: atId, ...all })).toEqual({ settles: 2, hides: 0, tried: 3 });
    expect(
      settling(
        trial(() => true),
        { finding: atId, ...all },
      ),
    ).toEqual({ settles: 2, hides: 2, tried: 3 });
    expect(
      settling(
        trial(() => true),
        { finding: atId, ...all, related: [priceId] },
      ),
    ).toEqual({ settles: 2, hides: 0, tried: 3 });
    expect(
      settling(
        trial(() => false),
        { finding: atId, ...all },
      ),
    ).toEqual({ settles: 0, hides: 0, tried: 3 });
  });

  test("what a rule hides within its own finding is counted where the cause does not explain it", () => {
    const isAt = ({ path }: Difference) => path.endsWith(".at");
    const tried = settling(trial(isAt), { finding: atId, related: [], explains: (_, { length }) => length === 1 });
    expect(tried).toEqual({ settles: 1, hides: 1, tried: 3 });
  });

  test("a rule is offered as soon as its trial has come to an end", () => {
    const known: Settling[] = [];
    const explainer = createExplainer({ backtest: () => known[0] });
    const finding = findingOf("GET /a", { where: "body", path: "$.x", kind: "missing", legacy: "null" });
    for (let i = 0; i < 9; i++) {
      const sample = { id: "1", at: 0, method: "GET", target: "/", path: "$.x", legacy: "null" };
      explainer.observe({
        route: "GET /a",
        shown: [{ finding, where: "body", place: "$.x", kind: "missing", candidateVaries: false, sample }],
      });
    }
    expect(explainer.causes(finding)[0]).not.toHaveProperty("rule");
    known.push({ settles: 3, hides: 0, tried: 9 });
    expect(explainer.causes(finding)[0]!.rule).toMatchObject({ settles: 3, hides: 0 });
  });

  test("a rule that settles nothing is not offered, and one is not tried for every reader", () => {
    let tried = 0;
    const explain = (settles: number, hides = 0) => {
      const explainer = createExplainer({
        backtest: () => {
          tried += 1;
          return { settles, hides, tried: 9 };
        },
      });
      const finding = findingOf("GET /a", { where: "body", path: "$.x", kind: "missing", legacy: "1" });
      for (let i = 0; i < 200; i++) {
        const sample = { id: "1", at: 0, method: "GET", target: "/", path: "$.x", legacy: "null" };
        explainer.observe({
          route: "GET /a",
          shown: [{ finding, where: "body", place: "$.x", kind: "missing", candidateVaries: false, sample }],
        });
        explainer.causes(finding);
      }
      return explainer.causes(finding)[0]!;
    };
    expect(explain(2).rule).toMatchObject({ settles: 2, hides: 0, tried: 9 });
    expect(tried).toBeLessThan(30);
    expect(explain(0)).not.toHaveProperty("rule");
    expect(explain(2, 1)).not.toHaveProperty("rule");
  });
});
