import { describe, expect, test } from "vitest";
import { compare } from "../../src/compare/index.ts";
import { bodies, path, said } from "./support.ts";

describe("the comparison from the package", () => {
  test("takes text or bytes, and shows values as they were written", () => {
    expect(compare('{"price": 10.0}', Buffer.from('{"price": 11}'), { type: "application/json" }).differences).toEqual([
      { where: "body", path: "$.price", kind: "value", legacy: "10.0", candidate: "11" },
    ]);
    expect(compare('{"a":1,"b":2}', '{"b":2,"a":1}').differences).toEqual([]);
  });

  test("takes rules and origins", () => {
    const ignore = [{ name: "ignore $.a", place: { where: "body", path: path("$.a") } }] as const;
    const result = compare('{"a":1,"u":"http://old/"}', '{"a":2,"u":"http://new/"}', {
      rules: { ignore },
      origins: { legacy: ["http://old"], candidate: ["http://new"] },
    });
    expect(result).toMatchObject({ differences: [], masked: [{ rule: "ignore $.a", count: 1 }] });
  });

  test("takes a decoder for a type that is bytes to us; what it throws is a fault of the bytes", () => {
    const decoders = {
      "application/x-protobuf": (bytes: Uint8Array) => {
        if (bytes[0] === 0) throw new Error("no message");
        return bytes[0] === 1 ? undefined : `{"first":${bytes[0]}}`;
      },
    };
    const type = "application/x-protobuf; proto=x";
    const of = (a: number, b: number) => said(compare(Buffer.from([a, 0]), Buffer.from([b, 1]), { type, decoders }));
    expect(of(2, 2)).toEqual([]);
    expect(of(2, 3)).toEqual(["body $.first value 2 -> 3"]);
    expect(of(2, 0)).toEqual(["body $ format"]);
    expect(of(2, 1)).toEqual(["body $ format"]);
    expect(of(1, 0)).toEqual(["body $ value"]);
  });

  test("a deadline that has passed ends it, and it says so", () => {
    const overdue = () => true;
    expect(compare("<a><b/></a>", "<a><c/></a>", { type: "text/xml", limits: { overdue } })).toMatchObject({
      overdue: true,
    });
  });
});

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
