import { describe, expect, test } from "vitest";
import type { ExplainerSettings } from "../../src/explain/index.ts";
import type { Kind } from "../../src/model/difference.ts";
import type { Shown } from "../../src/model/finding-observation.ts";
import { findingId, generalise } from "../../src/model/place.ts";
import { createExplainer } from "../support/explainer.ts";

const ROUTE = "GET /things/{id}";

type Given = readonly [legacy: unknown, candidate: unknown];
const ABSENT = Symbol("absent");

/** Numbers are given as text where their spelling matters. */
const text = (value: unknown) => (value instanceof String ? value.toString() : JSON.stringify(value));
const written = (number: string) => new String(number);

function shown(path: string, kind: Kind, [legacy, candidate]: Given, i: number, more: Partial<Shown> = {}): Shown {
  const where = path.startsWith("$") ? "body" : path === "" ? "status" : "field";
  const place = generalise(path).path;
  return {
    finding: findingId(ROUTE, where, place, kind),
    where,
    place,
    kind,
    candidateVaries: false,
    sample: {
      id: `r${i}`,
      at: i,
      method: "GET",
      target: `/things/${i}`,
      path,
      ...(legacy === ABSENT ? {} : { legacy: text(legacy) }),
      ...(candidate === ABSENT ? {} : { candidate: text(candidate) }),
    },
    ...more,
  };
}

/** The causes of one place whose pairs are these, each in a comparison of its own. */
function causes(
  pairs: readonly Given[],
  kind: Kind = "value",
  path = "$.x",
  settings: Partial<ExplainerSettings> = {},
) {
  const explainer = createExplainer({ backtest: () => ({ settles: 1, hides: 0, tried: 9 }), ...settings });
  for (const [i, pair] of pairs.entries()) explainer.observe({ route: ROUTE, shown: [shown(path, kind, pair, i)] });
  const where = path.startsWith("$") ? "body" : path === "" ? "status" : "field";
  return explainer.causes(findingId(ROUTE, where, generalise(path).path, kind));
}

const best = (...given: Parameters<typeof causes>) => {
  const [first] = causes(...given);
  return first === undefined ? undefined : [first.kind, first.says, `${first.support}/${first.of}`, first.rule?.yaml];
};

const spread = <T>(n: number, one: (i: number) => T) => Array.from({ length: n }, (_, i) => one(i));
const iso = (i: number) => new Date(Date.UTC(2026, 0, 1, 8, 0, 0) + i * 86_461_000);

describe("numbers", () => {
  test("a constant factor, though the results are rounded", () => {
    expect(best(spread(12, (i) => [12.34 + i, Math.round((12.34 + i) * 100)]))).toEqual([
      "factor",
      "candidate = legacy x 100",
      "12/12",
      undefined,
    ]);
    expect(best(spread(12, (i) => [i + 1, (i + 1) * 1.19]))?.[1]).toBe("candidate = legacy x 1.19");
    expect(best(spread(12, (i) => [(i + 3) * 1000, i + 3]))?.[1]).toBe("candidate = legacy / 1000");
    expect(best(spread(12, (i) => [i + 1, -i - 1]))?.[1]).toBe("candidate = -legacy");
  });

  test("a constant offset, exact in decimals", () => {
    expect(
      best(
        spread(
          12,
          (i) => [i * 0.1, Number((i * 0.1 + 0.3).toFixed(1))].map((n) => written(n.toFixed(1))) as unknown as Given,
        ),
      ),
    ).toEqual(["offset", "candidate = legacy + 0.3", "12/12", undefined]);
    expect(best(spread(12, (i) => [i * i + 5, i * i + 4]))?.[1]).toBe("candidate = legacy - 1");
  });

  test("rounding to n places, and which way", () => {
    const exact = ["1.005", "2.455", "3.1249", "9.999", "0.125", "7.3333"];
    const to = (...texts: string[]) => exact.map((one, i): Given => [written(one), written(texts[i]!)]);
    expect(best(to("1.01", "2.46", "3.12", "10", "0.13", "7.33"))).toEqual([
      "rounding",
      "candidate = legacy rounded to 2 places",
      "6/6",
      'numbers:\n  - { path: "$.x", tolerance: 0.005 }',
    ]);
    expect(best(to("1", "2.45", "3.12", "9.99", "0.12", "7.33"))?.[1]).toBe("candidate = legacy cut to 2 places");
    expect(best(to("1", "2.46", "3.12", "10", "0.12", "7.33"))?.[1]).toBe(
      "candidate = legacy rounded (half even) to 2 places",
    );
    expect(best(to("1.01", "2.46", "3.12", "10", "0.13", "7.33").map(([a, b]) => [b, a] as const))?.[1]).toBe(
      "legacy = candidate rounded to 2 places",
    );
  });

  test("numbers beyond the precision of doubles are told by their digits", () => {
    const big = (i: number) => `1234567890123456789${i}`;
    expect(best(spread(9, (i) => [written(big(i)), written(big(i + 1))]))?.[1]).toBe("candidate = legacy + 1");
  });

  test("one pair, however often it comes, is no factor and no offset", () => {
    const kinds = causes(spread(50, () => [10, 1000])).map(({ kind }) => kind);
    expect(kinds).not.toContain("factor");
    expect(kinds).not.toContain("offset");
  });

  test("what explained next to nothing at first is found later, with its exceptions counted", () => {
    const pairs = spread(1000, (i): Given => (i < 70 ? [i * 7 + 1, (i * 31) % 17] : [i, i * 100]));
    expect(causes(pairs.slice(0, 90))).toEqual([]);
    const [first] = causes(pairs);
    expect(first?.says).toBe("candidate = legacy x 100");
    expect(first!.support).toBeLessThan(first!.of);
    expect(first!.of).toBeLessThanOrEqual(1000);
  });

  test("without a constant there is no cause", () => {
    expect(causes(spread(20, (i) => [i * 7 + 1, (i * 31) % 17]))).toEqual([]);
  });
});

describe("times", () => {
  const local = (i: number) => iso(i).toISOString().slice(0, 19);

  test("another zone, at the same instant", () => {
    const shifted = (i: number) => new Date(iso(i).getTime() + 7_200_000).toISOString().replace(".000Z", "+02:00");
    expect(best(spread(6, (i) => [iso(i).toISOString().replace(".000", ""), shifted(i)]))).toEqual([
      "time_zone",
      "the same instant, written at +02:00 for Z",
      "6/6",
      'times:\n  - { path: "$.x", tolerance: 0s }',
    ]);
  });

  test("another zone, with the clock moved or the zone relabelled or left out", () => {
    const moved = (i: number) => new Date(iso(i).getTime() - 18_000_000).toISOString();
    expect(best(spread(6, (i) => [iso(i).toISOString(), moved(i)]))).toEqual([
      "time_zone",
      "candidate = legacy - 5 h",
      "6/6",
      undefined,
    ]);
    expect(best(spread(6, (i) => [`${local(i)}Z`, `${local(i)}+05:30`]))?.[1]).toBe(
      "the same wall clock, said to be +05:30 for Z",
    );
    expect(best(spread(6, (i) => [`${local(i)}Z`, local(i)]))?.[1]).toContain("does not write its zone");
  });

  test("summer and winter are one zone", () => {
    const berlin = (i: number) => {
      const hours = i % 2 === 0 ? 1 : 2;
      return new Date(iso(i).getTime() + hours * 3_600_000).toISOString().replace(".000Z", `+0${hours}:00`);
    };
    expect(best(spread(10, (i) => [iso(i).toISOString(), berlin(i)]))?.[1]).toBe(
      "the same instant, written in another zone",
    );
  });

  test("an epoch for a date, in seconds or milliseconds, either way round", () => {
    expect(
      best(
        spread(6, (i) => [iso(i).toISOString(), iso(i).getTime()]),
        "type",
      ),
    ).toEqual([
      "epoch",
      "the same instant: the candidate says milliseconds since 1970 where legacy writes a date",
      "6/6",
      'times:\n  - { path: "$.x", tolerance: 0s }',
    ]);
    expect(
      best(
        spread(6, (i) => [iso(i).getTime() / 1000, iso(i).toISOString()]),
        "type",
      )?.[1],
    ).toBe("the same instant: legacy says seconds since 1970 where the candidate writes a date");
  });

  test("another precision", () => {
    const fine = (i: number) => `${local(i)}.${String(123 + i)}Z`;
    expect(best(spread(6, (i) => [fine(i), `${local(i)}Z`]))).toEqual([
      "precision",
      "the same times, and candidate gives them in seconds only",
      "6/6",
      'times:\n  - { path: "$.x", tolerance: 1s }',
    ]);
  });
});

describe("strings", () => {
  const names = ["Zoë Müller", "Ann Lee", "Bo Ek", "Cy Ray", "Di Fox", "Ed Poe"];
  const each = (change: (name: string) => string) => names.map((name): Given => [name, change(name)]);

  test("case, white space, cut", () => {
    expect(best(each((name) => name.toUpperCase()))).toEqual([
      "case",
      "candidate = legacy in upper case",
      "6/6",
      'strings:\n  - { path: "$.x", ignoreCase: true }',
    ]);
    expect(best(each((name) => ` ${name}  `))).toEqual([
      "trimming",
      "legacy has no white space at the ends, and the other side has",
      "6/6",
      'strings:\n  - { path: "$.x", trim: true }',
    ]);
    const long = spread(8, (i): Given => [`${i} and a long description of ${"x".repeat(i)}`, `${i} and a long`]);
    expect(best(long)?.[1]).toBe("candidate = the first 12 characters of legacy");
    expect(best(long.map(([a, b]) => [a, `${b}...`] as const))?.[1]).toBe(
      "candidate = the first 12 characters of legacy",
    );
  });

  test("Unicode form and escaping", () => {
    const accents = spread(6, (i) => `Café ${i} Ångström`);
    expect(best(accents.map((name) => [name, name.normalize("NFD")] as const))).toEqual([
      "unicode_form",
      "the same text in another Unicode form (NFC)",
      "6/6",
      'strings:\n  - { path: "$.x", normalize: NFC }',
    ]);
    const marked = spread(6, (i) => `<b>Fish & "Chips" ${i}</b>`);
    const html = (value: string) => value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&#34;");
    expect(best(marked.map((name) => [name, html(name)] as const))?.slice(0, 2)).toEqual([
      "escaping",
      "candidate = legacy, HTML-escaped",
    ]);
    expect(best(marked.map((name) => [name, html(html(name))] as const))?.[1]).toBe(
      "candidate = legacy, HTML-escaped twice",
    );
    expect(best(marked.map((name) => [name, encodeURIComponent(name)] as const))?.[1]).toBe(
      "candidate = legacy, percent-encoded",
    );
    expect(best(marked.map((name) => [JSON.stringify(name), name] as const))?.[1]).toBe(
      "legacy = candidate, JSON-encoded",
    );
    const mangled = (name: string) => Buffer.from(name, "utf8").toString("latin1");
    expect(best(accents.map((name) => [name, mangled(name)] as const))?.[1]).toBe(
      "candidate = legacy, UTF-8 read as Latin-1",
    );
  });
});

describe("types, null and nothing", () => {
  test("a string for a number, either way, and JSON inside a string", () => {
    expect(
      best(
        spread(6, (i) => [i, String(i)]),
        "type",
      )?.slice(0, 2),
    ).toEqual(["string_for_number", "the same value, a string for a number"]);
    expect(
      best(
        spread(6, (i) => [`${i}.50`, i + 0.5]),
        "type",
      )?.[1],
    ).toBe("the same value, a number for a string");
    expect(
      best(
        spread(6, (i) => [i % 2 === 0, i % 2 === 0 ? 1 : 0]),
        "type",
      )?.[1],
    ).toBe("the same value, a number for a boolean");
    expect(
      best(
        spread(6, (i) => [{ i }, JSON.stringify({ i })]),
        "type",
      )?.[1],
    ).toBe("candidate has it as JSON inside a string");
  });

  test("null, empty and missing are told apart", () => {
    expect(
      best(
        spread(6, () => [null, ""]),
        "type",
      )?.slice(0, 2),
    ).toEqual(["empty_for_null", '"" for null']);
    expect(
      best(
        spread(6, () => [[], null]),
        "type",
      )?.slice(0, 2),
    ).toEqual(["null_for_empty", "null for []"]);
    expect(
      best(
        spread(6, (i) => [`a${i}`, null]),
        "type",
      )?.[0],
    ).toBe("null_for_value");
    expect(
      best(
        spread(6, () => [null, ABSENT]),
        "missing",
      ),
    ).toEqual([
      "missing_for_null",
      "left out where legacy says null",
      "6/6",
      'patch:\n  legacy:\n    - { op: test, path: "/x", value: null }\n    - { op: remove, path: "/x" }',
    ]);
    expect(
      best(
        spread(6, () => [ABSENT, null]),
        "extra",
      )?.[0],
    ).toBe("null_for_missing");
    expect(
      best(
        spread(6, (i) => [`a${i}`, ABSENT]),
        "missing",
      )?.slice(0, 2),
    ).toEqual(["missing", "the candidate does not have it"]);
    expect(
      best(
        spread(6, () => [ABSENT, "EUR"]),
        "extra",
      )?.slice(0, 2),
    ).toEqual(["default_added", 'the candidate adds a default, "EUR"']);
    expect(
      best(
        spread(6, (i) => [ABSENT, i]),
        "extra",
      )?.[0],
    ).toBe("added");
    expect(best(spread(6, (i) => [`some words ${i}`, "unknown to us"]))?.[1]).toBe(
      'the candidate always says "unknown to us"',
    );
  });

  test("a list that is cut short", () => {
    const explainer = createExplainer();
    for (let i = 0; i < 8; i++) {
      const list = { legacy: 23 + i, candidate: 20, isRepeated: false };
      const gone = spread(3 + i, (n) => shown(`$.items[${20 + n}]`, "missing", [`e${n} ${i}`, ABSENT], i, { list }));
      explainer.observe({ route: ROUTE, shown: gone });
    }
    const [first] = explainer.causes(findingId(ROUTE, "body", "$.items[*]", "missing"));
    expect(first).toMatchObject({
      kind: "list_end",
      says: "the candidate's list ends after 20 elements",
      support: 8,
      of: 8,
    });
  });

  test("order, and which", () => {
    const lists = spread(6, (i) => [i + 5, i, i + 9]);
    expect(
      best(
        lists.map((list) => [list, [...list].reverse()] as const),
        "order",
      ),
    ).toEqual(["order", "the same elements, from last to first", "6/6", 'arrays:\n  "$.x": unordered']);
    expect(
      best(
        lists.map((list) => [list, list.toSorted((a, b) => a - b)] as const),
        "order",
      )?.[1],
    ).toBe("the same elements, sorted, ascending");
    expect(
      best(
        lists.map(([a, b, c]) => [[a, b, c], [b, c, a].map(String)] as const),
        "order",
      )?.[1],
    ).toBe("the same elements in another order");
  });
});

describe("codes and requests", () => {
  test("a one-to-one mapping, with its exceptions", () => {
    const table = { ACTIVE: 1, CLOSED: 3, PAUSED: 2, NEW: 0 };
    const pairs = spread(40, (i): Given => Object.entries(table)[i % 4] as unknown as Given);
    const [first] = causes([...pairs, ["ACTIVE", 9]], "type");
    expect(first).toMatchObject({
      kind: "code_mapping",
      support: 40,
      of: 41,
      counterExamples: [{ legacy: '"ACTIVE"', candidate: "9" }],
    });
    expect(first!.says).toBe('a one-to-one mapping: "ACTIVE" -> 1, "CLOSED" -> 3, "PAUSED" -> 2, "NEW" -> 0');
  });

  test("one code that a mapping misses", () => {
    expect(best(spread(7, () => ["PENDING_REVIEW", "UNKNOWN"]))?.slice(0, 3)).toEqual([
      "code_mapping",
      'always "PENDING_REVIEW" -> "UNKNOWN": one code is missed in a mapping',
      "7/7",
    ]);
  });

  test("values that never come twice are no mapping", () => {
    expect(causes(spread(30, (i) => [`name-${i}`, `other-${(i * 7) % 31}`]))).toEqual([]);
  });

  test("a wrong status for particular requests", () => {
    const explainer = createExplainer();
    for (let i = 0; i < 9; i++) {
      const one = shown("", "value", [410, 404], 1042);
      explainer.observe({ route: ROUTE, shown: [one] });
    }
    expect(explainer.causes(findingId(ROUTE, "status", "", "value")).map(({ kind, says }) => [kind, says])).toEqual([
      ["code_mapping", "status 410 -> 404"],
      ["particular_requests", "only GET /things/1042"],
    ]);
  });

  test("a candidate that is not deterministic", () => {
    const explainer = createExplainer();
    for (let i = 0; i < 30; i++) {
      const one = shown("$.x", "value", ["same", `guess ${i}`], i % 3);
      explainer.observe({ route: ROUTE, shown: [one] });
    }
    expect(explainer.causes(findingId(ROUTE, "body", "$.x", "value"))[0]).toMatchObject({
      kind: "not_deterministic",
      support: 27,
      of: 27,
    });
    const hinted = createExplainer();
    for (let i = 0; i < 6; i++) {
      hinted.observe({
        route: ROUTE,
        shown: [shown("$.x", "value", [`a ${i}`, `b ${i * 7}`], i, { candidateVaries: true })],
      });
    }
    expect(hinted.causes(findingId(ROUTE, "body", "$.x", "value"))[0]?.kind).toBe("not_deterministic");
  });
});

describe("renames", () => {
  function renamed(pairs: readonly (readonly [missing: unknown, extra: unknown])[], from: string, to: string) {
    const explainer = createExplainer({ backtest: () => ({ settles: 3, hides: 0, tried: 9 }) });
    for (const [i, [gone, come]] of pairs.entries()) {
      const all = [shown(from, "missing", [gone, ABSENT], i)];
      if (come !== ABSENT) all.push(shown(to, "extra", [ABSENT, come], i));
      explainer.observe({ route: ROUTE, shown: all });
    }
    const of = (path: string, kind: Kind) => explainer.causes(findingId(ROUTE, "body", generalise(path).path, kind));
    return { missing: of(from, "missing"), extra: of(to, "extra") };
  }

  test("a key with another name, told at both of its findings, with the move that settles it", () => {
    const { missing, extra } = renamed(
      spread(12, (i) => [
        { street: `No ${i}`, city: "X" },
        { city: "X", street: `No ${i}` },
      ]),
      "$.shipTo",
      "$['shipping/address']",
    );
    for (const [first] of [missing, extra]) {
      expect(first).toMatchObject({
        kind: "renamed",
        says: "shipTo is called shipping/address",
        support: 12,
        of: 12,
        rule: {
          yaml: 'patch:\n  legacy:\n    - { op: move, from: "/shipTo", path: "/shipping~1address" }',
          settles: 3,
        },
      });
    }
  });

  test("in lists there is no move that settles it", () => {
    const { missing } = renamed(
      spread(12, (i) => [`a${i}`, `a${i}`]),
      "$.items[0].user_name",
      "$.items[0].userName",
    );
    expect(missing[0]).toMatchObject({ kind: "renamed", says: "user_name is called userName" });
    expect(missing[0]).not.toHaveProperty("rule");
  });

  test("to another place", () => {
    const { missing } = renamed(
      spread(12, (i) => [`a${i}`, `a${i}`]),
      "$.user.mail",
      "$.contact.mail",
    );
    expect(missing[0]).toMatchObject({ kind: "moved", says: "$.user.mail is at $.contact.mail" });
  });

  test("not by chance: equal values that say nothing, or too seldom", () => {
    const kinds = ({ missing }: ReturnType<typeof renamed>) => missing.map(({ kind }) => kind);
    expect(
      kinds(
        renamed(
          spread(40, () => [0, 0]),
          "$.a",
          "$.b",
        ),
      ),
    ).not.toContain("renamed");
    expect(
      kinds(
        renamed(
          spread(40, (i) => [`a${i}`, i % 2 ? `a${i}` : `b${i}`]),
          "$.a",
          "$.b",
        ),
      ),
    ).not.toContain("renamed");
    expect(
      kinds(
        renamed(
          spread(40, (i) => [`a${i}`, i % 2 ? `a${i}` : ABSENT]),
          "$.a",
          "$.b",
        ),
      ),
    ).not.toContain("renamed");
  });

  test("what is moved is told by values that mean something", () => {
    const values = spread(40, (i) => (i < 34 ? 0 : `a${i}`));
    const { missing } = renamed(
      values.map((value) => [value, value] as const),
      "$.a.count",
      "$.b.total",
    );
    expect(missing.map(({ kind }) => kind)).not.toContain("moved");
  });

  test("names that belong to objects themselves are names", () => {
    for (const [from, to] of [
      ["$['__proto__']", "$.constructor"],
      ["$['']", "$.toString"],
      ["$['m~n']", "$['a/b']"],
    ] as const) {
      const { missing } = renamed(
        spread(12, (i) => [`a${i}`, `a${i}`]),
        from,
        to,
      );
      expect(missing[0]?.kind).toBe("renamed");
    }
    expect(
      renamed(
        spread(12, (i) => [`a${i}`, `a${i}`]),
        "$['m~n']",
        "$['a/b']",
      ).missing[0]!.rule!.yaml,
    ).toContain('from: "/m~0n", path: "/a~1b"');
  });
});
