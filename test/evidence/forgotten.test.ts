// evidence: routes that the proxy has forgotten make room for others, and nothing that was counted is lost

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Document } from "../../src/model/document.ts";
import { comparison, createEvidence, difference } from "./comparisons.ts";

const wrong = difference("$.total", "value", "1", "2");
const on = (route: string, differs = false, target = route.split(" ")[1] ?? "/") =>
  comparison({ route, target, differences: differs ? [wrong] : [] });
const counts = (evidence: ReturnType<typeof createEvidence>) =>
  Object.fromEntries(evidence.report(1000).routes.map(({ route, requests }) => [route, requests]));

describe("a forgotten route", () => {
  test("counts as other once its place is needed, and its findings stay", () => {
    let living = ["GET /a", "GET /b"];
    const evidence = createEvidence({ startedAt: 0, limits: { routes: 2 }, living: () => living });
    evidence.add(on("GET /a", true), 1);
    for (let i = 0; i < 3; i += 1) evidence.add(on("GET /b"), 2);
    living = ["GET /b", "GET /c"];
    evidence.add(on("GET /c"), 3);
    expect(counts(evidence)).toEqual({ "GET /b": 3, "GET /c": 1, other: 1 });
    const { findings, total } = evidence.report(4);
    expect(findings.map(({ route, count }) => [route, count])).toEqual([["GET /a", 1]]);
    expect(total).toMatchObject({ requests: 5, outcomes: { mismatch: 1, match: 4 } });
  });

  test("with an open grave finding keeps the whole from being ready", () => {
    let living = ["GET /a"];
    const evidence = createEvidence({ startedAt: 0, limits: { routes: 1 }, living: () => living });
    const severe = difference("", "value", "200", "500");
    for (let i = 0; i < 30; i += 1) {
      evidence.add(
        comparison({ route: "GET /a", target: `/a?${i}`, differences: [{ ...severe, where: "status" }] }),
        1,
      );
    }
    living = ["GET /b"];
    for (let i = 0; i < 2_000; i += 1) evidence.add(on("GET /b", false, `/b?${i}`), i);
    const { routes, total } = evidence.report(4_000);
    expect(routes.find(({ route }) => route === "other")!.readiness.verdict).not.toBe("ready");
    expect(total.readiness.verdict).not.toBe("ready");
  });

  test("is counted by its name again when it comes back", () => {
    let living = ["GET /a"];
    const evidence = createEvidence({ startedAt: 0, limits: { routes: 1 }, living: () => living });
    evidence.add(on("GET /a", true), 1);
    living = ["GET /b"];
    evidence.add(on("GET /b"), 2);
    living = ["GET /a"];
    evidence.add(on("GET /a", true), 3);
    expect(counts(evidence)).toEqual({ "GET /a": 1, other: 2 });
    expect(evidence.report(4).findings).toMatchObject([{ route: "GET /a", count: 2 }]);
  });

  test("that the config names is never given up, and does not take a learned one's place", () => {
    const evidence = createEvidence({
      startedAt: 0,
      limits: { routes: 1 },
      living: () => [],
      routeReadiness: (route) => (route.startsWith("GET /own") ? {} : undefined),
    });
    for (const route of ["GET /own/1", "GET /own/2", "GET /a", "GET /b"]) evidence.add(on(route), 1);
    expect(counts(evidence)).toEqual({ "GET /own/1": 1, "GET /own/2": 1, "GET /b": 1, other: 1 });
  });

  test("does not reappear after a restart, and all together are still as many requests", () => {
    let living: string[] = [];
    const settings = { startedAt: 0, limits: { routes: 2 }, living: () => living };
    const evidence = createEvidence(settings);
    const kept = new Map<string, Document>();
    const keep = () => {
      for (const one of evidence.changes()) kept.set(`${one.kind} ${one.key}`, one);
    };
    for (let i = 0; i < 5; i += 1) {
      living = [`GET /r${i}`];
      evidence.add(on(`GET /r${i}`), i);
      keep();
    }
    const again = createEvidence(settings);
    again.restore([...kept.values()]);
    expect(counts(again)).toEqual({ "GET /r3": 1, "GET /r4": 1, other: 3 });
    expect(counts(again)).toEqual(counts(evidence));
  });

  test("the counts add up and stay bounded, whichever routes come and go", () => {
    const route = fc.constantFrom("__proto__", "constructor", "GET /a", "GET /b", "GET /c", "GET /d", "other", "");
    const step = fc.record({ route, differs: fc.boolean(), living: fc.uniqueArray(route, { maxLength: 3 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let living: readonly string[] = [];
        const evidence = createEvidence({ startedAt: 0, limits: { routes: 3 }, living: () => living });
        for (const [i, one] of steps.entries()) {
          living = [...one.living.filter((name) => name !== one.route).slice(0, 2), one.route];
          if (one.differs) evidence.add(on(one.route, true), i);
          else evidence.settle({ id: "x", route: one.route, outcome: { outcome: "skipped", reason: "method" } }, i);
          // The one that came is living, so there was a place for it.
          expect(counts(evidence)[one.route]).toBeGreaterThan(0);
        }
        const { routes, total } = evidence.report(1_000);
        expect(routes.length).toBeLessThanOrEqual(4);
        expect(total.requests).toBe(steps.length);
        expect(routes.reduce((sum, { requests }) => sum + requests, 0)).toBe(steps.length);
      }),
    );
  });

  test("gives its findings up first where there are too many", () => {
    let living = ["GET /a"];
    const evidence = createEvidence({ startedAt: 0, limits: { routes: 1, findings: 2 }, living: () => living });
    const at = (route: string, place: string) =>
      comparison({ route, differences: [difference(place, "value", "1", "2")] });
    evidence.add(at("GET /a", "$.x"), 1);
    evidence.add(at("GET /a", "$.y"), 2);
    living = ["GET /b"];
    evidence.add(at("GET /b", "$.z"), 3);
    expect(
      evidence
        .report(4)
        .findings.map(({ route, path }) => `${route} ${path}`)
        .sort(),
    ).toEqual(["GET /a $.y", "GET /b $.z"]);
  });
});
