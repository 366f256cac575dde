import { describe, expect, test } from "vitest";
import { findingOf } from "../../src/model/place.ts";
import { compare, type Json, objectOf } from "./documents.ts";

const catalogue = (suffix: string, count = 40): Json => ({
  locale: "en",
  messages: objectOf([
    ...Array.from({ length: 60 }, (_, k) => [`label${k}`, `Label number ${k}`] as const),
    ...Array.from({ length: count }, (_, k) => [`item${k}_${suffix}`, `There are {n} of ${k}`] as const),
  ]),
});
const placesOf = (legacy: Json, candidate: Json) =>
  new Set(compare(legacy, candidate).differences.map(({ kind, path, general }) => `${kind} ${general ?? path}`));
const findingsOf = (legacy: Json, candidate: Json) =>
  new Set(compare(legacy, candidate).differences.map((difference) => findingOf("GET /", difference))).size;

describe("an object whose names are data", () => {
  test("makes one finding of the names that it lost and one of those that it gained", () => {
    const [legacy, candidate] = [catalogue("plural", 37), catalogue("other", 40)];
    expect(compare(legacy, candidate).differences).toHaveLength(77);
    expect(placesOf(legacy, candidate)).toEqual(new Set(["missing $.messages[*]", "extra $.messages[*]"]));
    expect(findingsOf(legacy, candidate)).toBe(2);
    expect(compare(legacy, candidate).differences[0]?.path).toBe("$.messages.item0_plural");
  });

  test("is known by alike objects for values, or by names that no programmer gives to a member", () => {
    const users = (age: number) =>
      objectOf(["ann", "bob", "cyd", "dan", "eve", "fay", "gus", "hal"].map((name) => [name, { name, age }] as const));
    expect(placesOf({ users: users(1) }, { users: users(2) })).toEqual(new Set(["value $.users[*].age"]));
    const paths = (text: string) => objectOf(Array.from({ length: 40 }, (_, k) => [`/page/${k}.html`, text] as const));
    expect(placesOf(paths("a"), paths("b"))).toEqual(new Set(["value $[*]"]));
  });
});

describe("a record keeps the names of its members", () => {
  const record = (names: readonly string[], value: (k: number) => Json) =>
    objectOf(names.map((name, k) => [name, value(k)] as const));
  const many = Array.from({ length: 40 }, (_, k) => `field${k}`);

  test("with many members of one type, in a list, or with values of several types", () => {
    const texts = (changed: string): Json => record(many, (k) => (k === 7 ? changed : `text ${k}`));
    expect(placesOf(texts("a"), texts("b"))).toEqual(new Set(["value $.field7"]));
    expect(placesOf([texts("a")], [record(many.slice(6), () => "x")])).not.toContain("missing $[0][*]");
    const mixed = (names: readonly string[]): Json => record(names, (k) => (k % 2 === 0 ? `text ${k}` : k));
    expect(placesOf(mixed(many), mixed(many.slice(5)))).toContain("missing $.field0");
  });

  test("with a few objects of the same names", () => {
    const order = (city: string): Json => ({ billing: { city }, shipping: { city } });
    expect(placesOf(order("a"), order("b"))).toEqual(new Set(["value $.billing.city", "value $.shipping.city"]));
  });
});
