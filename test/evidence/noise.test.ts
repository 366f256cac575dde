import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { classify, createNoiseBook, type Look } from "../../src/evidence/index.ts";
import { fits, shapeOf } from "../../src/evidence/shape.ts";
import type { Difference, Kind } from "../../src/model/difference.ts";

const ROUTE = "GET /orders/{id}";
const HOUR = 3_600_000;

function body(path: string, kind: Kind, legacy?: unknown, candidate?: unknown): Difference {
  return {
    where: "body",
    path,
    kind,
    ...(legacy === undefined ? {} : { legacy: JSON.stringify(legacy) }),
    ...(candidate === undefined ? {} : { candidate: JSON.stringify(candidate) }),
  };
}

const time = (n: number) => new Date(1_700_000_000_000 + n * 1000).toISOString();

/** A book that was shown `of` double-asks of the route, `times` of which varied at `$.meta.at`. */
function bookOf(times: number, of: number) {
  const book = createNoiseBook();
  for (let i = 0; i < of; i++) {
    book.observe(ROUTE, i < times ? [body("$.meta.at", "value", time(i), time(i + 1))] : [], i);
  }
  return book;
}

const standings = (first: readonly Difference[], looks: readonly Look[], book = createNoiseBook()) =>
  classify(ROUTE, first, looks, book, 1000).map(({ standing }) => standing);

describe("a noisy place is held to its shape", () => {
  const noisy = body("$.meta.at", "value", time(1), time(2));
  const broken = [
    body("$.meta.at", "value", time(1), "NaN-NaN"),
    body("$.meta.at", "type", time(1), null),
    body("$.meta.at", "missing", time(1)),
  ];
  const beside = body("$.meta.total", "value", 10, 11);

  test("at any level of noise: NaN-NaN, null, nothing, and the neighbour's value are four mismatches", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), fc.nat(200), fc.boolean(), (varied, still, asked) => {
        const book = bookOf(varied, varied + still);
        for (const wrong of [...broken, beside]) {
          const looks: Look[] = asked
            ? [
                {
                  legacyTwice: [body("$.meta.at", "value", time(1), time(3))],
                  now: [{ ...wrong, legacy: `"${time(3)}"` }],
                },
              ]
            : [];
          const judged = classify(ROUTE, [wrong, noisy], looks, book, 1000);
          expect(judged[0]).toMatchObject({ path: wrong.path, kind: wrong.kind, standing: "mismatch" });
        }
      }),
    );
  });

  test("what has the shape is noise once legacy was seen to vary, and a mismatch while it was not", () => {
    const explained = (varied: number, of: number) => bookOf(varied, of).explains(ROUTE, noisy, 1000);
    expect(explained(0, 0)).toBe("unknown");
    expect(explained(0, 500)).toBe("unknown");
    expect(explained(1, 1)).toBe("unknown");
    expect(explained(2, 2)).toBe("noise");
    expect(explained(50, 100)).toBe("noise");
    expect(explained(2, 1000)).toBe("unknown");
    expect(bookOf(9, 9).explains(ROUTE, broken[0]!, 1000)).toBe("shape_broken");
  });

  test("what was seen long ago fades", () => {
    const book = bookOf(10, 10);
    expect(book.explains(ROUTE, noisy, HOUR)).toBe("noise");
    expect(book.explains(ROUTE, noisy, 200 * HOUR)).toBe("unknown");
  });

  test("shapes tell times, epochs, ids, hashes and tokens apart", () => {
    const shape = (value: unknown) => shapeOf(JSON.stringify(value), "body");
    expect(
      [time(1), "2026-01-05T08:00:00", "2026-01-05", 1_700_000_000, 1_700_000_000_000, 7, "", "a word or two"].map(
        shape,
      ),
    ).toEqual(["iso_time", "iso_local", "date", "epoch_s", "epoch_ms", "number", "empty", "text"]);
    expect(shape("b7c1f0de-9a3e-4c11-8a55-0c1d2e3f4a5b")).toBe("uuid");
    expect(shape("d41d8cd98f00b204e9800998ecf8427e")).toBe("hex:32");
    expect(fits('"12345678901234567890123456789012"', "hex:32", "body")).toBe(true);
    expect(fits('"d41d8cd9"', "hex:32", "body")).toBe(false);
    for (const wrong of ["NaN-NaN", "undefined", "Invalid Date", "[object Object]", "1970-01-01T00:00:00Z", "null"]) {
      for (const of of ["text", "iso_time", "token:3", "date"])
        expect(fits(JSON.stringify(wrong), of, "body")).toBe(false);
    }
    expect(fits("1700000000", "epoch_ms", "body")).toBe(false);
    expect(fits(undefined, "text", "body")).toBe(false);
    expect(fits("null", "text", "body")).toBe(false);
  });

  test("a value always has its own shape", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        expect(fits(text, shapeOf(text, "body"), "body")).toBe(true);
      }),
    );
  });
});

describe("noise in one place does not hide another", () => {
  const at = (i: number) => body(`$.items[${i}].at`, "value", time(1), time(2));

  test("not another member of the same element", () => {
    const book = createNoiseBook();
    for (let i = 0; i < 20; i++) book.observe(ROUTE, [at(i % 3)], i);
    expect(book.explains(ROUTE, at(17), 20)).toBe("noise");
    expect(book.explains(ROUTE, body("$.items[1].price", "value", 1, 2), 20)).toBe("unknown");
    expect(book.explains("GET /other", at(1), 20)).toBe("unknown");
  });

  test("not other elements, where only one was ever seen to vary", () => {
    const book = createNoiseBook();
    for (let i = 0; i < 20; i++) book.observe(ROUTE, [at(0)], i);
    expect(book.explains(ROUTE, at(0), 20)).toBe("noise");
    expect(book.explains(ROUTE, at(1), 20)).toBe("unknown");
  });

  test("not other positions of a list of plain values", () => {
    const book = createNoiseBook();
    for (let i = 0; i < 20; i++)
      book.observe(
        ROUTE,
        [0, 1].map((n) => body(`$.row[${n}]`, "value", i, i + 1)),
        i,
      );
    expect(book.explains(ROUTE, body("$.row[1]", "value", 5, 6), 20)).toBe("noise");
    expect(book.explains(ROUTE, body("$.row[2]", "value", 5, 6), 20)).toBe("unknown");
  });

  test("not another kind: a place whose value varies may not be gone, nor its list be reordered", () => {
    const book = bookOf(20, 20);
    expect(book.explains(ROUTE, body("$.meta.at", "order", [], []), 100)).toBe("shape_broken");
    expect(book.explains(ROUTE, body("$.meta", "missing", {}), 100)).toBe("unknown");
  });
});

describe("asking again", () => {
  const wrong = body("$.total", "value", 10, 11);

  test("what still differs where legacy stood still is a mismatch", () => {
    expect(standings([wrong], [{ legacyTwice: [], now: [wrong] }])).toEqual(["mismatch"]);
  });

  test("what agrees now is transient, and one place does not decide for another", () => {
    const lag = body("$.onHand", "value", 4, 5);
    const stamp = body("$.at", "value", time(1), time(2));
    const looks: Look[] = [
      { legacyTwice: [body("$.at", "value", time(1), time(5))], now: [wrong, body("$.at", "value", time(5), time(6))] },
    ];
    expect(standings([wrong, lag, stamp], looks)).toEqual(["mismatch", "transient", "noise"]);
  });

  test("two clocks that say the same for once are noise, where they nearly always differ", () => {
    const stamp = body("$.meta.at", "value", time(1), time(2));
    const looks: Look[] = [{ legacyTwice: [body("$.meta.at", "value", time(1), time(5))], now: [] }];
    expect(standings([stamp], looks, bookOf(20, 20))).toEqual(["noise"]);
    expect(standings([stamp], looks, bookOf(3, 20))).toEqual(["transient"]);
  });

  test("a candidate that follows legacy is late, not noisy", () => {
    const looks: Look[] = [{ legacyTwice: [body("$.onHand", "value", 5, 6)], now: [body("$.onHand", "value", 6, 5)] }];
    expect(standings([body("$.onHand", "value", 5, 4)], looks)).toEqual(["transient"]);
  });

  test("what was written a moment ago moves, unless it is new each time", () => {
    const judge = (path: string, ...values: unknown[]) =>
      classify(
        ROUTE,
        [body(path, "value", values[0], values[1])],
        [
          {
            legacyTwice: [body(path, "value", values[0], values[2])],
            now: [body(path, "value", values[2], values[3])],
          },
        ],
        createNoiseBook(),
        0,
        true,
      ).map(({ standing }) => standing);
    expect(judge("$.onHand", 7, 3, 9, 4)).toEqual(["transient"]);
    expect(judge("$.at", time(1), time(2), time(3), time(4))).toEqual(["noise"]);
    expect(judge("$.at", time(1), null, time(3), null)).toEqual(["mismatch"]);
  });

  test("a place that always settled is taken to settle when there is no asking, until it once stood", () => {
    const book = createNoiseBook();
    const late = body("$.onHand", "value", 5, 4);
    const ask = (now: readonly Difference[]) => {
      const judged = classify(ROUTE, [late], [{ legacyTwice: [], now }], book, 0);
      // A look at which it had not settled yet says nothing, if it was not the last.
      book.learn(ROUTE, classify(ROUTE, [late], [{ legacyTwice: [], now: [late] }], book, 0), [], 0, false);
      book.learn(ROUTE, judged, [], 0);
    };
    ask([]);
    expect(standings([late], [], book)).toEqual(["mismatch"]);
    ask([]);
    expect(standings([late], [], book)).toEqual(["transient"]);
    expect(book.knows(ROUTE, [late], 0)).toBe(true);
    expect(book.knows(ROUTE, [late, wrong], 0)).toBe(false);
    ask([late]);
    expect(standings([late], [], book)).toEqual(["mismatch"]);
  });

  test("what differs in another way, above or below, still differs", () => {
    const legacyTwice: Difference[] = [];
    expect(standings([wrong], [{ legacyTwice, now: [body("$.total", "missing", 10)] }])).toEqual(["mismatch"]);
    expect(standings([body("$.a.b", "value", 1, 2)], [{ legacyTwice, now: [body("$.a", "type", {}, null)] }])).toEqual([
      "mismatch",
    ]);
    expect(standings([body("$.a", "missing", {})], [{ legacyTwice, now: [body("$.a.b", "value", 1, 2)] }])).toEqual([
      "mismatch",
    ]);
    expect(standings([body("$.ab", "value", 1, 2)], [{ legacyTwice, now: [body("$.a", "value", 1, 2)] }])).toEqual([
      "transient",
    ]);
  });

  test("noise inside an object does not excuse that the whole object is gone or null", () => {
    const legacyTwice = [body("$.meta.at", "value", time(1), time(2))];
    const gone = body("$.meta", "missing", { at: time(1) });
    const nulled = body("$.meta", "type", { at: time(1) }, null);
    expect(standings([gone], [{ legacyTwice, now: [gone] }])).toEqual(["mismatch"]);
    expect(standings([nulled], [{ legacyTwice, now: [nulled] }])).toEqual(["mismatch"]);
  });

  test("a field that legacy itself sometimes leaves out may be missing", () => {
    const gone = body("$.promo", "missing", "x");
    expect(
      standings(
        [gone],
        [{ legacyTwice: [body("$.promo", "missing", "x")], now: [body("$.promo", "extra", undefined, "y")] }],
      ),
    ).toEqual(["noise"]);
  });

  test("a list that grew meanwhile does not make its wrong element look settled", () => {
    const first = body("$.items[1].price", "value", 10, 11);
    const look: Look = {
      legacyTwice: [body("$.items[0]", "extra", undefined, { price: 5 })],
      now: [body("$.items[2].price", "value", 10, 11)],
    };
    expect(standings([first], [look])).toEqual(["mismatch"]);
  });

  test("a candidate that varies where legacy does not is a mismatch, with a hint", () => {
    const judge = (first: Difference, second: Difference) =>
      classify(ROUTE, [first], [{ legacyTwice: [], now: [second] }], createNoiseBook(), 0)[0];
    expect(judge(wrong, body("$.total", "value", 10, 12))).toMatchObject({
      standing: "mismatch",
      hint: "unstable",
    });
    expect(judge(body("$.items[0].x", "value", 1, 2), body("$.items[4].x", "value", 1, 2))).toMatchObject({
      standing: "mismatch",
      hint: "unstable",
    });
    expect(judge(wrong, wrong)).not.toHaveProperty("hint");
  });

  test("a status may only be one that legacy has given", () => {
    const status = (legacy: string, candidate: string): Difference => ({
      where: "status",
      path: "",
      kind: "value",
      legacy,
      candidate,
    });
    expect(
      standings([status("200", "500")], [{ legacyTwice: [status("200", "404")], now: [status("404", "500")] }]),
    ).toEqual(["mismatch"]);
    expect(
      standings([status("200", "404")], [{ legacyTwice: [status("200", "404")], now: [status("404", "200")] }]),
    ).toEqual(["transient"]);
  });

  test("what the looks taught decides the next ones that cannot be asked again", () => {
    const book = createNoiseBook();
    const stamp = body("$.at", "value", time(1), time(2));
    const gone = body("$.gone", "missing", 1);
    const look: Look = {
      legacyTwice: [body("$.at", "value", time(1), time(5))],
      now: [body("$.at", "value", time(5), time(6))],
    };
    expect(standings([stamp], [], book)).toEqual(["mismatch"]);
    for (let i = 0; i < 3; i++) {
      book.learn(
        ROUTE,
        classify(ROUTE, [stamp, wrong], [{ ...look, now: [...look.now, wrong] }], book, i),
        look.legacyTwice,
        i,
      );
    }
    expect(standings([stamp, wrong], [], book)).toEqual(["noise", "mismatch"]);
    expect([stamp, wrong, gone].map((one) => book.explains(ROUTE, one, 3))).toEqual(["noise", "steady", "unknown"]);
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
    fc.assert(
      fc.property(
        some,
        fc.array(fc.record({ legacyTwice: some, now: some }), { maxLength: 2 }),
        some,
        (first, looks, noise) => {
          const book = createNoiseBook({ routes: 2, placesPerRoute: 3 });
          for (let i = 0; i < 3; i++) book.observe(ROUTE, noise, i);
          const judged = classify(ROUTE, first, looks, book, 10);
          expect(judged.map(({ standing: _, hint: __, ...difference }) => difference)).toEqual(first);
          if (looks.at(-1)?.now.length === 0) {
            expect(judged.map(({ standing }) => standing)).not.toContain("mismatch");
          }
          const copy = createNoiseBook();
          copy.restore(JSON.parse(JSON.stringify(book.changes())));
          expect(copy.places(10)).toEqual(book.places(10));
          expect(book.places(10).length).toBeLessThanOrEqual(3);
        },
      ),
    );
  });
});
