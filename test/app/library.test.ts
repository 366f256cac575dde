import { describe, expect, test } from "vitest";
import { compare } from "../../src/index.ts";

describe("compare from the package", () => {
  test("says what differs, with numbers as they were written", () => {
    const { differences } = compare('{"id":12345678901234567890}', '{"id":12345678901234567891}');
    expect(differences).toEqual([
      { where: "body", path: "$.id", kind: "value", legacy: "12345678901234567890", candidate: "12345678901234567891" },
    ]);
  });

  test("takes rules in the words of a config", () => {
    const rules = { ignore: ["$.at"], arrays: { "$.tags": "unordered" } };
    expect(compare('{"at":1,"tags":["a","b"]}', '{"at":2,"tags":["b","a"]}', { rules }).differences).toEqual([]);
  });

  test("tells every fault of the rules, with its place", () => {
    expect(() => compare("1", "2", { rules: { ignore: ["$["], arrys: {} } })).toThrow(
      /rules:\d+:\d+:.*\nrules:\d+:\d+:.*arrays/s,
    );
  });

  test("takes a type, and bytes", () => {
    const found = compare(Buffer.from("a\nb"), Buffer.from("x\na\nb"), { type: "text/plain" });
    expect(found.differences).toMatchObject([{ path: "$[0]", kind: "extra" }]);
  });
});
