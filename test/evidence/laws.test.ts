import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createDistinct } from "../../src/evidence/distinct.ts";
import type { Evidence } from "../../src/evidence/index.ts";
import { count, createCounter, merge } from "../../src/evidence/tally.ts";
import { digest } from "../../src/lib/digest.ts";
import type { ClassifiedDifference, Comparison, Settled } from "../../src/model/comparison.ts";
import { KINDS } from "../../src/model/difference.ts";
import type { Document } from "../../src/model/document.ts";
import { COMPARED, type Outcome } from "../../src/model/outcome.ts";
import { findingOf, generalise, nameOf, steps } from "../../src/model/place.ts";
import { comparison, createEvidence } from "./comparisons.ts";

const hostile = fc.constantFrom(
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "a/b",
  "m~n",
  "0",
  "",
  "'",
  "\\",
);
const name = fc.oneof(hostile, fc.string({ maxLength: 6 }));
const path = fc
  .array(fc.oneof(name, fc.nat(20)), { maxLength: 4 })
  .map((parts) =>
    parts.reduce<string>(
      (text, part) =>
        text + (typeof part === "number" ? `[${part}]` : `['${part.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}']`),
      "$",
    ),
  );
const json = fc.option(fc.json({ maxDepth: 1 }), { nil: undefined });

const judged: fc.Arbitrary<ClassifiedDifference> = fc
  .record({
    where: fc.constantFrom("body" as const, "field" as const, "status" as const),
    path: fc.oneof(path, name),
    kind: fc.constantFrom(...KINDS),
    standing: fc.constantFrom("mismatch" as const, "noise" as const, "transient" as const),
    legacy: json,
    candidate: json,
  })
  .map(({ legacy, candidate, ...rest }) => ({
    ...rest,
    ...(legacy === undefined ? {} : { legacy }),
    ...(candidate === undefined ? {} : { candidate }),
  }));

const uncompared: fc.Arbitrary<Outcome> = fc.constantFrom(
  { outcome: "candidate_error", reason: "timeout" },
  { outcome: "candidate_error", reason: "reset" },
  { outcome: "not_comparable", reason: "refused" },
);

const compared: fc.Arbitrary<Comparison> = fc
  .record({
    id: fc.uuid(),
    route: fc.oneof(hostile, fc.constantFrom("GET /a", "GET /b")),
    target: fc.oneof(hostile, fc.constantFrom("/1", "/2", "/3", "/4")),
    at: fc.nat(500),
    status: fc.constantFrom(200, 404, 500),
    legacyMs: fc.nat(100),
    candidateMs: fc.nat(100),
    differences: fc.array(judged, { maxLength: 3 }),
    unconfirmed: fc.boolean(),
    masked: fc.array(fc.record({ rule: hostile, count: fc.nat(3) }), { maxLength: 2 }),
    other: fc.option(uncompared, { nil: undefined }),
  })
  .map(({ other, ...wanted }) =>
    comparison(other === undefined ? wanted : { ...wanted, outcome: other, differences: [] }),
  );

const settled: fc.Arbitrary<Settled> = fc.record({
  id: fc.uuid(),
  route: hostile,
  outcome: fc.constantFrom(
    { outcome: "skipped", reason: "method" },
    { outcome: "skipped", reason: "overload" },
    { outcome: "legacy_error", reason: "connect" },
  ),
});

const arrival = fc.oneof({ weight: 4, arbitrary: compared }, { weight: 1, arbitrary: settled });
const arrivals = fc.array(arrival, { maxLength: 40, size: "max" });

/** Nothing is ever called fixed: that is about the order of arrival, and about nothing else. */
const open = () => createEvidence({ startedAt: 0, epoch: "v1", life: { fixedAfter: Number.POSITIVE_INFINITY } });

function fold(evidence: Evidence, all: readonly (Comparison | Settled)[]): Evidence {
  for (const one of all) {
    if ("exchange" in one) evidence.add(one, one.exchange.at);
    else evidence.settle(one, 0);
  }
  return evidence;
}

const shuffled = fc.tuple(arrivals, fc.infiniteStream(fc.nat())).map(([all, keys]) => {
  const ranked = all.map((one) => [keys.next().value as number, one] as const);
  return { all, other: ranked.sort(([a], [b]) => a - b).map(([, one]) => one) };
});

describe("evidence", () => {
  test("the order of arrival matters for what was seen lately, and for nothing else", () => {
    const timeless = ["reasons", "verdict", "upper", "needed", "etaSeconds", "wrong", "lower"];
    const strip = (evidence: Evidence) =>
      JSON.parse(JSON.stringify(evidence.report(1000), (key, value) => (timeless.includes(key) ? undefined : value)));
    fc.assert(
      fc.property(shuffled, ({ all, other }) => {
        expect(strip(fold(open(), other))).toEqual(strip(fold(open(), all)));
      }),
    );
  });

  test("what was kept and taken back is what was there, however often it was kept in between", () => {
    fc.assert(
      fc.property(arrivals, arrivals, fc.boolean(), (before, after, deployed) => {
        const evidence = fold(open(), before);
        const kept = new Map<string, Document>();
        const keep = () => {
          for (const document of evidence.changes()) {
            const copy = JSON.parse(JSON.stringify(document)) as Document;
            kept.set(`${document.kind}\n${document.key}`, copy);
          }
        };
        keep();
        if (deployed) evidence.newEpoch("v2", 600);
        const [finding] = evidence.report(600).findings;
        if (finding !== undefined) evidence.accept(finding.id, { by: "ann", why: "known", at: 600, until: 2000 });
        fold(evidence, after);
        keep();
        expect(evidence.changes()).toEqual([]);
        const restored = open();
        expect(restored.restore([...kept.values()])).toEqual({ unreadable: 0 });
        const strip = (evidence: Evidence) =>
          JSON.parse(JSON.stringify(evidence.report(1000), (key, value) => (key === "etaSeconds" ? undefined : value)));
        expect(strip(restored)).toEqual(strip(evidence));
      }),
    );
  });

  test("outcomes add up to the requests, per route and in all", () => {
    fc.assert(
      fc.property(arrivals, (all) => {
        const { total, routes } = fold(open(), all).report(1000);
        expect(total.requests).toBe(all.length);
        expect(routes.reduce((sum, { requests }) => sum + requests, 0)).toBe(all.length);
        for (const route of [total, ...routes]) {
          expect(Object.values(route.outcomes).reduce((sum, times) => sum + times, 0)).toBe(route.requests);
          expect(COMPARED.reduce((sum, outcome) => sum + route.outcomes[outcome], 0)).toBe(route.compared);
          expect(route.readiness.distinct).toBeLessThanOrEqual(route.readiness.traffic.requests);
          expect(route.readiness.lower).toBeLessThanOrEqual(route.readiness.upper);
        }
      }),
    );
  });

  test("merging partial tallies equals tallying the whole", () => {
    const tally = (all: readonly (Comparison | Settled)[]) => {
      const counter = createCounter();
      for (const one of all) {
        count(counter, one.outcome);
        if ("unconfirmed" in one && one.unconfirmed) counter.unconfirmed += 1;
      }
      return counter;
    };
    fc.assert(
      fc.property(arrivals, arrivals, arrivals, (a, b, c) => {
        expect(merge(tally(a), merge(tally(b), tally(c)))).toEqual(tally([...c, ...a, ...b]));
        expect(merge(tally(a), tally([]))).toEqual(tally(a));
      }),
    );
  });

  test("documents of any other shape are passed over and counted, and never throw", () => {
    const kind = fc.constantFrom(
      "epoch",
      "tally",
      "distinct",
      "answers",
      "finding",
      "samples",
      "requests",
      "acceptance",
      "new",
    );
    fc.assert(
      fc.property(
        fc.array(fc.record({ kind, key: fc.oneof(hostile, fc.constant("*\n0")), value: fc.jsonValue() })),
        (documents) => {
          const evidence = open();
          evidence.restore(documents);
          expect(evidence.report(1).version).toBe(1);
        },
      ),
    );
  });
});

describe("distinct requests", () => {
  const seen = fc.array(fc.tuple(fc.nat(400), fc.constantFrom(1, 2)), { maxLength: 600, size: "max" });
  const build = (all: readonly (readonly [number, number])[], limit: number) => {
    const distinct = createDistinct(limit);
    for (const [request, flag] of all) distinct.add(digest(`GET /${request}`), flag);
    return distinct;
  };
  const facts = (distinct: ReturnType<typeof createDistinct>) => {
    const members: string[] = [];
    distinct.each(({ hi, lo }, flags, times) => members.push(`${hi} ${lo} ${flags} ${times}`));
    return {
      size: distinct.size(),
      wrong: distinct.wrong(),
      steadily: distinct.steadily(),
      level: distinct.level(),
      members: members.sort(),
    };
  };

  test("neither order nor partition shows, within the limit and beyond it", () => {
    fc.assert(
      fc.property(seen, seen, fc.constantFrom(20, 50, 1000), (a, b, limit) => {
        const whole = facts(build([...a, ...b], limit));
        expect(facts(build([...a, ...b].reverse(), limit))).toEqual(whole);
        const merged = build(a, limit);
        merged.merge(build(b, limit));
        expect(facts(merged)).toEqual(whole);
      }),
    );
  });

  test("a repeat never counts as new", () => {
    fc.assert(
      fc.property(seen, fc.constantFrom(20, 1000), (all, limit) => {
        const distinct = build(all, limit);
        const before = facts(distinct);
        for (const [request, flag] of all) expect(distinct.add(digest(`GET /${request}`), flag)).not.toBe("new");
        const { members: _, ...after } = facts(distinct);
        expect(before).toMatchObject(after);
        expect(before.size).toBeLessThanOrEqual(limit);
        if (before.level === 0) expect(before.size).toBe(new Set(all.map(([request]) => request)).size);
      }),
    );
  });
});

describe("places", () => {
  test("a general path is its own general path, and a finding does not depend on the element", () => {
    fc.assert(
      fc.property(path, fc.nat(), fc.nat(), (place, i, j) => {
        expect(generalise(generalise(place).path).path).toBe(generalise(place).path);
        const at = (index: number) =>
          findingOf("GET /a", {
            where: "body",
            path: `${place}[${index}].x`,
            kind: "value",
            legacy: "1",
            candidate: "2",
          });
        expect(at(i)).toBe(at(j));
        expect(steps(place).join("")).toBe(place);
      }),
    );
  });

  test("members are told from positions by how they are written and by what they look like", () => {
    expect(generalise("$.items[3]['a.b'][0].x")).toEqual({ path: "$.items[*]['a.b'][*].x", positions: ["3", "0"] });
    expect(generalise("$.byId['4711'].price").path).toBe("$.byId[*].price");
    expect(generalise("$['a[0].b']").path).toBe("$['a[0].b']");
    expect(generalise("$['it\\'s[1]'][1]").path).toBe("$['it\\'s[1]'][*]");
    expect(generalise("x-served-by").path).toBe("x-served-by");
    expect(nameOf("['it\\'s \\u0007']")).toBe("it's \u0007");
  });
});
