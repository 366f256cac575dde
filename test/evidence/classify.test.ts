import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createNoiseBook, type Look } from "../../src/evidence/index.ts";
import type { Difference, Kind } from "../../src/model/difference.ts";
import { body, judge, look, ROUTE, standings, status, time } from "./differences.ts";

const wrong = body("$.total", "value", 10, 11);

describe("legacy stood still", () => {
  test("what still differs is a mismatch", () => {
    expect(standings([wrong], [look({ now: [wrong] })])).toEqual(["mismatch"]);
  });

  test("a candidate that was wrong the first time only is an unstable mismatch: the client would have seen it", () => {
    expect(judge([wrong], [look()])).toMatchObject([{ standing: "mismatch", hint: "unstable" }]);
    const empty = body("$.items[0]", "missing", { id: 1 });
    expect(judge([empty], [look()])).toMatchObject([{ standing: "mismatch", hint: "unstable" }]);
  });

  test("what agrees later is transient after a write, or within the lag that the route allows, and not past it", () => {
    const stale = look({ now: [wrong] });
    expect(standings([wrong], [look()], { written: true })).toEqual(["transient"]);
    expect(standings([wrong], [look({ afterMs: 900 })], { lagMs: 1000 })).toEqual(["transient"]);
    const late = [{ ...stale, afterMs: 1500 }, look({ afterMs: 3000 })];
    expect(standings([wrong], late, { lagMs: 1000 })).toEqual(["mismatch"]);
    // Nobody looked in between: it may well have settled in time.
    expect(standings([wrong], [look({ afterMs: 3000 })], { lagMs: 1000 })).toEqual(["transient"]);
    expect(standings([wrong], [stale], { lagMs: 1000 })).toEqual(["mismatch"]);
  });

  test("a candidate that varies is an unstable mismatch", () => {
    const other = body("$.total", "value", 10, 12);
    expect(judge([wrong], [look({ now: [other] })])[0]).toMatchObject({ standing: "mismatch", hint: "unstable" });
    const moved = look({ now: [body("$.items[4].x", "value", 1, 2)] });
    expect(judge([body("$.items[0].x", "value", 1, 2)], [moved])[0]).toMatchObject({ hint: "unstable" });
    expect(judge([wrong], [look({ now: [wrong] })])[0]).not.toHaveProperty("hint");
  });
});

describe("a recheck that was cut short", () => {
  test("confirms nothing, unless legacy was asked often enough", () => {
    for (const seen of [[], [look({ now: [wrong] })], [look()]]) {
      expect(judge([wrong], seen, { cut: "budget" })).toMatchObject([{ standing: "unconfirmed", undecided: "budget" }]);
    }
    const twice = look({ now: [wrong], between: [[]] });
    expect(standings([wrong], [twice, twice, twice], { cut: "budget" })).toEqual(["mismatch"]);
    const book = createNoiseBook();
    for (let i = 0; i < 6; i++) book.observe(ROUTE, [], [], i);
    expect(standings([wrong], [look({ now: [wrong] })], { cut: "budget", book })).toEqual(["mismatch"]);
    expect(standings([wrong], [], { cut: "budget", book })).toEqual(["unconfirmed"]);
  });

  test("says nothing of a candidate that may still be behind", () => {
    const book = createNoiseBook();
    for (let i = 0; i < 6; i++) book.observe(ROUTE, [], [], i);
    const seen = [look({ now: [wrong], afterMs: 500 })];
    expect(standings([wrong], seen, { cut: "budget", book, lagMs: 5000 })).toEqual(["unconfirmed"]);
  });

  test("by second answers of another status class says so", () => {
    expect(judge([wrong], [], { cut: "second_answers" })).toMatchObject([
      { standing: "unconfirmed", undecided: "second_answers" },
    ]);
  });

  test("still leaves what earlier rechecks confirmed", () => {
    const book = createNoiseBook();
    const confirm = (now: readonly Difference[]) => {
      const looks = [look({ now })];
      book.learn(ROUTE, judge([wrong], looks, { book }), { looks }, { at: 0, written: false });
    };
    confirm([wrong]);
    expect(standings([wrong], [], { book })).toEqual(["unconfirmed"]);
    confirm([wrong]);
    expect(standings([wrong], [], { book })).toEqual(["mismatch"]);
    expect(book.need(ROUTE, [wrong], 0)).toBe("nothing");
    expect(book.need(ROUTE, [wrong, body("$.x", "value", 1, 2)], 0)).toBe("confirm");
  });

  test("a place that always settled is taken to settle only where the candidate may be behind", () => {
    const book = createNoiseBook();
    const late = body("$.onHand", "value", 5, 4);
    const recheck = (looks: readonly Look[], cut?: "budget") => {
      const judged = judge([late], looks, { book, written: true, ...(cut && { cut }) });
      book.learn(ROUTE, judged, { looks, ...(cut && { cut }) }, { at: 0, written: true });
    };
    for (let i = 0; i < 3; i++) {
      recheck([look({ now: [late] })], "budget"); // cut short before it had settled: that says nothing
      recheck([look()]);
    }
    expect(standings([late], [], { book, written: true })).toEqual(["transient"]);
    expect(standings([late], [], { book, lagMs: 1000 })).toEqual(["transient"]);
    expect(standings([late], [], { book })).toEqual(["unconfirmed"]);
  });
});

describe("a difference in status class", () => {
  const broken = status(200, 500);

  test("is a mismatch whatever a recheck says, and never transient", () => {
    expect(standings([broken], [])).toEqual(["unconfirmed"]); // nobody was asked again
    const again = look({ now: [broken], statuses: { legacy: 200, candidate: 500 } });
    expect(judge([broken], [again])).toMatchObject([{ standing: "mismatch" }]);
    expect(judge([broken], [again])[0]).not.toHaveProperty("hint");
    for (const more of [{}, { written: true }, { lagMs: 5000 }]) {
      expect(judge([broken], [look()], more)).toMatchObject([{ standing: "mismatch", hint: "unstable" }]);
    }
  });

  test("is noise only where legacy itself shows that status", () => {
    const same = look({ legacyTwice: [status(200, 404)], statuses: { legacy: 404, candidate: 404 } });
    expect(standings([status(200, 404)], [same])).toEqual(["noise"]);
    const other = look({ legacyTwice: [status(200, 404)], statuses: { legacy: 404, candidate: 500 } });
    expect(standings([broken], [other])).toEqual(["mismatch"]);
  });

  test("is noise where legacy, asked further times, fails at random as well, and is not decided before it was asked", () => {
    const sees = look({ between: [[], [status(200, 500)]] });
    expect(standings([broken], [sees])).toEqual(["noise"]);
    expect(standings([broken], [look()], { cut: "budget" })).toEqual(["unconfirmed"]);
    const often = look({ between: Array.from({ length: 15 }, () => []) });
    expect(standings([broken], [often], { cut: "budget" })).toEqual(["mismatch"]);
    // Legacy failed alone before: that the candidate does now is no fault yet.
    const book = createNoiseBook();
    const failed = status(500, 200);
    const looks = [look({ legacyTwice: [failed] })];
    book.learn(ROUTE, judge([failed], looks, { book }), { looks }, { at: 0, written: false });
    expect(standings([broken], [look()], { book })).toEqual(["unconfirmed"]);
  });

  test("legacy's own failure of a moment is not held against the candidate", () => {
    const failed = status(500, 200);
    expect(standings([failed], [])).toEqual(["unconfirmed"]);
    expect(standings([failed], [look({ legacyTwice: [status(500, 200)] })])).toEqual(["noise"]);
    const stays = look({ now: [failed], statuses: { legacy: 500, candidate: 200 } });
    expect(standings([failed], [stays])).toEqual(["mismatch"]);
  });

  test("of one class follows the rows for any other place", () => {
    const gone = status(410, 404);
    expect(standings([gone], [look({ now: [gone], statuses: { legacy: 410, candidate: 404 } })])).toEqual(["mismatch"]);
    expect(standings([gone], [])).toEqual(["unconfirmed"]);
  });
});

describe("legacy changed", () => {
  const stamp = (a: number, b: number) => body("$.at", "value", time(a), time(b));

  test("what agrees now is transient, and one place does not decide for another", () => {
    const lag = body("$.onHand", "value", 4, 5);
    const seen = look({ legacyTwice: [stamp(1, 5), body("$.onHand", "value", 4, 5)], now: [wrong, stamp(5, 6)] });
    expect(standings([wrong, lag, stamp(1, 2)], [seen])).toEqual(["mismatch", "transient", "noise"]);
  });

  test("two clocks that say the same for once are noise, where they nearly always differ", () => {
    const seen = [look({ legacyTwice: [stamp(1, 5)] })];
    const bookOf = (times: number) => {
      const book = createNoiseBook();
      for (let i = 0; i < 20; i++) book.observe(ROUTE, i < times ? [stamp(i, i + 1)] : [], [], i);
      return book;
    };
    expect(standings([stamp(1, 2)], seen, { book: bookOf(20) })).toEqual(["noise"]);
    expect(standings([stamp(1, 2)], seen, { book: bookOf(3) })).toEqual(["transient"]);
  });

  test("a candidate that follows legacy is late, not noisy, also by more than one look", () => {
    const onHand = (a: number, b: number) => body("$.onHand", "value", a, b);
    expect(standings([onHand(5, 4)], [look({ legacyTwice: [onHand(5, 6)], now: [onHand(6, 5)] })])).toEqual([
      "transient",
    ]);
    const looks = [
      look({ legacyTwice: [onHand(5, 6)], now: [onHand(6, 4)] }),
      look({ legacyTwice: [onHand(5, 7)], now: [onHand(7, 6)] }),
    ];
    expect(standings([onHand(5, 3)], looks)).toEqual(["transient"]);
  });

  test("what was written a moment ago moves, unless it is new each time", () => {
    const written = (path: string, ...values: unknown[]) =>
      standings(
        [body(path, "value", values[0], values[1])],
        [
          look({
            legacyTwice: [body(path, "value", values[0], values[2])],
            now: [body(path, "value", values[2], values[3])],
          }),
        ],
        { written: true },
      );
    expect(written("$.onHand", 7, 3, 9, 4)).toEqual(["transient"]);
    expect(written("$.at", time(1), time(2), time(3), time(4))).toEqual(["noise"]);
    expect(written("$.at", time(1), null, time(3), null)).toEqual(["mismatch"]);
  });

  test("five random ads of fifty, and a shuffled list, are noise", () => {
    const ads = (...at: number[]) => at.map((i) => body(`$.ads[${i}]`, "missing", { id: i }));
    const seen = look({ legacyTwice: ads(0, 2, 4), now: ads(0, 1, 3) });
    expect(standings(ads(1, 2, 3), [seen])).toEqual(["noise", "noise", "noise"]);
    const order = (a: unknown, b: unknown) => body("$.list", "order", a, b);
    const shuffled = look({ legacyTwice: [order([0, 1, 2], [2, 1, 0])], now: [order([0, 1], [1, 0])] });
    expect(standings([order([0, 1, 2], [1, 2, 0])], [shuffled])).toEqual(["noise"]);
    expect(standings([order([0, 1], [1, 0])], [look({ now: [order([0, 1], [1, 0])] })])).toEqual(["mismatch"]);
  });

  test("members of records vary in all elements when they vary in two, and plain values each for itself", () => {
    const at = (i: number) => body(`$.items[${i}].at`, "value", time(i), time(i + 1));
    const seen = look({ legacyTwice: [at(0), at(1)], now: [at(0), at(1), at(5)] });
    expect(standings([at(5)], [seen])).toEqual(["noise"]);
    expect(standings([at(5)], [look({ legacyTwice: [at(0)], now: [at(5)] })])).toEqual(["mismatch"]);
    const plain = (i: number) => body(`$.row[${i}]`, "value", i, i + 1);
    expect(standings([plain(5)], [look({ legacyTwice: [plain(0), plain(1)], now: [plain(5)] })])).toEqual(["mismatch"]);
  });

  test("noise inside an object does not excuse that the whole object is gone or null", () => {
    const legacyTwice = [body("$.meta.at", "value", time(1), time(2))];
    const gone = body("$.meta", "missing", { at: time(1) });
    const nulled = body("$.meta", "type", { at: time(1) }, null);
    expect(standings([gone], [look({ legacyTwice, now: [gone] })])).toEqual(["mismatch"]);
    expect(standings([nulled], [look({ legacyTwice, now: [nulled] })])).toEqual(["mismatch"]);
  });

  test("a field that legacy itself sometimes leaves out may be missing", () => {
    const gone = body("$.promo", "missing", "x");
    expect(standings([gone], [look({ legacyTwice: [gone], now: [body("$.promo", "extra", undefined, "y")] })])).toEqual(
      ["noise"],
    );
  });

  test("a list that grew meanwhile does not make its wrong element look settled", () => {
    const first = body("$.items[1].price", "value", 10, 11);
    const seen = look({
      legacyTwice: [body("$.items[0]", "extra", undefined, { price: 5 })],
      now: [body("$.items[2].price", "value", 10, 11)],
    });
    expect(standings([first], [seen])).toEqual(["mismatch"]);
  });

  test("a body of which only the hash or that its bytes differ is known is never noise", () => {
    const whole: Difference = { where: "body", path: "$", kind: "value", note: "compared by length and SHA-256" };
    const varies = look({ legacyTwice: [whole], now: [whole] });
    expect(judge([whole], [varies])).toMatchObject([{ standing: "unconfirmed", undecided: "opaque" }]);
    const book = createNoiseBook();
    for (let i = 0; i < 20; i++) book.observe(ROUTE, [whole], [whole], i);
    expect(judge([whole], [], { book })).toMatchObject([{ standing: "unconfirmed", undecided: "opaque" }]);
    expect(standings([whole], [look({ now: [whole] })], { book })).toEqual(["mismatch"]);
    expect(standings([whole], [look({ legacyTwice: [whole] })], { book })).toEqual(["transient"]);
    // However often: that no value of the candidate's is known does not mean that it says the same each time.
    const looks = [look({ legacyTwice: [whole], now: [whole] })];
    for (let i = 0; i < 60; i++)
      book.learn(ROUTE, judge([whole], looks, { book }), { looks }, { at: i, written: false });
    expect(judge([whole], looks, { book })).toMatchObject([{ standing: "unconfirmed", undecided: "opaque" }]);
  });

  test("what varied once in a few looks is neither noise nor a mismatch yet", () => {
    const book = createNoiseBook();
    book.observe(ROUTE, [body("$.total", "value", 10, 12)], [], 0);
    expect(judge([wrong], [look({ now: [wrong] })], { book })).toMatchObject([
      { standing: "unconfirmed", undecided: "samples" },
    ]);
    for (let i = 0; i < 200; i++) book.observe(ROUTE, [], [], i);
    expect(standings([wrong], [look({ now: [wrong] })], { book })).toEqual(["mismatch"]);
  });
});

test("what differs in another way, above or below, still differs", () => {
  const now = (...differences: Difference[]) => [look({ now: differences })];
  const plain = ({ standing, hint = "" }: { standing: string; hint?: string }) => `${standing} ${hint}`.trim();
  const judged = (first: Difference, ...differences: Difference[]) => judge([first], now(...differences)).map(plain)[0];
  expect(judged(wrong, body("$.total", "missing", 10))).toMatch(/^mismatch/);
  expect(judged(body("$.a.b", "value", 1, 2), body("$.a", "type", {}, null))).toMatch(/^mismatch/);
  expect(judged(body("$.a", "missing", {}), body("$.a.b", "value", 1, 2))).toMatch(/^mismatch/);
  expect(standings([body("$.ab", "value", 1, 2)], now(body("$.a", "value", 1, 2)), { written: true })).toEqual([
    "transient",
  ]);
});

test("what the looks taught decides the next ones that cannot be rechecked", () => {
  const book = createNoiseBook();
  const stamp = body("$.at", "value", time(1), time(2));
  const looks = [
    look({
      legacyTwice: [body("$.at", "value", time(1), time(5))],
      now: [body("$.at", "value", time(5), time(6)), wrong],
    }),
  ];
  expect(standings([stamp, wrong], [], { book })).toEqual(["unconfirmed", "unconfirmed"]);
  for (let i = 0; i < 3; i++)
    book.learn(ROUTE, judge([stamp, wrong], looks, { book }), { looks }, { at: i, written: false });
  expect(standings([stamp, wrong], [], { book })).toEqual(["noise", "mismatch"]);
  expect(book.explains(ROUTE, body("$.gone", "missing", 1), 3).is).toBe("unknown");
});

test("each difference is judged once, in its order, and never thrown at, whatever its name", () => {
  const name = fc.constantFrom("__proto__", "constructor", "toString", "a/b", "m~n", "0", "", "it's", "[", ".");
  const path = fc
    .array(
      fc.oneof(
        name.map((text) => `['${text.replaceAll("'", "\\'")}']`),
        fc.nat(3).map((i) => `[${i}]`),
      ),
      { maxLength: 3 },
    )
    .map((parts) => `$${parts.join("")}`);
  const value = fc.option(fc.json(), { nil: undefined });
  const one = fc
    .record({
      path,
      kind: fc.constantFrom<Kind>("value", "missing", "extra", "type", "order", "format"),
      legacy: value,
      candidate: value,
    })
    .map(
      ({ path, kind, legacy, candidate }): Difference => ({
        where: "body",
        path,
        kind,
        ...(legacy === undefined ? {} : { legacy }),
        ...(candidate === undefined ? {} : { candidate }),
      }),
    );
  const some = fc.array(one, { maxLength: 5 });
  const looks = fc.array(
    fc.record({ legacyTwice: some, now: some, between: fc.array(some, { maxLength: 2 }) }).map(look),
    { maxLength: 2 },
  );
  const cut = fc.constantFrom("budget", "second_answers", "stopped", undefined);
  fc.assert(
    fc.property(some, looks, some, cut, fc.boolean(), (first, seen, noise, cut, written) => {
      const book = createNoiseBook({ routes: 2, placesPerRoute: 3 });
      for (let i = 0; i < 3; i++) {
        book.observe(ROUTE, noise, first, i);
        book.see(ROUTE, first, { at: i * 4000, askedAt: i * 4000, spanMs: 1, resource: 7, written });
      }
      const judged = judge(first, seen, { book, written, ...(cut && { cut }) });
      book.learn(ROUTE, judged, { looks: seen, ...(cut && { cut }) }, { at: 10, written });
      expect(judged.map(({ where, path, kind, legacy }) => ({ where, path, kind, legacy }))).toEqual(
        first.map(({ where, path, kind, legacy }) => ({ where, path, kind, legacy })),
      );
      for (const { standing, undecided } of judged) expect(standing === "unconfirmed").toBe(undecided !== undefined);
      const copy = createNoiseBook();
      expect(copy.restore(JSON.parse(JSON.stringify(book.changes())))).toEqual({ unreadable: 0 });
      expect(copy.places(10)).toEqual(book.places(10));
      expect(book.places(10).length).toBeLessThanOrEqual(3);
    }),
  );
});

describe("cookies of one answer", () => {
  const cookie = (name: string, kind: Kind, legacy: string | undefined, candidate: string | undefined): Difference => ({
    where: "field",
    path: "set-cookie",
    kind,
    ...(legacy !== undefined && { legacy: JSON.stringify(legacy) }),
    ...(candidate !== undefined && { candidate: JSON.stringify(candidate) }),
    note: `cookie ${JSON.stringify(name)}`,
  });
  const renamed = [
    cookie("theme", "missing", "theme=***; path=/", undefined),
    cookie("ui_theme", "extra", undefined, "ui_theme=***; path=/"),
  ];

  test("are told apart by their names: each stands still when both are asked again", () => {
    const judged = judge(renamed, [look({ now: renamed })]);
    expect(judged).toMatchObject([{ standing: "mismatch" }, { standing: "mismatch" }]);
    for (const one of judged) expect(one).not.toHaveProperty("hint");
  });

  test("one that legacy changes each time hides no other", () => {
    const visit = cookie("visit", "value", "visit=***; path=/a", "visit=***; path=/b");
    const theme = cookie("theme", "value", "theme=***; path=/", "theme=***; path=/; secure");
    const seen = look({ legacyTwice: [visit], now: [visit, theme] });
    expect(standings([visit, theme], [seen])).toEqual(["noise", "mismatch"]);
  });
});

describe("a list of which legacy shows other elements each time", () => {
  const order: Difference = { where: "body", path: "$.ads", kind: "order", legacy: "[0,1]", candidate: "[1,0]" };
  const gone = body("$.ads[2]", "missing", "a");

  test("has no order that could be wrong", () => {
    const own = [body("$.ads[1]", "missing", "a"), body("$.ads[1]", "extra", undefined, "b")];
    expect(standings([order], [look({ legacyTwice: own, now: [order] })])).toEqual(["noise"]);
    const replaced = [body("$.ads", "value", ["a", "b"], ["c", "d"])];
    expect(standings([order], [look({ legacyTwice: replaced, now: [order] })])).toEqual(["noise"]);
    // That a member of an element varies says nothing of their order.
    const below = [body("$.ads[1].at", "value", 1, 2)];
    expect(standings([order], [look({ legacyTwice: below, now: [order] })])).toEqual(["mismatch"]);
  });

  test("may have another number of them as well: that shows only when legacy is asked often", () => {
    const own = [body("$.ads[0]", "value", "a", "b")];
    expect(standings([gone], [look({ legacyTwice: own, now: [gone] })])).toEqual(["unconfirmed"]);
    const often = look({ legacyTwice: own, now: [gone], between: Array.from({ length: 15 }, () => own) });
    expect(standings([gone], [often])).toEqual(["mismatch"]);
    const other = look({ legacyTwice: own, now: [gone], between: [[body("$.ads[1]", "missing", "c")]] });
    expect(standings([gone], [other])).toEqual(["noise"]);
  });
});
