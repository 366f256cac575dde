import { afterEach, describe, expect, test } from "vitest";
import type { CompareRules } from "../../src/model/rules.ts";
import { NO_RULES } from "../../src/model/rules.ts";
import { type Comparer, createPool, type Setup } from "../../src/verify/index.ts";
import { createInlineComparer } from "../support/inline-comparer.ts";
import { json, response, SETUP } from "./support.ts";

const implementations: [string, (setup: Setup) => Comparer][] = [
  ["inline", (setup) => createInlineComparer(setup, () => performance.now())],
  ["pool", (setup) => createPool({ setup, workers: 2 })],
];

const opened: Comparer[] = [];
afterEach(async () => {
  for (const comparer of opened.splice(0)) await comparer.close();
});

describe.each(implementations)("a comparer, %s", (_, open) => {
  function opening(setup: Setup = SETUP): Comparer {
    const comparer = open(setup);
    opened.push(comparer);
    return comparer;
  }

  test("finds the one place that differs", async () => {
    const verdict = await opening().compare({
      route: "GET /a",
      legacy: json({ a: 1, b: [1] }),
      candidate: json({ b: [2], a: 1 }),
    });
    expect(verdict).toMatchObject({
      kind: "compared",
      incomparable: false,
      compared: { differences: [{ where: "body", path: "$.b[0]", kind: "value", legacy: "1", candidate: "2" }] },
    });
  });

  test("answers each of many jobs with its own verdict, in whatever order they are done", async () => {
    const comparer = opening();
    const large = "x".repeat(40_000);
    const verdicts = await Promise.all(
      Array.from({ length: 300 }, (_, i) => {
        const pad = i % 50 === 0 ? large : "";
        return comparer.compare({
          route: "GET /a",
          legacy: json({ i, pad }),
          candidate: json({ i: i % 3 === 0 ? -1 : i, pad }),
        });
      }),
    );
    verdicts.forEach((verdict, i) => {
      const paths = verdict.kind === "compared" ? verdict.compared.differences.map((d) => d.legacy) : ["failed"];
      expect(paths).toEqual(i % 3 === 0 ? [`${i}`] : []);
    });
    expect(comparer.stats()).toMatchObject({ bytes: 0, jobs: 0 });
  });

  test("compares bodies that are slices of a larger buffer", async () => {
    const shared = Buffer.from('....{"a":1}....{"a":2}....');
    const slice = (from: number) => ({
      ...json(0),
      body: {
        kind: "kept" as const,
        chunks: [shared.subarray(from, from + 3), shared.subarray(from + 3, from + 7)],
        length: 7,
      },
    });
    const verdict = await opening().compare({ route: "GET /a", legacy: slice(4), candidate: slice(15) });
    expect(verdict).toMatchObject({ compared: { differences: [{ path: "$.a", legacy: "1", candidate: "2" }] } });
  });

  test("uses the rules of the job's route, and new ones from the moment they are given", async () => {
    const ignoring: CompareRules = {
      ...NO_RULES,
      ignore: [
        {
          name: "ignore $.at",
          place: {
            where: "body",
            path: { text: "$.at", segments: [{ descendant: false, selectors: [{ kind: "name", name: "at" }] }] },
          },
        },
      ],
    };
    const comparer = opening({ ...SETUP, routes: new Map([["GET /a", ignoring]]) });
    const pair = { legacy: json({ at: 1 }), candidate: json({ at: 2 }) };
    const count = async (route: string) => {
      const verdict = await comparer.compare({ route, ...pair });
      return verdict.kind === "compared" ? verdict.compared.differences.length : -1;
    };
    expect([await count("GET /a"), await count("GET /b")]).toEqual([0, 1]);
    comparer.update(SETUP);
    expect(await count("GET /a")).toBe(1);
  });

  test("judges bodies that are too large to keep by their measure", async () => {
    const measured = (sha256: string) => ({
      ...response(""),
      body: { kind: "measured" as const, length: 5_000_000, sha256 },
    });
    const comparer = opening();
    const same = await comparer.compare({ route: "GET /a", legacy: measured("aa"), candidate: measured("aa") });
    const other = await comparer.compare({ route: "GET /a", legacy: measured("aa"), candidate: measured("bb") });
    expect(same).toMatchObject({ compared: { differences: [] } });
    expect(other).toMatchObject({ compared: { differences: [{ where: "body", path: "$" }] } });
  });
});
