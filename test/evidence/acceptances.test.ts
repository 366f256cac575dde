import { describe, expect, test } from "vitest";
import type { ClassifiedDifference } from "../../src/model/comparison.ts";
import type { Document } from "../../src/model/document.ts";
import { createExplainer } from "../support/explainer.ts";
import { comparison, createEvidence, difference } from "./comparisons.ts";

const ROUTE = "GET /orders/{id}";
const open = () => createEvidence({ startedAt: 0, explainer: createExplainer() });
type Evidence = ReturnType<typeof open>;
const json = (value: unknown) => (value === undefined ? undefined : JSON.stringify(value));

/** What the verifier does: an accepted difference is told as such, another one as a mismatch. */
function show(evidence: Evidence, i: number, ...differences: readonly ClassifiedDifference[]): boolean[] {
  const accepted = differences.map((one) => evidence.accepts(ROUTE, one, differences, i));
  const standing = (k: number) => (accepted[k] ? ("accepted" as const) : ("mismatch" as const));
  const told = differences.map((one, k) => ({ ...one, standing: standing(k) }));
  evidence.add(comparison({ target: `/orders/${i}`, differences: told }), i);
  return accepted;
}

function acceptFirst(evidence: Evidence, path = "$.x") {
  const finding = evidence.report(500).findings.find((one) => one.path === path)!;
  return evidence.accept(finding.id, { by: "ann", why: "known", at: 500 })!;
}

type Pair = readonly [legacy: unknown, candidate: unknown];

/** Shows pairs at a place, accepts the finding, and says of which other pairs the acceptance covers. */
function covered(
  seen: readonly Pair[],
  later: readonly Pair[],
  kind: ClassifiedDifference["kind"] = "value",
  path = "$.x",
) {
  const evidence = open();
  for (const [i, [a, b]] of seen.entries()) show(evidence, i, difference(path, kind, json(a), json(b)));
  acceptFirst(evidence, path);
  return later.map(([a, b]) => evidence.accepts(ROUTE, difference(path, kind, json(a), json(b)), [], 501));
}

const spread = <T>(n: number, one: (i: number) => T) => Array.from({ length: n }, (_, i) => one(i));

describe("an acceptance covers the relation of the values", () => {
  test("names that are trimmed, and no names that are undefined", () => {
    const seen = spread(20, (i): Pair => [`Ann Lee ${i} `, `Ann Lee ${i}`]);
    expect(
      covered(seen, [
        ["Bo Ek 7  ", "Bo Ek 7"],
        ["Bo Ek 7 ", "undefined"],
        ["Bo Ek 7 ", "Bo"],
        ["Bo Ek 7 ", ""],
      ]),
    ).toEqual([true, false, false, false]);
  });

  test("amounts that are rounded, and none that are a hundred times too large", () => {
    const seen = spread(20, (i): Pair => [i + 0.1234 + i / 1000, Number((i + 0.1234 + i / 1000).toFixed(2))]);
    expect(
      covered(seen, [
        [7.7777, 7.78],
        [7.7777, 777.77],
        [7.7777, 7.76],
      ]),
    ).toEqual([true, false, false]);
  });

  test("a mapping of codes, and no other pair of them", () => {
    const table = { ACTIVE: 1, CLOSED: 3, PAUSED: 2, NEW: 0 };
    const seen = spread(40, (i): Pair => Object.entries(table)[i % 4]!);
    expect(
      covered(
        seen,
        [
          ["CLOSED", 3],
          ["CLOSED", 1],
          ["DRAFT", 4],
        ],
        "type",
      ),
    ).toEqual([true, false, false]);
  });

  test("a status, pair by pair", () => {
    const seen = spread(9, (): Pair => [410, 404]);
    expect(
      covered(
        seen,
        [
          [410, 404],
          [200, 404],
          [410, 500],
        ],
        "value",
        "",
      ),
    ).toEqual([true, false, false]);
  });

  test("a member that is renamed, and not one that is lost", () => {
    const evidence = open();
    const both = (i: number, value: string) => [
      difference("$.user_name", "missing", json(`user ${i}`), undefined),
      difference("$.userName", "extra", undefined, json(value)),
    ];
    for (let i = 0; i < 20; i++) show(evidence, i, ...both(i, `user ${i}`));
    for (const path of ["$.user_name", "$.userName"]) acceptFirst(evidence, path);
    expect(show(evidence, 600, ...both(600, "user 600"))).toEqual([true, true]);
    expect(show(evidence, 601, ...both(601, "nobody"))).toEqual([false, false]);
    expect(show(evidence, 602, both(602, "")[0]!)).toEqual([false]);
  });

  test("a list that ends after 20 elements, and not one that is empty", () => {
    const evidence = open();
    const missing = (from: number, length: number) =>
      spread(length - from, (k) => ({
        ...difference(`$.items[${from + k}]`, "missing", json({ id: from + k }), undefined),
        list: { legacy: length, candidate: from, isRepeated: false },
      }));
    for (let i = 0; i < 20; i++) show(evidence, i, ...missing(20, 21 + (i % 7)));
    acceptFirst(evidence, "$.items[*]");
    expect(new Set(show(evidence, 600, ...missing(20, 25)))).toEqual(new Set([true]));
    expect(new Set(show(evidence, 601, ...missing(3, 25)))).toEqual(new Set([false]));
  });
});

describe("where no cause is stated, an acceptance covers values that look like those observed", () => {
  const words = (i: number) =>
    ["oak", "lamp", "river", "stone", "glass"].map((word, k) => `${word}${(i * (k + 3)) % 11}`);

  test("texts as long and as alike, of the same look", () => {
    const seen = spread(
      20,
      (i): Pair => [
        words(i).join(" "),
        words(i)
          .slice(0, 4)
          .concat(`new${(i * 7) % 13}`)
          .join(" "),
      ],
    );
    const other = "oak1 lamp2 river3 stone4 glass5";
    expect(
      covered(seen, [
        [other, "oak1 lamp2 river3 stone4 new9"],
        [other, "undefined"],
        [other, "an error came up, try it again"],
        [other, ""],
        [other, "2026-01-05T08:00:00Z"],
      ]),
    ).toEqual([true, false, false, false, false]);
  });

  test("numbers in the range of what was observed", () => {
    const seen = spread(20, (i): Pair => [100 + i * 7, 101 + i * 7 + ((i * 5) % 4)]);
    expect(
      covered(seen, [
        [150, 152],
        [150, 15_000],
        [150, -152],
        [150, 0],
      ]),
    ).toEqual([true, false, false, false]);
  });

  test("before anything is certain, pairs of codes one by one", () => {
    expect(
      covered(
        [
          ["NEW", "PAID"],
          ["SENT", "DONE"],
        ],
        [
          ["NEW", "PAID"],
          ["NEW", "DONE"],
          ["SENT", "DONE"],
        ],
      ),
    ).toEqual([true, false, true]);
  });
});

describe("what an acceptance does not cover", () => {
  const upper = (i: number) => difference("$.x", "value", json(`name ${i}`), json(`NAME ${i}`));
  const broken = (i: number) => difference("$.x", "value", json(`name ${i}`), json("undefined"));

  test("is a finding of its own beside the accepted one, with its own causes, also after a restart", () => {
    let evidence = open();
    for (let i = 0; i < 20; i++) show(evidence, i, upper(i));
    const accepted = acceptFirst(evidence);
    expect(accepted.acceptance).toMatchObject({ covers: "candidate = legacy in upper case", masked: 0 });
    const kept: Document[] = JSON.parse(JSON.stringify(evidence.changes()));
    evidence = open();
    evidence.restore(kept);
    for (let i = 600; i < 630; i++) show(evidence, i, i % 2 === 0 ? upper(i) : broken(i));
    const [first, ...others] = evidence.report(700).findings;
    expect(others).toHaveLength(1);
    expect(first).toMatchObject({ path: "$.x", state: "new", count: 15, beside: accepted.id });
    expect(first!.causes[0]).toMatchObject({ kind: "lost_value" });
    expect(others[0]).toMatchObject({ id: accepted.id, state: "accepted", acceptance: { masked: 15 } });
    expect(others[0]!.causes[0]).toMatchObject({ says: "candidate = legacy in upper case", support: 35, of: 35 });
  });

  test("can be accepted in its turn, and what is then left is a third finding", () => {
    const evidence = open();
    for (let i = 0; i < 20; i++) show(evidence, i, upper(i));
    acceptFirst(evidence);
    for (let i = 600; i < 620; i++) show(evidence, i, broken(i));
    const second = evidence.report(700).findings.find(({ state }) => state === "new")!;
    evidence.accept(second.id, { by: "ann", why: "known", at: 700 });
    expect(show(evidence, 701, upper(1))).toEqual([true]);
    expect(show(evidence, 702, broken(1))).toEqual([true]);
    expect(show(evidence, 703, difference("$.x", "value", json("name 3"), json("3")))).toEqual([false]);
    expect(evidence.report(704).findings).toHaveLength(3);
  });

  test("belongs to the finding itself again when the acceptance ends", () => {
    const evidence = open();
    for (let i = 0; i < 20; i++) show(evidence, i, upper(i));
    const { id } = acceptFirst(evidence);
    evidence.unaccept(id, 600);
    show(evidence, 601, broken(1));
    expect(evidence.report(602).findings.map(({ id, count }) => [id, count])).toEqual([[id, 21]]);
  });
});
