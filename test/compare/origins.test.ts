import { Buffer } from "node:buffer";
import { describe, expect, test } from "vitest";
import { differ, said } from "./support.ts";

const origins = { legacy: ["http://legacy:8080", "https://api.example"], candidate: ["http://candidate"] };
const compare = (type: string, a: string | Uint8Array, b: string | Uint8Array, words = {}) =>
  said(differ({ type, body: a }, { type, body: b }, words, origins));

describe("each side's own origin in a body", () => {
  test.each([
    ["application/json", '{"self":"http://legacy:8080/o/1"}', '{"self":"http://candidate/o/1"}'],
    ["application/json", '{"self":"http://legacy:8080/o"}', '{"self":"http:\\/\\/candidate\\/o"}'],
    ["application/json", '{"self":"https://api.example/o"}', '{"self":"http://candidate:80/o"}'],
    ["text/plain", "see http://legacy:8080", "see http://candidate"],
    ["text/html", '<a href="http://legacy:8080/">x</a>', '<a href="http://candidate/">x</a>'],
    ["text/xml", '<a href="http://legacy:8080/"/>', '<a href="http://candidate/"/>'],
    ["application/x-www-form-urlencoded", "to=http%3A%2F%2Flegacy%3A8080%2F", "to=http%3A%2F%2Fcandidate%2F"],
    [
      "text/plain; charset=utf-16le",
      Buffer.from("http://legacy:8080/", "utf16le"),
      Buffer.from("http://candidate/", "utf16le"),
    ],
  ])("is the same in %s: %s", (type, a, b) => {
    expect(compare(type, a, b)).toEqual([]);
    expect(compare(type, a, b, { mapOrigins: false })).not.toEqual([]);
  });

  test("a value that differs is shown as it was written", () => {
    expect(compare("application/json", '{"u":"http://legacy:8080/a"}', '{"u":"http://candidate/b"}')).toEqual([
      'body $.u value "http://legacy:8080/a" -> "http://candidate/b"',
    ]);
  });

  test("another origin that begins alike is not mapped", () => {
    for (const other of [
      "http://candidate.example/",
      "http://candidate:81/",
      "http://candidate@evil/",
      "http://candidateé/",
    ]) {
      expect(compare("text/plain", "http://legacy:8080/", other)).toHaveLength(1);
    }
  });

  test.each([".example/", ":81/", "-x/", "@evil/", "é/"])(
    "nor is what goes on with %s after an origin without a port",
    (rest) => {
      const bare = { legacy: ["http://old"], candidate: ["http://new"] };
      const text = (host: string) => ({ type: "text/plain", body: `see http://${host}${rest}` });
      expect(differ(text("old"), text("new"), {}, bare).differences).toHaveLength(1);
      expect(
        differ({ fields: ["Location", `http://old${rest}`] }, { fields: ["Location", `http://new${rest}`] }, {}, bare)
          .differences,
      ).toHaveLength(1);
    },
  );

  test("the other side's origin is a difference: it leads away from oneself", () => {
    expect(compare("text/plain", "http://legacy:8080/ x", "http://legacy:8080/ y")).toHaveLength(1);
    expect(compare("text/plain", "http://candidate/", "http://candidate/ ")).toHaveLength(1);
  });

  test("bytes that are equal are equal, whatever stands in them", () => {
    expect(compare("text/plain", "http://candidate/", "http://candidate/")).toEqual([]);
  });

  test("binary bodies are not touched", () => {
    expect(compare("image/png", "http://legacy:8080/", "http://candidate/")).toHaveLength(1);
  });
});
