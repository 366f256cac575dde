import fc from "fast-check";
import { expect, test } from "vitest";
import { createNoiseBook } from "../../src/evidence/index.ts";
import type { Document } from "../../src/model/document.ts";
import { createExplainer } from "../support/explainer.ts";
import { comparison, createEvidence, difference } from "./comparisons.ts";

/** Documents of every kind, as a run with differences, noise, an acceptance and an epoch leaves them. */
function documentsOfARun(): Document[] {
  const evidence = createEvidence({ startedAt: 0, explainer: createExplainer() });
  const noise = createNoiseBook();
  for (let n = 0; n < 30; n += 1) {
    if (n === 20) evidence.newEpoch("v2", n);
    const target = `/orders/${n % 7}`;
    evidence.add(comparison({ at: n, target }), n);
    const differences = [
      difference("$.a", "value", `${n}`, `${n * 100}`),
      difference("$.b", "missing", '"x"', undefined),
      difference("$.c", "extra", undefined, '"x"'),
      difference("$.code", "value", '"A"', '"B"'),
      difference("$.t", "value", `"${n}"`, `"${n + 1}"`, "noise"),
    ];
    evidence.add(comparison({ at: n, target, differences }), n);
    noise.observe("GET /orders/{id}", differences, differences, n);
  }
  const [first] = evidence.report(30).findings;
  evidence.accept(first!.id, { by: "ann", why: "known", at: 30 });
  return [...evidence.changes(), ...noise.changes()].filter(({ value }) => value !== null);
}

const DOCUMENTS = documentsOfARun();

/** Every place in a JSON value, outermost first. */
function placesOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  const inner = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return [path, ...inner.flatMap(([name, one]) => placesOf(one, [...path, name]))];
}

function withAt(value: unknown, [name, ...rest]: readonly string[], put: unknown): unknown {
  if (name === undefined) return put;
  if (Array.isArray(value)) return value.map((one, i) => (String(i) === name ? withAt(one, rest, put) : one));
  return { ...(value as object), [name]: withAt((value as Record<string, unknown>)[name], rest, put) };
}

const other = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    true,
    0,
    -1,
    1e300,
    "",
    "x",
    [],
    {},
    [null],
    [[]],
    [{}],
    { a: 1 },
    "\u0000",
  ),
  fc.jsonValue(),
);

test("a run leaves documents of every kind", () => {
  expect([...new Set(DOCUMENTS.map(({ kind }) => kind))].sort()).toEqual(
    expect.arrayContaining([
      "acceptance",
      "cause",
      "epoch",
      "finding",
      "latency",
      "noise",
      "requests",
      "samples",
      "tally",
    ]),
  );
});

test("a document of another shape is left out and counted, or does no harm: all else goes on", () => {
  const damaged = fc.constantFrom(...DOCUMENTS).chain((document) =>
    fc.tuple(fc.constantFrom(...placesOf(document.value)), other).map(([path, put]) => {
      const value = JSON.parse(JSON.stringify({ value: withAt(document.value, path, put) })).value as unknown;
      return { document, changed: { ...document, value } };
    }),
  );
  fc.assert(
    fc.property(damaged, ({ document, changed }) => {
      const evidence = createEvidence({ startedAt: 0, explainer: createExplainer() });
      const noise = createNoiseBook();
      const all = DOCUMENTS.map((one) => (one === document ? changed : one));
      const unreadable = evidence.restore(all).unreadable + noise.restore(all).unreadable;
      expect(unreadable).toBeLessThanOrEqual(DOCUMENTS.length);
      const report = evidence.report(40);
      JSON.stringify(report);
      evidence.gauges(40);
      for (const { id } of report.findings) evidence.finding(id, 40);
      const differences = [difference("$.a", "value", "1", "100"), difference("$.b", "missing", '"x"', undefined)];
      evidence.add(comparison({ at: 41, differences }), 41);
      noise.observe("GET /orders/{id}", differences, differences, 41);
      noise.see("GET /orders/{id}", differences, { at: 42, askedAt: 42, spanMs: 1, resource: 1, written: false });
      noise.need("GET /orders/{id}", differences, 43);
      noise.places(41);
      evidence.report(42);
      JSON.stringify([evidence.changes(), noise.changes()]);
    }),
    { numRuns: 300 },
  );
});

test("a document that is something else altogether is counted", () => {
  for (const document of DOCUMENTS) {
    const evidence = createEvidence({ startedAt: 0, explainer: createExplainer() });
    const all = DOCUMENTS.map((one) => (one === document ? { ...one, value: "no such thing" } : one));
    const unreadable = evidence.restore(all).unreadable + createNoiseBook().restore(all).unreadable;
    expect([document.kind, unreadable >= 1]).toEqual([document.kind, true]);
  }
});
