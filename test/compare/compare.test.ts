import { describe, expect, test } from "vitest";
import { bodies, said } from "./support.ts";

describe("rules on the body as a whole", () => {
  test("a wide ignore rule settles a difference of any type, and is counted", () => {
    for (const type of ["image/png", "text/xml", "application/json"]) {
      const result = bodies(type, "<a/>", "\0", { ignore: ["$"] });
      expect(result).toMatchObject({ differences: [], masked: [{ rule: "ignore $", count: 1 }] });
    }
  });

  test("a rule on a place inside does not settle a body that has no such place", () => {
    expect(said(bodies("application/json", '{"a":1}', "oops", { ignore: ["$.a"] }))).toEqual(["body $ format"]);
    expect(said(bodies("image/png", "a", "b", { ignore: ["$.a", "$.*"] }))).toEqual(["body $ value"]);
    expect(said(bodies("application/json", '{"a":1}', "oops", { only: ["$.a"] }))).toEqual(["body $ format"]);
  });

  test("where `only` names nothing in the body, the body is not compared", () => {
    expect(said(bodies("application/json", '{"a":1}', "oops", { only: ["status"] }))).toEqual([]);
  });
});
