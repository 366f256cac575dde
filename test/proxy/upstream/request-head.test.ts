import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RequestHeadParser } from "../../../src/proxy/upstream/http1/request-head.ts";

/** Feeds `text` in pieces cut at `cuts`; what is left over is fed again, as a connection does. */
function parse(text: string, cuts: readonly number[] = [], maxHead = 1000) {
  const parser = new RequestHeadParser(maxHead);
  const heads: unknown[] = [];
  const places = [0, ...cuts.map((cut) => cut % (text.length + 1)), text.length].sort((a, b) => a - b);
  for (let i = 1; i < places.length; i++) {
    const bytes = Buffer.from(text.slice(places[i - 1], places[i]), "latin1");
    let at = 0;
    while (at < bytes.length) {
      const read = parser.read(bytes, at, bytes.length);
      if ("says" in read) return { heads, fault: read.status };
      expect(read.used).toBeGreaterThan(0);
      at += read.used;
      if (read.head !== undefined) heads.push(read.head);
    }
  }
  return { heads, fault: undefined, begun: parser.begun };
}

const method = fc.string({ minLength: 1, maxLength: 12, unit: fc.constantFrom(..."GETpost-!#$%&'*+.^_`|~09") });
const target = fc
  .string({ maxLength: 20, unit: fc.constantFrom(...'/a?=&%{}|^\\"<>\xc3\xa9\xff~') })
  .map((rest) => `/${rest}`);
const name = fc.oneof(
  fc.constantFrom("__proto__", "constructor", "toString", "Host", "0", "~"),
  fc.string({ minLength: 1, maxLength: 8, unit: fc.constantFrom(..."aZ-_.09") }),
);
const value = fc
  .string({ maxLength: 12, unit: fc.constantFrom(...'aZ09 ,;="\\\t\xe9\xff:') })
  .map((text) => text.trim());
const head = fc.record({
  method,
  target,
  version: fc.constantFrom("HTTP/1.0", "HTTP/1.1"),
  fields: fc.array(fc.tuple(name, value), { maxLength: 6 }).map((pairs) => pairs.flat()),
});
type Head = { method: string; target: string; version: string; fields: string[] };
const written = ({ method, target, version, fields }: Head) => {
  let text = `${method} ${target} ${version}\r\n`;
  for (let i = 0; i < fields.length; i += 2) text += `${fields[i]}:${fields[i + 1]} \r\n`;
  return `${text}\r\n`;
};

describe("the request head parser", () => {
  test("reads what was written, any number of heads, however the bytes are cut", () => {
    fc.assert(
      fc.property(fc.array(head, { maxLength: 4 }), fc.array(fc.nat(500), { maxLength: 12 }), (heads, cuts) => {
        const text = heads.map(written).join("\r\n");
        expect(parse(text, cuts)).toEqual({ heads, fault: undefined, begun: false });
      }),
    );
  });

  test("says the same of anything, however the bytes are cut, and never throws", () => {
    const piece = fc.constantFrom(
      "GET",
      " ",
      "/",
      "HTTP/1.1",
      "\r\n",
      "\n",
      "\r",
      "A: b",
      ":",
      "\t",
      "\x00",
      "\xff",
      "x".repeat(400),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), fc.array(fc.nat(500), { maxLength: 12 }), (pieces, cuts) => {
        const text = pieces.join("");
        const whole = parse(text);
        const cut = parse(text, cuts);
        // A fault may show sooner or later, and by another status; whether there is one does not depend on the cuts.
        if (whole.fault === undefined || cut.fault === undefined) expect(cut).toEqual(whole);
        else expect(cut.heads).toEqual(whole.heads);
      }),
      { numRuns: 2000 },
    );
  });

  test("does not wait for the rest of what will never be a head", () => {
    for (const begun of ["\x16\x03\x01", "GET\t", "G@T", "GET / FTP", "GET /a HTTP/1.1\nHost", " GET", "GET /\x00"]) {
      expect(parse(begun).fault, JSON.stringify(begun)).toBe(400);
    }
    for (const begun of [
      "G",
      "GET",
      "GET ",
      "GET /a",
      "GET /a ",
      "GET /a HTT",
      "GET /a HTTP/1.1",
      "GET /a HTTP/1.1\r",
      "GET /a HTTP/1.1\r\nHo",
    ]) {
      expect(parse(begun), JSON.stringify(begun)).toEqual({ heads: [], fault: undefined, begun: true });
    }
  });

  test("takes a head of its limit, and not one more byte", () => {
    const fit = `GET / HTTP/1.1\r\nA: ${"b".repeat(1000 - 23)}\r\n\r\n`;
    expect(fit.length).toBe(1000);
    expect(parse(fit).heads).toHaveLength(1);
    expect(parse(fit.replace("b", "bb")).fault).toBe(431);
    expect(parse(`GET /${"a".repeat(1000)} HTTP/1.1\r\n\r\n`).fault).toBe(414);
  });
});
