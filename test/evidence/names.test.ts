import { describe, expect, test } from "vitest";
import type { Response } from "../../src/model/answer.ts";
import type { Document } from "../../src/model/document.ts";
import { comparison, createEvidence, difference, response } from "./comparisons.ts";

const wrong = difference("$.depth", "type", "1", '"1"');

/** A comparison whose legacy answered with this JSON. */
function answered(target: string, body: unknown, differs = false) {
  const one = comparison({ route: `GET ${target}`, target, differences: differs ? [wrong] : [] });
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  const legacy: Response = {
    ...(response(200, 10) as Response),
    body: { kind: "kept", chunks: [bytes], length: bytes.length },
  };
  return { ...one, exchange: { ...one.exchange, legacy } };
}

const routesOf = (evidence: ReturnType<typeof createEvidence>) =>
  evidence.report(1000).routes.map(({ route, requests, readiness }) => [route, requests, readiness.distinct]);

describe("names in paths", () => {
  test("are one route once siblings were answered alike, with what each has counted, and one finding", () => {
    const evidence = createEvidence({ startedAt: 0 });
    for (let round = 0; round < 2; round++)
      for (let i = 0; i < 60; i++)
        evidence.add(answered(`/places/town-${"abcdefgh"[i % 8]}${i}`, { place: i, depth: 1 }, true), i);
    expect(routesOf(evidence)).toEqual([["GET /places/{name}", 120, 60]]);
    const { findings, total } = evidence.report(1000);
    expect(findings.map(({ route, path }) => [route, path])).toEqual([["GET /places/{name}", "$.depth"]]);
    expect(total.requests).toBe(120);
    expect(total.readiness.verdict).toBe("reject");
  });

  test("stay apart where the answers do: resources of an API are no names", () => {
    const evidence = createEvidence({ startedAt: 0 });
    const resources = "orders users items carts prices stocks labels taxes rates notes tags teams".split(" ");
    for (let i = 0; i < 50; i++) for (const name of resources) evidence.add(answered(`/api/${name}`, { [name]: i }), i);
    expect(routesOf(evidence)).toHaveLength(resources.length);
    for (let i = 0; i < 30; i++) evidence.add(answered(`/api/name-${i}x`, { id: i, title: "x" }), i);
    // Names beside resources are joined, and the resources stay what they were.
    expect(routesOf(evidence).map(([route]) => route)).toEqual(
      [...resources, "{name}"].map((name) => `GET /api/${name}`).sort(),
    );
  });

  test("are none in the first segment, in a route of the config, and in answers that are no JSON objects", () => {
    const evidence = createEvidence({
      startedAt: 0,
      routeReadiness: (route) => (route.startsWith("GET /own/") ? {} : undefined),
    });
    for (let i = 0; i < 20; i++) {
      evidence.add(answered(`/town-${i}x`, { id: 1 }), i);
      evidence.add(answered(`/own/town-${i}x`, { id: 1 }), i);
      evidence.add(answered(`/plain/town-${i}x`, "text"), i);
    }
    expect(routesOf(evidence)).toHaveLength(60);
  });

  test("are suggested from three siblings of the same members on, and from eight of the same media type", () => {
    const evidence = createEvidence({
      startedAt: 0,
      routeReadiness: (route) => (route === "GET /own/{name}" ? {} : undefined),
    });
    const page = (target: string, type: string) => {
      const one = answered(target, "text");
      const legacy: Response = { ...(one.exchange.legacy as Response), fields: ["Content-Type", type] };
      return { ...one, exchange: { ...one.exchange, legacy } };
    };
    const suggested = () => evidence.report(1).lookAlikes?.map(({ route, routes }) => [route, routes.length]);
    const names = "main east west north south upper lower river".split(" ");
    for (const name of names.slice(0, 2)) evidence.add(answered(`/x/branches/${name}`, { name, open: true }), 1);
    for (const name of names.slice(0, 7)) evidence.add(page(`/x/pages/${name}`, "text/html; charset=utf-8"), 1);
    for (const name of names.slice(0, 4)) evidence.add(answered(`/own/${name}`, { id: 1 }), 1);
    for (const name of names.slice(0, 7)) evidence.add(page(`/x/mixed/${name}`, `text/${name}`), 1);
    expect(suggested()).toBeUndefined();
    evidence.add(answered("/x/branches/west", { name: "west", open: false }), 1);
    evidence.add(page("/x/pages/river", "TEXT/HTML"), 1);
    expect(suggested()).toEqual([
      ["GET /x/pages/{name}", 8],
      ["GET /x/branches/{name}", 3],
    ]);
    expect(evidence.report(1).routes.some(({ route }) => route === "GET /x/pages/{name}")).toBe(false);
    expect(evidence.report(1).lookAlikes![1]!.yaml).toBe("routes:\n  - match: GET /x/branches/{name}\n");
  });

  test("are known over a restart, and what was joined is not stored twice", () => {
    const evidence = createEvidence({ startedAt: 0 });
    const kept = new Map<string, Document>();
    const keep = () => {
      for (const document of evidence.changes()) {
        const copy = JSON.parse(JSON.stringify(document)) as Document;
        if (copy.value === null) kept.delete(`${copy.kind} ${copy.key}`);
        else kept.set(`${copy.kind} ${copy.key}`, copy);
      }
    };
    for (let i = 0; i < 5; i++) evidence.add(answered(`/places/a-${i}x`, { id: 1 }, true), i);
    keep();
    for (let i = 0; i < 40; i++) evidence.add(answered(`/places/a-${i}x`, { id: 1 }, true), i);
    keep();
    const restored = createEvidence({ startedAt: 0 });
    expect(restored.restore([...kept.values()])).toEqual({ unreadable: 0 });
    expect(routesOf(restored)).toEqual(routesOf(evidence));
    restored.add(answered("/places/new-one", { id: 1 }), 50);
    expect(routesOf(restored)).toEqual([["GET /places/{name}", 46, 41]]);
    expect(restored.routeOf("GET /places/other")).toBe("GET /places/{name}");
  });
});
