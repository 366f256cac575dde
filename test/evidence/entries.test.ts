import { describe, expect, test } from "vitest";
import type { ClassifiedDifference } from "../../src/model/comparison.ts";
import type { Entry } from "../../src/model/report.ts";
import { createExplainer } from "../support/explainer.ts";
import { comparison, createEvidence, difference } from "./comparisons.ts";

type Shown = {
  readonly route?: string;
  readonly target?: string;
  readonly differences: readonly ClassifiedDifference[];
};

/** The entries of a report that saw these comparisons, each with a title, severity and how many findings it holds. */
function entries(shown: readonly Shown[]): readonly Entry[] {
  const evidence = createEvidence({ startedAt: 0, explainer: createExplainer() });
  for (const [i, one] of shown.entries()) evidence.add(comparison({ target: `/x/${i}`, ...one }), i);
  return evidence.report(1000).entries;
}

const spread = <T>(n: number, one: (i: number) => T) => Array.from({ length: n }, (_, i) => one(i));
const titles = (all: readonly Entry[]) =>
  all.map(({ title, lead, severity, findings }) => [title ?? `${lead.path} ${lead.kind}`, severity, findings.length]);
const missing = (path: string, i: number) => difference(path, "missing", `"n${i}"`, undefined);

describe("one fault is one entry", () => {
  test("the same member wrong in the same way on many routes", () => {
    const shown = spread(148, (i) => ({
      route: `GET /places/name-${i % 74}`,
      differences: [missing("$.items[0].name", i)],
    }));
    expect(titles(entries(shown))).toEqual([["`name` missing on 74 of 74 routes", "high", 74]]);
  });

  test("a framework's fields on all routes, below differences in status and body", () => {
    const framework = (i: number) => [
      difference("pragma", "missing", '"no-cache"', undefined),
      difference("vary", "value", '"Origin"', '"Accept"'),
      difference("cache-control", "missing", '"no-cache"', undefined),
      difference("access-control-allow-origin", "missing", '"*"', undefined),
      difference("x-content-type-options", "extra", undefined, `"nosniff"`),
      ...(i % 4 === 0 ? [difference("$.extra", "extra", undefined, `"v${i}"`)] : []),
      ...(i % 4 === 1 ? [difference("", "value", "200", "500")] : []),
      ...(i % 4 === 2 ? [difference("link", "missing", `"<${i}>"`, undefined)] : []),
    ];
    const found = entries(spread(40, (i) => ({ route: `GET /r${i % 4}`, differences: framework(i) })));
    expect(titles(found)).toEqual([
      [" value", "critical", 1],
      ["link missing", "high", 1],
      ["$.extra extra", "low", 1],
      ["`access-control-allow-origin`, `cache-control`, `pragma` and 2 more fields differ on 4 of 4 routes", "low", 20],
    ]);
  });

  test("a member with another name is one entry, though it is missing and extra", () => {
    const shown = spread(20, (i) => ({
      route: `GET /r${i % 2}`,
      differences: [missing("$.user_name", i), difference("$.userName", "extra", undefined, `"n${i}"`)],
    }));
    expect(titles(entries(shown))).toEqual([["user_name is called userName, on 2 of 2 routes", "critical", 4]]);
  });

  test("a version that stands in several places", () => {
    const version = (path: string) => difference(path, "value", '"2.4.1"', '"2.5.0"');
    const shown = spread(20, (i) => ({
      route: `GET /r${i % 4}`,
      differences: [version("$.version"), version("$.meta.build")],
    }));
    expect(titles(entries(shown))).toEqual([['always "2.5.0" for "2.4.1", at 8 places on 4 of 4 routes', "high", 8]]);
  });

  test("cache-busting tokens in the pages of all routes", () => {
    const token = (path: string, name: string) =>
      difference(path, "value", `"/assets/${name}.3f2a1b9c.js"`, `"/assets/${name}.9c8d7e6f.js"`);
    const shown = spread(24, (i) => ({
      route: `GET /page${i % 3}`,
      differences: [
        token("$.html[0].head[3].script['@src']", "app"),
        token("$.html[0].head[4].link['@href']", "style"),
      ],
    }));
    expect(titles(entries(shown))).toEqual([["cache-busting tokens in URLs at 6 places on 3 of 3 routes", "high", 6]]);
  });

  test("what goes wrong with one parameter only", () => {
    const shown = spread(120, (i) => ({
      target: i % 4 === 0 ? `/x?_page=2&n=${i}` : `/x?n=${i}`,
      differences:
        i % 4 === 0 ? [difference("$.a", "value", `"a${i * 7}"`, `"b${(i * 13) % 101}"`), missing("link", i)] : [],
    }));
    const [first, ...others] = entries(shown);
    expect(others).toEqual([]);
    expect(first).toMatchObject({ title: "only in requests with `_page`: 30 of 30 with it, 0 of 90 without" });
    expect(first!.findings).toHaveLength(2);
  });

  test("unlike findings stay apart", () => {
    const shown = spread(20, (i) => ({
      differences: [missing("$.a", i), missing("$.b", i), difference("$.c", "value", `${i}`, `"x${i}"`)],
    }));
    expect(entries(shown)).toHaveLength(3);
  });
});

describe("order", () => {
  test("severity comes first, and what came back is marked but not moved", () => {
    const evidence = createEvidence({ startedAt: 0 });
    const noise = difference("$.noise", "value", "1", "2");
    for (let i = 0; i < 5; i++) evidence.add(comparison({ target: `/x/${i}`, differences: [noise] }), i);
    for (let i = 0; i < 400; i++) evidence.add(comparison({ target: `/y/${i}` }), 100);
    for (let i = 0; i < 400; i++) {
      const differences = [
        ...(i === 395 ? [noise] : []),
        missing("$.total", i),
        ...(i % 9 ? [] : [difference("", "value", "200", "503")]),
      ];
      evidence.add(comparison({ target: `/z/${i}`, differences }), 200);
    }
    const found = evidence.report(300).entries;
    expect(found.map(({ lead, severity, states }) => [lead.path, severity, states])).toEqual([
      ["", "critical", ["new"]],
      ["$.total", "critical", ["new"]],
      ["$.noise", "medium", ["regressed"]],
    ]);
  });

  test("what one answer shows is not critical many times", () => {
    const evidence = createEvidence({ startedAt: 0 });
    const differences = spread(38, (i) => missing(`$.key${i}`, i));
    evidence.add(comparison({ differences }), 0);
    expect(new Set(evidence.report(1).findings.map(({ severity }) => severity))).toEqual(new Set(["high"]));
  });

  test("another status of the same class is less than another class", () => {
    const evidence = createEvidence({ startedAt: 0 });
    evidence.add(comparison({ route: "GET /a", differences: [difference("", "value", "200", "201")] }), 0);
    evidence.add(comparison({ route: "GET /b", differences: [difference("", "value", "200", "404")] }), 0);
    expect(evidence.report(1).findings.map(({ route, severity }) => [route, severity])).toEqual([
      ["GET /b", "critical"],
      ["GET /a", "high"],
    ]);
  });
});

describe("epochs", () => {
  test("a finding's counts are those of this epoch, as the totals are; what came before is told beside them", () => {
    const evidence = createEvidence({ startedAt: 0, epoch: "v1" });
    const show = (i: number) => evidence.add(comparison({ target: `/x/${i}`, differences: [missing("$.a", i)] }), i);
    for (let i = 0; i < 30; i++) show(i);
    evidence.newEpoch("v2", 50);
    expect(evidence.report(51).findings[0]).toMatchObject({ count: 0, earlier: 30, distinct: 0, share: 0 });
    for (let i = 0; i < 4; i++) show(i);
    for (let i = 10; i < 14; i++) evidence.add(comparison({ target: `/x/${i}` }), 60);
    const restored = createEvidence({ startedAt: 0, epoch: "v1" });
    restored.restore(JSON.parse(JSON.stringify(evidence.changes())));
    for (const one of [evidence, restored]) {
      const { findings, total } = one.report(70);
      expect(findings[0]).toMatchObject({ count: 4, earlier: 30, distinct: 4, share: 0.5, firstSeen: 0 });
      expect(total.compared).toBe(8);
    }
  });
});
