import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cpuRatio } from "../support/growth.ts";
import { compareTexts } from "./documents.ts";

const equal = (a: string, b: string): boolean => compareTexts(`[${a}]`, `[${b}]`).differences.length === 0;

describe("numbers", () => {
  test.each([
    ["1", "1.0"],
    ["1", "1e0"],
    ["1", "10e-1"],
    ["1", "0.01E+2"],
    ["-0", "0"],
    ["-0.0e5", "0"],
    ["100", "1e2"],
    ["0.1", "0.10000000000000001"],
    ["12345678901234567890", "12345678901234567890.0"],
    ["1e400", "10e399"],
    ["1e999999999", "0.1e1000000000"],
    ["1e99999999999999999999", "10e99999999999999999998"],
    ["0e999999999", "0"],
  ])("%s is %s", (a, b) => {
    expect(equal(a, b)).toBe(true);
    expect(equal(b, a)).toBe(true);
  });

  test.each([
    ["12345678901234567890", "12345678901234567891"],
    ["18446744073709551617", "1"],
    ["9007199254740993", "9007199254740992"],
    ["9007199254740993", "9007199254740992.0"],
    ["9007199254740993", "9007199254740992.5"],
    ["0.1", "0.1000000000000000055511151231257827"],
    ["1.000000000000000001", "1"],
    ["1e400", "1e401"],
    ["1e-400", "0"],
    ["1e-400", "-1e-400"],
    ["1e999999999", "1e999999998"],
    ["1e99999999999999999999", "1e99999999999999999998"],
    ["1", "-1"],
    ["0.1", "0.2"],
    ["0", "1e-30"],
  ])("%s is not %s", (a, b) => {
    expect(equal(a, b)).toBe(false);
    expect(equal(b, a)).toBe(false);
  });

  test("integers compare exactly at any size", () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt({ min: -3n, max: 3n }), (n, by) => {
        expect(equal(String(n), String(n + by))).toBe(by === 0n);
      }),
    );
  });

  test("two doubles are equal exactly when they are the same double, whatever their notation", () => {
    const doubles = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(doubles, doubles, (a, b) => {
        expect(equal(JSON.stringify(a), a.toExponential())).toBe(true);
        expect(equal(JSON.stringify(a), JSON.stringify(b))).toBe(a === b);
      }),
    );
  });

  test("an exact decimal is the same number however its point and exponent are placed", () => {
    const digits = fc.stringMatching(/^[1-9]\d{18,60}$/);
    fc.assert(
      fc.property(
        digits,
        fc.integer({ min: -400, max: 400 }),
        fc.nat(17), // a digit stays behind the point, for the change
        fc.boolean(),
        (text, exponent, point, change) => {
          const moved = `${text.slice(0, point + 1)}.${text.slice(point + 1)}0e${exponent + text.length - point - 1}`;
          const other = change ? moved.replace(/\d0e/, (end) => `${(Number(end[0]) + 1) % 10}0e`) : moved;
          expect(equal(`${text}e${exponent}`, other)).toBe(!change);
        },
      ),
    );
  });

  test("absurd numbers cost no more than their length", () => {
    const comparing = (length: number) => {
      const long = "9".repeat(length);
      return () => {
        expect(equal(`1e${long}`, `1e${long.slice(1)}8`)).toBe(false);
        expect(equal(`${long}e-${long}`, `${long}e-${long.slice(1)}`)).toBe(false);
        expect(equal(`0.${long}`, `0.${long.slice(1)}8`)).toBe(false);
        expect(equal(`1${"0".repeat(length)}`, `1e${length}`)).toBe(true);
      };
    };
    // Eight times as long: quadratic work takes 64 times as long.
    expect(cpuRatio(comparing(200_000), comparing(25_000), 24)).toBeLessThanOrEqual(24);
  });

  test("values are shown as they were written", () => {
    const { differences } = compareTexts(
      '{"id":12345678901234567890,"x":1.50}',
      '{"id":12345678901234567891,"x":1.51E0}',
    );
    expect(differences).toEqual([
      { where: "body", path: "$.id", kind: "value", legacy: "12345678901234567890", candidate: "12345678901234567891" },
      { where: "body", path: "$.x", kind: "value", legacy: "1.50", candidate: "1.51E0" },
    ]);
  });
});
