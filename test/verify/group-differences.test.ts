import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { classifying } from "../../src/app/verification.ts";
import { createNoiseBook } from "../../src/evidence/index.ts";
import type { ClassifiedDifference, Comparison } from "../../src/model/comparison.ts";
import type { Difference } from "../../src/model/difference.ts";
import { findingOf } from "../../src/model/place.ts";
import { abridge, fold } from "../../src/verify/group-differences.ts";
import { createVerifier } from "../../src/verify/index.ts";
import { createInlineComparer } from "../support/inline-comparer.ts";
import { exchange, json, ROUTE, SETUP } from "./support.ts";

const name = fc.constantFrom(
  ".a",
  ".price",
  "['__proto__']",
  ".constructor",
  "['a/b']",
  "['m~n']",
  "['']",
  ".toString",
);
const path = fc
  .tuple(name, fc.nat(2000), fc.option(name, { nil: "" }))
  .map(([top, index, under]) => `$${top}[${index}]${under}`);
const value = fc.constantFrom("1", '"x"', '"2024-01-01T00:00:00Z"', '"NaN"', "null", "[]", undefined);
const difference: fc.Arbitrary<Difference> = fc
  .record({
    path,
    kind: fc.constantFrom("missing", "extra", "value", "type"),
    legacy: value,
    candidate: value,
  })
  .map(({ path, kind, legacy, candidate }) => ({
    where: "body",
    path,
    kind: kind as Difference["kind"],
    ...(legacy === undefined ? {} : { legacy }),
    ...(candidate === undefined ? {} : { candidate }),
  }));
const differences = fc.array(difference, { maxLength: 1500, size: "max" });
const total = (all: readonly Difference[]) => all.reduce((sum, { alike = 0 }) => sum + 1 + alike, 0);

describe("folding differences", () => {
  test("lists few, counts all, and leaves no finding out", () => {
    fc.assert(
      fc.property(differences, (all) => {
        const folded = fold(all);
        expect(total(folded)).toBe(all.length);
        const findings = (those: readonly Difference[]) => new Set(those.map((one) => findingOf("GET /a", one)));
        if (new Set(all.map((one) => `${one.path.replace(/\d+/, "")} ${one.kind}`)).size < 20)
          expect(findings(folded)).toEqual(findings(all));
        expect(folded.length).toBeLessThanOrEqual(600);
        const given = new Set(all.map((one) => JSON.stringify(one)));
        for (const { alike: _, ...one } of folded) expect(given.has(JSON.stringify(one))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test("counts the same when it is done again", () => {
    fc.assert(
      fc.property(differences, (all) => {
        expect(total(fold(fold(all)))).toBe(all.length);
      }),
      { numRuns: 30 },
    );
  });

  test("of a thousand different places it lists some, and counts the rest with the first of their kind", () => {
    const all = Array.from(
      { length: 5000 },
      (_, i): Difference => ({ where: "body", path: `$.x${i}y`, kind: "missing" }),
    );
    const folded = fold(all);
    expect(folded.length).toBeLessThan(520);
    expect(total(folded)).toBe(5000);
  });
});

const UNCONFIRMED = { outcome: "not_comparable", reason: "unconfirmed" };
const AT = Date.parse("2026-03-02T10:00:00Z");
const time = (i: number) => new Date(AT + i * 1000).toISOString();
const STILL = 400;
const list = (from: number, odd?: unknown, still = from) => ({
  items: Array.from({ length: 800 }, (_, i) => ({
    id: `i${i}`,
    at: i === 700 && odd !== undefined ? odd : time((i === STILL ? still : from) + i),
  })),
});

/** The sides asked again answer as they did, but legacy at another time. */
async function judge(
  candidate: unknown,
  options: { again: boolean; now?: unknown; accepted?: (one: Difference) => boolean },
) {
  const book = createNoiseBook();
  const emitted: Comparison[] = [];
  const verifier = createVerifier(
    {
      maxPending: 10,
      queueBytes: 1e9,
      recheck: { delayMs: 1, tries: 1, maxCount: 10, maxBytes: 1e9, perSecond: options.again ? 1000 : 0, sample: 0 },
    },
    {
      now: () => AT,
      random: () => 0.5,
      comparer: createInlineComparer(SETUP, () => performance.now()),
      comparable: () => undefined,
      identical: () => false,
      ask: async (side) => json(side === "legacy" ? (options.now ?? list(5000)) : candidate),
      ...classifying({
        noise: book,
        now: () => AT,
        written: () => false,
        lagMs: () => 0,
        identity: ({ id }) => Number(id.slice(1)),
      }),
      on: () => true,
      accepted: (_, one) => options.accepted?.(one) ?? false,
      emit: (comparison) => emitted.push(comparison),
      bug: (error) => {
        throw error;
      },
    },
  );
  if (!options.again) {
    const varied = await createInlineComparer(SETUP, () => performance.now()).compare({
      route: "GET /orders/{id}",
      legacy: json(list(0)),
      candidate: json(list(9000)),
    });
    if (varied.kind !== "compared") throw new Error("not compared");
    for (let i = 0; i < 20; i += 1) book.observe("GET /orders/{id}", varied.compared.differences, [], AT);
  }
  verifier.offer(ROUTE, async () => exchange(json(list(0)), json(candidate)));
  await expect.poll(() => emitted.length, { interval: 2 }).toBe(1);
  return emitted[0]!;
}

describe.each([true, false])("a long list in which every time is noise, asked again: %s", (again) => {
  test("is noise as a whole, and every place of it is counted", async () => {
    const { outcome, differences } = await judge(list(3), { again });
    expect(outcome).toEqual({ outcome: "noise" });
    expect(differences.length).toBeLessThan(100);
    expect(total(differences)).toBe(800);
  });

  test.each([["NaN-NaN"], [null], [7]])("hides no %j deep inside of it", async (odd) => {
    const { outcome, differences } = await judge(list(3, odd), { again });
    // Without asking it is not confirmed, and no noise either.
    expect(outcome).toEqual(again ? { outcome: "mismatch" } : UNCONFIRMED);
    expect(differences.filter(({ standing }) => standing !== "noise").map((one) => one.path)).toEqual([
      "$.items[700].at",
    ]);
    expect(total(differences)).toBe(800);
  });
});

test("a wrong time that looks like the others stands where legacy stood still", async () => {
  const { outcome, differences } = await judge(list(3), { again: true, now: list(5000, undefined, 0) });
  expect(outcome).toEqual({ outcome: "mismatch" });
  expect(differences.filter(({ standing }) => standing === "mismatch").map((one) => one.path)).toEqual([
    `$.items[${STILL}].at`,
  ]);
});

test("what was accepted in a list says nothing of another kind in it", async () => {
  const { outcome, differences } = await judge(list(3, null), {
    again: true,
    accepted: ({ kind }) => kind === "value",
  });
  expect(outcome).toEqual({ outcome: "mismatch" });
  expect(differences.filter(({ standing }) => standing === "mismatch").map((one) => one.path)).toEqual([
    "$.items[700].at",
  ]);
});

test("of places that are too many to list none passes as accepted because others are", async () => {
  const wide = (value: number, odd: number) => ({
    ...Object.fromEntries(Array.from({ length: 2001 }, (_, i) => (i === 1500 ? ["odd", odd] : [`x${i}y`, value]))),
  });
  const book = createNoiseBook();
  const emitted: Comparison[] = [];
  const verifier = createVerifier(
    {
      maxPending: 10,
      queueBytes: 1e9,
      recheck: { delayMs: 1, tries: 1, maxCount: 10, maxBytes: 1e9, perSecond: 0, sample: 0 },
    },
    {
      now: () => AT,
      random: () => 0.5,
      comparer: createInlineComparer(SETUP, () => performance.now()),
      comparable: () => undefined,
      identical: () => false,
      ask: async () => json(0),
      ...classifying({
        noise: book,
        now: () => AT,
        written: () => false,
        lagMs: () => 0,
        identity: ({ id }) => Number(id.slice(1)),
      }),
      on: () => true,
      accepted: (_, { path }) => path !== "$.odd",
      emit: (comparison) => emitted.push(comparison),
      bug: () => {},
    },
  );
  verifier.offer(ROUTE, async () => exchange(json(wide(1, 1)), json(wide(2, 2))));
  await expect.poll(() => emitted.length, { interval: 2 }).toBe(1);
  expect(emitted[0]!.outcome).toEqual(UNCONFIRMED);
  expect(emitted[0]!.differences.map(({ path, standing }) => [path, standing])).toContainEqual([
    "$.odd",
    "unconfirmed",
  ]);
  expect(total(emitted[0]!.differences)).toBe(2001);
});

test("what is told of a comparison is a few of those judged alike, and how many there were, of every judgement", () => {
  const judged = (standing: ClassifiedDifference["standing"], from: number, count: number): ClassifiedDifference[] =>
    Array.from({ length: count }, (_, i) => ({
      where: "body",
      path: `$.items[${from + i}].at`,
      kind: "value",
      legacy: `${i}`,
      candidate: `${i + 1}`,
      standing,
    }));
  const all = [...judged("noise", 0, 500), ...judged("mismatch", 700, 1), ...judged("transient", 800, 40)];
  const told = abridge(all);
  const by = Map.groupBy(told, ({ standing }) => standing);
  expect([...by].map(([standing, those]) => [standing, those.length, total(those)])).toEqual([
    ["noise", 3, 500],
    ["mismatch", 1, 1],
    ["transient", 3, 40],
  ]);
  expect(abridge(all.slice(0, 7))).toEqual(all.slice(0, 7));
});
