import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createNoiseBook } from "../../src/evidence/index.ts";
import { fits, shapeOf } from "../../src/evidence/shape.ts";
import { body, judge, look, ROUTE, time } from "./differences.ts";

const HOUR = 3_600_000;

/** A book that was shown `of` double-asks of the route, `times` of which varied at `$.meta.at`. */
function bookOf(times: number, of: number) {
  const book = createNoiseBook();
  for (let i = 0; i < of; i++) {
    book.observe(ROUTE, i < times ? [body("$.meta.at", "value", time(i), time(i + 1))] : [], [], i);
  }
  return book;
}

describe("a noisy place is held to its shape", () => {
  const noisy = body("$.meta.at", "value", time(1), time(2));
  const broken = [
    body("$.meta.at", "value", time(1), "NaN-NaN"),
    body("$.meta.at", "type", time(1), null),
    body("$.meta.at", "missing", time(1)),
  ];
  const beside = body("$.meta.total", "value", 10, 11);

  test("at any level of noise: NaN-NaN, null, nothing, and the neighbour's value are four mismatches, once rechecked", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), fc.nat(200), fc.boolean(), (varied, still, asked) => {
        const book = bookOf(varied, varied + still);
        for (const wrong of [...broken, beside]) {
          const seen = look({
            legacyTwice: [body("$.meta.at", "value", time(1), time(3))],
            now: [{ ...wrong, legacy: `"${time(3)}"` }],
          });
          const judged = judge([wrong, noisy], asked ? [seen] : [], { book });
          expect(judged[0]).toMatchObject({ path: wrong.path, kind: wrong.kind });
          expect(judged[0]!.standing).toBe(asked ? "mismatch" : "unconfirmed");
        }
      }),
    );
  });

  test("what has the shape is noise once legacy was seen to vary, and not while it was not", () => {
    const explained = (varied: number, of: number) => bookOf(varied, of).explains(ROUTE, noisy, 1000).is;
    expect(explained(0, 0)).toBe("unknown");
    expect(explained(0, 500)).toBe("unknown");
    expect(explained(1, 1)).toBe("doubtful");
    expect(explained(2, 2)).toBe("noise");
    expect(explained(50, 100)).toBe("noise");
    expect(explained(2, 1000)).toBe("unknown");
    expect(bookOf(9, 9).explains(ROUTE, broken[0]!, 1000).is).toBe("shape");
  });

  test("what was seen long ago fades", () => {
    const book = bookOf(10, 10);
    expect(book.explains(ROUTE, noisy, HOUR).is).toBe("noise");
    expect(book.explains(ROUTE, noisy, 200 * HOUR).is).toBe("unknown");
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
    for (let i = 0; i < 20; i++) book.observe(ROUTE, [at(i % 3)], [], i);
    expect(book.explains(ROUTE, at(17), 20).is).toBe("noise");
    expect(book.explains(ROUTE, body("$.items[1].price", "value", 1, 2), 20).is).toBe("unknown");
    expect(book.explains("GET /other", at(1), 20).is).toBe("unknown");
  });

  test("not other elements, where only one was ever seen to vary", () => {
    const book = createNoiseBook();
    for (let i = 0; i < 20; i++) book.observe(ROUTE, [at(0)], [], i);
    expect(book.explains(ROUTE, at(0), 20).is).toBe("noise");
    expect(book.explains(ROUTE, at(1), 20).is).toBe("unknown");
  });

  test("not other positions of a list of plain values", () => {
    const book = createNoiseBook();
    for (let i = 0; i < 20; i++)
      book.observe(
        ROUTE,
        [0, 1].map((n) => body(`$.row[${n}]`, "value", i, i + 1)),
        [],
        i,
      );
    expect(book.explains(ROUTE, body("$.row[1]", "value", 5, 6), 20).is).toBe("noise");
    expect(book.explains(ROUTE, body("$.row[2]", "value", 5, 6), 20).is).toBe("unknown");
  });

  test("not another kind: a place whose value varies may not be gone, nor its list be reordered", () => {
    const book = bookOf(20, 20);
    expect(book.explains(ROUTE, body("$.meta.at", "order", [], []), 100).is).toBe("shape");
    expect(book.explains(ROUTE, body("$.meta", "missing", {}), 100).is).toBe("unknown");
  });
});
